"""What counts for an item, in words: its holds, its cover, its interest, whom letters reach."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from services.monitor.domain.escalation.holds import Hold
from services.monitor.domain.escalation.telling import recipient_of
from services.monitor.domain.insurance.clocks import Insurance
from services.monitor.domain.interest.terms import CONTRACT, Ruling
from shared.contracts.customer import CustomerUpdated
from shared.contracts.interest import ACTUAL_365, FIRST_DAY_OVERDUE, INCLUDED, InterestTerms
from shared.money import Money, to_minor


def of_hold(hold: Hold) -> str:
    """Say what holds and how long, as in `promise P-1 to the end of 2026-02-03`."""
    return f"{hold.label} " + (
        "until an event ends it" if hold.until is None else f"to the end of {hold.until}"
    )


def of_insurance(insurance: Insurance) -> str:
    """Say what a cover pays at most of an item, and the days by which it must be told."""
    terms, clocks = insurance.terms, insurance.clocks
    limit = terms.limit
    if not to_minor(terms.limit, terms.currency) and terms.discretionary_limit is not None:
        limit = f"{terms.discretionary_limit} (the seller's own judgement)"
    told = [f"{terms.policy_no} of {terms.insurer}: {terms.insured_percentage} %"]
    told.append(f"limit {limit} {terms.currency}")
    if terms.deductible is not None:
        kind = "of the year" if terms.deductible_kind == "annual_aggregate" else "of each claim"
        told.append(
            f"deductible {terms.deductible} {kind}, {terms.deductible_order} the percentage"
        )
    if terms.claim_limit_annual is not None:
        told.append(f"at most {terms.claim_limit_annual} a year")
    days = (
        f"overdue notice by {clocks.notify_by}",
        f"claim from {clocks.eligible_on}",
        f"extension to {clocks.mep_on} at most",
    )
    return "; ".join((", ".join(told), *days))


def of_interest(found: Ruling, currency: str) -> str:
    """Say which terms apply at last and whose they are, as in `10 % a year (contract)`."""
    last = found.in_force[-1]
    whose = CONTRACT if last.terms_of == CONTRACT else "policy"
    text = f"{of_terms(last.terms, currency)} ({whose})"
    return text if found.fault is None else f"{text}; {found.fault}"


def of_terms(terms: InterestTerms | None, currency: str | None = None) -> str:
    """Say what late payment costs; a fixed sum in one currency, or (None) in each it is set in."""
    if terms is None:
        return "none"
    currencies = sorted(terms.fixed_sums) if currency is None else [currency]
    return f"{_rate(terms)}{_conditions(terms, currencies)}"


def _rate(terms: InterestTerms) -> str:
    if terms.annual_percent is not None:
        return f"{_decimal(terms.annual_percent)} % a year"
    if terms.daily_percent is not None:
        return f"{_decimal(terms.daily_percent)} % a day"
    factor = "" if terms.factor == 1 else f"{_decimal(terms.factor)} x "
    margin = f" + {_decimal(terms.margin_percent)} points" if terms.margin_percent else ""
    rate = f"{factor}{terms.reference}{margin} a year"
    return f"{rate}, by the first day overdue" if terms.rate_of == FIRST_DAY_OVERDUE else rate


def _conditions(terms: InterestTerms, currencies: Iterable[str]) -> str:
    told = "" if terms.day_count == ACTUAL_365 else f", {terms.day_count}"
    for currency in currencies:
        if fixed := terms.fixed_sums.get(currency):
            told += f", a fixed sum of {Money(fixed, currency)}"
    return f"{told}, disputed parts too" if terms.disputed == INCLUDED else told


def of_recipient(customer: CustomerUpdated | None) -> str | None:
    """Say whom letters go to; None where nobody is known."""
    found = recipient_of(customer)
    if found is None:
        return None
    address = f"<{found.email}>" if found.email else "without an e-mail address"
    language = f", {found.locale}" if found.locale else ""
    return f"{found.name or 'without a name'} {address}{language}"


def _decimal(number: Fraction) -> str:
    """Write a number of at most six decimals, as the terms give it."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
