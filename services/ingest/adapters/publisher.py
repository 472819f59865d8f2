"""The way to Kafka that the topic loop and the requests share."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Final

from shared.errors import TransientError
from shared.kafka.producer import BatchProducer

#: How long a connection to the broker, or the end of one, may take.
CONNECT_SECONDS_MAX: Final = 30.0


class KafkaPublisher:
    """Publishes through one idempotent producer, made when it is first needed.

    A producer that has failed is thrown away: after an unclear failure its sequence numbers may
    not fit the broker's any more, and a new one always does.
    """

    def __init__(self, bootstrap_servers: str, client_id: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._client_id = client_id
        self._producer: BatchProducer | None = None
        self._lock = asyncio.Lock()

    async def publish(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Send `(key, value)` records; return when all are acknowledged, or `TransientError`."""
        producer = await self._started()
        try:
            await producer.send(topic, records)
        except TransientError:
            await self._discard(producer)
            raise

    async def close(self) -> None:
        """Disconnect."""
        if self._producer is not None:
            await self._discard(self._producer)

    async def _started(self) -> BatchProducer:
        async with self._lock:
            if self._producer is None:
                producer = BatchProducer(self._bootstrap_servers, self._client_id)
                try:
                    async with asyncio.timeout(CONNECT_SECONDS_MAX):
                        await producer.start()
                except TimeoutError as error:
                    message = f"Kafka does not answer at {self._bootstrap_servers}"
                    raise TransientError(message) from error
                self._producer = producer
            return self._producer

    async def _discard(self, producer: BatchProducer) -> None:
        if self._producer is producer:
            self._producer = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                await producer.stop()
