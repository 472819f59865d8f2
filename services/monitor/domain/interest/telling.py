"""An accrual's arithmetic in sentences: what a debtor's bookkeeper can check by hand.

Arrears' own way of showing it; the rule is in `accrual`.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from services.monitor.domain.interest.accrual import Accrual, Line
from services.monitor.domain.interest.rates import DAY
from services.monitor.domain.interest.terms import InForce
from shared.money import EXPONENTS, Money

#: Decimals shown beyond the currency's own before a figure is cut off with an ellipsis.
MORE_DECIMALS: Final = 4


def told(accrual: Accrual, currency: str, *, named: bool = False) -> list[str]:
    """Return every step from the principal to the total, and what is not certain about it.

    `2026-02-01 to 2026-02-15: 100.00 EUR x 10 % x 15/365 days = 0.410958… EUR`; `named`, each says
    whose terms it goes by, as in `(default@1)`.
    """
    steps = [
        _line(line, currency) + (f" ({line.terms_of})" if named else "") for line in accrual.lines
    ]
    if accrual.lines:
        steps.append(f"interest: {Money(accrual.interest_minor, currency)}")
    if accrual.fixed_sum_on is not None:
        amount = Money(accrual.fixed_sum_minor, currency)
        steps.append(f"fixed sum, due since {accrual.fixed_sum_on}: {amount}")
        steps.append(f"together: {Money(accrual.total_minor, currency)}")
    if accrual.presumed_from_on is not None:
        steps.append(
            f"the reference rate is not known from {accrual.presumed_from_on} on: the last known "
            "one is taken; add the later one to the rates"
        )
    if accrual.no_rate_until_on is not None:
        steps.append(
            f"no reference rate is known for days up to {accrual.no_rate_until_on}: they bear no "
            "interest here; add the rate of that time to the rates"
        )
    return steps


def told_without(terms: Sequence[InForce]) -> list[str]:
    """Return a sentence on each time without interest, where other terms come before or after."""
    steps: list[str] = []
    for number, one in enumerate(terms):
        if one.terms is not None or len(terms) == 1:
            continue
        days = []
        if number > 0:
            days.append(f"from {one.from_on}")
        if number + 1 < len(terms):
            days.append(f"to {terms[number + 1].from_on - DAY}")
        steps.append(f"{' '.join(days)}: no terms of interest, none grows ({one.terms_of})")
    return steps


def _line(line: Line, currency: str) -> str:
    principal = Money(line.principal_minor, currency)
    days = f"{line.days}/{line.basis_days} days" if line.basis_days > 1 else f"{line.days} days"
    factors = f"{principal} x {_decimal(line.percent)} % x {days}"
    exponent = EXPONENTS[currency]
    amount = _decimal(line.interest / 10**exponent, exponent, exponent + MORE_DECIMALS)
    return f"{line.from_on} to {line.to_on}: {factors} = {amount} {currency}"


def _decimal(number: Fraction, decimals: int = 0, decimals_max: int = 12) -> str:
    """Write a figure that is not below zero: exact, or cut off with an ellipsis, never rounded."""
    scaled, rest = divmod(number.numerator * 10**decimals_max, number.denominator)
    whole, fraction = divmod(scaled, 10**decimals_max)
    digits = str(fraction).rjust(decimals_max, "0").rstrip("0").ljust(decimals, "0")
    text = f"{whole}.{digits}" if digits else str(whole)
    return f"{text}…" if rest else text
