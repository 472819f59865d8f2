"""One fold for each inbound type: how an event changes what is known of an account.

A fold adds facts and lets the account settle what they touch. An event about something already
known (a second invoice with the same number, an older version) changes nothing and says so in the
journal's `changes`. Each fold returns the day its clearing records bear.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from services.monitor.domain.ledger.account import Account, Cover
from services.monitor.domain.ledger.funds import Allocation, FundsKind
from services.monitor.domain.ledger.invoice import Amendment, Part, read_parts
from shared.contracts.cover import CoverUpdated
from shared.contracts.credit_note import CreditNoteIssued
from shared.contracts.customer import CustomerUpdated
from shared.contracts.fields import Inbound
from shared.contracts.invoice import InvoiceAmended, InvoiceCancelled, InvoiceIssued
from shared.contracts.payment import PaymentReceived, PaymentReversed
from shared.errors import RejectedError
from shared.money import to_minor


@dataclass(frozen=True, slots=True)
class Event:
    """A validated event of an account, in the order of the ledger."""

    name: str
    said_at: datetime
    data: Inbound


def fold(account: Account, event: Event, rule: str) -> dict[str, Any]:
    """Change the account by one event under the creditor's clearing rule.

    Returns what changed: `items` (open before and after, minor units) and `remark`.
    """
    account.changes = {}
    on = FOLDS[type(event.data)](account, event.data, event)
    if on is not None:
        account.apply_clearing_rule(on, rule)
    return account.changes


def _invoice_issued(account: Account, data: InvoiceIssued, _event: Event) -> date:
    invoice = account.invoice(data.invoice_id)
    if invoice.currency is not None:
        account.changes["remark"] = f"invoice {data.invoice_id} was issued before; kept as it was"
        return data.issued_on
    invoice.currency = data.currency
    invoice.issued_on = data.issued_on
    invoice.parts = [
        Part(due_on, to_minor(text, data.currency)) for due_on, text in _parts_of(data)
    ]
    if invoice.amendment and read_parts(invoice.amendment, data.currency) is None:
        account.changes["remark"] = _unreadable(invoice.amendment, data.currency)
    account.settle(invoice, data.issued_on, "issued")
    return data.issued_on


def _invoice_amended(account: Account, data: InvoiceAmended, _event: Event) -> date:
    invoice = account.invoice(data.invoice_id)
    amendment = Amendment(data.version, _parts_of(data))
    if invoice.amendment is not None and invoice.amendment.version >= data.version:
        account.changes["remark"] = (
            f"version {data.version} of invoice {data.invoice_id} changes nothing: "
            f"version {invoice.amendment.version} is known"
        )
        return data.amended_on
    if invoice.currency is not None and read_parts(amendment, invoice.currency) is None:
        account.changes["remark"] = _unreadable(amendment, invoice.currency)
    invoice.amendment = amendment
    account.settle(invoice, data.amended_on, "amended")
    return data.amended_on


def _invoice_cancelled(account: Account, data: InvoiceCancelled, _event: Event) -> date:
    invoice = account.invoice(data.invoice_id)
    if invoice.cancelled_on is not None:
        account.changes["remark"] = f"invoice {data.invoice_id} was cancelled before"
        return data.cancelled_on
    invoice.cancelled_on = data.cancelled_on
    account.settle(invoice, data.cancelled_on, "cancelled")
    return data.cancelled_on


def _payment_received(account: Account, data: PaymentReceived, _event: Event) -> date:
    allocations = [
        Allocation(part.invoice_id, to_minor(part.amount, data.currency), part.instalment)
        for part in data.allocations or []
    ]
    amount = to_minor(data.amount, data.currency)
    return _funds_came(
        account,
        (FundsKind.PAYMENT, data.payment_id),
        (data.currency, amount, data.received_on),
        allocations,
    )


def _credit_note_issued(account: Account, data: CreditNoteIssued, _event: Event) -> date:
    amount = to_minor(data.amount, data.currency)
    allocations = [Allocation(data.invoice_id, amount)] if data.invoice_id else []
    return _funds_came(
        account,
        (FundsKind.CREDIT_NOTE, data.credit_note_id),
        (data.currency, amount, data.issued_on),
        allocations,
    )


def _funds_came(
    account: Account,
    key: tuple[FundsKind, str],
    worth: tuple[str, int, date],
    allocations: list[Allocation],
) -> date:
    funds = account.funds_of(*key)
    currency, amount, value_on = worth
    if funds.currency is not None:
        account.changes["remark"] = f"{key[0]} {key[1]} came before; kept as it was"
        return value_on
    funds.currency, funds.amount, funds.value_on = currency, amount, value_on
    funds.allocations = allocations
    balance = account.balance(currency)
    if funds.kind is FundsKind.PAYMENT:
        balance.received += amount
    else:
        balance.credited += amount
    balance.reversed += funds.reversed
    account.name_funds(funds, value_on, "paid" if funds.kind is FundsKind.PAYMENT else "credited")
    return value_on


def _payment_reversed(account: Account, data: PaymentReversed, _event: Event) -> date:
    funds = account.funds_of(FundsKind.PAYMENT, data.payment_id)
    if data.reversal_id in funds.reversals:
        account.changes["remark"] = f"reversal {data.reversal_id} came before; kept as it was"
        return data.reversed_on
    before = funds.reversed
    funds.reversals[data.reversal_id] = data.amount
    if funds.currency is None:
        account.changes["remark"] = f"payment {data.payment_id} has not come yet; this waits for it"
        return data.reversed_on
    if data.amount is not None:
        try:
            to_minor(data.amount, funds.currency)
        except RejectedError as error:
            account.changes["remark"] = f"takes nothing back: {error.message}"
    account.balance(funds.currency).reversed += funds.reversed - before
    account.name_funds(funds, data.reversed_on, data.reason)
    return data.reversed_on


def _customer_updated(account: Account, data: CustomerUpdated, _event: Event) -> None:
    if account.customer is None or data.version > account.customer.version:
        account.customer = data
        account.touched_customer = True
    else:
        account.changes["remark"] = f"version {account.customer.version} is known"


def _cover_updated(account: Account, data: CoverUpdated, event: Event) -> None:
    known = account.covers.get(data.policy_no)
    if known is None or (event.said_at, event.name) > (known.said_at, known.event_name):
        account.covers[data.policy_no] = Cover(event.said_at, event.name, data)
        account.touched_covers.add(data.policy_no)
    else:
        account.changes["remark"] = f"a word of {known.said_at.isoformat()} is known"


def _parts_of(data: InvoiceIssued | InvoiceAmended) -> list[tuple[date, str]]:
    if data.schedule:
        return [(part.due_on, part.amount) for part in data.schedule]
    assert data.due_on is not None
    return [(data.due_on, data.total)]


def _unreadable(amendment: Amendment, currency: str) -> str:
    return (
        f"version {amendment.version} has amounts with more decimals than {currency} has; "
        "the invoice keeps the terms it was issued with until a higher version comes"
    )


#: The fold of each struct in the catalogue of contracts.
FOLDS: Final[dict[type[Inbound], Callable[[Account, Any, Event], date | None]]] = {
    InvoiceIssued: _invoice_issued,
    InvoiceAmended: _invoice_amended,
    InvoiceCancelled: _invoice_cancelled,
    PaymentReceived: _payment_received,
    CreditNoteIssued: _credit_note_issued,
    PaymentReversed: _payment_reversed,
    CustomerUpdated: _customer_updated,
    CoverUpdated: _cover_updated,
}
