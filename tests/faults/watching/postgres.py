"""Reads a PostgreSQL dialogue as far as transactions go.

Sources: PostgreSQL's manual, "Message Formats": a type byte and a length that counts itself; only
the messages at the start of a connection have no type.
"""

import re
from typing import Final

from tests.faults.proxy import Direction
from tests.faults.watching.lookout import Lookout, Seen

#: Statements run in a transaction (or alone), about to be sent.
EXECUTE: Final = "execute"
#: The COMMIT of a transaction, about to be sent; about: its statements.
COMMIT: Final = "commit"
#: The server's word that a transaction, or a statement alone, is over; about: its statements.
DONE: Final = "done"

SSL_REQUEST_BYTES: Final = 8
SSL_REQUEST_CODE: Final = 80877103
#: The server's word on one statement; about: how many rows, and the statement.
COMPLETED: Final = "completed"
_TAG: Final = re.compile(rb"C\x00\x00\x00[\x0b-\x20]((?:UPDATE|SELECT|DELETE) \d+)\x00")
#: The server's word that it has given the one row that was asked for.
_SUSPENDED: Final = b"s\x00\x00\x00\x04"
READY_IDLE: Final = b"Z\x00\x00\x00\x05I"
#: More of a message than this is not looked at: rows may be long.
LOOK_BYTES_MAX: Final = 16 * 1024


class PostgresWatcher:
    """One connection."""

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._buffer = b""
        self._is_starting = True
        self._statements: dict[bytes, str] = {}
        self._run: list[str] = []

    async def saw(self, direction: Direction, chunk: bytes) -> None:
        """Take a chunk apart."""
        if direction is Direction.TO_CLIENT:
            if self._run and (rows := _rows_of(chunk)):
                await self._lookout.saw(Seen(COMPLETED, f"{rows}: {self._run[-1]}"))
            if self._run and chunk.endswith(READY_IDLE):
                about, self._run = "; ".join(self._run), []
                await self._lookout.saw(Seen(DONE, about))
            return
        self._buffer += chunk
        while (message := self._next()) is not None:
            await self._take(*message)

    def _next(self) -> tuple[bytes, bytes] | None:
        """Take the next whole message from the buffer: its type and its content."""
        prefix = 0 if self._is_starting else 1
        if len(self._buffer) < prefix + 4:
            return None
        length = int.from_bytes(self._buffer[prefix : prefix + 4], "big")
        if len(self._buffer) < prefix + length:
            return None
        kind = self._buffer[:prefix]
        content = self._buffer[prefix + 4 : prefix + length]
        self._buffer = self._buffer[prefix + length :]
        if self._is_starting:
            wants_tls = content[:4] == SSL_REQUEST_CODE.to_bytes(4, "big")
            self._is_starting = length == SSL_REQUEST_BYTES and wants_tls
        return kind, content

    async def _take(self, kind: bytes, content: bytes) -> None:
        if kind == b"P":
            name, sql, *_ = content.split(b"\x00", 2)
            self._statements[name] = " ".join(sql.decode(errors="replace").split())
        elif kind == b"B":
            _portal, name, *_ = content[:LOOK_BYTES_MAX].split(b"\x00", 2)
            statement = self._statements.get(name, "")
            self._run.append(statement)
            await self._lookout.saw(Seen(EXECUTE, statement))
        elif kind == b"Q":
            text = content.rstrip(b"\x00").decode(errors="replace").strip().rstrip(";")
            if text.upper() == "COMMIT":
                await self._lookout.saw(Seen(COMMIT, "; ".join(self._run)))
            elif not text.upper().startswith(("BEGIN", "ROLLBACK")):
                self._run.append(text)
                await self._lookout.saw(Seen(EXECUTE, text))


def _rows_of(chunk: bytes) -> str:
    """Return the tag of a statement's end, `UPDATE 3`; empty where none ends."""
    if (tag := _TAG.search(chunk)) is not None:
        return tag[1].decode()
    return "SELECT 1" if _SUSPENDED in chunk else ""
