"""The chain that seals the journal: each seal covers some rows and the seal before it.

A seal keeps the offset and the beginning of the digest of each of its rows, so that the first row
that is not what was sealed can be named. It reads no rows itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from shared.errors import RejectedError

#: Rows of one seal.
SEAL_ROWS_MAX: Final = 1000
#: What the first seal of a partition follows on.
GENESIS: Final = bytes(32)
#: Bytes of an offset, and of the part of a row's digest that is kept beside it.
_OFFSET: Final = 8
_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row of the journal by its offset, with the SHA-256 of all that it holds."""

    offset: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """One seal by name: kept elsewhere, it shows later that nothing up to it was rewritten."""

    partition: int
    number: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.partition}:{self.number}:{self.digest.hex()}"


@dataclass(frozen=True, slots=True)
class Seal:
    """A link of a partition's chain, over the rows beyond the seal before, up to its last."""

    partition: int
    #: From 1 on.
    number: int
    first_offset: int
    last_offset: int
    #: 16 bytes a row, in order: its offset, and the first 8 bytes of its digest.
    entries: bytes
    digest: bytes

    @property
    def head(self) -> Head:
        """Name the seal."""
        return Head(self.partition, self.number, self.digest)

    @property
    def rows(self) -> int:
        """How many rows it covers."""
        return len(self.entries) // (_OFFSET + _KEPT)

    def kept(self) -> dict[int, bytes]:
        """Return the beginning of each row's digest by offset."""
        width = _OFFSET + _KEPT
        entries = [self.entries[at : at + width] for at in range(0, len(self.entries), width)]
        return {int.from_bytes(one[:_OFFSET], "big"): one[_OFFSET:] for one in entries}


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where a chain and the journal part."""

    seal: int
    #: The row's offset; None where the seals themselves are at fault.
    offset: int | None
    what: str


def seal_rows(partition: int, previous: Seal | None, rows: Sequence[SealedRow]) -> Seal:
    """Seal rows, which are those that follow on the seal before, in order."""
    number = 1 if previous is None else previous.number + 1
    chain = sha256(GENESIS if previous is None else previous.digest)
    chain.update(partition.to_bytes(4, "big") + number.to_bytes(8, "big"))
    for row in rows:
        chain.update(row.offset.to_bytes(_OFFSET, "big") + row.digest)
    return Seal(
        partition=partition,
        number=number,
        first_offset=rows[0].offset,
        last_offset=rows[-1].offset,
        entries=b"".join(row.offset.to_bytes(_OFFSET, "big") + row.digest[:_KEPT] for row in rows),
        digest=chain.digest(),
    )


def fault_of(
    seal: Seal, previous: Seal | None, rows: Sequence[SealedRow], *, in_volume: bool = False
) -> Fault | None:
    """Return the first fault of a seal, given the rows that are there now from the one before on.

    None: these are the rows that were sealed, and the seal follows on the one before. Where its
    rows have left for a volume none may be there, and only the volume can show what they were.
    """
    expected = 1 if previous is None else previous.number + 1
    if seal.number != expected:
        return Fault(seal.number, None, f"seal {expected} is missing: it was deleted")
    kept, present = seal.kept(), {row.offset: row.digest[:_KEPT] for row in rows}
    if not kept or (min(kept), max(kept)) != (seal.first_offset, seal.last_offset):
        return Fault(seal.number, None, f"seal {seal.number} was changed: its offsets do not fit")
    if in_volume and not rows:
        return None
    differing = [one for one in kept.keys() | present.keys() if kept.get(one) != present.get(one)]
    if differing:
        first = min(differing)
        deed = "changed" if first in present else "deleted"
        deed = deed if first in kept else "inserted"
        return Fault(seal.number, first, f"the row at offset {first} was {deed}")
    if seal_rows(seal.partition, previous, rows) != seal:
        before = "" if previous is None else f", or seal {previous.number} before it"
        return Fault(seal.number, None, f"seal {seal.number}{before} was changed")
    return None


def head_from(text: str) -> Head:
    """Read a head as it is printed; raises `RejectedError`."""
    try:
        partition, number, digest = text.strip().split(":")
        return Head(int(partition), int(number), bytes.fromhex(digest))
    except ValueError:
        message = f"{text!r} is no head; `arrears audit --chain` prints them, as in 3:17:9f0c…"
        raise RejectedError(message, code="bad_head", field="expected") from None
