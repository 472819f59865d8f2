"""What the monitors publish, as those hear it who read the topic."""

import json
from collections import defaultdict
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.contracts.catalogue import ESCALATIONS


class Listener:
    """Reads `receivables.escalations` from its beginning and keeps it by account."""

    def __init__(self, kafka: str) -> None:
        self._kafka = kafka
        self._consumer: AIOKafkaConsumer | None = None
        self._heard: dict[str, list[dict[str, Any]]] = defaultdict(list)

    async def heard(self, account_id: str) -> list[dict[str, Any]]:
        """Return all that is published by now about an account, in its order."""
        if self._consumer is None:
            self._consumer = AIOKafkaConsumer(
                ESCALATIONS, bootstrap_servers=self._kafka, auto_offset_reset="earliest"
            )
            await self._consumer.start()
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        for partition, end in ends.items():
            while await self._consumer.position(partition) < end:
                found = await self._consumer.getmany(partition, timeout_ms=100)
                for record in (one for batch in found.values() for one in batch):
                    if record.value.startswith(b"{"):
                        self._heard[record.key.decode()].append(json.loads(record.value)["data"])
        return self._heard[account_id]

    async def stop(self) -> None:
        if self._consumer is not None:
            await self._consumer.stop()
