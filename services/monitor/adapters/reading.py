"""What one transaction reads of the monitor's tables: the asking half of the port `Unit`."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from services.monitor.adapters import arrays, queries, rows
from services.monitor.adapters.loading import Loading
from services.monitor.domain.escalation.promise_money import Money
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.needs import Needs
from services.monitor.domain.policy.policies import Policies
from services.monitor.handlers.ports import AccountKey, DueItem, Known, MoneyQuestion, Retiming
from shared.postgres.pool import Connection

#: Reads policy documents of a version and an instant, remembering those it has read.
PolicyReader = Callable[[Sequence[tuple[int, str, datetime]]], Policies]

_InvoiceKey = tuple[int, str, str]


class PostgresReading:
    """See the port `Unit`; the statements are in `queries`."""

    def __init__(self, connection: Connection, read_policies: PolicyReader) -> None:
        self._connection = connection
        self._read_policies = read_policies

    async def policies(self) -> tuple[Policies, int]:
        """Read all versions, within the transaction: there are few."""
        found = await self._connection.fetch(queries.POLICY_HISTORY, None)
        return self._read_policies(rows.versions_from(found)), len(found)

    async def known_names(self, names: Sequence[tuple[int, uuid.UUID]]) -> set[uuid.UUID]:
        """Ask the journal."""
        found = await self._connection.fetch(queries.KNOWN_NAMES, *arrays.columns(names, 2))
        return {row["name"] for row in found}

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        """Read accounts; one without a row is known by its items alone."""
        found = {key: Known(Debtor(), Said()) for key in keys}
        if keys:
            for row in await self._connection.fetch(queries.ACCOUNTS, *arrays.columns(keys, 2)):
                found[row["partition"], row["account_id"]] = Known(
                    rows.debtor_from(row["facts"]), rows.said_from(row["said"])
                )
        return found

    async def load(
        self,
        needs: Mapping[AccountKey, Needs],
        known: Mapping[AccountKey, Known],
        ruled: Iterable[AccountKey],
    ) -> dict[AccountKey, Account]:
        """Load in steps, each from what the one before has found."""
        loading = Loading(self._connection, needs, known)
        await loading.groups()
        await loading.funds(
            [(*key, *funds) for key, need in needs.items() for funds in sorted(need.funds)]
        )
        await loading.payments_of_cancelled()
        keys = list(ruled)
        await loading.invoices_in_reach(await loading.free_funds(keys))
        await loading.invoices()
        if freed := loading.paid_cancelled(keys):
            await loading.open_invoices(freed)
            await loading.invoices()
        await loading.funds_of_invoices()
        return loading.accounts

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        """Read items as they are written so far."""
        found: dict[AccountKey, list[Item]] = {key: [] for key in keys}
        if keys:
            for row in await self._connection.fetch(queries.OPEN_ITEMS, *arrays.columns(keys, 2)):
                found[row["partition"], row["account_id"]].append(rows.item_from(row))
        return found

    async def invoices(self, keys: Sequence[_InvoiceKey]) -> dict[_InvoiceKey, Invoice]:
        """Read invoices with their items."""
        columns = arrays.columns(keys, 3)
        found = {
            (row["partition"], row["account_id"], row["invoice_id"]): rows.invoice_from(
                row["facts"]
            )
            for row in await self._connection.fetch(queries.INVOICES_BY_KEY, *columns)
        }
        for row in await self._connection.fetch(queries.ITEMS_BY_INVOICE, *columns):
            key = (row["partition"], row["account_id"], row["invoice_id"])
            found[key].items.append(rows.item_from(row))
        return found

    async def clearings(self, keys: Sequence[_InvoiceKey]) -> dict[_InvoiceKey, list[Clearing]]:
        """Read clearing records."""
        found: dict[_InvoiceKey, list[Clearing]] = defaultdict(list)
        for row in await self._connection.fetch(queries.CLEARINGS, *arrays.columns(keys, 3)):
            key = (row["partition"], row["account_id"], row["invoice_id"])
            found[key].append(rows.clearing_from(row))
        return found

    async def money(self, questions: Sequence[MoneyQuestion]) -> dict[AccountKey, list[Money]]:
        """Sum up clearing records of what is named, or all of them and what has met nothing."""
        named = [
            (*one.account, invoice_id, one.since)
            for one in questions
            for invoice_id in one.invoice_ids or ()
        ]
        whole = [(*one.account, one.since) for one in questions if one.invoice_ids is None]
        found: dict[AccountKey, list[Money]] = defaultdict(list)
        for query, asked, width in (
            (queries.MONEY_ON_INVOICES, named, 4),
            (queries.MONEY_ON_ACCOUNTS, whole, 3),
        ):
            if asked:
                for row in await self._connection.fetch(query, *arrays.columns(asked, width)):
                    found[row["partition"], row["account_id"]].append(rows.money_from(row))
        return found

    async def due_items(self, partition: int, now: datetime, limit: int) -> list[DueItem]:
        """Read items by their timers."""
        found = await self._connection.fetch(queries.DUE_ITEMS, partition, now, limit)
        return [DueItem(row["account_id"], rows.item_from(row)) for row in found]

    async def due_accounts(self, partition: int, now: datetime, limit: int) -> list[str]:
        """Read accounts by their timers."""
        found = await self._connection.fetch(queries.DUE_ACCOUNTS, partition, now, limit)
        return [row["account_id"] for row in found]

    async def retiming(self, partition: int) -> Retiming | None:
        """Read the partition row."""
        row = await self._connection.fetchrow(queries.RETIMING, partition)
        if row is None or row["retiming_versions"] is None:
            return None
        return Retiming(
            row["retiming_versions"],
            (row["retimed_account"], row["retimed_invoice"], row["retimed_instalment"]),
        )

    async def items_after(
        self, partition: int, after: tuple[str, str, int], limit: int
    ) -> list[DueItem]:
        """Read by key."""
        found = await self._connection.fetch(queries.ITEMS_AFTER, partition, *after, limit)
        return [DueItem(row["account_id"], rows.item_from(row)) for row in found]
