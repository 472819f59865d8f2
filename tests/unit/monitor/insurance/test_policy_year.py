"""The year that annual deductibles and claim limits are counted by."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.insurance.policy_year import EarlierClaims, policy_year
from tests.unit.monitor.builders import day


@pytest.mark.parametrize(
    ("begun_on", "on", "year"),
    [
        pytest.param("2025-01-01", "2026-06-30", "2026-01-01 2026-12-31", id="calendar years"),
        pytest.param("2025-04-01", "2026-03-31", "2025-04-01 2026-03-31", id="its last day"),
        pytest.param("2025-04-01", "2026-04-01", "2026-04-01 2027-03-31", id="the next begins"),
        pytest.param("2025-04-01", "2025-04-01", "2025-04-01 2026-03-31", id="the first day"),
        pytest.param("2024-02-29", "2025-03-01", "2025-03-01 2026-02-28", id="a leap day"),
        pytest.param("2024-02-29", "2025-02-28", "2024-02-29 2025-02-28", id="before it"),
        pytest.param("2024-02-29", "2028-02-28", "2027-03-01 2028-02-28", id="to the next one"),
        pytest.param("2024-02-29", "2028-02-29", "2028-02-29 2029-02-28", id="the next leap day"),
    ],
)
def test_a_policy_year_begins_on_each_anniversary(begun_on: str, on: str, year: str) -> None:
    first, last = policy_year(day(begun_on), day(on))
    assert f"{first} {last}" == year


@given(
    begun_on=st.dates(date(2000, 1, 1), date(2030, 12, 31)),
    on=st.dates(date(2000, 1, 1), date(2060, 12, 31)),
)
def test_every_day_lies_in_one_policy_year_and_they_follow_each_other(
    begun_on: date, on: date
) -> None:
    first, last = policy_year(begun_on, on)
    assert first <= on <= last
    assert (last - first).days in {364, 365}
    assert policy_year(begun_on, first) == policy_year(begun_on, last) == (first, last)
    assert policy_year(begun_on, last + timedelta(days=1))[0] == last + timedelta(days=1)


def test_earlier_claims_add_up() -> None:
    assert EarlierClaims(1, 10) + EarlierClaims(2, 20) == EarlierClaims(3, 30)


def test_a_claim_that_is_made_anew_is_taken_out_first() -> None:
    assert EarlierClaims(3, 30) - EarlierClaims(2, 20) == EarlierClaims(1, 10)
