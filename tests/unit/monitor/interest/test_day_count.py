"""How days are counted: ISDA's own examples, and that parts add up wherever one splits."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.interest.day_count import days_between
from shared.contracts.interest import DAY_COUNTS
from tests.unit.monitor.builders import day

DAY = timedelta(days=1)
days = st.dates(date(1999, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2007-01-15", "2007-01-30", 15),
        ("2007-01-15", "2007-02-15", 30),
        ("2007-01-15", "2007-07-15", 180),
        ("2007-09-30", "2008-03-31", 180),
        ("2007-09-30", "2007-10-31", 30),
        ("2007-09-30", "2008-09-30", 360),
        ("2007-01-15", "2007-01-31", 15),
        ("2007-01-31", "2007-02-28", 28),
        ("2007-02-28", "2007-03-31", 32),
        ("2006-08-31", "2007-02-28", 178),
        ("2007-02-28", "2007-08-31", 182),
        ("2007-02-14", "2007-02-28", 14),
        ("2007-02-26", "2008-02-29", 363),
        ("2008-02-29", "2009-02-28", 359),
        ("2008-02-29", "2008-03-30", 31),
        ("2008-02-29", "2008-03-31", 31),
        ("2007-02-28", "2007-03-05", 7),
        ("2007-10-31", "2007-11-28", 28),
        ("2008-02-29", "2008-08-31", 181),
    ],
)
def test_30_360_is_30e_360(start: str, end: str, count: int) -> None:
    """ISDA's sheet of examples for the 2006 Definitions, column 30E/360."""
    assert days_between(day(start) + DAY, day(end), "30/360") == count


@pytest.mark.parametrize("day_count", ["actual/365", "actual/360"])
@pytest.mark.parametrize(
    ("from_on", "to_on", "count"),
    [
        ("2026-02-01", "2026-02-15", 15),
        ("2026-02-01", "2026-02-01", 1),
        ("2024-01-01", "2024-12-31", 366),
        ("2025-01-01", "2025-12-31", 365),
        ("2026-03-29", "2026-03-30", 2),
    ],
    ids=["half a month", "one day", "a leap year", "a year", "the day the clocks change"],
)
def test_actual_counts_every_day(from_on: str, to_on: str, count: int, day_count: str) -> None:
    assert days_between(day(from_on), day(to_on), day_count) == count


@given(days, days, days, st.sampled_from(DAY_COUNTS))
def test_the_parts_of_a_period_add_up(one: date, two: date, three: date, day_count: str) -> None:
    first, split, last = sorted((one, two, three))
    parts = days_between(first, split, day_count) + days_between(split + DAY, last, day_count)
    assert parts == days_between(first, last, day_count)


@given(days, st.sampled_from(DAY_COUNTS))
def test_no_day_counts_less_than_nothing(one: date, day_count: str) -> None:
    assert days_between(one, one, day_count) >= 0


@given(st.integers(1999, 2040))
def test_a_year_of_30_360_has_360_days(year: int) -> None:
    assert days_between(date(year, 1, 1), date(year, 12, 31), "30/360") == 360
