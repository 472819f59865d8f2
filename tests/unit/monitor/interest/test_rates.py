"""Reference rates: the tables as published, the half-year rule, and own days put in."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.interest.rates import series_of
from services.monitor.domain.interest.tables import TABLES
from shared.contracts.interest import CN_LPR_1Y, DE_BASE, ECB, OWN, REFERENCES
from tests.unit.monitor.builders import day

days = st.dates(date(2000, 1, 1), date(2030, 12, 31))
own_rates = st.dictionaries(
    days, st.integers(-100, 1500).map(lambda hundredths: Fraction(hundredths, 100)), min_size=1
).map(lambda found: tuple(sorted(found.items())))


def test_every_reference_has_a_table_but_the_own_one() -> None:
    assert {*TABLES, OWN} == set(REFERENCES)


@pytest.mark.parametrize(
    ("reference", "on", "percent"),
    [
        (ECB, "2008-12-31", None),
        (ECB, "2009-01-01", "2.50"),
        (ECB, "2009-06-30", "2.50"),
        (ECB, "2009-07-01", "1.00"),
        (ECB, "2011-12-31", "1.25"),
        (ECB, "2022-07-27", "0.00"),
        (ECB, "2022-12-31", "0.00"),
        (ECB, "2023-01-01", "2.50"),
        (ECB, "2024-12-31", "4.25"),
        (ECB, "2025-01-01", "3.15"),
        (ECB, "2025-06-30", "3.15"),
        (ECB, "2026-01-01", "2.15"),
        (DE_BASE, "2001-12-31", None),
        (DE_BASE, "2002-01-01", "2.57"),
        (DE_BASE, "2016-07-01", "-0.88"),
        (DE_BASE, "2022-12-31", "-0.88"),
        (DE_BASE, "2023-01-01", "1.62"),
        (DE_BASE, "2024-06-30", "3.62"),
        (DE_BASE, "2026-01-01", "1.27"),
        (CN_LPR_1Y, "2019-08-19", None),
        (CN_LPR_1Y, "2019-08-20", "4.25"),
        (CN_LPR_1Y, "2020-04-19", "4.05"),
        (CN_LPR_1Y, "2020-04-20", "3.85"),
        (CN_LPR_1Y, "2025-05-20", "3.00"),
    ],
)
def test_a_day_has_the_rate_that_was_published_for_it(
    reference: str, on: str, percent: str | None
) -> None:
    found = series_of(reference).percent_on(day(on))
    assert found == (None if percent is None else Fraction(percent))


def test_germanys_base_rate_moves_with_the_main_refinancing_rate() -> None:
    """§ 247(1) BGB: by as many points; since 2009 it has been 0.88 below. Two tables, one truth."""
    half_years = [date(year, month, 1) for year in range(2009, 2027) for month in (1, 7)]
    ecb, base = series_of(ECB), series_of(DE_BASE)
    differences = {on: (ecb.percent_on(on) or 0) - (base.percent_on(on) or 0) for on in half_years}
    assert set(differences.values()) == {Fraction("0.88")}


@pytest.mark.parametrize(
    ("reference", "own", "last_known_on"),
    [
        (ECB, {}, "2026-06-30"),
        (DE_BASE, {}, "2026-06-30"),
        (CN_LPR_1Y, {}, "2026-02-24"),
        (ECB, {"2026-06-17": "2.40"}, "2026-06-30"),
        (ECB, {"2026-07-01": "2.40"}, "2026-12-31"),
        (ECB, {"2020-01-01": "2.40"}, "2026-06-30"),
        (CN_LPR_1Y, {"2026-11-20": "2.90"}, "2026-11-20"),
        (OWN, {"2026-01-01": "2.15", "2026-04-01": "2.00"}, "2026-04-01"),
    ],
)
def test_a_series_says_up_to_which_day_it_is_known(
    reference: str, own: dict[str, str], last_known_on: str
) -> None:
    rates = tuple((day(on), Fraction(text)) for on, text in own.items())
    assert series_of(reference, rates).last_known_on == day(last_known_on)


def test_the_last_known_rate_holds_on() -> None:
    assert series_of(ECB).percent_on(day("2030-01-01")) == Fraction("2.15")
    assert series_of(CN_LPR_1Y).percent_on(day("2030-01-01")) == 3


def test_an_own_day_takes_effect_with_the_next_half_year_where_the_rate_does() -> None:
    series = series_of(ECB, ((day("2026-06-17"), Fraction("2.40")),))
    assert series.percent_on(day("2026-06-30")) == Fraction("2.15")
    assert series.percent_on(day("2026-07-01")) == Fraction("2.40")
    assert series.percent_on(day("2025-01-01")) == Fraction("3.15")


def test_an_own_day_takes_effect_at_once_where_the_rate_does() -> None:
    series = series_of(CN_LPR_1Y, ((day("2026-11-20"), Fraction("2.90")),))
    assert series.percent_on(day("2026-11-19")) == 3
    assert series.percent_on(day("2026-11-20")) == Fraction("2.90")


def test_an_own_day_goes_before_the_published_one() -> None:
    series = series_of(CN_LPR_1Y, ((day("2025-05-20"), Fraction("2.90")),))
    assert series.percent_on(day("2025-06-01")) == Fraction("2.90")


@pytest.mark.parametrize(
    ("from_on", "to_on", "expected"),
    [
        ("2025-05-18", "2025-05-19", [("2025-05-18", "2025-05-19", "3.10")]),
        (
            "2025-05-19", "2025-05-20",
            [("2025-05-19", "2025-05-19", "3.10"), ("2025-05-20", "2025-05-20", "3.00")],
        ),
        ("2025-05-20", "2025-05-21", [("2025-05-20", "2025-05-21", "3.00")]),
        (
            "2019-08-19", "2019-08-20",
            [("2019-08-19", "2019-08-19", None), ("2019-08-20", "2019-08-20", "4.25")],
        ),
    ],
    ids=["up to the day before", "up to the day itself", "from the day itself", "from no rate"],
)  # fmt: skip
def test_a_span_ends_the_day_before_the_rate_changes(
    from_on: str, to_on: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert list(series_of(CN_LPR_1Y).spans(day(from_on), day(to_on))) == [
        (day(first_on), day(last_on), None if percent is None else Fraction(percent))
        for first_on, last_on, percent in expected
    ]


@given(own_rates, days, days)
def test_spans_tell_each_day_the_rate_it_has(
    rates: tuple[tuple[date, Fraction], ...], one: date, two: date
) -> None:
    from_on, to_on = sorted((one, two))
    series = series_of(OWN, rates)
    spans = list(series.spans(from_on, to_on))
    assert (spans[0][0], spans[-1][1]) == (from_on, to_on)
    for (_, ended_on, _), (began_on, _, _) in pairwise(spans):
        assert began_on == ended_on + timedelta(days=1)
    for first_on, last_on, percent in spans:
        assert first_on <= last_on
        assert series.percent_on(first_on) == series.percent_on(last_on) == percent
