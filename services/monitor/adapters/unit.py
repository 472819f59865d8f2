"""One transaction on the monitor's tables: the port `Unit` in set-based SQL."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.monitor.adapters import rows, statements
from services.monitor.domain.account import Account
from services.monitor.domain.funds import FundsKind
from services.monitor.domain.needs import Needs
from services.monitor.domain.policy import Policies
from services.monitor.handlers.ports import (
    AccountKey,
    Contact,
    DueItem,
    JournalEntry,
    Ownership,
    PlacedClearing,
    PlacedItem,
)
from shared.contracts.catalogue import ESCALATIONS
from shared.contracts.escalation import EscalationEvent
from shared.errors import FencedError
from shared.postgres.pool import Connection

#: Reads a policy document of a version, remembering those it has read.
PolicyReader = Callable[[Sequence[tuple[int, str]]], Policies]

_encode = msgspec.json.Encoder().encode


class PostgresUnit:
    """See the port; the statements are in `statements`."""

    def __init__(self, connection: Connection, read_policies: PolicyReader) -> None:
        self._connection = connection
        self._read_policies = read_policies

    async def advance(self, owned: Sequence[Ownership], next_offsets: Sequence[int]) -> None:
        """Move the partition rows, first of all, so that everything else waits behind them."""
        done = await self._connection.execute(
            statements.ADVANCE,
            [one.partition for one in owned],
            [one.epoch for one in owned],
            [one.next_offset for one in owned],
            list(next_offsets),
        )
        if done != f"UPDATE {len(owned)}":
            message = f"another owner has one of the partitions {[one.partition for one in owned]}"
            raise FencedError(message)

    async def hold(self, owned: Ownership) -> None:
        """Lock one partition row."""
        if not await self._connection.fetchval(statements.HOLD, owned.partition, owned.epoch):
            message = f"another owner has partition {owned.partition}"
            raise FencedError(message)

    async def policies(self) -> tuple[Policies, int]:
        """Read the newest policies, within the transaction."""
        found = await self._connection.fetch(statements.POLICIES)
        policies = self._read_policies([(row["version"], row["document"]) for row in found])
        return policies, found[0]["versions"]

    async def known_names(self, names: Sequence[tuple[int, uuid.UUID]]) -> set[uuid.UUID]:
        """Ask the journal."""
        found = await self._connection.fetch(statements.KNOWN_NAMES, *_columns(names, 2))
        return {row["name"] for row in found}

    async def load(
        self, needs: Mapping[AccountKey, Needs], ruled: Iterable[AccountKey]
    ) -> dict[AccountKey, Account]:
        """Load in three steps, each from what the one before has found."""
        loading = _Loading(self._connection, needs)
        await loading.funds(
            [(*key, *funds) for key, need in needs.items() for funds in sorted(need.funds)]
        )
        rule_runs = await loading.free_funds(list(ruled))
        await loading.open_invoices([key for key in ruled if rule_runs(key)])
        await loading.invoices()
        await loading.funds_of_invoices()
        await self._load_customers(loading.accounts)
        return loading.accounts

    async def _load_customers(self, accounts: Mapping[AccountKey, Account]) -> None:
        contacts = await self.contacts(list(accounts))
        for key, account in accounts.items():
            account.customer = contacts[key].customer
            account.covers = {cover.terms.policy_no: cover for cover in contacts[key].covers}

    async def contacts(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Contact]:
        """Read customers and covers."""
        columns = _columns(keys, 2)
        customers = {
            (row["partition"], row["account_id"]): rows.customer_from(row["facts"])
            for row in await self._connection.fetch(statements.CUSTOMERS, *columns)
        }
        covers = defaultdict(list)
        for row in await self._connection.fetch(statements.COVERS, *columns):
            covers[row["partition"], row["account_id"]].append(rows.cover_from(row["facts"]))
        return {key: Contact(customers.get(key), covers[key]) for key in keys}

    async def save(
        self,
        accounts: Mapping[AccountKey, Account],
        journal: Sequence[JournalEntry],
        clearings: Sequence[PlacedClearing],
        now: datetime,
    ) -> None:
        """Write everything but items."""
        await self._save_journal(journal, now)
        await self._save_clearings(clearings)
        every = list(accounts.items())
        await self._write(
            statements.SAVE_INVOICES,
            4,
            [
                (*key, invoice_id, rows.invoice_facts(account.invoices[invoice_id]))
                for key, account in every
                for invoice_id in sorted(account.touched_invoices)
            ],
        )
        shrunk = [(*key, *one) for key, account in every for one in account.shrunk()]
        await self._write(statements.DROP_ITEMS, 4, shrunk)
        await self._write(statements.DROP_TIMERS, 4, shrunk)
        await self._write(
            statements.SAVE_FUNDS,
            10,
            [
                rows.funds_row(key, account.funds[funds_key])
                for key, account in every
                for funds_key in sorted(account.touched_funds)
            ],
        )
        await self._write(
            statements.ADD_BALANCES,
            10,
            [
                rows.balance_row(key, currency, balance)
                for key, account in every
                for currency, balance in sorted(account.balances.items())
            ],
        )
        await self._save_contacts(every)

    async def _save_journal(self, journal: Sequence[JournalEntry], now: datetime) -> None:
        if not journal:
            return
        await self._connection.copy_records_to_table(
            "journal",
            schema_name="monitor",
            columns=[
                "partition",
                "offset",
                "recorded_at",
                "account_id",
                "name",
                "clearing_rule",
                "event",
                "changes",
            ],
            records=[
                (
                    entry.partition,
                    entry.offset,
                    now,
                    entry.account_id,
                    entry.name,
                    entry.clearing_rule,
                    entry.event.decode(),
                    rows.to_json(entry.changes),
                )
                for entry in journal
            ],
        )

    async def _save_clearings(self, clearings: Sequence[PlacedClearing]) -> None:
        if clearings:
            await self._connection.copy_records_to_table(
                "clearings",
                schema_name="monitor",
                columns=rows.CLEARING_COLUMNS,
                records=[rows.clearing_row(placed) for placed in clearings],
            )

    async def _save_contacts(self, every: Sequence[tuple[AccountKey, Account]]) -> None:
        await self._write(
            statements.SAVE_CUSTOMERS,
            4,
            [
                (*key, account.customer.version, rows.to_json(account.customer))
                for key, account in every
                if account.touched_customer and account.customer is not None
            ],
        )
        await self._write(
            statements.SAVE_COVERS,
            4,
            [
                (*key, policy_no, rows.to_json(account.covers[policy_no]))
                for key, account in every
                for policy_no in sorted(account.touched_covers)
            ],
        )

    async def save_items(self, items: Sequence[PlacedItem]) -> None:
        """Write items, set the timers that stand and clear the others."""
        await self._write(statements.SAVE_ITEMS, 19, [rows.item_row(placed) for placed in items])
        keys = [
            (
                (one.partition, one.account_id, one.item.invoice_id, one.item.instalment),
                one.attention_at,
            )
            for one in items
        ]
        await self._write(
            statements.SAVE_TIMERS, 5, [(*key, at) for key, at in keys if at is not None]
        )
        await self._write(statements.CLEAR_TIMERS, 4, [key for key, at in keys if at is None])

    async def tell(self, events: Sequence[tuple[int, EscalationEvent]], now: datetime) -> None:
        """Write the log and the outbox; one event is one row in each."""
        logged, outgoing = [], []
        for partition, event in events:
            logged.append(
                (
                    partition,
                    event.event_id,
                    event.escalation_id,
                    event.account_id,
                    event.invoice_id,
                    event.instalment,
                    event.type,
                    event.level,
                    rows.to_json(event),
                )
            )
            outgoing.append((partition, ESCALATIONS, event.account_id, _cloud_event(event)))
        await self._write(statements.SAVE_ESCALATIONS, 9, logged)
        if outgoing:
            columns = _columns(outgoing, 4)
            await self._connection.execute(statements.SAVE_OUTBOX, *columns, now)

    async def due_items(self, partition: int, now: datetime, limit: int) -> list[DueItem]:
        """Read items by their timers."""
        found = await self._connection.fetch(statements.DUE_ITEMS, partition, now, limit)
        return [DueItem(row["account_id"], rows.item_from(row)) for row in found]

    async def retime(self, partition: int, now: datetime, policies_seen: int) -> None:
        """Fire the timer of every open item, and remember for which policies."""
        await self._connection.execute(statements.RETIME_ITEMS, partition, now)
        await self._connection.execute(statements.POLICIES_SEEN, partition, policies_seen)

    async def _write(self, statement: str, width: int, records: Sequence[Sequence[Any]]) -> None:
        if records:
            await self._connection.execute(statement, *_columns(records, width))


class _Loading:
    """Gathers accounts step by step; each step asks once for all accounts."""

    def __init__(self, connection: Connection, needs: Mapping[AccountKey, Needs]) -> None:
        self._connection = connection
        self._needs = needs
        self.accounts = {key: Account(key[1]) for key in needs}
        self._invoice_keys = {
            (*key, invoice_id) for key, need in needs.items() for invoice_id in need.invoices
        }

    async def funds(self, keys: Sequence[tuple[int, str, FundsKind, str]]) -> None:
        """Load funds by key, and note the invoices that hang on them."""
        if keys:
            self._admit_funds(
                await self._connection.fetch(statements.FUNDS_BY_KEY, *_columns(keys, 4))
            )

    async def free_funds(self, keys: Sequence[AccountKey]) -> Callable[[AccountKey], bool]:
        """Load money the clearing rule may match; returns whether it may run for an account."""
        found = await self._connection.fetch(statements.FREE_FUNDS, *_columns(keys, 2))
        self._admit_funds(found)
        free = {(row["partition"], row["account_id"]) for row in found}
        return lambda key: key in free or self._needs[key].may_free

    async def open_invoices(self, keys: Sequence[AccountKey]) -> None:
        """Note every invoice with something open, of accounts where the clearing rule may run."""
        if keys:
            found = await self._connection.fetch(statements.OPEN_INVOICES, *_columns(keys, 2))
            self._invoice_keys.update(tuple(row) for row in found)
        for key in keys:
            self.accounts[key].has_all_open = True

    async def invoices(self) -> None:
        """Load the invoices noted so far, with their items."""
        if not self._invoice_keys:
            return
        columns = _columns(sorted(self._invoice_keys), 3)
        found = await self._connection.fetch(statements.INVOICES_BY_KEY, *columns)
        loaded = {
            (row["partition"], row["account_id"], row["invoice_id"]): rows.invoice_from(
                row["facts"]
            )
            for row in found
        }
        for row in await self._connection.fetch(statements.ITEMS_BY_INVOICE, *columns):
            key = (row["partition"], row["account_id"], row["invoice_id"])
            loaded[key].items.append(rows.item_from(row))
        for (partition, account_id, _invoice_id), invoice in loaded.items():
            self.accounts[partition, account_id].admit([invoice], [])

    async def funds_of_invoices(self) -> None:
        """Load the funds that the loaded invoices name or are matched with."""
        await self.funds(
            sorted(
                {
                    (*key, *funds)
                    for key, account in self.accounts.items()
                    for invoice in account.invoices.values()
                    for funds in invoice.funds_keys()
                    if funds not in account.funds
                }
            )
        )

    def _admit_funds(self, found: Iterable[Any]) -> None:
        for row in found:
            key = (row["partition"], row["account_id"])
            account = self.accounts[key]
            funds = rows.funds_from(row["facts"])
            if funds.key in account.funds:
                continue
            account.admit([], [funds])
            self._invoice_keys.update((*key, invoice_id) for invoice_id in funds.invoice_ids())


def _columns(records: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Turn rows into the arrays that an unnest takes."""
    if not records:
        return [[] for _ in range(width)]
    return [list(column) for column in zip(*records, strict=True)]


def _cloud_event(event: EscalationEvent) -> bytes:
    return _encode(
        {
            "specversion": "1.0",
            "id": str(event.event_id),
            "source": "arrears/monitor",
            "type": event.type,
            "time": event.time,
            "subject": event.item_id,
            "datacontenttype": "application/json",
            "data": event,
        }
    )
