"""The peers that raise what is due, as subjects: items per second of one run over all of them."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.frame.servers import Servers
from benchmarks.peers import environment
from benchmarks.peers.told import Order, Outcome, environ

CREDIT_RUN: Final = "ORM credit-control run"
TIMERS: Final = "procrastinate timers"
DUE_ITEMS_PER_SECOND: Final = "due_items_per_second"
RUN_SECONDS_MAX: Final = 300.0


class Raising:
    """A program of `apps/` that fills its own tables, raises, counts, and tells how long it took.

    It fails unless each due item was raised once, at its level and its open amount.
    """

    def __init__(
        self, name: str, module: str, python: Path, servers: Servers, due_items: int
    ) -> None:
        self.name = name
        self._module = module
        self._python = python
        self._servers = servers
        self._due_items = due_items

    async def measure(self, repetition: int) -> Mapping[str, float]:
        """Run it once, in a database of its own."""
        database_url = await self._servers.fresh_database()
        try:
            told = Order(
                name=f"{self._module}-{repetition}",
                number=self._due_items,
                database_url=database_url,
            )
            outcome = await self._run(told)
        finally:
            await self._servers.drop(database_url)
        return {DUE_ITEMS_PER_SECOND: outcome.number / outcome.seconds}

    async def _run(self, told: Order) -> Outcome:
        process = await asyncio.create_subprocess_exec(
            str(self._python),
            "-m",
            f"benchmarks.peers.apps.{self._module}",
            env={**os.environ, **environ(told)},
            cwd=environment.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(RUN_SECONDS_MAX):
                out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            message = f"{self.name} failed; the end of its words:\n{err.decode()[-2000:]}"
            raise RuntimeError(message)
        return msgspec.json.decode(out.splitlines()[-1], type=Outcome)
