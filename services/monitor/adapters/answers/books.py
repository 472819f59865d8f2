"""Every open item of a snapshot, account by account: what the preview of a policy looks at."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from services.monitor.adapters import rows
from services.monitor.adapters.answers.snapshot import snapshot
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.reading import PostgresReading
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policy import Scope
from services.monitor.handlers.answers.preview import OpenAccount
from services.monitor.handlers.ports import AccountKey
from shared.postgres.pool import Connection, Database

#: Items in memory at a time, beside those of one account.
ITEMS_AT_A_TIME: Final = 1000

#: Open items of one account, of a creditor's accounts, or of all, account by account.
OPEN_ITEMS: Final = """
SELECT * FROM monitor.items
WHERE open_minor > 0 AND ($1::text IS NULL OR account_id = $1)
  AND ($2::text IS NULL OR starts_with(account_id, $2))
ORDER BY partition, account_id, invoice_id, instalment
"""

#: How many there are.
COUNT_OPEN_ITEMS: Final = """
SELECT count(*) FROM monitor.items
WHERE open_minor > 0 AND ($1::text IS NULL OR account_id = $1)
  AND ($2::text IS NULL OR starts_with(account_id, $2))
"""


class PostgresBooks:
    """See the port `Books`; accounts that a scope cannot mean by their ids are left out."""

    def __init__(
        self,
        connection: Connection,
        documents: PolicyDocuments,
        scope: Scope,
        items_at_a_time: int,
    ) -> None:
        self._connection = connection
        self._items_at_a_time = items_at_a_time
        self._reading = PostgresReading(connection, documents.history)
        creditor = None if scope.creditor_id is None else f"{scope.creditor_id}:"
        self._where = (scope.account_id, creditor)

    async def count(self) -> int:
        """Count."""
        return int(await self._connection.fetchval(COUNT_OPEN_ITEMS, *self._where))

    async def accounts(self) -> AsyncIterator[Sequence[OpenAccount]]:
        """Read by a cursor on the server, and cut between accounts."""
        gathered: dict[AccountKey, list[Item]] = {}
        items = 0
        async for row in self._connection.cursor(
            OPEN_ITEMS, *self._where, prefetch=self._items_at_a_time
        ):
            key = (row["partition"], row["account_id"])
            if items >= self._items_at_a_time and key not in gathered:
                yield await self._known(gathered)
                gathered, items = {}, 0
            gathered.setdefault(key, []).append(rows.item_from(row))
            items += 1
        if gathered:
            yield await self._known(gathered)

    async def _known(self, gathered: dict[AccountKey, list[Item]]) -> list[OpenAccount]:
        known = await self._reading.known(list(gathered))
        return [OpenAccount(key, known[key], items) for key, items in gathered.items()]


@asynccontextmanager
async def open_books(
    database: Database,
    documents: PolicyDocuments,
    scope: Scope,
    *,
    items_at_a_time: int = ITEMS_AT_A_TIME,
) -> AsyncIterator[PostgresBooks]:
    """Open a snapshot of the open items that a policy of this scope may be for."""
    async with snapshot(database) as connection:
        yield PostgresBooks(connection, documents, scope, items_at_a_time)
