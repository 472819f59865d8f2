"""The billing systems: they publish until the broker has everything, whatever becomes of it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.kafka.producer import partition_of
from tests.faults.telling.workload import Message

CHUNK_MESSAGES: Final = 25
REQUEST_MILLISECONDS_MAX: Final = 10_000
CHUNK_SECONDS_MAX: Final = 15.0
SECONDS_MAX: Final = 120.0
PAUSE_SECONDS: Final = 0.2


async def publish(
    bootstrap_servers: str, messages: Sequence[Message], partitions: int, *, pause_seconds: float
) -> None:
    """Publish in chunks with a pause after each; what was not acknowledged is sent again.

    So the log may hold a message twice, as upstream systems' logs do. Raises `TimeoutError` when
    the broker has not taken all of it within a limit.
    """
    async with asyncio.timeout(SECONDS_MAX):
        for start in range(0, len(messages), CHUNK_MESSAGES):
            chunk = messages[start : start + CHUNK_MESSAGES]
            await _send(bootstrap_servers, chunk, partitions)
            await asyncio.sleep(pause_seconds)


async def _send(bootstrap_servers: str, chunk: Sequence[Message], partitions: int) -> None:
    is_sent = False
    while not is_sent:
        is_sent = await _sent(bootstrap_servers, chunk, partitions)
        if not is_sent:
            await asyncio.sleep(PAUSE_SECONDS)


async def _sent(bootstrap_servers: str, chunk: Sequence[Message], partitions: int) -> bool:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers,
        enable_idempotence=True,
        request_timeout_ms=REQUEST_MILLISECONDS_MAX,
        max_request_size=2 * 1024 * 1024,
    )
    try:
        async with asyncio.timeout(CHUNK_SECONDS_MAX):
            await producer.start()
            futures = [
                await producer.send(
                    one.topic,
                    one.value,
                    one.key,
                    partition=partition_for(one, partitions),
                    headers=list(one.headers),
                )
                for one in chunk
            ]
            await asyncio.gather(*futures)
    except (KafkaError, TimeoutError):
        return False
    finally:
        try:
            async with asyncio.timeout(CHUNK_SECONDS_MAX):
                await producer.stop()
        except (KafkaError, TimeoutError):
            pass
    return True


def partition_for(message: Message, partitions: int) -> int:
    """Return the partition that a message goes to."""
    if message.key is None:
        return message.chance % partitions
    return partition_of(message.key, partitions)
