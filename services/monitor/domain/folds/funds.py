"""Folds of what is said of payments and credit notes."""

from datetime import date
from typing import Final

from services.monitor.domain.folds.event import Event
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.funds import (
    NEVER_THERE,
    Allocation,
    Funds,
    FundsKind,
    Move,
    MovedPart,
)
from services.monitor.domain.ledger.settling import name_funds
from shared.calendar import latest_date
from shared.contracts.credit_note import CreditNoteCancelled, CreditNoteIssued
from shared.contracts.fields import DAYS_AHEAD_MAX
from shared.contracts.payment import PaymentAllocated, PaymentReceived, PaymentReversed
from shared.errors import RejectedError
from shared.money import to_minor

#: The id under which a credit note's cancellation stands among its reversals.
CANCELLATION: Final = "cancelled"


def payment_received(account: Account, data: PaymentReceived, event: Event) -> date:
    """Money came; what it names is cleared, what it does not is on account."""
    allocations = [
        Allocation(
            part.invoice_id,
            to_minor(part.amount, data.currency),
            part.instalment,
            part.claim == "interest",
        )
        for part in data.allocations or []
    ]
    amount = to_minor(data.amount, data.currency)
    worth = (data.currency, amount, data.received_on)
    return _came(account, FundsKind.PAYMENT, data.payment_id, worth, allocations, event)


def credit_note_issued(account: Account, data: CreditNoteIssued, event: Event) -> date:
    """A credit was given, on an invoice or on account."""
    amount = to_minor(data.amount, data.currency)
    allocations = [Allocation(data.invoice_id, amount)] if data.invoice_id else []
    worth = (data.currency, amount, data.issued_on)
    return _came(account, FundsKind.CREDIT_NOTE, data.credit_note_id, worth, allocations, event)


def _came(
    account: Account,
    kind: FundsKind,
    funds_id: str,
    worth: tuple[str, int, date],
    allocations: list[Allocation],
    event: Event,
) -> date:
    funds = account.funds_of(kind, funds_id)
    currency, amount, value_on = worth
    if funds.currency is not None:
        sentence = (
            f"{kind.replace('_', ' ')} {funds_id} came before; kept as it was, and event "
            f"{event.name} changes nothing"
        )
        funds.contradictions.append(sentence)
        account.remark(sentence)
        return value_on
    funds.currency, funds.amount, funds.value_on = currency, amount, value_on
    told_on = latest_date(event.said_at)
    # A time that is further from its day is no telling: the door takes nothing so far ahead.
    is_told_ahead = 0 < (value_on - told_on).days <= DAYS_AHEAD_MAX
    funds.told_on = told_on if is_told_ahead else None
    funds.allocations = allocations
    balance = account.balance(currency)
    if kind is FundsKind.PAYMENT:
        balance.received += amount
    else:
        balance.credited += amount
    balance.reversed += funds.reversed
    name_funds(account, funds, value_on, "paid" if kind is FundsKind.PAYMENT else "credited")
    return value_on


def payment_allocated(account: Account, data: PaymentAllocated, event: Event) -> date:
    """Money on account is moved to invoices; before the payment has come, the move waits."""
    funds = account.funds_of(FundsKind.PAYMENT, data.payment_id)
    parts = [
        MovedPart(part.invoice_id, part.amount, part.instalment, part.claim == "interest")
        for part in data.allocations
    ]
    funds.moves[event.name] = Move(data.allocated_on, parts, event.said_at)
    if funds.currency is None:
        account.remark(f"payment {data.payment_id} has not come yet; this waits for it")
        return data.allocated_on
    if funds.moves_asked() + sum(one.amount for one in funds.own_allocations()) > funds.amount:
        account.remark(
            f"payment {data.payment_id} is less than all that it was allocated to; the last "
            "allocations go without"
        )
    name_funds(account, funds, data.allocated_on, "paid")
    return data.allocated_on


def payment_reversed(account: Account, data: PaymentReversed, event: Event) -> date:
    """Money turned out not to stand: exactly what it had cleared is open again."""
    funds = account.funds_of(FundsKind.PAYMENT, data.payment_id)
    if data.reversal_id in funds.reversals:
        said = data.amount, data.reversed_on, data.reason
        _came_again(account, funds, data.reversal_id, said, event)
        return data.reversed_on
    before = funds.reversed
    funds.reversals[data.reversal_id] = data.amount
    funds.reversed_on[data.reversal_id] = data.reversed_on
    funds.reversed_because[data.reversal_id] = data.reason
    if funds.currency is None or funds.value_on is None:
        account.remark(f"payment {data.payment_id} has not come yet; this waits for it")
        return data.reversed_on
    if data.amount is not None:
        try:
            to_minor(data.amount, funds.currency)
        except RejectedError as error:
            account.remark(f"takes nothing back: {error.message}")
    account.balance(funds.currency).reversed += funds.reversed - before
    on = funds.value_on if data.reason in NEVER_THERE else data.reversed_on
    name_funds(account, funds, on, data.reason)
    return on


def credit_note_cancelled(account: Account, data: CreditNoteCancelled, event: Event) -> date:
    """A credit is taken back: what it had credited is owed again."""
    funds = account.funds_of(FundsKind.CREDIT_NOTE, data.credit_note_id)
    if CANCELLATION in funds.reversals:
        _came_again(account, funds, CANCELLATION, (None, data.cancelled_on, ""), event)
        return data.cancelled_on
    funds.reversals[CANCELLATION] = None
    funds.reversed_on[CANCELLATION] = data.cancelled_on
    if funds.currency is None:
        account.remark(f"credit note {data.credit_note_id} has not come yet; this waits for it")
        return data.cancelled_on
    account.balance(funds.currency).reversed += funds.reversed
    name_funds(account, funds, data.cancelled_on, "credit note cancelled")
    return data.cancelled_on


def _came_again(
    account: Account,
    funds: Funds,
    reversal_id: str,
    said: tuple[str | None, date, str],
    event: Event,
) -> None:
    """Say that a reversal came before; where it says something else a person should see it."""
    _amount, on, reason = said
    known = (
        funds.reversals[reversal_id],
        funds.reversed_on.get(reversal_id, on),
        funds.reversed_because.get(reversal_id, reason),
    )
    name = funds.funds_id if reversal_id == CANCELLATION else reversal_id
    noun = "cancellation of credit note" if reversal_id == CANCELLATION else "reversal"
    sentence = f"{noun} {name} came before; event {event.name} changes nothing"
    if known != said:
        funds.contradictions.append(sentence)
    account.remark(sentence)
