"""How much of the inbound topics ingest has not finished with, asked from the broker itself."""

import asyncio
import contextlib
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.ingest.adapters.inbound_topics import GROUP
from shared.contracts.catalogue import INBOUND_TOPICS
from shared.errors import TransientError

MEASURE_SECONDS_MAX: Final = 5.0
STOP_SECONDS_MAX: Final = 5.0


class InboundLag:
    """Compares the ends of the topics with the group's committed offsets, whoever owns them.

    It holds connections of its own, so that it is right as well while this process owns nothing.
    """

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._lock = asyncio.Lock()
        self._clients: tuple[AIOKafkaAdminClient, AIOKafkaConsumer] | None = None

    async def measure(self) -> int:
        """Return the records not yet committed, now. Raises `TransientError`."""
        async with self._lock:
            try:
                async with asyncio.timeout(MEASURE_SECONDS_MAX):
                    return await self._measure()
            except (KafkaError, TimeoutError) as error:
                await self.close()
                message = f"Kafka does not say how far its topics are: {error!r}"
                raise TransientError(message) from error

    async def close(self) -> None:
        """Disconnect."""
        if self._clients is None:
            return
        admin, consumer = self._clients
        self._clients = None
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await admin.close()
                await consumer.stop()

    async def _measure(self) -> int:
        admin, consumer = await self._connected()
        found = await admin.describe_topics(list(INBOUND_TOPICS))
        partitions = [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in found
            for partition in topic["partitions"]
        ]
        if len({partition.topic for partition in partitions}) < len(INBOUND_TOPICS):
            message = "the inbound topics are not there yet; ingest makes them when it starts"
            raise TransientError(message)
        # The offsets before the ends: what is committed in between must not count as lag below 0.
        committed = await admin.list_consumer_group_offsets(GROUP)
        begins = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        lag = 0
        for partition in partitions:
            position = begins[partition]
            if partition in committed:
                position = max(position, committed[partition].offset)
            lag += max(0, ends[partition] - position)
        return lag

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._clients is None:
            admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap_servers)
            consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers)
            self._clients = (admin, consumer)
            await admin.start()
            await consumer.start()
        return self._clients
