"""Lines from a file or a pipe, as they come, without ever holding more than a piece of it."""

import asyncio
import stat
from collections.abc import AsyncIterator
from os import fstat
from typing import BinaryIO, Final

READ_BYTES: Final = 1024 * 1024


async def read_pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    """Give what the file holds, piece by piece; from a pipe or a terminal, as soon as it is there.

    A pipe is read by the event loop, so that Ctrl-C ends the wait for more.
    """
    if stat.S_ISREG(fstat(file.fileno()).st_mode):
        while piece := file.read(READ_BYTES):
            yield piece
        return
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=READ_BYTES)
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    try:
        while piece := await reader.read(READ_BYTES):
            yield piece
    finally:
        transport.close()


class LineSplitter:
    """Cuts pieces into numbered lines; of a line longer than the limit only that fact is kept."""

    def __init__(self, line_bytes_max: int) -> None:
        self._line_bytes_max = line_bytes_max
        self._number = 0
        self._rest = b""
        self._skipping = False

    def feed(self, piece: bytes) -> list[tuple[int, bytes | None]]:
        """Return the lines that the piece completes, from 1; None stands for one too long."""
        *complete, rest = piece.split(b"\n")
        if complete:
            complete[0] = self._rest + complete[0]
            self._rest = b""
        lines = [self._line(line) for line in complete]
        self._rest += b"" if self._skipping else rest
        if len(self._rest) > self._line_bytes_max:
            self._skipping, self._rest = True, b""
        return lines

    def finish(self) -> list[tuple[int, bytes | None]]:
        """Return the last line where no line end follows it."""
        return [self._line(self._rest)] if self._rest or self._skipping else []

    def _line(self, line: bytes) -> tuple[int, bytes | None]:
        self._number += 1
        too_long = self._skipping or len(line) > self._line_bytes_max
        self._skipping = False
        return self._number, None if too_long else line


def size_of(file: BinaryIO) -> int | None:
    """Return how many bytes a regular file holds; None for a pipe, whose end nobody knows."""
    status = fstat(file.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None
