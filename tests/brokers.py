"""Kafka for the tests: a broker of its own for each module, started while the one before runs.

Modules that shared a broker would read each other's history again, each from the beginning, and
wait for the group members that the last one left behind.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from deploy.local.kafka import KafkaServer


class Brokers:
    """Hands out brokers that are ready, one after the other, and keeps one in reserve."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = 0
        self._running = AsyncExitStack()
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
        """End the one that was kept in reserve, which nobody has waited for."""
        if self._reserve is not None:
            self._reserve.cancel()
            for server in await asyncio.gather(self._reserve, return_exceptions=True):
                if isinstance(server, KafkaServer):
                    await _end(server)
        await self._running.aclose()

    def _prepare(self) -> "asyncio.Task[KafkaServer]":
        self._started += 1
        server = KafkaServer(self._folder / str(self._started))
        return asyncio.create_task(self._running.enter_async_context(server))


async def _end(server: KafkaServer) -> None:
    """End a broker at once: nobody asks for its data any more."""
    if server.child is not None:
        await server.child.kill()
