"""The journal's way out and back: bound into volumes, dropped from the journal, restored.

A volume is only dropped as it was read back from where it is kept, and only when the ledger that
remains comes to what is stored. Each is one transaction on one partition.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from services.monitor.domain.audit.chain import Fault, Head, Seal, SealedRow, fault_of
from services.monitor.domain.audit.volume import Bound, Row, Volume, fault_in, volume_of
from services.monitor.handlers.rebuild import Archive, compare_in
from services.monitor.handlers.replay import JournalPart, Opening, Replay, key_and_entry
from shared.errors import BrokenInvariantError, ConflictingStateError

#: Openings written at a time.
OPENINGS_AT_A_TIME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """How a volume left the journal."""

    file: str
    sha256: bytes
    at: datetime
    by: str


class Journal(Protocol):
    """One partition's journal in one transaction, which nobody else binds or drops meanwhile."""

    partition: int

    @property
    def archive(self) -> Archive:
        """What the rebuild compares, of this partition and in this transaction."""

    async def heads(self) -> list[Head]:
        """Return the heads of the volumes that have left, in order."""

    async def seal(self, number: int) -> Seal | None:
        """Return a seal by its number."""

    async def sealed(self, after: Seal | None, seal: Seal) -> list[SealedRow]:
        """Return what the journal has beyond one seal up to another."""

    def bound(self, after: int) -> AsyncIterator[Bound]:
        """Give the seals beyond a number, each with its rows, in order."""

    def parts(self, through: int) -> AsyncIterator[JournalPart]:
        """Give openings and entries up to an offset, account by account."""

    async def keep_openings(self, openings: Sequence[Opening]) -> None:
        """Write openings, in place of those that the accounts had."""

    async def drop(self, volume: Volume, dropped: Dropped) -> None:
        """Take the rows of a volume out of the journal; their names stay."""

    async def put_back(self, rows: Sequence[Row]) -> None:
        """Write rows into the journal."""

    async def forget_volumes(self) -> None:
        """Forget openings, names and volumes: the rows are in the journal again."""


class File(Protocol):
    """A volume as it is kept."""

    partition: int
    #: The head that its first seal follows on.
    follows: Head | None

    def bound(self) -> Iterable[Bound]:
        """Give each seal with its rows."""


async def bound_before(journal: Journal, instant: datetime) -> AsyncIterator[Bound]:
    """Give the seals beyond the volumes that have left, up to one with a row as late as an instant.

    Raises `BrokenInvariantError` where a row is not what was sealed.
    """
    before = await _last(journal)
    async for seal, rows in journal.bound(0 if before is None else before.number):
        if any(row.recorded_at >= instant for row in rows):
            return
        _raise(journal, fault_in(seal, rows, before))
        yield seal, rows
        before = seal


async def prove(journal: Journal, file: File, before: Seal | None) -> tuple[Volume, Seal]:
    """Return what a file holds, and its last seal.

    Raises `BrokenInvariantError` unless it follows on a seal and its own are those that are stored.
    """
    volume: Volume | None = None
    for seal, rows in file.bound():
        _raise(journal, fault_in(seal, rows, before))
        if await journal.seal(seal.number) != seal:
            _raise(journal, Fault(seal.number, None, f"seal {seal.number} is not the stored one"))
        volume = volume_of(seal, rows, volume)
        before = seal
    if volume is None or before is None:
        message = f"partition {journal.partition}: the volume is empty"
        raise ConflictingStateError(message, code="bad_volume")
    return volume, before


async def drop(journal: Journal, file: File, dropped: Dropped) -> Volume:
    """Take a proved volume's rows out of the journal, and keep what they came to.

    Raises `ConflictingStateError` unless it is the next one, `BrokenInvariantError` where file,
    journal and seals are not the same, or where the rest of the journal, folded from the openings,
    does not come to what is stored.
    """
    before = await _last(journal)
    if file.follows != (None if before is None else before.head):
        last_seal = "none has left yet" if before is None else f"that is after {before.head}"
        message = (
            f"partition {journal.partition}: the volume follows on {file.follows}, and is not the "
            f"next one to leave: {last_seal}"
        )
        raise ConflictingStateError(message, code="not_the_next_volume")
    volume, last = await prove(journal, file, before)
    previous = before
    for number in range(volume.first_seal, last.number + 1):
        seal = await journal.seal(number)
        assert seal is not None
        _raise(journal, fault_of(seal, previous, await journal.sealed(previous, seal)))
        previous = seal
    await _keep_openings(journal, volume)
    await journal.drop(volume, dropped)
    await _compare(journal)
    return volume


async def restore(journal: Journal, files: Sequence[File]) -> int:
    """Put all volumes that have left back into the journal; returns how many rows.

    Raises `ConflictingStateError` unless they are all there, in order.
    """
    heads = await journal.heads()
    if not heads or [file.follows for file in files] != [None, *heads[:-1]]:
        named = ", ".join(str(one.number) for one in heads) or "none"
        message = (
            f"partition {journal.partition}: all of its volumes are restored together; those that "
            f"have left end with the seals: {named}"
        )
        raise ConflictingStateError(message, code="not_all_volumes")
    before: Seal | None = None
    count = 0
    for file, head in zip(files, heads, strict=True):
        volume, before = await prove(journal, file, before)
        if volume.head != head:
            what = f"the volume ends with seal {volume.head.number}, and not {head.number}"
            _raise(journal, Fault(head.number, None, what))
        count += volume.rows
    await journal.forget_volumes()
    for file in files:
        for _seal, rows in file.bound():
            await journal.put_back(rows)
    await _compare(journal)
    return count


async def _last(journal: Journal) -> Seal | None:
    heads = await journal.heads()
    return await journal.seal(heads[-1].number) if heads else None


async def _keep_openings(journal: Journal, volume: Volume) -> None:
    waiting: list[Opening] = []
    replay: Replay | None = None
    until: datetime | None = None

    def end() -> None:
        # An account without a row in this volume keeps the opening that it has.
        if replay is not None and until is not None:
            waiting.append(replay.opening(journal.partition, until))

    async for part in journal.parts(volume.last_offset):
        key, entry = key_and_entry(part)
        if replay is None or replay.account_id != key[1]:
            end()
            if len(waiting) >= OPENINGS_AT_A_TIME:
                await journal.keep_openings(waiting)
                waiting = []
            replay, until = Replay(key[1]), None
        if isinstance(part, Opening):
            replay.begin(part)
        else:
            replay.add(part, entry)
            until = part.recorded_at if until is None else max(until, part.recorded_at)
    end()
    await journal.keep_openings(waiting)


async def _compare(journal: Journal) -> None:
    """Fold what is there now, and raise unless it comes to what is stored."""
    differences = await compare_in(journal.archive, lambda _done, _total: None)
    if differences:
        message = (
            f"partition {journal.partition}: nothing is changed, for the journal does not come to "
            f"what is stored; see: arrears rebuild --check; the first difference: {differences[0]}"
        )
        raise BrokenInvariantError(message)


def _raise(journal: Journal, fault: Fault | None) -> None:
    if fault is not None:
        message = f"partition {journal.partition}: {fault.what}; nothing is changed"
        raise BrokenInvariantError(message)
