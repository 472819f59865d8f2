"""Limit 1 with the same durable rows: what the monitor writes, in its own tables, without a rule.

The journal with its inbox, invoices, items, timers, funds, clearing records, balances, accounts:
each written by the cheapest way there is, nothing read, nothing decided. Money that names no
invoice stays unmatched, for to match it is a rule.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from benchmarks.limits.batches import Connection, Event, Read, delta_minor, minor, run

SETUP: Final = """
INSERT INTO monitor.partitions (partition, owner)
SELECT n, 'limit' FROM generate_series(0, {last_partition}) AS n
"""
ADVANCE: Final = """
UPDATE monitor.partitions AS p SET next_offset = m.next_offset
FROM unnest($1::int[], $2::bigint[]) AS m (partition, next_offset) WHERE p.partition = m.partition
"""
#: Which of these names the journal has: the inbox.
KNOWN: Final = """
SELECT j.name FROM unnest($1::int[], $2::uuid[]) AS k (partition, name)
JOIN monitor.journal AS j ON j.partition = k.partition AND j.name = k.name
"""
UPDATE_INVOICES: Final = """
UPDATE monitor.invoices AS i SET facts = n.facts::json
FROM unnest($1::int[], $2::text[], $3::text[], $4::text[])
     AS n (partition, account_id, invoice_id, facts)
WHERE i.partition = n.partition AND i.account_id = n.account_id AND i.invoice_id = n.invoice_id
"""
UPDATE_ITEMS: Final = """
UPDATE monitor.items AS i SET
    cleared_minor = i.cleared_minor + n.cleared_minor,
    open_minor = greatest(0, i.open_minor - n.cleared_minor),
    status = CASE WHEN i.open_minor > n.cleared_minor THEN 'open' ELSE 'cleared' END
FROM unnest($1::int[], $2::text[], $3::text[], $4::bigint[])
     AS n (partition, account_id, invoice_id, cleared_minor)
WHERE i.partition = n.partition AND i.account_id = n.account_id AND i.invoice_id = n.invoice_id
"""
CLEAR_TIMERS: Final = """
DELETE FROM monitor.timers AS t
USING unnest($1::int[], $2::text[], $3::text[]) AS k (partition, account_id, invoice_id)
WHERE t.partition = k.partition AND t.account_id = k.account_id AND t.invoice_id = k.invoice_id
"""
SAVE_FUNDS: Final = """
INSERT INTO monitor.funds AS f (
    partition, account_id, kind, funds_id, currency, amount_minor, reversed_minor,
    unapplied_minor, free_minor, facts)
SELECT partition, account_id, kind, funds_id, 'CNY', amount, reversed, unapplied, unapplied,
    facts::json
FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
    $7::bigint[], $8::text[])
    AS n (partition, account_id, kind, funds_id, amount, reversed, unapplied, facts)
ON CONFLICT (partition, account_id, kind, funds_id) DO UPDATE
SET reversed_minor = excluded.reversed_minor, facts = excluded.facts
"""
ADD_BALANCES: Final = """
INSERT INTO monitor.balances AS b (
    partition, account_id, currency, invoiced_minor, received_minor, credited_minor,
    written_off_minor, reversed_minor, open_minor, unapplied_minor)
SELECT partition, account_id, 'CNY', 0, 0, 0, 0, 0, delta, 0
FROM unnest($1::int[], $2::text[], $3::bigint[]) AS n (partition, account_id, delta)
ON CONFLICT (partition, account_id, currency)
DO UPDATE SET open_minor = b.open_minor + excluded.open_minor
"""
SAVE_ACCOUNTS: Final = """
INSERT INTO monitor.accounts (partition, account_id, facts)
SELECT partition, account_id, facts::json FROM unnest($1::int[], $2::text[], $3::text[])
     AS n (partition, account_id, facts)
