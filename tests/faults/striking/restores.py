"""Faults of the database itself: restored from an old backup, and its disk full."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Final

from shared.calendar import local_date
from shared.contracts.catalogue import ESCALATIONS
from tests.faults.evidence.collect import records_of, word_of
from tests.faults.striking.course import Course, Strike
from tests.faults.striking.debts import owed, tell
from tests.faults.system import ALWAYS, TIME_ZONE, System, wait_for, why_not_ready

#: What happens between the backup and its restoration.
DEBTORS: Final = 4
WAIT_SECONDS_MAX: Final = 60.0
DETECTED: Final = "restore_detected"
#: Beside what the database takes: room to begin with, and then none.
SPARE_MIB: Final = 64
FULL_SECONDS: Final = 5.0
DISK_DEBTORS: Final = 60
BLOCK: Final = b"\0" * 1024 * 1024


def restored() -> Strike:
    """Replace the database by a backup from before letters were sent; Kafka goes on."""

    async def strike(course: Course) -> None:
        system = course.system
        backup = f"{system.database}_backup"
        await _stop(system)
        await _copy(system, system.database, backup)
        await _start(system)
        customers = [f"REST-{course.random.randrange(10**9)}" for _ in range(DEBTORS)]
        today = local_date(system.now(), TIME_ZONE)
        await tell(course, [message for one in customers for message in owed(one, today)])
        accounts = [f"default:{one}" for one in customers]
        await wait_for(lambda: _are_sent(system, accounts), WAIT_SECONDS_MAX, "letters are sent")
        await _stop(system)
        before = {name: _detections(system, name) for name in ALWAYS}
        system.forgotten |= {
            word_of(record, record.offset).event_id
            async for record in records_of(system, (ESCALATIONS,))
        }
        await _drop(system, system.database)
        await _copy(system, backup, system.database)
        await _drop(system, backup)
        course.struck("the database restored from a backup")
        await _start(system)

        async def is_noticed() -> list[str]:
            return [
                f"{name} did not say that the database was restored"
                for name in ALWAYS
                if _detections(system, name) == before[name]
            ]

        async def are_in_doubt() -> list[str]:
            found = await _letters(system, accounts)
            return [] if set(found) == {"unknown"} else [f"letters that were sent are {found}"]

        course.expects += [is_noticed, are_in_doubt]

    return strike


def disk_full() -> Strike:
    """Put the database on a small disk and fill it; where none can be mounted, do nothing."""

    async def strike(course: Course) -> None:
        system = course.system
        place = system.folder / "disk"
        place.mkdir(exist_ok=True)
        if not await _mount(place, await _size_mib(system) + SPARE_MIB):
            course.notes.append("skipped: this machine lets nobody mount a small disk")
            course.begun.set()
            return
        try:
            await _move_to(system, place)
            ballast = place / "ballast"
            try:
                _fill(ballast)
                course.struck(f"the database's disk was full for {FULL_SECONDS:g} s")
                await _fails(course)
                await asyncio.sleep(FULL_SECONDS)
            finally:
                ballast.unlink()
            await wait_for(lambda: _is_ready(system), WAIT_SECONDS_MAX, "all recover alone")
        finally:
            await _move_back(system)
            await _run("umount", str(place))

    return strike


async def _fails(course: Course) -> None:
    """Have much written, until somebody says that it cannot be."""
    system = course.system
    today = local_date(system.now(), TIME_ZONE)

    async def is_told() -> bool:
        customers = [f"DISK-{course.random.randrange(10**9)}" for _ in range(DISK_DEBTORS)]
        await tell(course, [message for one in customers for message in owed(one, today)])
        return await why_not_ready(system.running) is not None

    await wait_for(is_told, WAIT_SECONDS_MAX, "a service says that nothing can be written")


async def _is_ready(system: System) -> bool:
    return await why_not_ready(system.running) is None


async def _stop(system: System) -> None:
    await asyncio.gather(*(system.services[name].stop() for name in ALWAYS))


async def _start(system: System) -> None:
    await asyncio.gather(*(system.services[name].start() for name in ALWAYS))


async def _copy(system: System, source: str, target: str) -> None:
    await _leave(system, source)
    await system.sql_of_server(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


async def _drop(system: System, name: str) -> None:
    await system.sql_of_server(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _leave(system: System, name: str) -> None:
    """End what is connected to a database still."""
    await system.sql_of_server(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )


async def _letters(system: System, accounts: list[str]) -> list[str]:
    rows = await system.sql(
        "SELECT status FROM notifier.letters WHERE account_id = ANY($1)", accounts
    )
    return [row["status"] for row in rows]


async def _are_sent(system: System, accounts: list[str]) -> bool:
    return await _letters(system, accounts) == ["sent"] * len(accounts)


def _detections(system: System, name: str) -> int:
    return system.services[name].log.read_text(encoding="utf-8").count(DETECTED)


async def _size_mib(system: System) -> int:
    rows = await system.sql("SELECT pg_database_size(current_database()) AS size")
    return int(rows[0]["size"]) // len(BLOCK)


async def _run(*words: str) -> bool:
    if shutil.which(words[0]) is None:
        return False
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait() == 0


async def _mount(place: Path, mib: int) -> bool:
    return await _run("mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(place))


async def _move_to(system: System, place: Path) -> None:
    """Put the generation's database on the small disk."""
    folder = _space(system, place)
    await system.sql_of_server(f"CREATE TABLESPACE small LOCATION '{folder}'")
    await _stop(system)
    await _leave(system, system.database)
    await system.sql_of_server(f'ALTER DATABASE "{system.database}" SET TABLESPACE small')
    await _start(system)


def _space(system: System, place: Path) -> Path:
    """Make a folder on the small disk that the server may write to."""
    folder = place / "space"
    folder.mkdir()
    owner = (system.folder / "postgres").stat()
    os.chown(folder, owner.st_uid, owner.st_gid)
    return folder


async def _move_back(system: System) -> None:
    await _stop(system)
    await _leave(system, system.database)
    await system.sql_of_server(f'ALTER DATABASE "{system.database}" SET TABLESPACE pg_default')
    await system.sql_of_server("DROP TABLESPACE small")
    await _start(system)


def _fill(ballast: Path) -> None:
    """Take all the room that is left."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(BLOCK)
        except OSError:
            pass
