"""Kafka for the tests: a broker of its own for each module, started while the one before runs.

Modules that shared a broker would read each other's history again, each from the beginning, and
wait for the group members that the last one left behind.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.kafka import KafkaServer


class Brokers:
    """Hands out brokers that are ready, one after the other, and keeps one in reserve."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = 0
        self._reserve: asyncio.Task[KafkaServer] | None = None

    @asynccontextmanager
    async def one(self) -> AsyncIterator[KafkaServer]:
        """Give a fresh broker, and have the next one started meanwhile."""
        server = await (self._reserve or self._prepare())
        self._reserve = self._prepare()
        try:
            yield server
        finally:
            await _end(server)

    async def close(self) -> None:
        """End the one that was kept in reserve."""
        if self._reserve is not None:
            await _end(await self._reserve)

    def _prepare(self) -> "asyncio.Task[KafkaServer]":
        self._started += 1
        return asyncio.create_task(self._start(self._folder / str(self._started)))

    @staticmethod
    async def _start(folder: Path) -> KafkaServer:
        server = KafkaServer(folder)
        try:
            await server.start()
        except BaseException:
            await _end(server)
            raise
        return server


async def _end(server: KafkaServer) -> None:
    """End a broker at once: nobody asks for its data any more."""
    if server.child is not None:
        await server.child.kill()
