"""One transaction on the monitor's tables: the port `Unit` in set-based SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.monitor.adapters import arrays, rows, statements, tables
from services.monitor.adapters.reading import PostgresReading
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.ledger.account import Account, Message
from services.monitor.handlers.ports import (
    AccountKey,
    JournalEntry,
    Ownership,
    PlacedClearing,
    PlacedItem,
    Retiming,
    Word,
)
from shared.contracts.announcement import Announcement
from shared.contracts.catalogue import ESCALATIONS, LEDGER
from shared.contracts.envelope import MONITOR_SOURCE, SPEC_VERSION, LedgerEvent, name_of
from shared.contracts.escalation import EscalationEvent
from shared.errors import BrokenInvariantError, FencedError

_encode = msgspec.json.Encoder().encode


class PostgresUnit(PostgresReading):
    """See the port `Unit`; the statements are in `statements`."""

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
            partitions = [one.partition for one in owned]
            message = f"one of the partitions {partitions} has another owner, or is stopped"
            raise FencedError(message)

    async def hold(self, owned: Ownership) -> None:
        """Lock one partition row."""
        if not await self._connection.fetchval(statements.HOLD, owned.partition, owned.epoch):
            message = f"partition {owned.partition} has another owner, or is stopped"
            raise FencedError(message)

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
            5,
            [
                rows.invoice_row(key, account.invoices[invoice_id])
                for key, account in every
                for invoice_id in sorted(account.touched_invoices)
            ],
        )
        shrunk = [(*key, *one) for key, account in every for one in account.shrunk()]
        await self._write(statements.DROP_ITEMS, 4, shrunk)
        await self._write(statements.DROP_TIMERS, 4, shrunk)
        await self._write(
            statements.SAVE_FUNDS,
            11,
            [
                rows.funds_row(key, account.funds[funds_key])
                for key, account in every
                for funds_key in sorted(account.touched_funds)
            ],
        )
        await self._add_balances(every)
        await self._write(
            statements.SAVE_ACCOUNTS,
            4,
            [rows.debtor_row(key, one.debtor) for key, one in every if one.touched_debtor],
        )
        await self._write(
            statements.SAVE_GROUPS,
            3,
            [(*key, rows.to_json(one.group)) for key, one in every if one.group is not None],
        )

    async def _add_balances(self, every: Sequence[tuple[AccountKey, Account]]) -> None:
        """Add to the totals; what is stored must obey the law of `Balance` as the changes do."""
        changes = [
            rows.balance_row(key, currency, balance)
            for key, account in every
            for currency, balance in sorted(account.balances.items())
        ]
        if not changes:
            return
        broken = await self._connection.fetch(statements.ADD_BALANCES, *arrays.columns(changes, 11))
        if broken:
            account_id, currency = broken[0]
            message = f"{account_id}: money is not conserved in {currency} by the stored totals"
            raise BrokenInvariantError(message)

    async def _save_journal(self, journal: Sequence[JournalEntry], now: datetime) -> None:
        if not journal:
            return
        await self._connection.copy_records_to_table(
            "journal",
            schema_name="monitor",
            columns=tables.journal.columns.keys(),
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

    async def save_items(self, items: Sequence[PlacedItem]) -> None:
        """Write items that have changed, set the timers that stand and clear the others."""
        await self._write(
            statements.SAVE_ITEMS, 21, [rows.item_row(placed) for placed in items if placed.changed]
        )
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

    async def save_said(self, said: Mapping[AccountKey, Said]) -> None:
        """Write by account."""
        records = [(*key, rows.to_json(one)) for key, one in said.items()]
        await self._write(statements.SAVE_SAID, 3, records)

    async def save_account_timers(
        self, timers: Sequence[tuple[AccountKey, datetime | None]]
    ) -> None:
        """Set those that stand and clear the others."""
        await self._write(
            statements.SAVE_ACCOUNT_TIMERS, 3, [(*key, at) for key, at in timers if at is not None]
        )
        await self._write(
            statements.CLEAR_ACCOUNT_TIMERS, 2, [key for key, at in timers if at is None]
        )

    async def retime_accounts(self, keys: Sequence[AccountKey], now: datetime) -> None:
        """Fire the timers of all that is open."""
        if keys:
            columns = arrays.columns(keys, 2)
            await self._connection.execute(statements.RETIME_ACCOUNTS, *columns, now)

    async def retime_invoices(self, keys: Sequence[tuple[int, str, str]], now: datetime) -> None:
        """Fire the timers of what is open of them."""
        if keys:
            columns = arrays.columns(keys, 3)
            await self._connection.execute(statements.RETIME_INVOICES, *columns, now)

    async def save_retiming(self, partition: int, retiming: Retiming, *, done: bool) -> None:
        """Write the partition row."""
        await self._connection.execute(
            statements.SAVE_RETIMING, partition, retiming.versions, *retiming.after, done
        )

    async def tell(self, words: Sequence[Word], now: datetime) -> None:
        """Write the log and the outbox; one word is one row in each."""
        logged, outgoing = [], []
        for partition, word in words:
            item = _item_columns(word)
            logged.append(
                (partition, word.event_id, word.account_id, word.type, *item, rows.to_json(word))
            )
            outgoing.append((partition, ESCALATIONS, word.account_id, _cloud_event(word)))
        await self._write(statements.SAVE_ESCALATIONS, 9, logged)
        await self._send(outgoing, now)

    async def send(self, messages: Sequence[tuple[int, Message]], now: datetime) -> None:
        """Write the outbox alone: the journal of whoever it goes to will have it."""
        await self._send(
            [(partition, LEDGER, one.key, _ledger_event(one, now)) for partition, one in messages],
            now,
        )

    async def _send(self, outgoing: Sequence[tuple[int, str, str, bytes]], now: datetime) -> None:
        if outgoing:
            columns = arrays.columns(outgoing, 4)
            await self._connection.execute(statements.SAVE_OUTBOX, *columns, now)

    async def _write(self, statement: str, width: int, records: Sequence[Sequence[Any]]) -> None:
        if records:
            await self._connection.execute(statement, *arrays.columns(records, width))


def _item_columns(word: EscalationEvent | Announcement) -> tuple[Any, ...]:
    """Return escalation, invoice, instalment and level; a word about an account has none."""
    if isinstance(word, EscalationEvent):
        return word.escalation_id, word.invoice_id, word.instalment, word.level
    return None, None, None, None


def _cloud_event(word: EscalationEvent | Announcement) -> bytes:
    subject = word.item_id if isinstance(word, EscalationEvent) else word.account_id
    return _encode(
        {
            "specversion": SPEC_VERSION,
            "id": str(word.event_id),
            "source": MONITOR_SOURCE,
            "type": word.type,
            "time": word.time,
            "subject": subject,
            "datacontenttype": "application/json",
            "data": word,
        }
    )


def _ledger_event(message: Message, now: datetime) -> bytes:
    """Return a message as the ledger's canonical event; its name is the same at every repeat."""
    return _encode(
        LedgerEvent(
            specversion=SPEC_VERSION,
            id=message.name,
            source=MONITOR_SOURCE,
            type=message.type,
            time=now,
            accountid=message.key,
            eventname=name_of(MONITOR_SOURCE, message.name).hex,
            data=msgspec.Raw(_encode(message.data)),
        )
    )
