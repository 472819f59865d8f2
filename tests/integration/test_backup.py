"""A real cluster is backed up, lost and restored, as docs/OPERATIONS.md says; its audits are equal.

The programs are those that PostgreSQL comes with; the history is folded by hand.
"""

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from deploy.local.postgres import PostgresServer
from deploy.local.postgres.owner import Owner, choose_owner, own
from deploy.local.postgres.server import USER, programs
from deploy.local.processes import Command, run
from services.monitor.rebuild import check
from shared.postgres.migrate import upgrade
from tests.integration.monitor.desk import Desk, connected, make_desk, open_desk
from tests.integration.monitor.world import invoice, payment, wait_for

SECONDS_MAX = 120.0
#: Put into the log before what must not be restored.
POINT = "before_the_mistake"
#: What happened after the base backup was taken.
SINCE = (
    payment("D", "P-3", "700.00", allocations=[{"invoice_id": "LATE", "amount": "700.00"}]),
    invoice("E", "NEW", "90.00", "2026-12-10"),
)
#: What happened after the point.
MISTAKEN = (invoice("E", "TWICE", "91.00", "2026-12-10"),)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A folder with a server that keeps its log elsewhere, and a base backup of it."""

    folder: Path
    owner: Owner
    server: PostgresServer

    @property
    def backup(self) -> Path:
        return self.folder / "backup"

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    async def tool(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs on this server, as its owner."""
        host, _, port = self.server.address.partition(":")
        password = (self.folder / "first.password").read_text(encoding="utf-8")
        reach = {"PGHOST": host, "PGPORT": port, "PGUSER": USER, "PGPASSWORD": password}
        command = Command(
            argv=(str(programs() / program), *arguments),
            log=self.folder / f"{program}.log",
            environ={**os.environ, **reach},
            user=self.owner.user,
        )
        status, said = await run(command, seconds_max=SECONDS_MAX)
        assert status == 0, said

    @asynccontextmanager
    async def restored(self, name: str, **settings: str) -> AsyncIterator[PostgresServer]:
        """Give the base backup in a fresh folder, once it has read the log and may be written."""
        folder = self.folder / name
        shutil.copytree(self.backup, folder)
        folder.chmod(0o700)
        (folder / "recovery.signal").touch()
        password = self.folder / f"{name}.password"
        shutil.copy(self.folder / "first.password", password)
        fetch = f"cp {self.archive}/%f %p"
        settings = {"recovery_target_action": "promote", **settings}
        settings = {**LOGGING, "restore_command": fetch, **settings}
        async with PostgresServer(folder, settings=settings) as server:
            await wait_for(lambda: _is_promoted(server.url))
            yield server


async def _is_promoted(url: str) -> bool:
    async with connected(url) as connection:
        return not await connection.fetchval("SELECT pg_is_in_recovery()")


LOGGING = {"wal_level": "replica", "max_wal_senders": "4"}


@dataclass(frozen=True, kw_only=True)
class Books:
    """What audits see of a database."""

    heads: str
    violations: tuple[str, ...]
    events: int
    differences: tuple[str, ...]


async def books(desk: Desk) -> Books:
    findings = await desk.audit()
    async with connected(desk.url) as connection:
        events = await connection.fetchval("SELECT count(*) FROM monitor.journal")
    return Books(
        heads=str(findings.head),
        violations=tuple(one.sentence() for one in findings.violations),
        events=events,
        differences=tuple(await check(desk.url, lambda _done, _total: None)),
    )


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    owner = await choose_owner(programs() / "postgres", (os.geteuid(), os.getegid()))
    # Renamed when it is whole: half a piece would end the recovery before its time.
    kept = f"{tmp_path}/archive/%f"
    keep = f"test ! -f {kept} && cp %p {kept}.part && mv {kept}.part {kept}"
    settings = {**LOGGING, "archive_mode": "on", "archive_command": keep}
    for name in ("archive", "backup"):
        await own(tmp_path / name, owner)
    async with PostgresServer(tmp_path / "first", settings=settings) as server:
        await upgrade(server.url)
        yield Site(folder=tmp_path, owner=owner, server=server)


def unlike_their_manifest(backup: Path) -> list[str]:
    """Return the files that are not as they were backed up: what pg_verifybackup looks at.

    The wheel's own pg_verifybackup ends with a segmentation fault.
    """
    files = json.loads((backup / "backup_manifest").read_text(encoding="utf-8"))["Files"]
    assert len(files) > 100
    digests = {one["Path"]: one["Checksum"] for one in files}
    return [
        path
        for path, digest in digests.items()
        if hashlib.sha256((backup / path).read_bytes()).hexdigest() != digest
    ]


async def _keep_log(desk: Desk, archive: Path) -> None:
    """Close the present piece of the log, and wait until it is kept."""
    async with connected(desk.url) as connection:
        piece = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")

    async def kept() -> bool:
        return await asyncio.to_thread((archive / str(piece)).exists)

    await wait_for(kept)


async def test_a_base_backup_and_the_log_restore_all_or_up_to_a_point(site: Site) -> None:
    async with make_desk(site.server.url) as desk:
        how = ("--checkpoint=fast", "--manifest-checksums=SHA256")
        await site.tool("pg_basebackup", "-D", str(site.backup), *how)
        assert unlike_their_manifest(site.backup) == []
        before = await books(desk)
        await desk.fold(*SINCE)
        await desk.seal()
        at_point = await books(desk)
        async with connected(desk.url) as connection:
            await connection.execute("SELECT pg_create_restore_point($1)", POINT)
        await desk.fold(*MISTAKEN)
        await desk.seal()
        lost = await books(desk)
        await _keep_log(desk, site.archive)
    assert (before.violations, lost.violations, lost.differences) == ((), (), ())
    assert before.events < at_point.events < lost.events
    assert site.server.child is not None
    await site.server.child.kill()

    async with site.restored("second") as server, open_desk(server.url) as desk:
        assert await books(desk) == lost

    async with (
        site.restored("third", recovery_target_name=POINT) as server,
        open_desk(server.url) as desk,
    ):
        assert await books(desk) == at_point
        # The ledger topic still has what came after: it is folded from where the rows say.
        await desk.fold(*MISTAKEN)
        await desk.seal()
        again = await books(desk)
        assert (again.events, again.violations, again.differences) == (lost.events, (), ())


async def test_a_dump_restores_into_a_new_database(site: Site) -> None:
    file = str(site.backup / "arrears.dump")
    async with make_desk(site.server.url) as desk:
        await site.tool("pg_dump", "--format=custom", "--file", file, "arrears")
        dumped = await books(desk)
        await site.tool("createdb", "elsewhere")
        await site.tool("pg_restore", "--exit-on-error", "--dbname=elsewhere", file)
    async with open_desk(site.server.url_of("elsewhere")) as restored:
        assert await books(restored) == dumped
        assert (dumped.violations, dumped.differences) == ((), ())
        async with connected(restored.url) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is append-only"):
                await connection.execute("DELETE FROM monitor.journal")
        await restored.fold(*SINCE)
        await restored.seal()
        assert (await books(restored)).violations == ()
