"""The watchers tell the moments of a dialogue, however it is cut into pieces."""

import asyncio
from typing import Final

import pytest

from tests.faults.proxy import CutError, Direction, Watcher
from tests.faults.watching.kafka import KafkaWatcher
from tests.faults.watching.lookout import Lookout, Moment, Seen, Trap
from tests.faults.watching.postgres import PostgresWatcher
from tests.faults.watching.smtp import SmtpWatcher

TO_SERVER, TO_CLIENT = Direction.TO_SERVER, Direction.TO_CLIENT


class Notes(Lookout):
    """Keeps everything it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str]] = []

    async def saw(self, seen: Seen) -> None:
        self.seen.append((seen.word, seen.about))


def framed(kind: bytes, content: bytes) -> bytes:
    return kind + (len(content) + 4).to_bytes(4, "big") + content


def request(key: int, number: int, body: bytes) -> bytes:
    content = key.to_bytes(2, "big") + b"\x00\x09" + number.to_bytes(4, "big") + body
    return len(content).to_bytes(4, "big") + content


def response(number: int) -> bytes:
    return (8).to_bytes(4, "big") + number.to_bytes(4, "big") + b"\x00" * 4


READY: Final = framed(b"Z", b"I")
IN_TRANSACTION: Final = framed(b"Z", b"T")
STARTUP: Final = framed(b"", b"\x00\x03\x00\x00user\x00a\x00\x00")
PARSE: Final = framed(b"P", b"s1\x00UPDATE\n  items SET x\x00\x00\x00")
BIND: Final = framed(b"B", b"\x00s1\x00\x00\x00")

#: name, watcher, what passes, what is seen
CASES: Final = (
    (
        "a transaction",
        PostgresWatcher,
        (
            (TO_SERVER, framed(b"", (80877103).to_bytes(4, "big"))),
            (TO_CLIENT, b"N"),
            (TO_SERVER, STARTUP),
            (TO_CLIENT, READY),
            (TO_SERVER, framed(b"Q", b"BEGIN;\x00")),
            (TO_CLIENT, IN_TRANSACTION),
            (TO_SERVER, PARSE + BIND),
            (TO_CLIENT, framed(b"C", b"UPDATE 0\x00") + IN_TRANSACTION),
            (TO_SERVER, framed(b"Q", b"COMMIT;\x00")),
            (TO_CLIENT, framed(b"C", b"COMMIT\x00") + READY),
        ),
        [
            ("execute", "UPDATE items SET x"),
            ("completed", "UPDATE 0: UPDATE items SET x"),
            ("commit", "UPDATE items SET x"),
            ("done", "UPDATE items SET x"),
        ],
    ),
    (
        "a statement alone, prepared before",
        PostgresWatcher,
        (
            (TO_SERVER, STARTUP),
            (TO_SERVER, PARSE),
            (TO_CLIENT, READY),
            (TO_SERVER, BIND),
            (TO_CLIENT, READY),
        ),
        [("execute", "UPDATE items SET x"), ("done", "UPDATE items SET x")],
    ),
    (
        "records and offsets, answered in turn",
        KafkaWatcher,
        (
            (TO_SERVER, request(3, 1, b"metadata of receivables.ledger")),
            (TO_SERVER, request(0, 2, b"..receivables.ledger...receivables.rejected")),
            (TO_SERVER, request(8, 3, b"group")),
            (TO_CLIENT, response(1) + response(2) + response(3)),
        ),
        [
            ("produce", "receivables.ledger"),
            ("offsets", ""),
            ("produced", "receivables.ledger"),
            ("offsets kept", ""),
        ],
    ),
    (
        "a mail",
        SmtpWatcher,
        (
            (TO_SERVER, b"MAIL FROM:<a@b>\r\n"),
            (TO_CLIENT, b"250 OK\r\n"),
            (TO_SERVER, b"DATA\r\n"),
            (TO_CLIENT, b"354 go on\r\n"),
            (TO_SERVER, b"Subject: x\r\n\r\nbody\r\n.\r\n"),
            (TO_CLIENT, b"250 OK\r\n"),
        ),
        [("mail", ""), ("data", ""), ("dot", ""), ("accepted", "")],
    ),
)


@pytest.mark.parametrize(
    ("watcher", "passes", "seen"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
async def test_a_watcher_tells_the_moments_of_a_dialogue(
    watcher: type, passes: tuple[tuple[Direction, bytes], ...], seen: list[tuple[str, str]]
) -> None:
    notes = Notes()
    one: Watcher = watcher(notes)
    for direction, chunk in passes:
        await one.saw(direction, chunk)
    assert notes.seen == seen


@pytest.mark.parametrize(
    ("watcher", "passes", "seen"), [c[1:] for c in CASES[:3]], ids=[c[0] for c in CASES[:3]]
)
async def test_a_request_in_pieces_is_still_one(
    watcher: type, passes: tuple[tuple[Direction, bytes], ...], seen: list[tuple[str, str]]
) -> None:
    notes = Notes()
    one: Watcher = watcher(notes)
    for direction, chunk in passes:
        pieces = [chunk]
        if direction is TO_SERVER:
            pieces = [chunk[start : start + 3] for start in range(0, len(chunk), 3)]
        for piece in pieces:
            await one.saw(direction, piece)
    assert notes.seen == seen


async def test_a_trap_springs_once_at_its_moment_and_cuts_there() -> None:
    sprung = asyncio.Event()

    async def spring() -> None:
        sprung.set()

    trap = Trap(Moment("commit", "items", 2), spring)
    for seen in (Seen("commit", "names"), Seen("execute", "items"), Seen("commit", "items")):
        await trap.saw(seen)
    assert not sprung.is_set()
    with pytest.raises(CutError):
        await trap.saw(Seen("commit", "the items"))
    assert sprung.is_set()
    await trap.saw(Seen("commit", "items"))


async def test_a_trap_springs_to_its_end_even_when_the_connection_ends_meanwhile() -> None:
    is_killed = asyncio.Event()

    async def spring() -> None:
        await is_killed.wait()

    trap = Trap(Moment("produced"), spring)
    carrier = asyncio.create_task(trap.saw(Seen("produced")))
    await asyncio.sleep(0)
    carrier.cancel()
    await asyncio.gather(carrier, return_exceptions=True)
    is_killed.set()
    await asyncio.wait_for(trap.sprung.wait(), 1)
