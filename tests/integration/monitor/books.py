"""One partition's ledger, folded and swept by hand on the real PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.monitor.adapters.store import PostgresStore
from services.monitor.handlers.batch import fold_batch
from services.monitor.handlers.ports import Ownership, Record, Retiming, Word
from services.monitor.handlers.sweep import sweep
from shared.contracts.escalation import EscalationEvent
from tests.integration.monitor.events import Said
from tests.integration.monitor.world import ledger_record

BATCH = 1000


class Books:
    """What one owner of a partition does, at one instant, and what is said by its sweeps."""

    def __init__(self, store: PostgresStore, owned: Ownership, now: datetime) -> None:
        self.store = store
        self.owned = owned
        self.now = now
        self.words: list[EscalationEvent] = []

    async def fold(self, events: Sequence[Said], size: int = BATCH) -> None:
        """Fold fresh events in batches of a size."""
        await self.fold_values([ledger_record(*event, "test")[1] for event in events], size)

    async def fold_values(self, values: Sequence[bytes], size: int = BATCH) -> None:
        """Fold ledger records in batches of a size."""
        for first in range(0, len(values), size):
            some = values[first : first + size]
            offset = self.owned.next_offset
            partition = self.owned.partition
            records = [Record(partition, offset + place, value) for place, value in enumerate(some)]
            owned = {partition: self.owned}
            await fold_batch(self.store, owned, {partition: records}, self.now, live={partition})
            self.owned = replace(self.owned, next_offset=offset + len(some))

    async def slice(self, *, retime: bool = True) -> tuple[int, bool]:
        """Sweep for as little time as there is; returns how many words, and whether all is done."""
        before = len(self.words)
        done = await sweep(
            self.store,
            self.owned,
            self.now,
            retime=retime,
            said=self._hear,
            has_time=lambda: False,
        )
        return len(self.words) - before, done

    async def _hear(self, words: list[Word]) -> None:
        self.words += [word for _partition, word in words if isinstance(word, EscalationEvent)]

    async def take_over(self) -> None:
        """Become another owner."""
        [taken] = await self.store.acquire([self.owned.partition], "another")
        self.owned = replace(self.owned, epoch=taken.epoch)

    async def cursor(self) -> Retiming | None:
        """Return how far re-timing has come."""
        async with self.store.unit() as unit:
            return await unit.retiming(self.owned.partition)
