"""What an account owes by its facts alone, in decimals: a second opinion that knows no clearing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.monitor.domain.folds.event import Event
from shared.contracts.credit_note import CreditNoteCancelled, CreditNoteIssued
from shared.contracts.fields import Inbound
from shared.contracts.invoice import (
    InvoiceAmended,
    InvoiceCancelled,
    InvoiceIssued,
)
from shared.contracts.payment import PaymentAllocated, PaymentReceived, PaymentReversed

NOTHING = Decimal(0)
Sums = defaultdict[str, Decimal]


def owed_by_facts(events: Sequence[Event], given_up: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what is owed less what is unapplied, by currency, for events in order of arrival.

    invoiced + interest paid - received - credited - written off + reversed. The first of several
    contradicting events counts; of amendments, the last said of the highest version whose amounts
    fit the currency. What is given up of each invoice is told: write-offs go by what was open, and
    only the clearing knows that.
    """
    facts = [event.data for event in events]
    sums: Sums = defaultdict(Decimal)
    invoices = _first(facts, InvoiceIssued, "invoice_id")
    for name, invoice in invoices.items():
        sums[invoice.currency] += _invoiced(invoice, events) - given_up.get(name, NOTHING)
    for payment in _first(facts, PaymentReceived, "payment_id").values():
        back = _reversed(payment, facts)
        interest = _interest(payment, events, back, invoices)
        sums[payment.currency] += back + interest - Decimal(payment.amount)
    cancelled = _first(facts, CreditNoteCancelled, "credit_note_id")
    for name, note in _first(facts, CreditNoteIssued, "credit_note_id").items():
        if name not in cancelled:
            sums[note.currency] -= Decimal(note.amount)
    return {currency: amount for currency, amount in sums.items() if amount}


def _first(facts: Sequence[Inbound], kind: type[Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in facts:
        if isinstance(one, kind):
            found.setdefault(getattr(one, name), one)
    return found


def _invoiced(invoice: InvoiceIssued, events: Sequence[Event]) -> Decimal:
    name = invoice.invoice_id
    about = [one for one in events if getattr(one.data, "invoice_id", None) == name]
    if any(isinstance(one.data, InvoiceCancelled) for one in about):
        return NOTHING
    last_said: dict[int, Event] = {}
    for one in sorted(about, key=lambda one: (one.said_at, one.name)):
        if isinstance(one.data, InvoiceAmended):
            last_said[one.data.version] = one
    for _version, one in sorted(last_said.items(), reverse=True):
        assert isinstance(one.data, InvoiceAmended)
        parts = [part.amount for part in one.data.schedule or []] or [one.data.total]
        if all(_fits(part, invoice.currency) for part in parts):
            return Decimal(one.data.total)
    return Decimal(invoice.total)


def _reversed(payment: PaymentReceived, facts: Sequence[Inbound]) -> Decimal:
    amounts: dict[str, str] = {}
    for one in facts:
        if isinstance(one, PaymentReversed) and one.payment_id == payment.payment_id:
            amounts.setdefault(one.reversal_id, one.amount or payment.amount)
    back = sum((_decimal(amount, payment.currency) for amount in amounts.values()), NOTHING)
    return min(back, Decimal(payment.amount))


def _interest(
    payment: PaymentReceived,
    events: Sequence[Event],
    back: Decimal,
    invoices: Mapping[str, InvoiceIssued],
) -> Decimal:
    """Lay the payment's parts in a row, what names nothing at the end, and cut from the end.

    What names a cancelled invoice names nothing.
    """
    cancelled = {one.data.invoice_id for one in events if isinstance(one.data, InvoiceCancelled)}
    moves = [
        (event.data.allocated_on, event.said_at, event.name, event.data.allocations)
        for event in events
        if isinstance(event.data, PaymentAllocated) and event.data.payment_id == payment.payment_id
    ]
    named = list(payment.allocations or [])
    named += [
        part
        for _on, _said, _name, parts in sorted(moves, key=lambda one: one[:3])
        for part in parts
    ]
    stays = Decimal(payment.amount) - back
    interest = NOTHING
    for part in named:
        if part.invoice_id in cancelled:
            continue
        share = min(stays, _decimal(part.amount, payment.currency))
        stays -= share
        invoice = invoices.get(part.invoice_id)
        if part.claim == "interest" and invoice and invoice.currency == payment.currency:
            interest += share
    return interest


def _decimal(text: str, currency: str) -> Decimal:
    return Decimal(text) if _fits(text, currency) else NOTHING


def _fits(amount: str, currency: str) -> bool:
    return currency != "JPY" or "." not in amount
