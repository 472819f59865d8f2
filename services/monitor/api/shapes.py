"""Stored rows to the shapes that the API answers with."""

from datetime import date
from typing import Any

import msgspec

from services.monitor.api import models
from services.monitor.domain.escalation.telling import recipient_of
from services.monitor.domain.ledger.ageing import CURRENT, age
from shared.contracts.customer import CustomerUpdated
from shared.money import to_text

Row = Any


def item(row: Row, today: date) -> models.Item:
    """Shape an item on its creditor's day."""
    currency = row.currency
    return models.Item(
        item_id=f"{row.invoice_id}/{row.instalment}",
        account_id=row.account_id,
        invoice_id=row.invoice_id,
        instalment=row.instalment,
        currency=currency,
        amount=to_text(row.amount_minor, currency),
        open=to_text(row.open_minor, currency),
        cleared=to_text(row.cleared_minor, currency),
        credited=to_text(row.credited_minor, currency),
        written_off=to_text(row.written_off_minor, currency),
        disputed=to_text(row.disputed_minor, currency),
        issued_on=row.issued_on,
        due_on=row.due_on,
        original_due_on=row.original_due_on,
        status=row.status,
        level=row.level,
        days_overdue=max(0, (today - row.due_on).days) if row.open_minor else 0,
        next_attention_on=row.next_attention_on,
    )


def clearing(row: Row) -> models.Clearing:
    """Shape a clearing record."""
    return models.Clearing(
        clearing_id=f"{row.partition}-{row.offset}-{row.number}",
        account_id=row.account_id,
        item_id=f"{row.invoice_id}/{row.instalment}",
        invoice_id=row.invoice_id,
        instalment=row.instalment,
        kind=row.kind,
        funds_id=row.funds_id,
        currency=row.currency,
        amount=to_text(row.amount_minor, row.currency),
        rule=row.rule,
        cleared_on=row.cleared_on,
    )


def figures(
    balance: Row, open_by_due: list[tuple[date, int]], today: date
) -> models.AccountCurrency:
    """Shape one currency of one account, or of all."""
    currency = balance.currency
    aged = age(((due_on, int(minor)) for due_on, minor in open_by_due), today)
    overdue = sum(minor for name, minor in aged.items() if name != CURRENT)
    return models.AccountCurrency(
        currency=currency,
        invoiced=to_text(int(balance.invoiced_minor), currency),
        open=to_text(int(balance.open_minor), currency),
        overdue=to_text(overdue, currency),
        unapplied=to_text(int(balance.unapplied_minor), currency),
        ageing={name: to_text(minor, currency) for name, minor in aged.items()},
    )


def standing(row: Row, *, stands: bool) -> models.Standing:
    """Shape whether an escalation stands, and whom to write to about it."""
    customer = None if row.customer is None else msgspec.convert(row.customer, CustomerUpdated)
    known = recipient_of(customer)
    recipient = (
        None
        if known is None
        else models.Recipient(name=known.name, email=known.email, locale=known.locale)
    )
    return models.Standing(
        escalation_id=row.escalation_id,
        standing=stands,
        open=to_text(row.open_minor or 0, row.currency),
        currency=row.currency,
        reason=None if stands else "no longer due",
        recipient=recipient,
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
