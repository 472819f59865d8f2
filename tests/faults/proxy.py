"""A TCP proxy in this process, whose links can be made to behave like bad networks at any time.

A `Link` stands between one client and one server. Its mode may be switched while connections are
open. Bytes are never invented or reordered: a link delays, withholds, or ends a connection, as a
network can. What passes can be watched, and a watcher may cut the connection before it passes.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol, Self, TypeAlias

from deploy.local.ports import LOOPBACK, free_port

CHUNK_BYTES_MAX: Final = 64 * 1024
#: A trickle is written in so many pieces a second.
PIECES_PER_SECOND: Final = 20
CONNECT_SECONDS_MAX: Final = 5.0


class Direction(Enum):
    """Which way bytes go."""

    TO_SERVER = "to server"
    TO_CLIENT = "to client"


class Kind(Enum):
    """What a link does."""

    #: Everything passes at once.
    PASS = "pass"
    #: Every piece takes so many seconds longer, each way.
    LATENCY = "latency"
    #: Connections that are open stay open and carry nothing any more, for ever; new ones work.
    HALF_OPEN = "half-open"
    #: Open connections are reset, new ones as well.
    RESET = "reset"
    #: Each connection is closed after so many bytes more from the client.
    CUT = "cut"
    #: Nothing arrives while it lasts, as when packets are lost; what was sent arrives afterwards.
    BLACKHOLE = "blackhole"
    #: So many bytes a second, each way.
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Mode:
    """A kind, and its measure: seconds (LATENCY), bytes (CUT), bytes a second (SLOW)."""

    kind: Kind
    measure: float = 0.0


PASS: Final = Mode(Kind.PASS)


class CutError(Exception):
    """A watcher wants the connection reset before what it was shown goes on."""


class Watcher(Protocol):
    """Reads what passes one connection; it keeps no byte back unless it raises `CutError`."""

    async def saw(self, direction: Direction, chunk: bytes) -> None:
        """Take note of a chunk that is about to pass."""


#: Makes the watcher of a connection.
MakeWatcher: TypeAlias = Callable[[], Watcher]


class Link:
    """The way from one client to one server, as an async context manager."""

    def __init__(
        self,
        name: str,
        target: tuple[str, int],
        *,
        port: int | None = None,
        watch: MakeWatcher | None = None,
    ) -> None:
        """`port` is where clients connect, a free one when left out; `watch` makes watchers."""
        self.name = name
        self.target = target
        self.port = port or free_port()
        self.mode = PASS
        self.watch = watch
        self.connections: set[Connection] = set()
        #: Connections made since the start.
        self.connected = 0
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    @property
    def address(self) -> str:
        """Where clients connect, `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, LOOPBACK, self.port)

    async def stop(self) -> None:
        """Reset what is open and listen no more."""
        if self._server is not None:
            self._server.close()
        open_ones = list(self.connections)
        # Whoever waits in a black hole looks up, and finds its connection reset.
        self.heal()
        self.reset()
        await asyncio.gather(*(connection.ended.wait() for connection in open_ones))

    def set(self, mode: Mode) -> None:
        """Behave so from now on, open connections included."""
        self.mode = mode
        self._changed.set()
        self._changed = asyncio.Event()
        if mode.kind is Kind.RESET:
            self.reset()
        for connection in self.connections:
            connection.dead |= mode.kind is Kind.HALF_OPEN
            connection.left = mode.measure

    def heal(self) -> None:
        """Let everything pass; connections that went half-open stay so."""
        self.set(PASS)

    def reset(self) -> None:
        """Reset the connections that are open; new ones go by the mode."""
        for connection in list(self.connections):
            connection.reset()

    async def changed(self) -> None:
        """Return when the mode is set the next time."""
        await self._changed.wait()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected += 1
        if self.mode.kind is Kind.RESET:
            _reset(writer)
            return
        connection = Connection(self, writer)
        self.connections.add(connection)
        try:
            await connection.run(reader)
        finally:
            self.connections.discard(connection)
            connection.ended.set()


class Connection:
    """One connection through a link."""

    def __init__(self, link: Link, client: asyncio.StreamWriter) -> None:
        #: Whether it carries nothing any more.
        self.dead = False
        #: The bytes that pass until it is cut.
        self.left = link.mode.measure
        self.ended = asyncio.Event()
        self._link = link
        self._client = client
        self._server: asyncio.StreamWriter | None = None
        self._watcher = link.watch() if link.watch else None

    async def run(self, client: asyncio.StreamReader) -> None:
        """Carry bytes both ways until either end is gone."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                server, self._server = await asyncio.open_connection(*self._link.target)
        except (OSError, TimeoutError):
            _reset(self._client)
            return
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(client, self._server, Direction.TO_SERVER))
                group.create_task(self._pump(server, self._client, Direction.TO_CLIENT))
        except* (CutError, OSError):
            self.reset()
        finally:
            for writer in (self._client, self._server):
                writer.close()

    def reset(self) -> None:
        """End it both ways, with a reset rather than a goodbye."""
        for writer in (self._client, self._server):
            if writer is not None:
                _reset(writer)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
    ) -> None:
        while chunk := await reader.read(CHUNK_BYTES_MAX):
            if not self.dead:
                await self._carry(chunk, writer, direction)
        if self.dead and direction is Direction.TO_CLIENT:
            await self._link_is_dead(writer)
        # An end of either side ends both: none of the protocols here talks through half of one.
        raise ConnectionResetError

    async def _link_is_dead(self, client: asyncio.StreamWriter) -> None:
        """Keep the client's end open although the server's is gone: nobody tells it."""
        while not client.is_closing():
            await self._link.changed()

    async def _carry(
        self, chunk: bytes, writer: asyncio.StreamWriter, direction: Direction
    ) -> None:
        link = self._link
        if link.mode.kind is Kind.LATENCY:
            await asyncio.sleep(link.mode.measure)
        for piece in self._pieces(chunk):
            if link.mode.kind is Kind.SLOW:
                await asyncio.sleep(len(piece) / link.mode.measure)
            while link.mode.kind is Kind.BLACKHOLE:
                await link.changed()
            if self.dead:
                return
            if link.mode.kind is Kind.CUT and direction is Direction.TO_SERVER:
                self.left -= len(piece)
                if self.left < 0:
                    raise CutError
            if self._watcher is not None:
                await self._watcher.saw(direction, piece)
            writer.write(piece)
            await writer.drain()

    def _pieces(self, chunk: bytes) -> list[bytes]:
        mode = self._link.mode
        if mode.kind is not Kind.SLOW:
            return [chunk]
        size = max(1, int(mode.measure / PIECES_PER_SECOND))
        return [chunk[start : start + size] for start in range(0, len(chunk), size)]


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a TCP reset."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
