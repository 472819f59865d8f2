"""A volume's file: what is altered in it by a byte is refused, or is not part of what it holds."""

import uuid
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from services.monitor.adapters.upkeep import volume_file
from services.monitor.adapters.upkeep.volume_file import VolumeFile
from services.monitor.domain.audit.chain import seal_rows
from services.monitor.domain.audit.volume import Bound, Row
from shared.errors import ConflictingStateError, RejectedError, TransientError

PARTITION: Final = 3
ROWS: Final = [
    Row(
        offset=offset,
        recorded_at=datetime(2026, 1, 5, 16, tzinfo=UTC),
        account_id="default:甲",
        name=uuid.UUID(int=offset),
        clearing_rule="oldest_due_first",
        event='{"data": {"amount": "5.00"}}',
        changes="{}",
    )
    for offset in (4, 7)
]
BOUND: Final[Bound] = (seal_rows(PARTITION, None, [row.sealed(PARTITION) for row in ROWS]), ROWS)


async def each(bound: Iterable[Bound]) -> AsyncIterator[Bound]:
    for one in bound:
        yield one


async def written(folder: Path) -> Path:
    made = await volume_file.write(folder, PARTITION, None, each([BOUND]))
    assert made is not None
    return made[0]


def read(path: Path) -> tuple[object, ...]:
    file = VolumeFile(path)
    return file.partition, file.follows, list(file.bound())


def read_or_refused(path: Path) -> tuple[object, ...] | None:
    try:
        return read(path)
    except RejectedError:
        return None


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_what_is_written_is_read_and_is_the_same_each_time(tmp_path: Path) -> None:
    path = await written(tmp_path)
    assert read(path) == (PARTITION, None, [BOUND])
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_bytes()
    assert await written(tmp_path) == path
    assert path.read_bytes() == content


async def test_whatever_byte_is_altered_or_cut_off(tmp_path: Path) -> None:
    path = await written(tmp_path)
    content, whole = path.read_bytes(), read(path)
    harmless = set()
    for place in range(len(content)):
        for changed in (0x01, 0x10, 0xFF):
            altered = bytearray(content)
            altered[place] ^= changed
            path.write_bytes(altered)
            if (found := read_or_refused(path)) is not None:
                assert found == whole
                harmless.add(place)
        path.write_bytes(content[:place])
        with pytest.raises(RejectedError):
            read(path)
    # Of gzip's own header: flags, the time, the effort, the system.
    assert harmless <= set(range(3, 10))


async def test_what_a_killed_run_left_goes_and_what_is_another_stays(tmp_path: Path) -> None:
    rest = tmp_path / ".journal-0003.new"
    rest.write_bytes(b"half of it")
    path = await written(tmp_path)
    assert files(tmp_path) == [path]
    path.write_bytes(b"another")
    with pytest.raises(ConflictingStateError, match="is another one"):
        await written(tmp_path)
    assert [one.read_bytes() for one in files(tmp_path)] == [b"another"]


async def test_nothing_to_bind_leaves_no_file(tmp_path: Path) -> None:
    assert await volume_file.write(tmp_path, PARTITION, None, each([])) is None
    assert files(tmp_path) == []


async def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TransientError, match="file/inner: no volume could be written"):
        await written(tmp_path / "file" / "inner")
