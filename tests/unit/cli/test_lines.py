"""Lines are cut as they come, numbered, and never held whole when they are too long."""

import os
from pathlib import Path

import pytest

from cli.lines import LineSplitter, read_pieces, size_of


def cut(pieces: list[bytes], line_bytes_max: int = 8) -> list[tuple[int, bytes | None]]:
    splitter = LineSplitter(line_bytes_max)
    lines = [line for piece in pieces for line in splitter.feed(piece)]
    return lines + splitter.finish()


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([b"a\nb\n"], [(1, b"a"), (2, b"b")], id="whole lines"),
        pytest.param([b"a\nb"], [(1, b"a"), (2, b"b")], id="no end after the last"),
        pytest.param([b"a", b"b\nc", b"\n"], [(1, b"ab"), (2, b"c")], id="cut inside of a line"),
        pytest.param([b"\n\na\n"], [(1, b""), (2, b""), (3, b"a")], id="empty lines are counted"),
        pytest.param([b"123456789\na\n"], [(1, None), (2, b"a")], id="too long in one piece"),
        pytest.param(
            [b"12345678", b"9", b"0", b"\na\n"], [(1, None), (2, b"a")], id="too long in pieces"
        ),
        pytest.param([b"12345678\n"], [(1, b"12345678")], id="as long as is allowed"),
        pytest.param([b"12345", b"6789"], [(1, None)], id="too long and without an end"),
        pytest.param([b"123456789", b"\n", b"ab\n"], [(1, None), (2, b"ab")], id="end comes apart"),
    ],
)
def test_pieces_become_numbered_lines(
    pieces: list[bytes], lines: list[tuple[int, bytes | None]]
) -> None:
    assert cut(pieces) == lines


def test_a_line_that_never_ends_takes_no_memory() -> None:
    splitter = LineSplitter(1_000)
    for _ in range(100):
        assert splitter.feed(b"x" * 1_000) == []
    assert len(splitter._rest) <= 1_000


async def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"a\n" * 2_000_000)
    with path.open("rb") as file:
        assert size_of(file) == 4_000_000
        pieces = [piece async for piece in read_pieces(file)]
    assert len(pieces) > 1
    assert b"".join(pieces) == b"a\n" * 2_000_000


async def test_a_pipe_gives_what_is_there_before_it_ends() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"first\n")
    with os.fdopen(reading, "rb") as file:
        assert size_of(file) is None
        pieces = read_pieces(file)
        assert await anext(pieces) == b"first\n"
        os.write(writing, b"second\n")
        assert await anext(pieces) == b"second\n"
        os.close(writing)
        assert [piece async for piece in pieces] == []
