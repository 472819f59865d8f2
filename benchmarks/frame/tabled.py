"""A contender whose program keeps its state in PostgreSQL, where what it has done is asked."""

from collections.abc import Mapping, Sequence
from typing import Final

import asyncpg

from benchmarks.frame.contender import Course
from deploy.local.parts import Part

CONNECT_SECONDS_MAX: Final = 10.0


class TabledContender:
    """Starts programs, and asks the database how far they are and what they came to.

    A subclass gives the programs; `done_query` returns one number, `balances_query` rows of account
    id and balance in minor units.
    """

    def __init__(self, name: str, *, done_query: str, balances_query: str) -> None:
        self.name = name
        self._done_query = done_query
        self._balances_query = balances_query
        self._parts: list[Part] = []
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def programs(self, course: Course) -> Sequence[Part]:
        """Return what is started, in its order; may prepare the database."""
        raise NotImplementedError

    async def start(self, course: Course) -> None:
        """Start the programs."""
        self._connection = await asyncpg.connect(course.database_url, timeout=CONNECT_SECONDS_MAX)
        for part in await self.programs(course):
            self._parts.append(part)
            await part.launch()

    async def done(self) -> int:
        """Ask the database; a program that has ended has failed."""
        assert self._connection is not None
        for part in self._parts:
            if part.child is not None and part.child.status is not None:
                message = f"{part.name} ended; the end of its log:\n{part.child.tail()}"
                raise RuntimeError(message)
        try:
            return int(await self._connection.fetchval(self._done_query) or 0)
        except asyncpg.UndefinedTableError:
            return 0  # the program has not made it yet

    async def balances(self) -> Mapping[str, int]:
        """Ask the database."""
        assert self._connection is not None
        rows = await self._connection.fetch(self._balances_query)
        return {account_id: int(balance_minor) for account_id, balance_minor in rows}

    async def stop(self) -> None:
        """Stop the programs, the last one first."""
        while self._parts:
            await self._parts.pop().stop()
        if self._connection is not None:
            await self._connection.close(timeout=CONNECT_SECONDS_MAX)
            self._connection = None
