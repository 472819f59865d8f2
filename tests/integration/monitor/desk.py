"""A partition that is folded by hand, audited by hand, and can be doctored."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import make_url

from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.store import PostgresStore
from services.monitor.adapters.upkeep.audit_books import open_books
from services.monitor.adapters.upkeep.audit_store import AuditStore
from services.monitor.domain.audit.findings import Findings
from services.monitor.handlers.batch import fold_batch
from services.monitor.handlers.ports import Record
from services.monitor.handlers.sweep import sweep
from services.monitor.handlers.upkeep.audit import audit
from shared.postgres.pool import Database
from tests.integration.monitor.world import invoice, ledger_record, payment

START = datetime(2026, 1, 5, tzinfo=UTC)
LATER = datetime(2026, 2, 20, tzinfo=UTC)
PARTITION = 7


@dataclass
class Desk:
    """One partition with a small history, and the hands that doctor it."""

    url: str
    database: Database
    store: PostgresStore
    audits: AuditStore

    async def fold(self, *events: tuple[str, dict[str, Any]], now: datetime = START) -> None:
        [owned] = await self.store.acquire([PARTITION], "desk")
        records = [
            Record(PARTITION, owned.next_offset + place, ledger_record(*event, "test")[1])
            for place, event in enumerate(events)
        ]
        batch = {PARTITION: records}
        await fold_batch(self.store, {PARTITION: owned}, batch, now, live={PARTITION})

    async def sweep(self, now: datetime) -> None:
        [owned] = await self.store.acquire([PARTITION], "desk")

        async def said(_words: Any) -> None:
            return None

        await sweep(self.store, owned, now, retime=False, said=said, has_time=lambda: True)

    async def doctor(self, sql: str) -> None:
        """Change rows as somebody with all rights would, the append-only tables too."""
        async with connected(self.url) as connection:
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(sql)

    async def audit(self, **how: Any) -> Findings:
        steps = audit(partial(open_books, self.database), PARTITION, LATER, **how)
        return [findings async for findings in steps][-1]

    async def seal(self) -> None:
        while await self.audits.seal_next(PARTITION, LATER):
            pass


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


TABLES = (
    "partitions, journal, seals, invoices, items, funds, clearings, balances, accounts, groups, "
    "timers, account_timers, escalations, outbox"
)


@asynccontextmanager
async def open_desk(database_url: str) -> AsyncIterator[Desk]:
    """Sit down at a database as it is."""
    database = Database(database_url, application="test", write_pool_size=4)
    store = PostgresStore(database, PolicyDocuments())
    try:
        yield Desk(database_url, database, store, AuditStore(database))
    finally:
        await database.close()


@asynccontextmanager
async def make_desk(database_url: str) -> AsyncIterator[Desk]:
    """Fold two seals' worth of history: one item paid in part, one paid whole, one dunned."""
    async with open_desk(database_url) as desk:
        await _fill(desk)
        yield desk


async def _fill(desk: Desk) -> None:
    names = ", ".join(f"monitor.{name}" for name in TABLES.split(", "))
    await desk.doctor(f"TRUNCATE {names}")
    await desk.store.seed(START)
    await desk.fold(
        invoice("C", "PART", "500.00", "2026-12-01"),
        invoice("C", "WHOLE", "300.00", "2026-12-01"),
        payment("C", "P-1", "100.00", allocations=[{"invoice_id": "PART", "amount": "100.00"}]),
        payment("C", "P-2", "300.00", allocations=[{"invoice_id": "WHOLE", "amount": "300.00"}]),
    )
    await desk.seal()
    await desk.fold(
        invoice("D", "LATE", "700.00", "2026-01-10"), invoice("D", "LATER", "70.00", "2026-01-10")
    )
    await desk.seal()
    await desk.sweep(LATER)
