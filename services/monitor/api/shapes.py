"""Stored rows to the shapes that the API answers with."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from services.monitor.api import models
from services.monitor.domain.escalation.promises import OPEN as PROMISE_OPEN
from services.monitor.domain.escalation.promises import WITHDRAWN, Towards
from services.monitor.domain.escalation.telling import recipient_of
from services.monitor.domain.invoice.invoice import INTEREST
from services.monitor.domain.invoice.item import CLEARED, OPEN, Item, Raised, status_of
from services.monitor.domain.ledger.ageing import CURRENT, age
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.debtor import Promise
from services.monitor.domain.ledger.funds import FundsKind
from services.monitor.domain.policy.policy import Policy
from services.monitor.handlers.answers.interest import InvoiceInterest
from services.monitor.handlers.answers.remembered import Stood
from services.monitor.handlers.ports import Known
from shared.contracts.customer import CustomerUpdated
from shared.money import to_text

Row = Any


def item(
    account_id: str, one: Item, today: date, stood: Sequence[Stood] | None = None
) -> models.Item:
    """Shape an item on its creditor's day; of a past day its levels `stood`, lowest first."""
    currency = one.currency

    def text(minor: int) -> str:
        return to_text(minor, currency)

    standing = one.raised if stood is None else stood
    held = [raised.held_by for raised in standing if raised.held_by is not None]
    return models.Item(
        item_id=one.item_id,
        account_id=account_id,
        invoice_id=one.invoice_id,
        instalment=one.instalment,
        currency=currency,
        amount=text(one.amount),
        open=text(one.open),
        cleared=text(one.cleared),
        credited=text(one.credited),
        written_off=text(one.written_off),
        disputed=text(one.disputed),
        dunnable=text(one.dunnable),
        issued_on=one.issued_on,
        due_on=one.due_on,
        original_due_on=one.original_due_on,
        status=status_of(one),
        level=standing[-1].level if standing else None,
        held_by=held[-1] if held else None,
        days_overdue=one.days_overdue(today) if one.open else 0,
        next_attention_on=one.next_attention_on,
    )


def invoice(
    account_id: str,
    items: Sequence[Item],
    policy: Policy,
    today: date,
    levels: Collection[str] | None = None,
) -> models.Invoice:
    """Shape an invoice from its items: open while one of them is; `levels` are of a past day."""
    first = items[0]
    currency = first.currency
    still_open = [one for one in items if one.open]
    statuses = {status_of(one) for one in items}
    status = OPEN if still_open else next(iter(statuses)) if len(statuses) == 1 else CLEARED
    if levels is None:
        levels = [one.level for one in items if one.level is not None]
    return models.Invoice(
        invoice_id=first.invoice_id,
        account_id=account_id,
        currency=currency,
        status=status,
        amount=to_text(sum(one.amount for one in items), currency),
        open=to_text(sum(one.open for one in items), currency),
        overdue=to_text(sum(one.open for one in items if one.due_on < today), currency),
        disputed=to_text(sum(one.disputed for one in items), currency),
        issued_on=first.issued_on,
        due_on=min(one.due_on for one in still_open)
        if still_open
        else max(one.due_on for one in items),
        items=len(items),
        level=_highest(levels, policy),
    )


def account(
    account_id: str,
    known: Known,
    policy: Policy,
    currencies: list[models.AccountCurrency],
    levels: Collection[str],
    today: date,
) -> models.Account:
    """Shape an account on a day of its creditor's."""
    creditor_id, _, customer_id = account_id.partition(":")
    debtor, said = known.debtor, known.said
    customer = debtor.customer
    group = debtor.group_default if debtor.cross_defaulted_on is not None else None
    return models.Account(
        account_id=account_id,
        creditor_id=creditor_id,
        customer_id=customer_id,
        name=None if customer is None else customer.name,
        level=_highest(levels, policy),
        currencies=currencies,
        policy=policy.label,
        group_id=debtor.group_id,
        grade=None if customer is None else customer.grade,
        segment=None if customer is None else customer.segment,
        enforced=debtor.is_enforced_on(today),
        insolvent_on=debtor.insolvent_on,
        cross_default=[] if group is None else group.causes,
        covers_stopped=sorted(said.covers_stopped),
        broken_promises=said.broken_promises,
        promises=[
            promise(name, one, said.promises.get(name))
            for name, one in sorted(debtor.promises.items())
            if one.made_on is not None
        ],
        blocks=[
            models.Block(
                block_id=name,
                blocked_on=one.blocked_on,
                invoice_id=one.invoice_id,
                until=one.last_on,
            )
            for name, one in sorted(debtor.blocks.items())
            if one.blocked_on is not None and (one.unblocked_on is None or today < one.unblocked_on)
        ],
    )


def promise(promise_id: str, one: Promise, outcome: str | None) -> models.Promise:
    """Shape a promise to pay."""
    status = WITHDRAWN if one.is_withdrawn else PROMISE_OPEN
    return models.Promise(
        promise_id=promise_id,
        status=outcome or status,
        made_on=one.made_on,
        promised_on=one.promised_on,
        amount=one.amount,
        currency=one.currency,
        invoice_ids=one.invoice_ids,
    )


