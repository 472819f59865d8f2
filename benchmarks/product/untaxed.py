"""Runs the monitor without what makes it exactly once, to measure what that costs.

Left out are the partition row's move, the question for known names, and the outbox: what is said is
counted and dropped, which favours this contender. The offsets are shown to Kafka after each batch,
as an at-least-once consumer commits them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.monitor import main
from services.monitor.adapters import store
from services.monitor.adapters.store import PostgresStore
from services.monitor.adapters.unit import PostgresUnit
from services.monitor.domain.ledger.account import Message
from services.monitor.handlers.loop import Loop
from services.monitor.handlers.ports import Ownership, Word

#: Where the journal of each partition ends.
ENDS: Final = """
SELECT p.partition, coalesce(j.next_offset, 0) AS next_offset
FROM unnest($1::int[]) AS p (partition), LATERAL (
    SELECT max("offset") + 1 AS next_offset FROM monitor.journal WHERE partition = p.partition
) AS j
"""


class UntaxedUnit(PostgresUnit):
    """A unit that is not fenced, knows no names and says nothing."""

    async def advance(self, owned: Sequence[Ownership], next_offsets: Sequence[int]) -> None:
        """Move nothing."""

    async def known_names(self, names: Sequence[tuple[int, uuid.UUID]]) -> set[uuid.UUID]:
        """Know nothing."""
        del names
        return set()

    async def tell(self, words: Sequence[Word], now: datetime) -> None:
        """Say nothing."""

    async def send(self, messages: Sequence[tuple[int, Message]], now: datetime) -> None:
        """Send nothing."""


class UntaxedStore(PostgresStore):
    """A store that begins where the journal ends, for no partition row says where."""

    async def acquire(self, partitions: Sequence[int], owner: str) -> list[Ownership]:
        """Take partitions over."""
        acquired = await super().acquire(partitions, owner)
        async with self._database.transaction() as connection:
            found = await connection.fetch(ENDS, list(partitions))
        ends = {row["partition"]: row["next_offset"] for row in found}
        return [replace(one, next_offset=ends[one.partition]) for one in acquired]


class CommittingLoop(Loop):
    """A loop that commits offsets to Kafka after each round."""

    async def step(self) -> None:
        """Do one round, and commit."""
        before = dict(self.owned)
        await super().step()
        moved = {
            one.partition: one.position
            for one in self.owned.values()
            if one != before.get(one.partition)
        }
        if moved:
            await self._source.show(moved)  # type: ignore[attr-defined]


if __name__ == "__main__":
    vars(store)["PostgresUnit"] = UntaxedUnit
    vars(main)["PostgresStore"] = UntaxedStore
    vars(main)["Loop"] = CommittingLoop
    main.main()
