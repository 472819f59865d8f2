"""Runs the monitor without what makes it exactly once, to measure what that costs.

Left out are the partition row's move, the question for known names, and the outbox: what is said is
counted and dropped, which favours this contender. The offsets are shown to Kafka after each batch,
as an at-least-once consumer commits them.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from services.monitor import main
from services.monitor.adapters import store
from services.monitor.adapters.unit import PostgresUnit
from services.monitor.domain.ledger.account import Message
from services.monitor.handlers.loop import Loop
from services.monitor.handlers.ports import Ownership, Word


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


class CommittingLoop(Loop):
    """A loop that commits offsets to Kafka after each round."""

    async def step(self) -> None:
        """Do one round, and commit."""
        before = dict(self.owned)
        await super().step()
        moved = {
            one.partition: one.next_offset
            for one in self.owned.values()
            if one != before.get(one.partition)
        }
        if moved:
            await self._source.show(moved)  # type: ignore[attr-defined]


if __name__ == "__main__":
    vars(store)["PostgresUnit"] = UntaxedUnit
    vars(main)["Loop"] = CommittingLoop
    main.main()
