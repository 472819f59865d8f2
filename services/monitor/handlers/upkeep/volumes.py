"""The journal's way out and back: bound into volumes, dropped from the journal, restored.

A volume is only dropped as it was read back from where it is kept, and only when the ledger that
remains comes to what is stored. Each is one transaction on one partition.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, Protocol

from services.monitor.domain.audit.chain import Fault, Head, Seal
from services.monitor.domain.audit.volume import Bound, Row, Volume, fault_in, volume_of
from services.monitor.handlers.answers.replay import JournalPart, Opening, Replay, key_and_entry
from services.monitor.handlers.upkeep.rebuild import Archive, compare_in
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

    def bound(self, after: Seal | None) -> AsyncIterator[Bound]:
        """Give the seals beyond one in order, each with the rows beyond the one before it."""

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

    path: Path
    partition: int
    #: The head that its first seal follows on.
    follows: Head | None

    def bound(self) -> Iterable[Bound]:
        """Give each seal with its rows."""


async def bound_before(journal: Journal, instant: datetime) -> AsyncIterator[Bound]:
    """Give the seals beyond the volumes that have left, up to one with a row as late as an instant.

    Raises `BrokenInvariantError` where a row is not what was sealed.
    """
    heads = await journal.heads()
    before = await journal.seal(heads[-1].number) if heads else None
    async for seal, rows in journal.bound(before):
        if any(row.recorded_at >= instant for row in rows):
            return
        _refuse(_journal(journal), fault_in(seal, rows, before))
        yield seal, rows
        before = seal


async def prove(journal: Journal, file: File) -> Volume:
    """Return what a file holds.

    Raises `BrokenInvariantError` unless its seals are those that are stored, with their rows.
    """
    follows = file.follows
    before = None if follows is None else await journal.seal(follows.number)
    if follows is not None and (before is None or before.head != follows):
        what = f"it follows on {follows}, and no such seal is stored"
        _refuse(file.path, Fault(follows.number, None, what))
    volume: Volume | None = None
    for seal, rows in file.bound():
        _refuse(file.path, fault_in(seal, rows, before))
        if await journal.seal(seal.number) != seal:
            _refuse(
                file.path, Fault(seal.number, None, f"seal {seal.number} is not the stored one")
            )
        volume = volume_of(seal, rows, volume)
        before = seal
    if volume is None:
        message = f"{file.path}: the volume is empty"
        raise ConflictingStateError(message, code="bad_volume")
    return volume


async def drop(journal: Journal, file: File, dropped: Dropped) -> Volume:
    """Take a proved volume's rows out of the journal, and keep what they came to.

    One that has left already changes nothing: a run that ended early is repeated as it was. Raises
    `ConflictingStateError` unless it is the next one, `BrokenInvariantError` where file, journal
    and seals are not the same, or where the rest of the journal, folded from the openings, does not
    come to what is stored.
    """
    volume = await prove(journal, file)
    heads = await journal.heads()
    if volume.head in heads:
        return volume
    if file.follows != (heads[-1] if heads else None):
        last = f"the last that has left ends with {heads[-1]}" if heads else "none has left yet"
        message = (
            f"{file.path}: seals {volume.first_seal} to {volume.head.number} are not the next ones "
            f"to leave; {last}"
        )
        raise ConflictingStateError(message, code="not_the_next_volume")
    await _prove_rows(journal, volume)
    await _keep_openings(journal, volume)
    await journal.drop(volume, dropped)
    await _compare(journal)
    return volume


async def restore(journal: Journal, files: Sequence[File]) -> int:
    """Put all volumes that have left back into the journal; returns how many rows.

    Files of what has not left are passed over. Raises `ConflictingStateError` where one is missing.
    """
    heads = await journal.heads()
    if not heads:
        return 0
    proved = [(file, await prove(journal, file)) for file in files]
    left = [(file, volume) for file, volume in proved if volume.head in heads]
    if [(file.follows, volume.head) for file, volume in left] != list(pairwise([None, *heads])):
        named = ", ".join(str(one.number) for one in heads)
        message = (
            f"partition {journal.partition}: all of its volumes are restored together; those that "
            f"have left end with the seals: {named}"
        )
        raise ConflictingStateError(message, code="not_all_volumes")
    await journal.forget_volumes()
    for file, volume in left:
        for _seal, rows in file.bound():
            await journal.put_back(rows)
        await _prove_rows(journal, volume)
    await _compare(journal)
    return sum(volume.rows for _file, volume in left)


async def _prove_rows(journal: Journal, volume: Volume) -> None:
    """Raise unless the journal has a volume's rows, all of them and no others, as they are sealed.

    A row that somebody put between them would leave unseen.
    """
    before = await journal.seal(volume.first_seal - 1)
    async for seal, rows in journal.bound(before):
        if seal.number > volume.head.number:
            return
        _refuse(_journal(journal), fault_in(seal, rows, before))
        before = seal


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


def _journal(journal: Journal) -> str:
    return f"the journal of partition {journal.partition}"


def _refuse(where: Path | str, fault: Fault | None) -> None:
    if fault is not None:
        message = f"{where}: {fault.what}; nothing is changed"
        raise BrokenInvariantError(message)