ON CONFLICT (partition, account_id) DO UPDATE SET facts = excluded.facts
"""
#: Bytes of facts as the monitor keeps them of an invoice, of funds and of an account.
FACTS: Final = {
    "invoice": '{"f":"' + "x" * 700 + '"}',
    "funds": '{"f":"' + "x" * 300 + '"}',
    "account": '{"f":"' + "x" * 500 + '"}',
}
DUNNED_AFTER: Final = timedelta(days=15)

_InvoiceKey = tuple[int, str, str]


@dataclass
class _Rows:
    """What a batch writes, each row once."""

    issued: dict[_InvoiceKey, Event] = field(default_factory=dict)
    touched: set[_InvoiceKey] = field(default_factory=set)
    cleared: dict[_InvoiceKey, int] = field(default_factory=lambda: defaultdict(int))
    funds: dict[tuple[int, str, str, str], tuple[int, int, int]] = field(default_factory=dict)
    clearings: list[tuple[Any, ...]] = field(default_factory=list)
    deltas: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    accounts: set[tuple[int, str]] = field(default_factory=set)

    def add(self, one: Read) -> None:
        """Add what one event writes."""
        event, account = one.event, (one.partition, one.event.accountid)
        data = event.data
        self.deltas[account] += delta_minor(event)
        match event.type:
            case "invoice.issued.v1":
                self.issued[(*account, data.invoice_id)] = event
            case "payment.received.v1":
                amount = minor(data.amount)
                named = sum(minor(part.amount) for part in data.allocations)
                self.funds[(*account, "payment", data.payment_id)] = (amount, 0, amount - named)
                for part in data.allocations:
                    self._clear(one, "payment", data.payment_id, part.invoice_id, part.amount)
            case "credit_note.issued.v1":
                amount = minor(data.amount)
                self.funds[(*account, "credit_note", data.credit_note_id)] = (amount, 0, 0)
                funds_id = data.credit_note_id
                self._clear(one, "credit_note", funds_id, data.invoice_id, data.amount)
            case "payment.reversed.v1":
                amount = minor(data.amount)
                self.funds[(*account, "payment", data.payment_id)] = (amount, amount, 0)
            case "invoice.disputed.v1":
                self.touched.add((*account, data.invoice_id))
            case _:
                self.accounts.add(account)

    def _clear(self, one: Read, kind: str, funds_id: str, invoice_id: str, amount: str) -> None:
        account_id = one.event.accountid
        key = (one.partition, account_id, invoice_id)
        self.cleared[key] += minor(amount)
        self.touched.add(key)
        self.clearings.append(
            (
                *(one.partition, one.offset, 0, account_id, kind, funds_id, invoice_id, 1),
                *("CNY", minor(amount), "explicit", date(2026, 6, 1)),
            )
        )


async def write(connection: Connection, batch: Sequence[Read]) -> None:
    """Write every row once; what is new by COPY."""
    names = [uuid.UUID(hex=one.event.eventname) for one in batch]
    known = await connection.fetch(KNOWN, [one.partition for one in batch], names)
    assert not known
    rows = _Rows()
    for one in batch:
        rows.add(one)
    now = datetime.now(UTC)
    await _copy(
        connection,
        "journal",
        [
            "partition",
            "offset",
            "recorded_at",
            "account_id",
            "name",
            "clearing_rule",
            "event",
            "changes",
        ],
        [
            (
                *(one.partition, one.offset, now, one.event.accountid, name, "oldest_due_first"),
                *(one.value.decode(), '{"items":[]}'),
            )
            for one, name in zip(batch, names, strict=True)
        ],
    )
    await _write_invoices(connection, rows)
    await _write_funds(connection, rows)
    await _write(connection, ADD_BALANCES, [(*key, delta) for key, delta in rows.deltas.items()])
    await _write(connection, SAVE_ACCOUNTS, [(*key, FACTS["account"]) for key in rows.accounts])


async def _write_invoices(connection: Connection, rows: _Rows) -> None:
    await _copy(
        connection,
        "invoices",
        ["partition", "account_id", "invoice_id", "facts"],
        [(*key, FACTS["invoice"]) for key in rows.issued],
    )
    items, timers = [], []
    for key, event in rows.issued.items():
        data, total = event.data, minor(event.data.total)
        cleared = rows.cleared.pop(key, 0)
        rows.touched.discard(key)
        assert data.issued_on is not None
        assert data.due_on is not None
        items.append(
            (
                *(*key, 1, "CNY", total, cleared, 0, 0, 0, max(0, total - cleared)),
                *(data.issued_on, data.due_on, data.due_on, "open", 0, "[]"),
            )
        )
        if cleared < total:
            due_at = datetime.combine(data.due_on + DUNNED_AFTER, datetime.min.time(), UTC)
            timers.append((*key, 1, due_at))
    await _copy(
        connection,
        "items",
        [
            "partition",
            "account_id",
            "invoice_id",
            "instalment",
            "currency",
            "amount_minor",
            "cleared_minor",
            "credited_minor",
            "written_off_minor",
            "disputed_minor",
            "open_minor",
            "issued_on",
            "due_on",
            "original_due_on",
            "status",
            "cycle",
            "raised",
        ],
        items,
    )
    await _copy(
        connection,
        "timers",
        ["partition", "account_id", "invoice_id", "instalment", "due_at"],
        timers,
    )
    await _write(connection, UPDATE_INVOICES, [(*key, FACTS["invoice"]) for key in rows.touched])
    await _write(connection, UPDATE_ITEMS, [(*key, sum_) for key, sum_ in rows.cleared.items()])
    await _write(connection, CLEAR_TIMERS, list(rows.cleared))


async def _write_funds(connection: Connection, rows: _Rows) -> None:
    await _write(
        connection, SAVE_FUNDS, [(*key, *one, FACTS["funds"]) for key, one in rows.funds.items()]
    )
    await _copy(
        connection,
        "clearings",
        [
            "partition",
            "offset",
            "number",
            "account_id",
            "kind",
            "funds_id",
            "invoice_id",
            "instalment",
            "currency",
            "amount_minor",
            "rule",
            "cleared_on",
        ],
        rows.clearings,
    )


async def _copy(
    connection: Connection,
    table: str,
    columns: list[str],
    records: list[tuple[Any, ...]],
) -> None:
    if records:
        await connection.copy_records_to_table(
            table, schema_name="monitor", columns=columns, records=records
        )


async def _write(
    connection: Connection,
    statement: str,
    records: Iterable[tuple[Any, ...]],
) -> None:
    columns = [list(column) for column in zip(*records, strict=True)]
    if columns:
        await connection.execute(statement, *columns)


if __name__ == "__main__":
    run(SETUP, ADVANCE, write)
