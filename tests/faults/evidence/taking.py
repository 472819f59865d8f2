"""Takes what is read after a run, piece by piece: whole in memory, or cut into parts on disk.

All that is said of one account lies in one part, so that each checker may judge the parts one by
one: a soak leaves more than memory should hold.
"""

import pickle
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from shared.contracts.envelope import CloudEvent
from tests.faults.evidence.folding import Folding
from tests.faults.evidence.values import Evidence

#: The name under which an event of the inbound log is taken, to be folded.
TOLD: Final = "told"
#: Pieces that are written together.
PIECES: Final = 500
COMMON: Final = "common"

_inbound: Final = msgspec.json.Decoder(CloudEvent)
#: The name of the evidence's field, the key where the field is a mapping, the value.
Piece = tuple[str, Any, Any]


class Taker(Protocol):
    """Whoever takes the evidence."""

    def take(self, name: str, value: Any, *, of: str | None = None, key: Any = None) -> None:
        """Take a piece: an entry of a list, a mapping's with its key, or a plain value.

        `of` is its account, or what else it is judged with; None is judged with everything.
        """


class Whole:
    """Keeps everything in memory."""

    def __init__(self) -> None:
        self._evidence = Evidence()
        self._folding = Folding()

    def take(self, name: str, value: Any, *, of: str | None = None, key: Any = None) -> None:
        """See `Taker`."""
        del of
        if name == TOLD:
            event_name, text = value
            self._folding.add(event_name, _inbound.decode(text))
            return
        field = getattr(self._evidence, name)
        if isinstance(field, list):
            field.append(value)
        elif isinstance(field, dict):
            field[key] = value
        else:
            setattr(self._evidence, name, value)

    def evidence(self) -> Evidence:
        """Fold what was told and return all of it."""
        expected = self._folding.results()
        self._evidence.expected_balances, self._evidence.expected_items = expected
        return self._evidence


class Parts:
    """Cuts everything into so many files in a folder, by what it is judged with."""

    def __init__(self, folder: Path, count: int) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.names = [f"part-{number:03d}" for number in range(count)]
        self._buffers: dict[str, list[Piece]] = {name: [] for name in (COMMON, *self.names)}

    def take(self, name: str, value: Any, *, of: str | None = None, key: Any = None) -> None:
        """See `Taker`."""
        part = COMMON if of is None else self.names[zlib.crc32(of.encode()) % len(self.names)]
        buffer = self._buffers[part]
        buffer.append((name, key, value))
        if len(buffer) >= PIECES:
            self._write(part)

    def close(self) -> None:
        """Write what has not been written."""
        for part in self._buffers:
            self._write(part)

    def _write(self, part: str) -> None:
        buffer = self._buffers[part]
        with (self._folder / part).open("ab") as file:
            pickle.dump(buffer, file, protocol=pickle.HIGHEST_PROTOCOL)
        buffer.clear()


def part_of(folder: Path, name: str) -> Evidence:
    """Return the evidence of one part, with what all of them have in common."""
    whole = Whole()
    for file in (folder / COMMON, folder / name):
        for field, key, value in _pieces(file):
            whole.take(field, value, key=key)
    return whole.evidence()


def _pieces(path: Path) -> Iterator[Piece]:
    with path.open("rb") as file:
        while file.peek(1):
            yield from pickle.load(file)
