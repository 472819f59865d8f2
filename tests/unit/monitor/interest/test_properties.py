"""Interest against a sum over every single day, and what must hold whatever happens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.interest.accrual import Accrual, Step
from services.monitor.domain.interest.rates import series_of
from services.monitor.domain.interest.terms import InterestTerms
from shared.contracts.interest import (
    ACTUAL_360,
    ACTUAL_365,
    CN_LPR_1Y,
    DAY_COUNTS,
    DE_BASE,
    EACH_DAY,
    ECB,
    EXCLUDED,
    FIRST_DAY_OVERDUE,
    INCLUDED,
    OWN,
)
from tests.unit.monitor.interest.cases import accrue_by

DAY = timedelta(days=1)
BASIS = {ACTUAL_365: 365, ACTUAL_360: 360}
#: Across the changes of each table, and the ends of all of them.
days = st.dates(date(2019, 1, 1), date(2027, 12, 31))
percents = st.integers(0, 3000).map(lambda hundredths: Fraction(hundredths, 100))
own_rates = st.dictionaries(
    days, st.integers(-200, 900).map(lambda hundredths: Fraction(hundredths, 100)), min_size=1
).map(lambda found: tuple(sorted(found.items())))
steps = st.lists(
    st.builds(Step, days, st.integers(0, 10_000_00), days, st.integers(0, 10_000_00)), max_size=6
)


@st.composite
def terms(draw: Callable[..., Any], day_counts: tuple[str, ...] = DAY_COUNTS) -> InterestTerms:
    """Draw terms whose rate, if it is a reference, moves."""
    reference = draw(st.sampled_from([None, None, ECB, DE_BASE, CN_LPR_1Y, OWN]))
    common = {
        "day_count": draw(st.sampled_from(day_counts)),
        "disputed": draw(st.sampled_from((EXCLUDED, INCLUDED))),
        "fixed_sums": draw(st.sampled_from(({}, {"EUR": 40_00}))),
    }
    if reference is not None:
        return InterestTerms(
            reference=reference,
            rate_of=draw(st.sampled_from((EACH_DAY, FIRST_DAY_OVERDUE))),
            factor=draw(st.sampled_from([Fraction(1), Fraction(3, 2)])),
            margin_percent=draw(st.sampled_from([Fraction(0), Fraction(8)])),
            rates=draw(own_rates) if reference == OWN else (),
            **common,
        )
    if draw(st.booleans()):
        return InterestTerms(daily_percent=draw(percents), **common)
    return InterestTerms(annual_percent=draw(percents), **common)


def percent_of(one: InterestTerms, due_on: date, on: date) -> Fraction:
    """Return a day's percent, or that of the breach; none at all before the table begins."""
    if one.reference is None:
        return (
            one.annual_percent
            if one.annual_percent is not None
            else one.daily_percent or Fraction()
        )
    rate_on = due_on + DAY if one.rate_of == FIRST_DAY_OVERDUE else on
    found = series_of(one.reference, one.rates).percent_on(rate_on)
    if found is None:
        return Fraction()
    return max(Fraction(), found * one.factor + one.margin_percent)


def principal_of(one: InterestTerms, what: list[Step], on: date) -> int:
    """Return what bears interest on a day."""
    before = [step for step in what if step.on <= on]
    if not before:
        return 0
    latest_on = max(step.on for step in before)
    last = [step for step in before if step.on == latest_on][-1]
    disputed = last.disputed_minor if one.disputed == EXCLUDED else 0
    return max(0, last.open_minor - disputed)


def by_days(due_on: date, what: list[Step], one: InterestTerms, until: date) -> Fraction:
    """Add up every single day."""
    total, on = Fraction(), due_on + DAY
    while on <= until:
        year_days = 1 if one.daily_percent is not None else BASIS[one.day_count]
        total += principal_of(one, what, on) * percent_of(one, due_on, on) / 100 / year_days
        on += DAY
    return total


@given(days, steps, terms((ACTUAL_365, ACTUAL_360)), st.integers(-30, 900))
def test_interest_is_the_sum_of_its_days(
    due_on: date, what: list[Step], one: InterestTerms, late_days: int
) -> None:
    until = due_on + timedelta(days=late_days)
    assert accrue_by(due_on, what, one, "EUR", until).interest == by_days(due_on, what, one, until)


@given(days, steps, terms(), days, days)
def test_what_is_owed_never_falls_as_days_pass(
    due_on: date, what: list[Step], one: InterestTerms, day_a: date, day_b: date
) -> None:
    earlier, later = sorted((day_a, day_b))
    before = accrue_by(due_on, what, one, "EUR", earlier)
    after = accrue_by(due_on, what, one, "EUR", later)
    assert before.interest <= after.interest
    assert before.fixed_sum_minor <= after.fixed_sum_minor
    assert before.total_minor <= after.total_minor


@given(days, steps, terms(), days, days)
def test_interest_splits_at_any_day(
    due_on: date, what: list[Step], one: InterestTerms, day_a: date, day_b: date
) -> None:
    """Where each day goes by its own rate: another due date is another breach."""
    one = replace(one, rate_of=EACH_DAY)
    split_on, until = sorted((day_a, day_b))
    split_on = max(split_on, due_on)
    until = max(until, split_on)
    first = accrue_by(due_on, what, one, "EUR", split_on)
    second = accrue_by(split_on, what, one, "EUR", until)
    whole = accrue_by(due_on, what, one, "EUR", until)
    assert first.interest + second.interest == whole.interest


@given(days, steps, terms(), days)
def test_lines_add_up_stand_in_order_and_never_overlap(
    due_on: date, what: list[Step], one: InterestTerms, until: date
) -> None:
    found = accrue_by(due_on, what, one, "EUR", until)
    assert sum(line.interest for line in found.lines) == found.interest
    ended_on = due_on
    for line in found.lines:
        assert ended_on < line.from_on <= line.to_on <= until
        expected = line.principal_minor * line.percent / 100 * line.days / line.basis_days
        assert line.interest == expected
        ended_on = line.to_on


@given(days, steps, terms(), st.integers(0, 400))
def test_nothing_is_owed_before_the_day_after_the_due_date(
    due_on: date, what: list[Step], one: InterestTerms, early_days: int
) -> None:
    found = accrue_by(due_on, what, one, "EUR", due_on - timedelta(days=early_days))
    assert found == Accrual()


#: About a due date of 2026-01-31, so that money often comes on the first day overdue.
near_days = st.dates(date(2026, 1, 30), date(2026, 2, 2))
near_steps = st.lists(
    st.builds(Step, near_days, st.sampled_from((0, 100_00)), days, st.sampled_from((0, 0, 100_00))),
    max_size=4,
)


@given(st.just(date(2026, 1, 31)), near_steps, terms(), near_days)
def test_the_fixed_sum_is_owed_from_the_first_day_that_begins_or_ends_late(
    due_on: date, what: list[Step], one: InterestTerms, until: date
) -> None:
    """What was open at the end of the due date is late as the next day begins, and so on."""
    found = accrue_by(due_on, what, one, "EUR", until)
    overdue = (due_on + timedelta(days=number + 1) for number in range((until - due_on).days))
    late = (
        on for on in overdue if principal_of(one, what, on - DAY) or principal_of(one, what, on)
    )
    first_on = next(late, None) if one.fixed_sums else None
    assert found.fixed_sum_on == first_on
    assert found.fixed_sum_minor == (one.fixed_sums["EUR"] if first_on else 0)
