"""`arrears journal` as people run it: killed at any step, or without room, it is run again."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.integration.monitor.cabinet import MARCH, Cabinet, make_cabinet
from tests.integration.monitor.desk import connected
from tests.integration.monitor.world import wait_for

#: Sessions of others that wait for a lock, and those that have a journal open.
WAITING: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'
"""
OPEN: Final = """
SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
WHERE d.datname = current_database() AND l.locktype = 'advisory'
"""
#: What is waited for at each step: the table and the lock that somebody else has on it.
STEPS: Final = {
    "archive: rows are read": ("archive", "journal", "ACCESS EXCLUSIVE"),
    "drop: the volume is proved": ("drop", "seals", "ACCESS EXCLUSIVE"),
    "drop: openings are written": ("drop", "openings", "EXCLUSIVE"),
    "drop: names are kept": ("drop", "volume_names", "EXCLUSIVE"),
    "drop: the volume is noted": ("drop", "volumes", "EXCLUSIVE"),
    "drop: rows are deleted": ("drop", "journal", "EXCLUSIVE"),
    "drop: what is left is compared": ("drop", "balances", "ACCESS EXCLUSIVE"),
    "restore: openings are forgotten": ("restore", "openings", "EXCLUSIVE"),
    "restore: rows are put back": ("restore", "journal", "EXCLUSIVE"),
    "restore: what is there is compared": ("restore", "balances", "ACCESS EXCLUSIVE"),
}
NO_ROOM: Final = 'ulimit -f 0; exec "$@"'


@pytest.fixture
async def cabinet(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Cabinet]:
    async with make_cabinet(fresh_database_url, tmp_path / "volumes") as made:
        yield made


@asynccontextmanager
async def command(
    cabinet: Cabinet, *words: str, before: tuple[str, ...] = ()
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start `arrears journal` as a person does."""
    child = await asyncio.create_subprocess_exec(
        *before,
        *(sys.executable, "-m", "cli.main", "journal", *words),
        env={**os.environ, "ARREARS_DATABASE_URL": cabinet.url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def said(cabinet: Cabinet, *words: str, before: tuple[str, ...] = ()) -> tuple[int, str]:
    """Run it to its end; returns its exit code and what it says."""
    async with command(cabinet, *words, before=before) as child:
        output, _ = await child.communicate()
    assert child.returncode is not None
    return child.returncode, output.decode()


async def state(cabinet: Cabinet) -> tuple[list[int], int, list[str]]:
    """Return how much there is of the journal and for volumes, the audit's verdict, the folder."""
    counts = [
        await cabinet.count(one) for one in ("journal", "volumes", "openings", "volume_names")
    ]
    files = [path.name for path in cabinet.folder.glob("*")]
    return counts, len((await cabinet.audit()).violations), files


@pytest.mark.parametrize(("deed", "table", "lock"), STEPS.values(), ids=STEPS.keys())
async def test_a_run_that_is_killed_changes_nothing_and_is_repeated(
    cabinet: Cabinet, deed: str, table: str, lock: str
) -> None:
    words = (deed, "--before", "2026-03", "--to", str(cabinet.folder))
    if deed != "archive":
        [path] = await cabinet.archive(MARCH)
        words = (deed, str(path), *(("--as", "li.na") if deed == "drop" else ()))
        if deed == "restore":
            await cabinet.drop(path)
    before = await state(cabinet)

    async with connected(cabinet.url) as other, connected(cabinet.url) as onlooker:

        async def is_at_the_step() -> bool:
            return bool(await onlooker.fetchval(WAITING))

        async def is_over() -> bool:
            return not await onlooker.fetchval(OPEN)

        async with other.transaction():
            await other.execute(f"LOCK TABLE monitor.{table} IN {lock} MODE")
            async with command(cabinet, *words) as child:
                await wait_for(is_at_the_step)
                child.kill()
        await wait_for(is_over)

    counts, violations, files = await state(cabinet)
    whole = [name for name in files if not name.startswith(".")]
    assert (counts, violations, whole) == before
    status, output = await said(cabinet, *words)
    assert (status, await cabinet.differences()) == (0, []), output
    counts, violations, files = await state(cabinet)
    assert violations == 0
    assert files == ["journal-0000-00000001-00000002.jsonl.gz"]
    assert counts[1] == (1 if deed == "drop" else 0)


async def test_a_disk_that_is_full_is_told_and_leaves_nothing(cabinet: Cabinet) -> None:
    words = ("archive", "--before", "2026-03", "--to", str(cabinet.folder))
    before = await state(cabinet)
    status, output = await said(cabinet, *words, before=("sh", "-c", NO_ROOM, "sh"))
    assert (status, "no volume could be written, and nothing is changed" in output) == (1, True)
    assert await state(cabinet) == before
    assert (await said(cabinet, *words))[0] == 0
    assert len(list(cabinet.folder.iterdir())) == 1


async def test_each_command_says_what_it_has_done(cabinet: Cabinet) -> None:
    file = cabinet.folder / "journal-0000-00000001-00000002.jsonl.gz"
    archived = ("archive", "--before", "2026-03", "--to", str(cabinet.folder))
    of = "5 rows until 2026-02-20T16:00:00+00:00; head 0:2:"
    for words, sentence in (
        (archived, f"{file}: written; {of}"),
        (("verify", str(file)), f"{file}: holds what was sealed; {of}"),
        (("drop", str(file), "--as", "li.na"), f"{file}: has left the journal; {of}"),
        (archived, "nothing: no seal is as old"),
        (("restore", str(file)), "partition 0: 5 rows are in the journal again"),
        (("restore", str(file)), "partition 0: no volume has left the journal"),
    ):
        status, output = await said(cabinet, *words)
        assert (status, sentence in output) == (0, True), output
    status, output = await said(cabinet, "verify", str(file), "--json")
    assert status == 0
    assert json.loads(output) | {"head": ""} == {
        "file": str(file),
        "partition": 0,
        "rows": 5,
        "first_offset": 0,
        "last_offset": 4,
        "recorded_until": "2026-02-20T16:00:00+00:00",
        "head": "",
    }
    assert (await said(cabinet, "drop", str(file)))[0] == 2
