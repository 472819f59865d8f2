"""A volume as a file: gzip; a title, then a line of JSON for each seal and for each of its rows."""

import gzip
import os
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from filecmp import cmp
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from services.monitor.domain.audit.chain import Head, Seal, head_from
from services.monitor.domain.audit.volume import Bound, Row, Volume, volume_of
from shared.errors import ConflictingStateError, RejectedError, TransientError

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

    Written once more it is the same file, byte for byte. Raises `ConflictingStateError` where
    another has its name, `TransientError` where the folder takes no more.
    """
    fresh = folder / f".journal-{partition:04}.new"
    with _mapped_writes(folder):
        try:
            _prepare(fresh)
            with fresh.open("wb") as raw, _compressed(raw) as file:
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


def _compressed(raw: BinaryIO) -> gzip.GzipFile:
    """Compress without a name and a time, which would tell a file from the same one."""
    return gzip.GzipFile("", "wb", compresslevel=_EFFORT, fileobj=raw, mtime=0)


def _prepare(fresh: Path) -> None:
    """Make an empty file for its owner alone: it names accounts and amounts.

    What a run that was killed has left of it goes.
    """
    fresh.parent.mkdir(parents=True, exist_ok=True)
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)


def _named(fresh: Path, volume: Volume) -> Path:
    """Give a file its name once the disk has it."""
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    named = fresh.with_name(volume.file_name)
    if not named.exists():
        fresh.rename(named)
    elif not cmp(fresh, named, shallow=False):
        message = (
            f"{named} is there, and is another one: it was altered, or comes from another database "
            "or from what a restore has lost; move it away, and archive again"
        )
        raise ConflictingStateError(message, code="another_volume")
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
def _mapped_writes(folder: Path) -> Iterator[None]:
    """Turn what a full disk raises into one sentence."""
    try:
        yield
    except (ConnectionError, TimeoutError):
        raise  # the database's, while its rows are read
    except OSError as error:
        message = f"{folder}: no volume could be written, and nothing is changed: {error.strerror}"
        raise TransientError(message) from error


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    """Turn what a broken file raises into one sentence."""
    try:
        yield
    except (OSError, EOFError, zlib.error, ValueError, msgspec.MsgspecError) as error:
        message = f"{path} is no whole volume of a journal: {error}"
        raise RejectedError(message, code="bad_volume") from error
