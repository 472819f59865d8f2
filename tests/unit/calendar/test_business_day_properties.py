"""Whatever the calendar: its answers are those of a walk from day to day."""

from datetime import date, timedelta

import holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.business_calendar import DAYS_OFF_MAX, BusinessCalendar
from shared.errors import RejectedError

FIRST, LAST = date(2023, 6, 1), date(2028, 6, 30)
ONE_DAY = timedelta(days=1)
CODES = ("CN", "DE", "DE-BY", "SA", "HU", "XECB", "XNYS", "XSHG")

days = st.dates(FIRST, LAST)


def off_by_code(code: str) -> frozenset[date]:
    """Return the days that a code has off, asked of the package day by day."""
    whole, _, part = code.partition("-")
    own = getattr(holidays, whole)(years=range(2022, 2031), subdiv=part or None)
    count = (date(2030, 1, 1) - date(2022, 1, 1)).days
    every = (date(2022, 1, 1) + number * ONE_DAY for number in range(count))
    return frozenset(one for one in every if not own.is_working_day(one))


OFF = {code: off_by_code(code) for code in CODES}


def works(calendar: BusinessCalendar, day: date) -> bool:
    """Tell whether a day is worked, by the rule as it is said."""
    if day in calendar.holidays_removed:
        return True
    if day in calendar.holidays_added:
        return False
    if not calendar.codes:
        return day.isoweekday() < 6
    return not any(day in OFF[code] for code in calendar.codes)


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Draw codes and days of one's own that a calendar takes."""
    codes = draw(st.lists(st.sampled_from(CODES), max_size=3, unique=True))
    added = draw(st.frozensets(days, max_size=8))
    first, length = draw(days), draw(st.integers(0, 30))
    added |= {first + number * ONE_DAY for number in range(length)}
    removed = draw(st.frozensets(days, max_size=8)) - added
    return BusinessCalendar(tuple(codes), added, removed)


# The first example of all imports the countries, which takes longer than an example may.
unhurried = settings(deadline=None)


@unhurried
@given(calendars(), days)
def test_a_day_is_worked_as_the_rule_says(calendar: BusinessCalendar, day: date) -> None:
    assert calendar.is_business_day(day) is works(calendar, day)


@unhurried
@given(calendars(), days, st.integers(-300, 300))
def test_a_shift_is_a_walk(calendar: BusinessCalendar, day: date, business_days: int) -> None:
    walked, left = day, abs(business_days)
    while left:
        walked += ONE_DAY if business_days > 0 else -ONE_DAY
        left -= works(calendar, walked)
    assert calendar.shifted(day, business_days) == walked


@unhurried
@given(calendars(), days, st.integers(-600, 600))
def test_a_shift_back_undoes_a_shift(
    calendar: BusinessCalendar, day: date, business_days: int
) -> None:
    worked = calendar.following(day)
    assert calendar.shifted(calendar.shifted(worked, business_days), -business_days) == worked


@unhurried
@given(calendars(), days)
def test_the_nearest_business_days_are_the_nearest(calendar: BusinessCalendar, day: date) -> None:
    before, after = calendar.preceding(day), calendar.following(day)
    assert before <= day <= after
    assert works(calendar, before)
    assert works(calendar, after)
    between = (before + number * ONE_DAY for number in range(1, (after - before).days))
    assert not any(works(calendar, one) for one in between)
    assert (before == day == after) or (after - before).days - 1 <= DAYS_OFF_MAX


@unhurried
@given(calendars(), days, days)
def test_the_days_between_are_counted_one_by_one(
    calendar: BusinessCalendar, after: date, until: date
) -> None:
    count = sum(
        works(calendar, after + number * ONE_DAY) for number in range(1, (until - after).days + 1)
    )
    assert calendar.business_days_between(after, until) == count


@unhurried
@given(days, st.integers(1, 200))
def test_a_run_of_days_off_is_refused_just_when_it_is_too_long(first: date, length: int) -> None:
    added = frozenset(first + number * ONE_DAY for number in range(length))
    start, end = first, first + length * ONE_DAY
    while (start - ONE_DAY).isoweekday() > 5:
        start -= ONE_DAY
    while end.isoweekday() > 5:
        end += ONE_DAY
    try:
        BusinessCalendar((), added)
    except RejectedError:
        assert (end - start).days > DAYS_OFF_MAX
    else:
        assert (end - start).days <= DAYS_OFF_MAX
