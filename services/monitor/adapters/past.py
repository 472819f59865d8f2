"""What reads of the past ask of the journal: the entries of a few accounts, in their order."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, cast, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.handlers.ports import AccountKey, Record
from services.monitor.handlers.replay import JournalRow


class PostgresPast:
    """Reads journals; an account's journal is as long as its life."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def journals(
        self, keys: Sequence[AccountKey], known_by: datetime | None
    ) -> dict[AccountKey, list[JournalRow]]:
        """Return the entries of accounts that were recorded by an instant; None: all of them."""
        table = tables.journal
        query = (
            select(
                table.c.partition,
                table.c.offset,
                table.c.account_id,
                table.c.clearing_rule,
                table.c.recorded_at,
                cast(table.c.event, Text).label("event"),
            )
            .where(tuple_(table.c.partition, table.c.account_id).in_(keys))
            .order_by(table.c.partition, table.c.account_id, table.c.offset)
        )
        if known_by is not None:
            query = query.where(table.c.recorded_at <= known_by)
        found: dict[AccountKey, list[JournalRow]] = {key: [] for key in keys}
        if not keys:
            return found
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                record = Record(row.partition, row.offset, row.event.encode())
                found[row.partition, row.account_id].append(
                    JournalRow(record, row.clearing_rule, row.recorded_at)
                )
        return found
