"""A volume as a file: gzip; a title, then a line of JSON for each seal and for each of its rows."""

import gzip
import os
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Final

import msgspec

from services.monitor.domain.audit.chain import Head, Seal, head_from
from services.monitor.domain.audit.volume import Bound, Row, Volume, volume_of
from shared.errors import RejectedError

FORMAT: Final = "arrears-journal-1"
#: The journal's text then takes about an eighth; more effort gains little.
_EFFORT: Final = 6


class _Title(msgspec.Struct):
    """The first line: whose journal it is, and the head that the first seal follows on."""

    format: str
    partition: int
    follows: str | None


_encode: Final = msgspec.json.Encoder().encode
_title: Final = msgspec.json.Decoder(_Title)
_seal: Final = msgspec.json.Decoder(Seal)
_row: Final = msgspec.json.Decoder(Row)


async def write(
    folder: Path, partition: int, follows: Head | None, bound: AsyncIterator[Bound]
) -> tuple[Path, Volume] | None:
    """Write a volume whole, and on the disk, or not at all; None when there is nothing to bind.

    A file of that name stays: it is the same volume, or it does not prove itself when it is used.
    """
    fresh = _prepared(folder, partition)
    try:
        with gzip.GzipFile(fresh, "wb", compresslevel=_EFFORT, mtime=0) as file:
            title = _Title(FORMAT, partition, None if follows is None else str(follows))
            file.write(_encode(title) + b"\n")
            volume: Volume | None = None
            async for seal, rows in bound:
                lines = [_encode(seal), *(_encode(row) for row in rows), b""]
                file.write(b"\n".join(lines))
                volume = volume_of(seal, rows, volume)
        return None if volume is None else (_named(fresh, volume), volume)
    finally:
        fresh.unlink(missing_ok=True)


def _prepared(folder: Path, partition: int) -> Path:
    """Make an empty file for its owner alone: it names accounts and amounts."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".journal-{partition}.{os.getpid()}.new"
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    return fresh


def _named(fresh: Path, volume: Volume) -> Path:
    """Give a file its name once the disk has it."""
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    named = fresh.with_name(volume.file_name)
    if not named.exists():
        fresh.rename(named)
    folder = os.open(named.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return named


class VolumeFile:
    """A volume that was written; what cannot be read raises `RejectedError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _mapped(path), gzip.open(path, "rb") as file:
            title = _title.decode(file.readline())
            if title.format != FORMAT:
                message = f"the format is {title.format!r}, and not {FORMAT!r}"
                raise ValueError(message)
            self.partition = title.partition
            self.follows = None if title.follows is None else head_from(title.follows)

    def sha256(self) -> bytes:
        """Return the digest of the file, as `sha256sum` has it."""
        with _mapped(self.path), self.path.open("rb") as file:
            return file_digest(file, "sha256").digest()

    def bound(self) -> Iterator[Bound]:
        """Give each seal with its rows; whether they are those that were sealed is not asked."""
        with _mapped(self.path), gzip.open(self.path, "rb") as file:
            file.readline()
            while line := file.readline():
                seal = _seal.decode(line)
                yield seal, [_row.decode(file.readline()) for _ in range(seal.rows)]


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    """Turn what a broken file raises into one sentence."""
    try:
        yield
    except (OSError, EOFError, zlib.error, ValueError, msgspec.MsgspecError) as error:
        message = f"{path} is no whole volume of a journal: {error}"
        raise RejectedError(message, code="bad_volume") from error
