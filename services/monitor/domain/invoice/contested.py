"""The days on which an instalment was wholly in dispute, so that nothing of it could be dunned.

Each day is seen as it was at its end: what was open by then, and the disputes with the outcomes
known by then. A dispute of a part is no such day, while the rest is open: it would be time for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.invoice.terms import amended_by
from services.monitor.domain.ledger.clearing import matches_on, room_of
from services.monitor.domain.ledger.funds import Funds, FundsKey


def days_of(
    invoice: Invoice, funds: Mapping[FundsKey, Funds], items: Sequence[Item]
) -> list[list[tuple[date, date | None]]]:
    """Return for each item its days wholly in dispute: (first day, first day after, or None).

    Apart and in order; the last day that anything is known of goes by the items as they are.
    """
    begun = [one.disputed_on for one in invoice.disputes.values() if one.disputed_on is not None]
    spans: list[list[tuple[date, date | None]]] = [[] for _ in items]
    if not begun:
        return spans
    changes = {one.resolved_on for one in invoice.disputes.values()} | {
        step.on for step in invoice.losses
    }
    days = {day for day in (*begun, *changes, *invoice.days()) if day is not None}
    ordered = sorted(day for day in days if day >= min(begun))
    for day in ordered:
        if day == ordered[-1]:
            rest = [(item.open, item.disputed) for item in items]
        else:
            rest = _rest_on(invoice, funds, day)
        for index, own in enumerate(spans):
            opened, disputed = rest[index] if index < len(rest) else (0, 0)
            whole = 0 < opened <= disputed and _is_open(invoice, index + 1, len(rest), day)
            runs = bool(own) and own[-1][1] is None
            if whole and not runs:
                own.append((day, None))
            elif runs and not whole:
                own[-1] = (own[-1][0], day)
    return spans


def _is_open(invoice: Invoice, instalment: int, count: int, day: date) -> bool:
    """Say whether a dispute of one of so many ran on a day: once accepted, it stops no clock."""
    return any(
        one.disputed_on is not None
        and one.disputed_on <= day
        and (one.resolved_on is None or one.resolved_on > day)
        and one.is_about(instalment, count)
        for one in invoice.disputes.values()
    )


def _rest_on(invoice: Invoice, funds: Mapping[FundsKey, Funds], day: date) -> list[tuple[int, int]]:
    """Return what of each instalment was open at the end of a day, and disputed, in minor units."""
    parts = invoice.terms(day)
    matches = matches_on(invoice, funds, day)
    opens = room_of(parts, matches)
    for step in invoice.losses:
        if step.on <= day and step.instalment <= len(opens):
            opens[step.instalment - 1] -= step.amount
    versions = amended_by(invoice.versions(), day)
    then = replace(
        invoice,
        amendment=versions[-1] if versions else None,
        amended_before=versions[:-1],
        disputes={
            name: one.known_by(day)
            for name, one in invoice.disputes.items()
            if one.disputed_on is not None and one.disputed_on <= day
        },
        named=[one for one in invoice.named if one.value_on <= day],
    )
    due = [part.due_on for part in parts]
    return list(zip(opens, then.disputed_of(opens, matches, due), strict=True))
