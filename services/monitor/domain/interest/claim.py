"""Interest as a claim of its own: what has grown, what was paid and waived of it, what is owed.

It lives beside the invoice: paying the principal ends its growth and nothing else.

Source: Directive 2011/7/EU, article 3(1). § 367 BGB and the Civil Code, article 561, would pay
interest first; that money pays it only where it says so is Arrears' own.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from services.monitor.domain.interest.accrual import Accrual, Step, accrue, once_per_invoice
from services.monitor.domain.interest.course import course_of
from services.monitor.domain.interest.rates import DAY
from services.monitor.domain.interest.telling import told, told_without
from services.monitor.domain.interest.terms import InForce, joined
from services.monitor.domain.invoice.invoice import INTEREST, Invoice, Waiver
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.funds import FundsKind, readable
from shared.contracts.escalation import Interest
from shared.money import Money, to_text


def interest_of(
    invoice: Invoice, clearings: Iterable[Clearing], terms: Sequence[InForce], until: date
) -> Interest:
    """Return the interest on an invoice to the end of a day, all of its items together.

    `clearings` are the invoice's own; on days without terms nothing grows. What is paid beyond what
    has grown is not owed back here: interest that grows later uses it up.
    """
    currency = invoice.currency
    assert currency is not None
    own = list(clearings)
    course = course_of(invoice, own)
    held = _held(course, terms, until)
    accruals = accruals_of(course, held, currency, until)
    total = _total(accruals)
    paid = paid_of(own, until)
    waived = sum(takes for _name, _waiver, takes in _waivers(invoice, own, course, held, until))
    left = max(0, total - paid - waived)
    why = [line for one in accruals for line in told(one, currency, named=len(held) > 1)]
    why += told_without(held)
    if all(one.terms is None for one in terms):
        why.append("no terms of interest are agreed or set: none grows")
    if paid:
        why.append(f"paid of it: {Money(paid, currency)}")
    if paid > total:
        why.append(f"paid beyond what has grown: {Money(paid - total, currency)}")
    if waived:
        why.append(f"waived of it: {Money(waived, currency)}")
    return Interest(
        accrued=to_text(total, currency),
        open=to_text(left, currency),
        currency=currency,
        why=why,
        until_on=until,
    )


def paid_beyond(
    invoice: Invoice, clearings: Iterable[Clearing], grown: int, until: date
) -> list[str]:
    """Return a sentence on each payment that has paid more interest than the `grown` minor units.

    The last to come is the first that is too much.
    """
    assert invoice.currency is not None
    sums: dict[tuple[FundsKind, str], int] = {}
    for one in sorted(clearings, key=lambda one: (one.cleared_on, one.kind, one.funds_id)):
        if one.instalment == INTEREST and one.cleared_on <= until:
            sums[one.kind, one.funds_id] = sums.get((one.kind, one.funds_id), 0) + one.amount
    found: list[str] = []
    before = 0
    for (kind, funds_id), paid in sums.items():
        room = max(0, grown - before)
        if paid > room:
            has_grown = f"{Money(grown, invoice.currency)} has grown"
            if before:
                has_grown += f" and {Money(before, invoice.currency)} was paid before"
            found.append(
                f"{kind.replace('_', ' ')} {funds_id} paid {Money(paid, invoice.currency)} of "
                f"interest on invoice {invoice.invoice_id}; {has_grown}: "
                f"{Money(paid - room, invoice.currency)} is beyond it; reverse the payment as a "
                "mistake and send it anew under another id, or wait for interest to grow"
            )
        before += paid
    return found


def _total(accruals: Iterable[Accrual]) -> int:
    """Return an invoice's interest in minor units: one rounding for all of its items."""
    every = list(accruals)
    grown = sum((one.interest for one in every), Fraction(0))
    return round(grown) + sum(one.fixed_sum_minor for one in every)


def accruals_of(
    course: Iterable[Sequence[Step]], terms: Sequence[InForce], currency: str, until: date
) -> tuple[Accrual, ...]:
    """Return what has grown on each instalment by the end of a day; the fixed sum once for all."""
    return once_per_invoice([accrue(steps, terms, currency, until) for steps in course])


def paid_of(clearings: Iterable[Clearing], until: date) -> int:
    """Return the minor units of interest that money has met by the end of a day."""
    return sum(
        one.amount for one in clearings if one.instalment == INTEREST and one.cleared_on <= until
    )


def waived_beyond(
    invoice: Invoice, clearings: Sequence[Clearing], terms: Sequence[InForce], until: date
) -> list[str]:
    """Return a sentence on each waiver of more than was owed at the end of its day."""
    currency = invoice.currency
    assert currency is not None
    if not invoice.waivers:
        return []
    course = course_of(invoice, clearings)
    held = _held(course, terms, until)
    return [
        f"waiver {name} of {waiver.amount} {currency} on {waiver.on}: {Money(takes, currency)} of "
        f"interest was owed on invoice {invoice.invoice_id}; what grows later is not waived by it"
        for name, waiver, takes in _waivers(invoice, clearings, course, held, until)
        if waiver.amount is not None and readable(waiver.amount, currency) > takes
    ]


def _held(course: Sequence[Sequence[Step]], terms: Sequence[InForce], until: date) -> list[InForce]:
    """Return the terms of the days on which anything may have been late."""
    late_on = min(step.due_on for steps in course for step in steps) + DAY
    return joined(terms, late_on, until)


def _waivers(
    invoice: Invoice,
    clearings: Sequence[Clearing],
    course: Sequence[Sequence[Step]],
    terms: Sequence[InForce],
    until: date,
) -> list[tuple[str, Waiver, int]]:
    """Return the waivers by the end of a day, in their order, with the minor units each takes.

    None takes more than is owed at the end of its own day.
    """
    assert invoice.currency is not None
    found: list[tuple[str, Waiver, int]] = []
    before = 0
    for name, waiver in sorted(invoice.waivers.items(), key=lambda one: (one[1].on, one[0])):
        if waiver.on > until:
            continue
        grown = _total(accruals_of(course, terms, invoice.currency, waiver.on))
        takes = max(0, grown - paid_of(clearings, waiver.on) - before)
        if waiver.amount is not None:
            takes = min(takes, readable(waiver.amount, invoice.currency))
        before += takes
        found.append((name, waiver, takes))
    return found
