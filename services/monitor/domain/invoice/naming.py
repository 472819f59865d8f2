"""Naming: what of funds stands for which invoice, and until when what was reversed since stood."""

from datetime import date, timedelta

from msgspec.structs import replace

from services.monitor.domain.invoice.invoice import INTEREST, NamedFunds, Withdrawn
from services.monitor.domain.ledger.funds import Funds


def named_of(funds: Funds) -> dict[str, list[NamedFunds]]:
    """Return the parts of funds that stand for invoices, by invoice, parts of nothing included."""
    found: dict[str, list[NamedFunds]] = {}
    for invoice_id, part in _parts(funds, date.max):
        found.setdefault(invoice_id, []).append(part)
    return found


def withdrawn_of(funds: Funds) -> dict[str, list[Withdrawn]]:
    """Return the parts of funds that stood for invoices until a reversal, by invoice."""
    found: dict[str, list[Withdrawn]] = {}
    for until in sorted(set(funds.reversed_on.values())):
        before = _parts(funds, until - timedelta(1))
        for (invoice_id, part), (_, left) in zip(before, _parts(funds, until), strict=True):
            amount = part.amount - left.amount
            if amount and part.value_on < until:
                whole = replace(part, amount=amount)
                found.setdefault(invoice_id, []).append(Withdrawn(whole, until))
    return found


def _parts(funds: Funds, day: date) -> list[tuple[str, NamedFunds]]:
    """Return (invoice, part) of what names invoices, as reversals up to a day have left it."""
    assert funds.currency is not None
    assert funds.value_on is not None
    return [
        (
            part.invoice_id,
            NamedFunds(
                funds.kind,
                funds.funds_id,
                funds.currency,
                max(funds.value_on, part.moved_on or funds.value_on),
                position,
                part.amount,
                INTEREST if part.interest else part.instalment,
                _told_on(funds.told_on, part.moved_on, funds.value_on),
            ),
        )
        for position, part in enumerate(funds.standing_allocations(day))
    ]


def _told_on(told_on: date | None, moved_on: date | None, value_on: date) -> date | None:
    """Return the day on which a part was told to stand for its invoice, if before it counts."""
    if told_on is None or (moved_on is not None and moved_on >= value_on):
        return None
    return max(told_on, moved_on or told_on)
