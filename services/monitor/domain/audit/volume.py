"""A volume: the sealed beginning of a partition's journal, or what follows on the one before.

It holds whole seals with their rows, so that it proves itself by the chain alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from services.monitor.domain.audit.chain import Fault, Head, Seal, SealedRow, fault_of

#: What PostgreSQL counts instants from.
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A whole row of the journal but for its partition; the texts are those that were sealed."""

    offset: int
    recorded_at: datetime
    account_id: str
    name: UUID
    clearing_rule: str
    event: str
    changes: str

    def sealed(self, partition: int) -> SealedRow:
        """Return its digest, as decision 15 has it."""
        microseconds = (self.recorded_at - _EPOCH) // _MICROSECOND
        content = sha256(
            partition.to_bytes(4, "big")
            + self.offset.to_bytes(8, "big")
            + microseconds.to_bytes(8, "big", signed=True)
            + self.name.bytes
        )
        for text in (self.account_id, self.clearing_rule, self.event, self.changes):
            content.update(sha256(text.encode()).digest())
        return SealedRow(self.offset, content.digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What a volume holds, in short."""

    first_seal: int
    #: The last seal, by which all of it is proved.
    head: Head
    first_offset: int
    last_offset: int
    rows: int
    #: When the last of its rows was recorded.
    recorded_until: datetime

    @property
    def partition(self) -> int:
        """The partition of the ledger it is of."""
        return self.head.partition

    @property
    def file_name(self) -> str:
        """Name its file, the same for the same content."""
        return f"journal-{self.partition:04}-{self.first_seal:08}-{self.head.number:08}.jsonl.gz"


#: A seal with all of its rows.
Bound = tuple[Seal, Sequence[Row]]


def volume_of(seal: Seal, rows: Sequence[Row], before: Volume | None) -> Volume:
    """Return a volume with one more seal bound into it; `before`, None at first, is without it."""
    until = max(row.recorded_at for row in rows)
    if before is None:
        return Volume(
            first_seal=seal.number,
            head=seal.head,
            first_offset=seal.first_offset,
            last_offset=seal.last_offset,
            rows=len(rows),
            recorded_until=until,
        )
    return replace(
        before,
        head=seal.head,
        last_offset=seal.last_offset,
        rows=before.rows + len(rows),
        recorded_until=max(before.recorded_until, until),
    )


def fault_in(seal: Seal, rows: Sequence[Row], before: Seal | None) -> Fault | None:
    """Return the first fault of a seal whose rows are given whole; see `fault_of`."""
    return fault_of(seal, before, [row.sealed(seal.partition) for row in rows])
