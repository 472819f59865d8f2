"""Rows of the monitor's tables to the core's values, and back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import msgspec

from services.monitor.domain.escalation.promise_money import Left, Money
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.invoice import INTEREST, Invoice
from services.monitor.domain.invoice.item import Item, Raised, status_of
from services.monitor.domain.ledger import anomalies, debtor_anomalies
from services.monitor.domain.ledger.balance import Balance
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.funds import Funds, FundsKind
from services.monitor.domain.ledger.group import Group
from services.monitor.domain.ledger.oldest import OpenItem
from services.monitor.handlers.ports import AccountKey, PlacedClearing, PlacedItem

_encode = msgspec.json.Encoder().encode
_invoice = msgspec.json.Decoder(Invoice)
_funds = msgspec.json.Decoder(Funds)
_raised = msgspec.json.Decoder(list[Raised])
_debtor = msgspec.json.Decoder(Debtor)
_said = msgspec.json.Decoder(Said)
_group = msgspec.json.Decoder(Group)
_days = msgspec.json.Decoder(list[tuple[date, date | None]])

#: How an empty list is stored, so that the common case is not decoded.
_NOTHING: Final = "[]"
#: As the column's default has it: nothing was said.
_NOTHING_SAID: Final = "{}"

CLEARING_COLUMNS: Final = (
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
)


def to_json(value: Any) -> str:
    """Encode a value for a json column."""
    return _encode(value).decode()


def invoice_row(key: AccountKey, invoice: Invoice) -> tuple[Any, ...]:
    """Return an invoice in the columns of `SAVE_INVOICES`; its items have rows of their own.

    Where its interest was paid or waived the list of anomalies is there, be it empty: whether that
    is too much depends on the day, and who lists anomalies must look at it.
    """
    facts = _without_items(invoice)
    listed = _listed(anomalies.of_invoice(invoice))
    is_paid = any(one.instalment == INTEREST for one in invoice.matches)
    if listed is None and (is_paid or invoice.waivers):
        listed = _NOTHING
    return (*key, invoice.invoice_id, facts, listed)


def _without_items(invoice: Invoice) -> str:
    """Encode an invoice's facts. A copy to leave the items out of would cost more than the rest."""
    items, invoice.items = invoice.items, []
    try:
        return to_json(invoice)
    finally:
        invoice.items = items


def debtor_row(key: AccountKey, debtor: Debtor) -> tuple[Any, ...]:
    """Return a debtor in the columns of `SAVE_ACCOUNTS`.

    Where enforcement was ever switched off and there is cover, the list of anomalies is there, be
    it empty: whether the insurer's levels are held depends on the day, as in `invoice_row`. So it
    is where a promise gives an amount without a currency: that depends on what is open.
    """
    listed = _listed(debtor_anomalies.of_debtor(debtor))
    is_off = debtor.covers and not all(one.enforced for one in debtor.switches)
    if listed is None and (is_off or any(one.lacks_currency for one in debtor.promises.values())):
        listed = _NOTHING
    return (*key, to_json(debtor), listed)


def _listed(sentences: Sequence[str]) -> str | None:
    return to_json(sentences) if sentences else None


def versions_from(found: Sequence[Any]) -> list[tuple[int, str, datetime]]:
    """Read versions of policies from rows of `POLICY_HISTORY`."""
    return [(row["version"], row["document"], row["created_at"]) for row in found]


def invoice_from(facts: str) -> Invoice:
    """Read an invoice's facts; its items come by `item_from`."""
    return _invoice.decode(facts)


def funds_from(facts: str) -> Funds:
    """Read funds."""
    return _funds.decode(facts)


def funds_row(key: AccountKey, funds: Funds) -> tuple[Any, ...]:
    """Return funds in the columns of `SAVE_FUNDS`."""
    return (
        *key,
        funds.kind,
        funds.funds_id,
        funds.currency,
        funds.amount,
        funds.reversed,
        funds.unapplied,
        funds.free,
        to_json(funds),
        _listed(anomalies.of_funds(funds)),
    )


