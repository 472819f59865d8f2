"""The monitor's sweep: what a day costs on which items fall due, and one on which none does."""

from collections.abc import Mapping
from datetime import timedelta
from time import perf_counter
from typing import Final

import httpx

from benchmarks.frame.servers import PARTITIONS, Servers
from benchmarks.product.books import TIME_ZONE, Books
from benchmarks.product.services import Process
from benchmarks.stream.mix import TODAY
from shared.calendar import start_of_day

SWEEP_SECONDS_MAX: Final = 600.0
#: The figures that bars compare.
SWEEP_SECONDS: Final = "sweep_seconds"
IDLE_SWEEP_SECONDS: Final = "idle_sweep_seconds"
#: A sweep that finds nothing takes milliseconds; its median of so many counts.
IDLE_SWEEPS: Final = 15


class Sweep:
    """One book of open items; each repetition moves its clock on by a day, on which items are due.

    The monitor is started anew each time on the same books, so that others can be measured between.
    """

    def __init__(
        self, name: str, servers: Servers, *, open_items: int, due_items: int, days: int
    ) -> None:
        self.name = name
        self._servers = servers
        self._books = Books(servers, open_items=open_items, due_items=due_items, days=days)
        self._folder = servers.folder / f"books-{open_items}-{due_items}"

    async def measure(self, repetition: int) -> Mapping[str, float]:
        """Sweep the next day, then again with nothing due."""
        database_url = await self._books.database_url()
        self._folder.mkdir(exist_ok=True)
        broker = await self._servers.own_broker("books")
        monitor = Process(
            "monitor",
            kafka=broker.bootstrap_servers,
            database_url=database_url,
            partitions=PARTITIONS,
            folder=self._folder,
        )
        async with monitor:
            client = httpx.AsyncClient(
                base_url=monitor.url,
                headers={"Authorization": f"Bearer {monitor.token}"},
                timeout=SWEEP_SECONDS_MAX,
                trust_env=False,
            )
            async with client:
                await _move(client, repetition)
                sweep_seconds = await _move(client, repetition + 1)
                await self._books.check(self.name, repetition + 1)
                idle = sorted([await _move(client, repetition + 1) for _ in range(IDLE_SWEEPS)])
        return {SWEEP_SECONDS: sweep_seconds, IDLE_SWEEP_SECONDS: idle[IDLE_SWEEPS // 2]}


async def _move(client: httpx.AsyncClient, days: int) -> float:
    """Move the clock to a day after the first, and return how long it takes until all is swept."""
    now = start_of_day(TODAY + timedelta(days=days), TIME_ZONE).isoformat()
    started = perf_counter()
    answer = await client.put("/v1/clock", json={"now": now})
    answer.raise_for_status()
    return perf_counter() - started
