"""The way to Kafka that the topic loop and the requests share."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Final

from aiokafka.errors import KafkaError

from shared.errors import TransientError
from shared.kafka.producer import BatchProducer

#: How long a connection to the broker may take.
CONNECT_SECONDS_MAX: Final = 30.0
#: How long the end of the process waits for what is still on its way.
STOP_SECONDS_MAX: Final = 5.0


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
        #: Failed producers on their way out: one an outage, for none is made while it lasts.
        self._ending: set[asyncio.Task[None]] = set()

    async def publish(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Send `(key, value)` records; return when all are acknowledged, or `TransientError`."""
        producer = await self._started()
        try:
            await producer.send(topic, records)
        except TransientError:
            self._discard(producer)
            raise

    async def close(self) -> None:
        """Disconnect."""
        if self._producer is not None:
            self._discard(self._producer)
        if self._ending:
            _done, late = await asyncio.wait(self._ending, timeout=STOP_SECONDS_MAX)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

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

    def _discard(self, producer: BatchProducer) -> None:
        """Let the producer end in its own time: it may wait for a broker that is away."""
        if self._producer is producer:
            self._producer = None
            task = asyncio.create_task(self._end(producer))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _end(self, producer: BatchProducer) -> None:
        with contextlib.suppress(KafkaError, OSError):
            await producer.stop()