def balance_row(key: AccountKey, currency: str, change: Balance) -> tuple[Any, ...]:
    """Return changes of an account's totals in the columns of `ADD_BALANCES`."""
    return (
        *key,
        currency,
        change.invoiced,
        change.received,
        change.credited,
        change.written_off,
        change.reversed,
        change.open,
        change.unapplied,
        change.interest,
    )


def open_item_from(row: Any) -> OpenItem:
    """Read an open item from a row of `OLDEST_OPEN`."""
    return OpenItem(
        invoice_id=row["invoice_id"],
        currency=row["currency"],
        open=row["open_minor"],
        due_on=row["due_on"],
        issued_on=row["issued_on"],
    )


def clearing_row(placed: PlacedClearing) -> tuple[Any, ...]:
    """Return a clearing record in `CLEARING_COLUMNS`."""
    clearing = placed.clearing
    return (
        placed.partition,
        placed.offset,
        placed.number,
        placed.account_id,
        clearing.kind,
        clearing.funds_id,
        clearing.invoice_id,
        clearing.instalment,
        clearing.currency,
        clearing.amount,
        clearing.rule,
        clearing.cleared_on,
    )


def clearing_from(row: Any) -> Clearing:
    """Read a clearing record from a row with the columns of monitor.clearings."""
    return Clearing(
        FundsKind(row["kind"]),
        row["funds_id"],
        row["invoice_id"],
        row["instalment"],
        row["currency"],
        row["amount_minor"],
        row["rule"],
        row["cleared_on"],
    )


def money_from(row: Any) -> Money:
    """Read what met an item on a day, or (no item) nothing."""
    money = Money(
        on=row["on_day"],
        currency=row["currency"],
        amount=row["amount_minor"],
        is_payment=row["is_payment"],
        left=None
        if row["left_by"] is None
        else Left(
            payment_id=row["left_by"],
            returned=row["returned_minor"],
            there=row["there_minor"],
        ),
    )
    if row["invoice_id"] is None:
        return money
    return replace(
        money,
        invoice_id=row["invoice_id"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        original_due_on=row["original_due_on"],
    )


def debtor_from(facts: str) -> Debtor:
    """Read what is known of an account besides its items."""
    return _debtor.decode(facts)


def said_from(said: str) -> Said:
    """Read what was said about an account."""
    return Said() if said == _NOTHING_SAID else _said.decode(said)


def group_from(facts: str) -> Group:
    """Read a group."""
    return _group.decode(facts)


def item_from(row: Any) -> Item:
    """Read an item from a row with the columns of monitor.items."""
    return Item(
        invoice_id=row["invoice_id"],
        instalment=row["instalment"],
        currency=row["currency"],
        amount=row["amount_minor"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        original_due_on=row["original_due_on"],
        cleared=row["cleared_minor"],
        credited=row["credited_minor"],
        written_off=row["written_off_minor"],
        disputed=row["disputed_minor"],
        cycle=row["cycle"],
        raised=[] if row["raised"] == _NOTHING else _raised.decode(row["raised"]),
        next_attention_on=row["next_attention_on"],
        disputed_days=(
            [] if row["disputed_days"] == _NOTHING else _days.decode(row["disputed_days"])
        ),
        turns=row["turns"],
    )


def item_row(placed: PlacedItem) -> tuple[Any, ...]:
    """Return an item in the columns of `SAVE_ITEMS`."""
    item = placed.item
    return (
        placed.partition,
        placed.account_id,
        item.invoice_id,
        item.instalment,
        item.currency,
        item.amount,
        item.cleared,
        item.credited,
        item.written_off,
        item.disputed,
        item.open,
        item.issued_on,
        item.due_on,
        item.original_due_on,
        status_of(item),
        item.cycle,
        item.level,
        to_json(item.raised) if item.raised else _NOTHING,
        item.next_attention_on,
        to_json(item.disputed_days) if item.disputed_days else _NOTHING,
        item.turns,
    )
