"""Interest as a claim of its own: what has grown, what was paid and waived of it, what is owed.

It lives beside the invoice: paying the principal ends its growth and nothing else.

Source: Directive 2011/7/EU, article 3(1). § 367 BGB and the Civil Code, article 561, would pay
interest first; that money pays it only where it says so is Arrears' own.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from services.monitor.domain.interest.accrual import Accrual, Step, accrue, once_per_invoice
from services.monitor.domain.interest.telling import told
from services.monitor.domain.invoice.dispute import Dispute
from services.monitor.domain.invoice.invoice import INTEREST, Invoice, Waiver
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.funds import readable
from shared.contracts.escalation import Interest
from shared.contracts.interest import InterestTerms
from shared.money import Money, to_text


def interest_of(
    invoice: Invoice, clearings: Iterable[Clearing], terms: InterestTerms, until: date
) -> Interest:
    """Return the interest on an invoice to the end of a day, all of its items together.

    `clearings` are the invoice's own. What is paid beyond what has grown is not owed back here: it
    leaves nothing open.
    """
    currency = invoice.currency
    assert currency is not None
    own = list(clearings)
    accruals = accruals_of(invoice, own, terms, until)
    total = _total(accruals)
    paid = _paid(own, until)
    waived = _waived(invoice, own, terms, until)
    left = max(0, total - paid - waived)
    why = [line for one in accruals for line in told(one, currency)]
    if paid:
        why.append(f"paid of it: {Money(paid, currency)}")
    if waived:
        why.append(f"waived of it: {Money(waived, currency)}")
    return Interest(
        accrued=to_text(total, currency), open=to_text(left, currency), currency=currency, why=why
    )


def _total(accruals: Iterable[Accrual]) -> int:
    """Return an invoice's interest in minor units: one rounding for all of its items."""
    every = list(accruals)
    grown = sum((one.interest for one in every), Fraction(0))
    return round(grown) + sum(one.fixed_sum_minor for one in every)


def accruals_of(
    invoice: Invoice, clearings: Sequence[Clearing], terms: InterestTerms, until: date
) -> tuple[Accrual, ...]:
    """Return what has grown on each item by the end of a day; the fixed sum once an invoice."""
    assert invoice.currency is not None
    return once_per_invoice(
        [
            accrue(item.due_on, steps_of(item, invoice, clearings), terms, invoice.currency, until)
            for item in invoice.items
        ]
    )


def steps_of(item: Item, invoice: Invoice, clearings: Iterable[Clearing]) -> list[Step]:
    """Return what was open of an item from each day on, by the value dates of its clearings.

    An amendment counts from the beginning: it says what was owed in truth.
    """
    changes: dict[date, int] = {item.issued_on: item.amount}
    for one in clearings:
        if one.instalment == item.instalment:
            changes[one.cleared_on] = changes.get(one.cleared_on, 0) - one.amount
    disputes = [
        one
        for one in invoice.disputes.values()
        if one.disputed_on is not None and one.instalment in (None, item.instalment)
    ]
    for dispute in disputes:
        for day in (dispute.disputed_on, dispute.resolved_on):
            if day is not None:
                changes.setdefault(day, 0)
    steps: list[Step] = []
    left = 0
    for day in sorted(changes):
        left += changes[day]
        steps.append(Step(day, max(0, left), _disputed(disputes, day, left, item.currency)))
    return steps


def _disputed(disputes: Iterable[Dispute], day: date, left: int, currency: str) -> int:
    """Return what of an item was in dispute at the end of a day."""
    total = 0
    for one in disputes:
        assert one.disputed_on is not None
        if one.disputed_on <= day and (one.resolved_on is None or day < one.resolved_on):
            total += left if one.amount is None else readable(one.amount, currency)
    return max(0, min(left, total))


def _paid(clearings: Iterable[Clearing], until: date) -> int:
    """Return the minor units of interest that money has met by the end of a day."""
    return sum(
        one.amount for one in clearings if one.instalment == INTEREST and one.cleared_on <= until
    )


def _waived(
    invoice: Invoice, clearings: Sequence[Clearing], terms: InterestTerms, until: date
) -> int:
    """Return the minor units that waivers have taken away by the end of a day, in their order."""
    waived = 0
    ordered = sorted(invoice.waivers.items(), key=lambda one: (one[1].on, one[0]))
    for _name, waiver in ordered:
        if waiver.on <= until:
            waived += _one_waived(waiver, invoice, clearings, terms, waived)
    return waived


def _one_waived(
    waiver: Waiver,
    invoice: Invoice,
    clearings: Sequence[Clearing],
    terms: InterestTerms,
    before: int,
) -> int:
    assert invoice.currency is not None
    if waiver.amount is not None:
        return readable(waiver.amount, invoice.currency)
    grown = _total(accruals_of(invoice, clearings, terms, waiver.on))
    return max(0, grown - _paid(clearings, waiver.on) - before)
