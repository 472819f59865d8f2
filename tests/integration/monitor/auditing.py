"""Audits of a test's database, as the service makes them."""

from datetime import UTC, datetime
from functools import partial

from services.monitor.adapters.upkeep.audit_books import open_books
from services.monitor.adapters.upkeep.audit_store import AuditStore
from services.monitor.handlers.upkeep.audit import audit
from shared.postgres.pool import Database

#: Before every test's own days: at rest no timer stands that was made due at once.
NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def violations(database_url: str, now: datetime = NOW) -> list[str]:
    """Return what contradicts the invariants in any partition, its journal sealed before."""
    database = Database(database_url, application="audits", write_pool_size=3)
    try:
        store = AuditStore(database)
        found: list[str] = []
        for state in await store.partitions():
            while await store.seal_next(state.partition, now):
                pass
            steps = audit(partial(open_books, database), state.partition, now)
            findings = [findings async for findings in steps][-1]
            found += [one.sentence() for one in findings.violations]
        return found
    finally:
        await database.close()
