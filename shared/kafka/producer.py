"""Sends many records at once, in whole batches, and returns when the broker has them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from shared.errors import TransientError

#: Bytes of one batch to one partition.
BATCH_BYTES_MAX: Final = 900_000
REQUEST_BYTES_MAX: Final = 5 * 1024 * 1024
SEND_SECONDS_MAX: Final = 60.0

#: Record headers by name, as the client wants them.
Headers = Sequence[tuple[str, bytes]]


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition Kafka's own clients choose for a key (murmur2)."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


class BatchProducer:
    """An idempotent producer, `acks=all`; a record's partition follows from its key."""

    def __init__(self, bootstrap_servers: str, client_id: str) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap_servers,
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=REQUEST_BYTES_MAX,
            request_timeout_ms=30_000,
        )

    async def start(self) -> None:
        """Connect; raises `TransientError` when the broker is away."""
        try:
            await self._producer.start()
        except KafkaError as error:
            await self._producer.stop()
            message = f"Kafka does not answer: {error!r}"
            raise TransientError(message) from error

    async def stop(self) -> None:
        """Disconnect; everything sent before has been acknowledged or has raised."""
        await self._producer.stop()

    async def send(
        self, topic: str, records: Iterable[tuple[bytes, bytes]], headers: Headers = ()
    ) -> None:
        """Send `(key, value)` records in order per key; returns when all are acknowledged.

        Every record gets the same headers. Raises `TransientError` when any record was not taken:
        the caller sends all of them again.
        """
        try:
            async with asyncio.timeout(SEND_SECONDS_MAX):
                await self._send(topic, records, list(headers))
        except (KafkaError, TimeoutError) as error:
            message = f"Kafka did not take records for {topic}: {error!r}"
            raise TransientError(message) from error

    async def _send(
        self,
        topic: str,
        records: Iterable[tuple[bytes, bytes]],
        headers: list[tuple[str, bytes]],
    ) -> None:
        partitions = len(await self._producer.partitions_for(topic))
        by_partition: dict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
        for key, value in records:
            by_partition[partition_of(key, partitions)].append((key, value))
        acknowledged = []
        for partition, owned in by_partition.items():
            batch = self._producer.create_batch()
            for key, value in owned:
                if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                    batch.close()
                    acknowledged.append(
                        await self._producer.send_batch(batch, topic, partition=partition)
                    )
                    batch = self._producer.create_batch()
                    if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                        acknowledged.append(
                            await self._producer.send(
                                topic, value, key, partition=partition, headers=headers
                            )
                        )
            if batch.record_count():
                batch.close()
                acknowledged.append(
                    await self._producer.send_batch(batch, topic, partition=partition)
                )
        await asyncio.gather(*acknowledged)
