"""The course of an invoice: what of each instalment was open, disputed and due on which day.

Each day is settled anew as the ledger would have had it at its end, had everything come in time:
the terms agreed by then, the money that stood then, the disputes with the outcomes known by then.
An amendment alone counts from the beginning: it says what was owed in truth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from operator import attrgetter

from services.monitor.domain.interest.accrual import Step
from services.monitor.domain.invoice import loss
from services.monitor.domain.invoice.dispute import ACCEPTED, Dispute
from services.monitor.domain.invoice.invoice import INTEREST, Invoice, Match, NamedFunds
from services.monitor.domain.invoice.terms import Part, agreed_by
from services.monitor.domain.ledger.clearing import NAMED, Clearing, matches_of, room_of
from services.monitor.domain.ledger.funds import FundsKey, FundsKind


def course_of(invoice: Invoice, clearings: Iterable[Clearing]) -> list[list[Step]]:
    """Return the steps of each instalment that there ever was, in the order of their numbers.

    `clearings` are the invoice's own. An instalment that terms no longer have is open no more.
    """
    principal = (one for one in clearings if one.instalment != INTEREST)
    own = sorted(principal, key=attrgetter("cleared_on"))
    course: list[list[Step]] = []
    for day in _days(invoice, own):
        met = [one for one in own if one.cleared_on <= day]
        then = _on_day(invoice, met, day)
        parts = then.terms()
        matches = matches_of(then)
        opens = _opens(parts, matches, met)
        # As dunning leaves it out.
        disputed = then.disputed_of(opens, matches, [part.due_on for part in parts])
        course += [[] for _ in range(len(parts) - len(course))]
        for index, steps in enumerate(course):
            if index < len(parts):
                step = Step(day, opens[index], parts[index].due_on, disputed[index])
            else:
                # What was owed of it is owed by the others, the last of them latest.
                step = Step(day, 0, parts[-1].due_on)
            if not steps or replace(steps[-1], on=day) != step:
                steps.append(step)
    return course


def _days(invoice: Invoice, own: Iterable[Clearing]) -> list[date]:
    """Return the days on which anything changes, from the day of issue on."""
    assert invoice.issued_on is not None
    days: set[date | None] = {one.cleared_on for one in own}
    days.update(one.value_on for one in invoice.named)
    days.update(one.agreed_on for one in invoice.agreements())
    for one in invoice.disputes.values():
        days.update((one.disputed_on, one.resolved_on))
    first_on = invoice.issued_on
    return [first_on, *sorted(on for on in days if on is not None and on > first_on)]


def _on_day(invoice: Invoice, met: Sequence[Clearing], day: date) -> Invoice:
    """Return an invoice with the facts of a day; `met` are its clearing records by then.

    What the clearing rule has matched is no fact of the invoice: it comes from the records.
    """
    ruled: dict[tuple[FundsKind, str, int], int] = {}
    for one in met:
        if one.kind is not FundsKind.WRITE_OFF and one.rule != NAMED:
            key = (one.kind, one.funds_id, one.instalment)
            ruled[key] = ruled.get(key, 0) + one.amount
    agreements = agreed_by(invoice.agreements(), day)
    return replace(
        invoice,
        extension=agreements[-1] if agreements else None,
        extended_before=agreements[:-1],
        disputes={
            name: _seen(one, invoice, day)
            for name, one in invoice.disputes.items()
            if one.disputed_on is not None and one.disputed_on <= day
        },
        named=_named(invoice, met, day),
        matches=[Match(*key, amount, named=False) for key, amount in ruled.items() if amount > 0],
    )


def _named(invoice: Invoice, met: Iterable[Clearing], day: date) -> list[NamedFunds]:
    """Return the funds that named the invoice on a day: those of now, and what has left since.

    What has left is known by its records alone: it names the instalment where there was but one.
    """
    named = [one for one in invoice.named if one.value_on <= day and one.instalment != INTEREST]
    left: dict[FundsKey, int] = {}
    records: dict[FundsKey, list[Clearing]] = {}
    for one in met:
        if one.kind is not FundsKind.WRITE_OFF and one.rule == NAMED:
            records.setdefault((one.kind, one.funds_id), []).append(one)
    for key, own in records.items():
        left[key] = sum(one.amount for one in own)
    for part in named:
        left[part.kind, part.funds_id] = left.get((part.kind, part.funds_id), 0) - part.amount
    assert invoice.currency is not None
    for key, amount in left.items():
        if amount > 0:
            own = records[key]
            places = {one.instalment for one in own}
            place = places.pop() if len(places) == 1 else None
            came_on = own[0].cleared_on
            named.append(
                NamedFunds(*key, invoice.currency, came_on, len(named), amount, instalment=place)
            )
    return named


def _seen(one: Dispute, invoice: Invoice, day: date) -> Dispute:
    """Return a dispute with its outcome only where that was known by the end of a day.

    What an amendment has taken away for an accepted dispute was never owed, hence never disputed.
    """
    assert one.disputed_on is not None
    amended_on = None if invoice.amendment is None else invoice.amendment.amended_on
    is_amended = amended_on is not None and amended_on >= one.disputed_on
    return one if is_amended and one.outcome == ACCEPTED else one.known_by(day)


def _opens(parts: Sequence[Part], matches: Iterable[Match], met: Iterable[Clearing]) -> list[int]:
    """Return what is open of each part, in minor units; the records say what was given up."""
    room = room_of(parts, matches)
    total = sum(one.amount for one in met if one.kind is FundsKind.WRITE_OFF)
    shares = loss.spread(total, room, [part.due_on for part in parts])
    return [one - share for one, share in zip(room, shares, strict=True)]
