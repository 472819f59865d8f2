"""One transaction on the monitor's tables: the port `Unit` in set-based SQL."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.monitor.adapters import rows, statements
from services.monitor.adapters.loading import Loading
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.needs import Needs
from services.monitor.domain.policy.policy import Policies
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
        found = await self._connection.fetch(statements.KNOWN_NAMES, *rows.columns(names, 2))
        return {row["name"] for row in found}

    async def load(
        self, needs: Mapping[AccountKey, Needs], ruled: Iterable[AccountKey]
    ) -> dict[AccountKey, Account]:
        """Load in three steps, each from what the one before has found."""
        loading = Loading(self._connection, needs)
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
        columns = rows.columns(keys, 2)
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
            columns = rows.columns(outgoing, 4)
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
            await self._connection.execute(statement, *rows.columns(records, width))


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
