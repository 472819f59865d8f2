"""Interest as a claim of its own: what has grown, what was paid and waived of it, what is owed.

It lives beside the invoice: paying the principal ends its growth and nothing else.

Source: Directive 2011/7/EU, article 3(1). § 367 BGB and the Civil Code, article 561, would pay
interest first; that money pays it only where it says so is Arrears' own.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from services.monitor.domain.interest.accrual import Accrual, accrue, once_per_invoice
from services.monitor.domain.interest.course import course_of
from services.monitor.domain.interest.telling import told
from services.monitor.domain.invoice.invoice import INTEREST, Invoice, Waiver
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.funds import FundsKind, readable
from shared.contracts.escalation import Interest
from shared.contracts.interest import InterestTerms
from shared.money import Money, to_text


def interest_of(
    invoice: Invoice, clearings: Iterable[Clearing], terms: InterestTerms | None, until: date
) -> Interest:
    """Return the interest on an invoice to the end of a day, all of its items together.

    `clearings` are the invoice's own; without terms nothing grows. What is paid beyond what has
    grown is not owed back here: interest that grows later uses it up.
    """
    currency = invoice.currency
    assert currency is not None
    own = list(clearings)
    accruals = accruals_of(invoice, own, terms, until)
    total = _total(accruals)
    paid = paid_of(own, until)
    waived = _waived(invoice, own, terms, until)
    left = max(0, total - paid - waived)
    why = [line for one in accruals for line in told(one, currency)]
    if terms is None:
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
    invoice: Invoice, clearings: Sequence[Clearing], terms: InterestTerms | None, until: date
) -> tuple[Accrual, ...]:
    """Return what has grown on each instalment by the end of a day; the fixed sum once for all."""
    assert invoice.currency is not None
    if terms is None:
        return ()
    return once_per_invoice(
        [accrue(steps, terms, invoice.currency, until) for steps in course_of(invoice, clearings)]
    )


def paid_of(clearings: Iterable[Clearing], until: date) -> int:
    """Return the minor units of interest that money has met by the end of a day."""
    return sum(
        one.amount for one in clearings if one.instalment == INTEREST and one.cleared_on <= until
    )


def _waived(
    invoice: Invoice, clearings: Sequence[Clearing], terms: InterestTerms | None, until: date
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
    terms: InterestTerms | None,
    before: int,
) -> int:
    assert invoice.currency is not None
    if waiver.amount is not None:
        return readable(waiver.amount, invoice.currency)
    grown = _total(accruals_of(invoice, clearings, terms, waiver.on))
    return max(0, grown - paid_of(clearings, waiver.on) - before)
