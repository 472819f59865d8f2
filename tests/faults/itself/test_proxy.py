"""A link does to a connection what its mode says, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Final

import pytest

from deploy.local.ports import LOOPBACK, free_port
from tests.faults.proxy import PASS, CutError, Direction, Kind, Link, Mode, Watcher

WORD: Final = b"0123456789"
SOON_SECONDS: Final = 0.3
LIMIT_SECONDS: Final = 5.0


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def linked(watch: Callable[[], Watcher] | None = None) -> AsyncIterator[Link]:
    port = free_port()
    server = await asyncio.start_server(echo, LOOPBACK, port)
    async with Link("echo", (LOOPBACK, port), watch=watch) as link:
        yield link
    server.close()


class Client:
    """One connection through the link."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def of(cls, link: Link) -> "Client":
        return cls(*await asyncio.open_connection(LOOPBACK, link.port))

    async def say(self, word: bytes = WORD, *, within: float = LIMIT_SECONDS) -> str:
        """Say a word and tell what came back: `echo`, `silence`, `reset` or `end`."""
        try:
            self.writer.write(word)
            await self.writer.drain()
            async with asyncio.timeout(within):
                return "echo" if await self.reader.readexactly(len(word)) == word else "garbage"
        except TimeoutError:
            return "silence"
        except ConnectionError:
            return "reset"
        except asyncio.IncompleteReadError:
            return "end"


#: mode, what an open connection then hears, what a new one hears
CASES: Final[tuple[tuple[Mode, str, str], ...]] = (
    (PASS, "echo", "echo"),
    (Mode(Kind.LATENCY, 0.05), "echo", "echo"),
    (Mode(Kind.HALF_OPEN), "silence", "echo"),
    (Mode(Kind.RESET), "reset", "reset"),
    (Mode(Kind.CUT, 9), "reset", "reset"),
    (Mode(Kind.CUT, 10), "echo", "echo"),
    (Mode(Kind.BLACKHOLE), "silence", "silence"),
    (Mode(Kind.SLOW, 1000), "echo", "echo"),
    (Mode(Kind.SLOW, 10), "silence", "silence"),
)


@pytest.mark.parametrize(
    ("mode", "open_hears", "new_hears"),
    CASES,
    ids=[f"{m.kind.value} {m.measure}" for m, *_ in CASES],
)
async def test_a_link_does_what_its_mode_says(mode: Mode, open_hears: str, new_hears: str) -> None:
    async with linked() as link:
        before = await Client.of(link)
        assert await before.say() == "echo"
        link.set(mode)
        assert await before.say(within=SOON_SECONDS) == open_hears
        after = await Client.of(link)
        assert await after.say(within=SOON_SECONDS) == new_hears


#: mode, what a connection that was open throughout hears once the link is healed
HEALED: Final[tuple[tuple[Mode, str], ...]] = (
    (Mode(Kind.LATENCY, 1.0), "echo"),
    (Mode(Kind.HALF_OPEN), "silence"),
    (Mode(Kind.RESET), "reset"),
    (Mode(Kind.BLACKHOLE), "echo"),
    (Mode(Kind.SLOW, 100), "echo"),
)


@pytest.mark.parametrize(("mode", "hears"), HEALED, ids=[m.kind.value for m, _ in HEALED])
async def test_what_a_healed_link_carries_again(mode: Mode, hears: str) -> None:
    async with linked() as link:
        client = await Client.of(link)
        link.set(mode)
        await asyncio.sleep(0)
        link.heal()
        assert await client.say(within=SOON_SECONDS) == hears


async def test_what_was_said_into_a_black_hole_arrives_afterwards() -> None:
    async with linked() as link:
        client = await Client.of(link)
        link.set(Mode(Kind.BLACKHOLE))
        assert await client.say(within=SOON_SECONDS) == "silence"
        link.heal()
        assert await client.reader.readexactly(len(WORD)) == WORD


async def test_latency_is_added_each_way() -> None:
    async with linked() as link:
        client = await Client.of(link)
        link.set(Mode(Kind.LATENCY, 0.1))
        started = perf_counter()
        assert await client.say() == "echo"
        assert perf_counter() - started >= 0.2


class Censor:
    """Cuts a connection before a word passes in a direction."""

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.seen: list[bytes] = []

    async def saw(self, direction: Direction, chunk: bytes) -> None:
        if direction is self.direction:
            self.seen.append(chunk)
            if b"secret" in chunk:
                raise CutError


@pytest.mark.parametrize("direction", list(Direction))
async def test_a_watcher_sees_what_passes_and_may_cut_before_it_does(direction: Direction) -> None:
    censor = Censor(direction)
    async with linked(lambda: censor) as link:
        client = await Client.of(link)
        assert await client.say() == "echo"
        assert await client.say(b"a secret") == "reset"
    assert censor.seen == [WORD, b"a secret"]


async def test_a_link_whose_server_is_away_resets() -> None:
    async with Link("nobody", (LOOPBACK, free_port())) as link:
        client = await Client.of(link)
        assert await client.say() in {"reset", "end"}
