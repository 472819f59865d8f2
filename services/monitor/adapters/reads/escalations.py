"""What was said of escalations, and how each of them stands by now."""

import uuid
from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.adapters.reads.rows import Row, filtered, page_of
from services.monitor.domain.invoice.item import Raised
from shared.contracts.escalation import RAISED, escalation_id
from shared.postgres.paging import Page


class EscalationReads:
    """Questions about the log; `partitions` is the ledger topic's number of partitions."""

    def __init__(self, engine: AsyncEngine, partitions: int) -> None:
        self._engine = engine
        self._partitions = partitions

    async def words(
        self, filters: dict[str, str | None], cursor: str | None, limit: int
    ) -> Page[Row]:
        """Return words about escalations in the order they were said."""
        table = tables.escalations
        query = filtered(select(table), table, filters, self._partitions)
        return await page_of(self._engine, query, [table.c.seq], cursor, limit)

    async def standings(self, wanted: Sequence[uuid.UUID]) -> list[tuple[Row, Raised | None]]:
        """Return each escalation's raise, joined to its item now, and how it stands, if it does."""
        log, items, accounts = tables.escalations, tables.items, tables.accounts
        query = (
            select(
                log.c.escalation_id,
                log.c.partition,
                log.c.account_id,
                log.c.level,
                log.c.event["currency"].as_string().label("currency"),
                items.c.instalment,
                items.c.invoice_id,
                items.c.open_minor,
                items.c.disputed_minor,
                items.c.due_on,
                items.c.raised,
                accounts.c.facts["customer"].label("customer"),
            )
            .outerjoin(
                items,
                (items.c.partition == log.c.partition)
                & (items.c.account_id == log.c.account_id)
                & (items.c.invoice_id == log.c.invoice_id)
                & (items.c.instalment == log.c.instalment),
            )
            .outerjoin(
                accounts,
                (accounts.c.partition == log.c.partition)
                & (accounts.c.account_id == log.c.account_id),
            )
            .where(log.c.escalation_id.in_(wanted), log.c.type == RAISED)
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
        return [(row, _standing_raise(row)) for row in found]


def _standing_raise(row: Row) -> Raised | None:
    """Return the raise of an escalation as it stands on its item; None when it does not."""
    if not row.raised or not row.open_minor:
        return None
    item_id = f"{row.invoice_id}/{row.instalment}"
    for one in msgspec.convert(row.raised, list[Raised]):
        named = escalation_id(row.account_id, item_id, one.level, one.cycle)
        if named == row.escalation_id:
            return one
    return None
