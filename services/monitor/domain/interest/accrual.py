"""What late payment has cost up to a day: simple interest on what was open, line by line.

Rule: simple interest (Directive 2011/7/EU, article 2(6); § 289 BGB forbids interest on it) from the
day after the due date (article 3(3)(a); § 187(1) BGB), that day and the last one included, on what
is open at each day's end. Money's value date is the day it was received: it lowers the principal of
that very day. Interest is a claim of its own: clearing the principal ends its growth, nothing else.
Each day bears by the terms in force on it, and what has grown by earlier ones stays: an own rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Final

from services.monitor.domain.interest.day_count import YEAR_DAYS, days_between
from services.monitor.domain.interest.rates import DAY, percent_spans, presumed_from
from services.monitor.domain.interest.terms import InForce
from shared.contracts.interest import EXCLUDED, InterestTerms

PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Step:
    """What is open of an item from a day on, that day's events included, until the next step."""

    on: date
    open_minor: int
    #: The due date in force from that day on.
    due_on: date
    #: The part of it that is disputed.
    disputed_minor: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A period of one principal and one rate: principal x percent / 100 x days / basis days."""

    #: First and last day, both of them bearing interest.
    from_on: date
    to_on: date
    #: Days as the terms count them.
    days: int
    principal_minor: int
    percent: Fraction
    #: In minor units, exact.
    interest: Fraction
    #: The days that the percent is for: 365 or 360, and 1 for a daily rate.
    basis_days: int
    #: Whose terms they are, see `InForce`.
    terms_of: str


#: What a line is made of: first day, last day, principal, percent, and whose terms they are.
_Part = tuple[date, date, int, Fraction, InterestTerms, str]


@dataclass(frozen=True, slots=True)
class Accrual:
    """What late payment has cost an item up to a day."""

    lines: tuple[Line, ...] = ()
    #: Minor units, exact: the sum of the lines.
    interest: Fraction = Fraction(0)
    fixed_sum_minor: int = 0
    #: The day on which the fixed sum fell due.
    fixed_sum_on: date | None = None
    #: From this day on, the reference rate is presumed to be the last one known.
    presumed_from_on: date | None = None
    #: Up to this day the reference rate has no figure: what was open then has borne nothing.
    no_rate_until_on: date | None = None

    @property
    def interest_minor(self) -> int:
        """The interest in whole minor units: its one rounding, half to even."""
        return round(self.interest)

    @property
    def total_minor(self) -> int:
        """Interest and fixed sum; the sum is exact, so that both parts as shown add up to it."""
        return self.interest_minor + self.fixed_sum_minor


def accrue(steps: Sequence[Step], terms: Sequence[InForce], currency: str, until: date) -> Accrual:
    """Return what late payment has cost an item up to a day, that day included.

    Of several steps on one day the last one counts; before the first step nothing is open. Each
    day goes by the due date in force on it: more time ends the growth until it is over, and leaves
    what had grown. Work goes by steps, terms and changes of the rate, never by days.

    The fixed sum falls due once, on the first day on which the item is late by terms that have one,
    and stays owed whatever is paid or set later.
    """
    parts: list[_Part] = []
    presumed_from_on = no_rate_until_on = None
    fixed_sum_minor, fixed_sum_on = _fixed_sum(steps, terms, currency, until)
    for due_on, from_on, to_on, principal_minor, rule, terms_of in _principals(steps, terms, until):
        presumed_from_on = presumed_from_on or presumed_from(rule, due_on, from_on, to_on)
        for first_on, last_on, percent in percent_spans(rule, due_on, from_on, to_on):
            if percent is None:
                no_rate_until_on = last_on
            else:
                _append(parts, (first_on, last_on, principal_minor, percent, rule, terms_of))
    lines = tuple(_line(*part) for part in parts)
    return Accrual(
        lines,
        sum((line.interest for line in lines), Fraction(0)),
        fixed_sum_minor,
        fixed_sum_on,
        presumed_from_on,
        no_rate_until_on,
    )


def once_per_invoice(accruals: Sequence[Accrual]) -> tuple[Accrual, ...]:
    """Leave an invoice's fixed sum on the one of its items that was late first.

    The sum is payable "for each commercial transaction not paid on the due date, evidenced in an
    invoice" (Court of Justice, C-585/20, BFF Finance Iberia): by invoice, not by instalment.
    """
    days = [one.fixed_sum_on for one in accruals]
    first_on = min((day for day in days if day is not None), default=None)
    first = None if first_on is None else days.index(first_on)
    return tuple(
        one if number == first else replace(one, fixed_sum_minor=0, fixed_sum_on=None)
        for number, one in enumerate(accruals)
    )


def _principals(
    steps: Sequence[Step], terms: Sequence[InForce], until: date
) -> Iterator[tuple[date, date, date, int, InterestTerms, str]]:
    """Yield (due date, first day, last day, principal, terms) of each time that bears interest."""
    ordered = sorted(steps, key=attrgetter("on"))
    for number, step in enumerate(ordered):
        is_last = number + 1 == len(ordered)
        from_on = max(step.on, step.due_on + DAY)
        to_on = until if is_last else min(until, ordered[number + 1].on - DAY)
        for first_on, last_on, rule, terms_of in _rules(terms, from_on, to_on):
            principal_minor = _principal(step, rule)
            if principal_minor > 0:
                yield step.due_on, first_on, last_on, principal_minor, rule, terms_of


def _fixed_sum(
    steps: Sequence[Step], terms: Sequence[InForce], currency: str, until: date
) -> tuple[int, date | None]:
    """Return the fixed sum in minor units, and the day it fell due; nought and None: it has not.

    It is owed "where interest for late payment becomes payable" (Directive 2011/7/EU, article
    6(1)), which is where the money was not there on time (article 3(1)(b)). So a day counts that
    begins late, though what is paid on it bears no interest for it; more time agreed on that very
    day came in time.
    """
    ordered = sorted(steps, key=attrgetter("on"))
    for number, step in enumerate(ordered):
        last_on = until
        if number + 1 < len(ordered):
            after = ordered[number + 1]
            if after.on == step.on:
                continue
            last_on = min(until, after.on if after.due_on < after.on else after.on - DAY)
        from_on = max(step.on, step.due_on + DAY)
        for first_on, _last_on, rule, _terms_of in _rules(terms, from_on, last_on):
            if _principal(step, rule) > 0 and rule.fixed_sums.get(currency):
                return rule.fixed_sums[currency], first_on
    return 0, None


def _principal(step: Step, rule: InterestTerms) -> int:
    """Return what of an item bears interest by some terms, in minor units."""
    return step.open_minor - (step.disputed_minor if rule.disputed == EXCLUDED else 0)


def _rules(
    terms: Sequence[InForce], from_on: date, to_on: date
) -> Iterator[tuple[date, date, InterestTerms, str]]:
    """Yield a period's parts (first day, last day, terms), without those that bear no interest."""
    for number, one in enumerate(terms):
        is_last = number + 1 == len(terms)
        first_on = max(from_on, one.from_on)
        last_on = to_on if is_last else min(to_on, terms[number + 1].from_on - DAY)
        if one.terms is not None and first_on <= last_on:
            yield first_on, last_on, one.terms, one.terms_of


def _append(parts: list[_Part], part: _Part) -> None:
    """Add a part, in one with the part before it when nothing but the day has changed."""
    first_on, last_on, *same = part
    if parts:
        began_on, ended_on, *before = parts[-1]
        if ended_on + DAY == first_on and same == before:
            parts[-1] = (began_on, last_on, *part[2:])
            return
    parts.append(part)


def _line(
    from_on: date,
    to_on: date,
    principal_minor: int,
    percent: Fraction,
    terms: InterestTerms,
    terms_of: str,
) -> Line:
    days = days_between(from_on, to_on, terms.day_count)
    basis_days = YEAR_DAYS[terms.day_count] if terms.daily_percent is None else 1
    interest = Fraction(
        principal_minor * percent.numerator * days, percent.denominator * PERCENT * basis_days
    )
    return Line(from_on, to_on, days, principal_minor, percent, interest, basis_days, terms_of)
