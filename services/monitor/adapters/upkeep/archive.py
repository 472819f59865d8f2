"""A snapshot of the monitor's tables, for folding the journal again beside it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from sqlalchemy import make_url

from services.monitor.adapters import rows
from services.monitor.adapters.answers import journal
from services.monitor.domain.ledger.balance import Balance
from services.monitor.handlers.answers.replay import JournalPart
from services.monitor.handlers.ports import AccountKey
from services.monitor.handlers.upkeep.rebuild import Ledger
from shared.contracts.escalation import LIFTED, RAISED
from shared.postgres.pool import CONNECT_SECONDS_MAX, mapped_losses

PREFETCH_ROWS: Final = 2000

#: The whole journal, or a partition's, account by account, in the order of the ledger.
JOURNAL: Final = journal.parts("($1::int IS NULL OR partition = $1)")

#: Events of the journal and its volumes.
EVENTS: Final = """
SELECT (SELECT count(*) FROM monitor.journal WHERE $1::int IS NULL OR partition = $1)
     + (SELECT coalesce(sum(rows), 0) FROM monitor.volumes WHERE $1::int IS NULL OR partition = $1)
"""

#: Accounts with state but without any event.
UNKNOWN_ACCOUNTS: Final = """
SELECT account_id FROM (
    SELECT partition, account_id FROM monitor.balances
    UNION SELECT partition, account_id FROM monitor.invoices
    UNION SELECT partition, account_id FROM monitor.funds
    UNION SELECT partition, account_id FROM monitor.accounts
    UNION SELECT partition, account_id FROM monitor.groups
) AS s
WHERE ($1::int IS NULL OR partition = $1)
  AND NOT EXISTS (SELECT 1 FROM monitor.journal AS j
                  WHERE j.partition = s.partition AND j.account_id = s.account_id)
  AND NOT EXISTS (SELECT 1 FROM monitor.openings AS o
                  WHERE o.partition = s.partition AND o.account_id = s.account_id)
ORDER BY account_id
"""

#: Escalations of accounts that were raised and not lifted since.
STANDING: Final = """
SELECT e.partition, e.account_id, e.escalation_id
FROM unnest($1::int[], $2::text[]) AS k (partition, account_id)
JOIN monitor.escalations AS e USING (partition, account_id)
GROUP BY e.partition, e.account_id, e.escalation_id
HAVING e.escalation_id IS NOT NULL AND bool_or(e.type = $3) AND NOT bool_or(e.type = $4)
"""


class PostgresArchive:
    """See the port `Archive`; of one partition, or (None) of all."""

    def __init__(
        self, connection: "asyncpg.Connection[asyncpg.Record]", partition: int | None = None
    ) -> None:
        self._connection = connection
        self._partition = partition

    async def events(self) -> int:
        """Count."""
        return int(await self._connection.fetchval(EVENTS, self._partition))

    async def journal(self) -> AsyncIterator[JournalPart]:
        """Stream by a cursor on the server."""
        asked = self._connection.cursor(JOURNAL, self._partition, prefetch=PREFETCH_ROWS)
        async for row in asked:
            yield journal.part_from(row)

    async def unknown_accounts(self) -> list[str]:
        """Compare keys."""
        found = await self._connection.fetch(UNKNOWN_ACCOUNTS, self._partition)
        return [row["account_id"] for row in found]

    async def stored(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Ledger]:
        """Read every table once for all of the accounts."""
        ledgers = {key: Ledger() for key in keys}
        for table, put in _READERS.items():
            async for key, row in self._of(table, keys):
                put(ledgers[key], row)
        for ledger in ledgers.values():
            for invoice in ledger.invoices.values():
                invoice.items.sort(key=lambda item: item.instalment)
        columns = ([key[0] for key in keys], [key[1] for key in keys])
        for row in await self._connection.fetch(STANDING, *columns, RAISED, LIFTED):
            ledgers[row["partition"], row["account_id"]].standing.add(str(row["escalation_id"]))
        return ledgers

    async def _of(
        self, table: str, keys: Sequence[AccountKey]
    ) -> AsyncIterator[tuple[AccountKey, Any]]:
        """Give a table's rows of accounts; `table` is one of this module's own names."""
        query = (
            "SELECT t.* FROM unnest($1::int[], $2::text[]) AS k (partition, account_id) "  # noqa: S608
            f"JOIN monitor.{table} AS t USING (partition, account_id)"
        )
        columns = ([key[0] for key in keys], [key[1] for key in keys])
        for row in await self._connection.fetch(query, *columns):
            yield (row["partition"], row["account_id"]), row


def _put_invoice(ledger: Ledger, row: Any) -> None:
    ledger.invoices[row["invoice_id"]] = rows.invoice_from(row["facts"])


def _put_item(ledger: Ledger, row: Any) -> None:
    ledger.invoices[row["invoice_id"]].items.append(rows.item_from(row))


def _put_funds(ledger: Ledger, row: Any) -> None:
    ledger.funds[f"{row['kind']} {row['funds_id']}"] = rows.funds_from(row["facts"])


def _put_balance(ledger: Ledger, row: Any) -> None:
    ledger.balances[row["currency"]] = _balance(row)


def _put_account(ledger: Ledger, row: Any) -> None:
    ledger.debtor = rows.debtor_from(row["facts"])


def _put_group(ledger: Ledger, row: Any) -> None:
    ledger.group = rows.group_from(row["facts"])


def _put_clearing(ledger: Ledger, row: Any) -> None:
    ledger.clearings[f"{row['offset']}-{row['number']}"] = rows.clearing_from(row)


#: How a row of each table is put into its account's ledger; invoices come before their items.
_READERS: Final[dict[str, Callable[[Ledger, Any], None]]] = {
    "invoices": _put_invoice,
    "items": _put_item,
    "funds": _put_funds,
    "balances": _put_balance,
    "accounts": _put_account,
    "groups": _put_group,
    "clearings": _put_clearing,
}


@asynccontextmanager
async def connect(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Give a connection of its own, for work that may take long; raises `TransientError`."""
    url = make_url(database_url).set(drivername="postgresql")
    async with mapped_losses():
        connection = await asyncpg.connect(
            url.render_as_string(hide_password=False), timeout=CONNECT_SECONDS_MAX
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=CONNECT_SECONDS_MAX)


@asynccontextmanager
async def open_archive(database_url: str) -> AsyncIterator[PostgresArchive]:
    """Open a snapshot: what the services write meanwhile is not in it."""
    async with (
        connect(database_url) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield PostgresArchive(connection)


def _balance(row: Any) -> Balance:
    return Balance(
        invoiced=row["invoiced_minor"],
        received=row["received_minor"],
        credited=row["credited_minor"],
        written_off=row["written_off_minor"],
        reversed=row["reversed_minor"],
        open=row["open_minor"],
        unapplied=row["unapplied_minor"],
        interest=row["interest_minor"],
    )
