"""What the story of one item is told from, in one snapshot: journal, log, items, debtor."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from services.monitor.adapters import arrays, queries, rows
from services.monitor.adapters.answers import journal
from services.monitor.adapters.answers.snapshot import snapshot
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.reading import PostgresReading
from services.monitor.domain.invoice.item import Item
from services.monitor.handlers.answers.replay import JournalPart
from services.monitor.handlers.ports import AccountKey
from shared.postgres.pool import Database

PREFETCH_ROWS: Final = 1000

#: An account's journal, in the order of the ledger.
JOURNAL: Final = journal.parts("partition = $1 AND account_id = $2")

#: What was said about an item and about its account as a whole, in the order in which it was said.
WORDS: Final = """
SELECT event FROM monitor.escalations
WHERE partition = $1 AND account_id = $2
  AND (invoice_id IS NULL OR (invoice_id = $3 AND instalment = $4))
ORDER BY seq
"""


class PostgresStories(PostgresReading):
    """See the port `Sources`."""

    async def items(self, key: AccountKey, invoice_id: str) -> list[Item]:
        """Read by key."""
        columns = arrays.columns([(*key, invoice_id)], 3)
        found = await self._connection.fetch(queries.ITEMS_BY_INVOICE, *columns)
        return [rows.item_from(row) for row in found]

    async def journal(self, key: AccountKey) -> AsyncIterator[JournalPart]:
        """Stream by a cursor on the server: an account's journal is as long as its life."""
        async for row in self._connection.cursor(JOURNAL, *key, prefetch=PREFETCH_ROWS):
            yield journal.part_from(row)

    async def words(
        self, key: AccountKey, invoice_id: str, instalment: int
    ) -> list[dict[str, Any]]:
        """Read the log."""
        found = await self._connection.fetch(WORDS, *key, invoice_id, instalment)
        return [json.loads(row["event"]) for row in found]


@asynccontextmanager
async def open_stories(
    database: Database, documents: PolicyDocuments
) -> AsyncIterator[PostgresStories]:
    """Open a snapshot; it answers what a transaction may ask as well (`PostgresReading`)."""
    async with snapshot(database) as connection:
        yield PostgresStories(connection, documents.history)