def listed_promise(
    account_id: str, promise_id: str, known: Known, found: Towards | None
) -> models.ListedPromise:
    """Shape a promise of an account with what was paid towards it; withdrawn ones have no money."""
    one = known.debtor.promises[promise_id]
    shaped = promise(promise_id, one, known.said.promises.get(promise_id))
    currency = one.currency if found is None else found.currency
    paid = None if found is None or currency is None else to_text(found.paid, currency)
    more = {"currency": currency, "account_id": account_id, "paid": paid}
    return models.ListedPromise(**{**shaped.model_dump(), **more})


def _highest(levels: Collection[str], policy: Policy) -> str | None:
    """Return the highest level in the policy's order; one it no longer has counts as lowest."""
    return max(levels, key=policy.index, default=None)


def interest(account_id: str, one: InvoiceInterest, as_of: date) -> models.InvoiceInterest:
    """Shape the interest on an invoice."""
    currency = one.interest.currency
    return models.InvoiceInterest(
        account_id=account_id,
        invoice_id=one.invoice_id,
        currency=currency,
        accrued=one.interest.accrued,
        paid=to_text(one.paid, currency),
        overpaid=to_text(one.overpaid, currency),
        waived=to_text(one.waived, currency),
        open=one.interest.open,
        as_of=as_of,
        terms=one.terms_of,
        why=one.why,
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """An account's totals in one currency, named as the rows of the table are."""

    currency: str
    invoiced_minor: int
    open_minor: int
    unapplied_minor: int


def clearing(row: Row) -> models.Clearing:
    """Shape a clearing record."""
    made = Clearing(
        FundsKind(row.kind),
        row.funds_id,
        row.invoice_id,
        row.instalment,
        row.currency,
        row.amount_minor,
        row.rule,
        row.cleared_on,
    )
    return clearing_of(f"{row.partition}-{row.offset}-{row.number}", row.account_id, made)


def clearing_of(clearing_id: str, account_id: str, made: Clearing) -> models.Clearing:
    """Shape a clearing record; what paid interest met no item."""
    part = made.instalment if made.instalment != INTEREST else "interest"
    return models.Clearing(
        clearing_id=clearing_id,
        account_id=account_id,
        item_id=f"{made.invoice_id}/{part}",
        invoice_id=made.invoice_id,
        instalment=made.instalment,
        kind=made.kind,
        funds_id=made.funds_id,
        currency=made.currency,
        amount=to_text(made.amount, made.currency),
        rule=made.rule,
        cleared_on=made.cleared_on,
    )


def figures(
    balance: Row | Sums,
    open_by_due: Iterable[tuple[date, int]],
    disputed_minor: int,
    today: date,
) -> models.AccountCurrency:
    """Shape one currency of one account, or of all."""
    currency = balance.currency
    aged = age(((due_on, int(minor)) for due_on, minor in open_by_due), today)
    overdue = sum(minor for name, minor in aged.items() if name != CURRENT)
    return models.AccountCurrency(
        currency=currency,
        invoiced=to_text(int(balance.invoiced_minor), currency),
        open=to_text(int(balance.open_minor), currency),
        disputed=to_text(disputed_minor, currency),
        dunnable=to_text(int(balance.open_minor) - disputed_minor, currency),
        overdue=to_text(overdue, currency),
        unapplied=to_text(int(balance.unapplied_minor), currency),
        ageing={name: to_text(minor, currency) for name, minor in aged.items()},
    )


def standing(
    row: Row, raised: Raised | None, owed: InvoiceInterest | None, late: str | None
) -> models.Standing:
    """Shape whether an escalation is still to be acted on; `late` says why it is no more."""
    customer = None if row.customer is None else msgspec.convert(row.customer, CustomerUpdated)
    known = recipient_of(customer)
    recipient = None if known is None else models.Recipient(**msgspec.structs.asdict(known))
    return models.Standing(
        escalation_id=row.escalation_id,
        standing=raised is not None and late is None,
        open=to_text(row.open_minor or 0, row.currency),
        currency=row.currency,
        reason=late if raised is not None else "no longer due",
        recipient=recipient,
        disputed=to_text(row.disputed_minor or 0, row.currency),
        held=raised is not None and raised.held_by is not None,
        held_by=None if raised is None else raised.held_by,
        interest=None
        if owed is None
        else models.Interest(
            accrued=owed.interest.accrued,
            open=owed.interest.open,
            currency=owed.interest.currency,
            why=owed.why,
            until_on=owed.interest.until_on,
        ),
    )


def conservation_difference(balance: Row, open_minor: int, unapplied_minor: int) -> int:
    """Return what breaks conservation between running totals and the rows they sum up."""
    claims = (
        balance.invoiced_minor
        + balance.interest_minor
        - balance.received_minor
        - balance.credited_minor
        - balance.written_off_minor
        + balance.reversed_minor
    )
    return int(claims) - (open_minor - unapplied_minor)
