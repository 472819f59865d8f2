"""The billing systems: they publish until the broker has everything, whatever becomes of it."""

import asyncio
from collections.abc import Sequence
from typing import Final, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.kafka.producer import partition_of
from tests.faults.telling.workload import Message

CHUNK_MESSAGES: Final = 25
REQUEST_MILLISECONDS_MAX: Final = 10_000
CHUNK_SECONDS_MAX: Final = 15.0
SECONDS_MAX: Final = 120.0
PAUSE_SECONDS: Final = 0.2


class Upstream:
    """Sends to the broker itself, not through a link; as an async context manager.

    A producer that has failed is left for a fresh one: so the log may hold a message twice, as
    upstream systems' logs do.
    """

    def __init__(self, bootstrap_servers: str, partitions: int) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._partitions = partitions
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._leave()

    async def send(self, messages: Sequence[Message]) -> None:
        """Return when the broker has all of them; raises `TimeoutError` when it takes too long."""
        async with asyncio.timeout(SECONDS_MAX):
            is_sent = False
            while not is_sent:
                is_sent = await self._sent(messages)
                if not is_sent:
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _sent(self, messages: Sequence[Message]) -> bool:
        try:
            async with asyncio.timeout(CHUNK_SECONDS_MAX):
                producer = await self._joined()
                futures = [
                    await producer.send(
                        one.topic,
                        one.value,
                        one.key,
                        partition=partition_for(one, self._partitions),
                        headers=list(one.headers),
                    )
                    for one in messages
                ]
                await asyncio.gather(*futures)
        except (KafkaError, TimeoutError):
            await self._leave()
            return False
        return True

    async def _joined(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap_servers,
                enable_idempotence=True,
                request_timeout_ms=REQUEST_MILLISECONDS_MAX,
                max_request_size=2 * 1024 * 1024,
            )
            await self._producer.start()
        return self._producer

    async def _leave(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            async with asyncio.timeout(CHUNK_SECONDS_MAX):
                await producer.stop()
        except (KafkaError, TimeoutError):
            pass


async def publish(
    bootstrap_servers: str, messages: Sequence[Message], partitions: int, *, pause_seconds: float
) -> None:
    """Publish in chunks with a pause after each, within a limit; see `Upstream.send`."""
    async with asyncio.timeout(SECONDS_MAX), Upstream(bootstrap_servers, partitions) as upstream:
        for start in range(0, len(messages), CHUNK_MESSAGES):
            await upstream.send(messages[start : start + CHUNK_MESSAGES])
            await asyncio.sleep(pause_seconds)


def partition_for(message: Message, partitions: int) -> int:
    """Return the partition that a message goes to."""
    if message.key is None:
        return message.chance % partitions
    return partition_of(message.key, partitions)
