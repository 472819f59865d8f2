"""A journal of five months to bind, drop and restore by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from services.monitor import volumes
from services.monitor.adapters.upkeep.audit_books import open_books
from services.monitor.adapters.upkeep.audit_store import AuditStore
from services.monitor.domain.audit.findings import Findings
from services.monitor.handlers.upkeep.audit import audit
from services.monitor.rebuild import check
from tests.integration.monitor.desk import connected
from tests.integration.monitor.events import known
from tests.integration.monitor.shelf import PARTITION, Shelf, make_shelf
from tests.integration.monitor.world import invoice, payment

MARCH: Final = datetime(2026, 3, 1, tzinfo=UTC)
APRIL: Final = datetime(2026, 4, 1, tzinfo=UTC)
LATER: Final = datetime(2026, 7, 1, tzinfo=UTC)
OLD: Final = "default:OLD"
KNOWN_BY: Final = "2026-04-16T00:00:00+08:00"


@dataclass
class Cabinet:
    """A shelf of five months, sealed at each one's end, and the folder its volumes go to."""

    url: str
    shelf: Shelf
    folder: Path

    async def archive(self, before: datetime) -> list[Path]:
        return [path async for path, _ in volumes.archive(self.url, self.folder, before)]

    async def drop(self, *paths: Path) -> list[int]:
        done = volumes.drop(self.url, paths, "li.na", LATER)
        return [volume.rows async for _, volume in done]

    async def verify(self, *paths: Path) -> list[int]:
        return [volume.rows async for _, volume in volumes.verify(self.url, paths)]

    async def restore(self, *paths: Path) -> list[tuple[int, int]]:
        return [one async for one in volumes.restore(self.url, paths)]

    async def audit(self, **how: Any) -> Findings:
        steps = audit(partial(open_books, self.shelf.database), PARTITION, LATER, **how)
        return [findings async for findings in steps][-1]

    async def differences(self) -> list[str]:
        return await check(self.url, lambda _done, _total: None)

    async def seal(self) -> None:
        while await AuditStore(self.shelf.database).seal_next(PARTITION, self.shelf.now):
            pass

    async def count(self, table: str) -> int:
        [row] = await self.shelf.sql(f"SELECT count(*) AS n FROM monitor.{table}")
        return int(row["n"])

    async def doctor(self, sql: str) -> None:
        async with connected(self.url) as connection:
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(sql)

    async def answers(self) -> dict[str, Any]:
        """Ask what the rows of April decide, and what April adds to older ones."""
        asked: dict[str, Any] = {}
        for path in ("accounts", "items", "interest"):
            asked[path] = await self.shelf.rows(path)
            for then in ({"as_of": "2026-04-15"}, {"as_of": "2026-04-15", "known_by": KNOWN_BY}):
                asked[f"{path} {then}"] = await self.shelf.rows(path, **then)
        asked["summary"] = await self.shelf.get("summary")
        return asked


@asynccontextmanager
async def make_cabinet(database_url: str, folder: Path) -> AsyncIterator[Cabinet]:
    """Fold five months, four of them sealed."""
    async with make_shelf(database_url) as shelf:
        made = Cabinet(database_url, shelf, folder)
        await shelf.fold(
            known("OLD", grade="A"),
            invoice("OLD", "I-1", "1000.00", "2026-01-10", interest={"annual_percent": "10"}),
            invoice("GONE", "I-2", "300.00", "2026-03-01"),
            payment("OLD", "P-0", "5.00"),
            on="2026-01-05",
        )
        await made.seal()
        await shelf.sweep("2026-02-20")
        allocations = [{"invoice_id": "I-2", "amount": "300.00"}]
        await shelf.fold(payment("GONE", "P-1", "300.00", allocations=allocations), on="2026-02-21")
        await made.seal()
        await shelf.fold(
            payment("OLD", "P-2", "400.00"),
            invoice("NEW", "I-3", "70.00", "2026-04-01"),
            on="2026-03-10",
        )
        await made.seal()
        await shelf.fold(payment("OLD", "P-3", "1.00"), on="2026-04-10")
        await made.seal()
        await shelf.fold(payment("NEW", "P-4", "2.00"), on="2026-05-02")
        yield made
