"""What late payment has cost up to a day; cases worked out by hand, with their sources."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from services.monitor.domain.interest.accrual import (
    Accrual,
    Step,
    once_per_invoice,
)
from tests.unit.monitor.builders import day
from tests.unit.monitor.interest.cases import accrue_by, accrued, periods, step, terms

TEN: dict[str, Any] = {"annual_percent": "10"}
EU: dict[str, Any] = {"reference": "ECB", "margin_percent": "8", "fixed_sum": {"EUR": "40.00"}}


@dataclass(frozen=True)
class Case:
    """Terms, what was open from when on, and interest and fixed sum up to a day, in minor units."""

    name: str
    terms: dict[str, Any]
    due_on: str
    steps: list[Step]
    until: str
    interest: Fraction
    fixed_sum: int = 0
    currency: str = "EUR"


HUNDRED = [step("2026-01-01", 100_00)]
TEN_THOUSAND = [step("2026-01-01", 10_000_00)]

CASES = [
    # 100.00 at 10 % a year for 15 days by actual/365 is 0.41 when shown.
    Case("15 days", TEN, "2026-01-31", HUNDRED, "2026-02-15", Fraction(100_00 * 15, 3650)),
    Case(
        "15 days and a fixed sum",
        TEN | {"fixed_sum": {"EUR": "10.00"}}, "2026-01-31", HUNDRED, "2026-02-15",
        Fraction(100_00 * 15, 3650), 10_00,
    ),
    Case("the due date bears nothing", TEN, "2026-01-31", HUNDRED, "2026-01-31", Fraction(0)),
    Case("nor does a day before it", TEN, "2026-01-31", HUNDRED, "2026-01-02", Fraction(0)),
    Case("one day late", TEN, "2026-01-31", HUNDRED, "2026-02-01", Fraction(100_00, 3650)),
    Case("no step", TEN, "2026-01-31", [], "2026-02-15", Fraction(0)),
    Case(
        "a leap year has 366 of 365 days", TEN, "2023-12-31", [step("2023-12-01", 365_00)],
        "2024-12-31", Fraction(36_60),
    ),
    Case(
        "actual/360", TEN | {"day_count": "actual/360"}, "2026-01-31", [step("2026-01-01", 360_00)],
        "2026-02-15", Fraction(1_50),
    ),
    Case(
        "30/360 takes February for 30 days", TEN | {"day_count": "30/360"}, "2026-01-31",
        [step("2026-01-01", 360_00)], "2026-03-01", Fraction(310),
    ),
    # 日万分之五, the rate of many Chinese contracts: 10,000 for 20 days is 100.
    Case(
        "0.05 % a day", {"daily_percent": "0.05"}, "2026-01-31", TEN_THOUSAND, "2026-02-20",
        Fraction(100_00), currency="CNY",
    ),
    Case(
        "0.05 % a day ignores the year", {"daily_percent": "0.05", "day_count": "actual/360"},
        "2026-01-31", TEN_THOUSAND, "2026-02-20", Fraction(100_00), currency="CNY",
    ),
    # Ten days of 100 (1 to 10 February), then five of 40.
    Case(
        "a payment lowers it from its own day on", TEN, "2026-01-31",
        [step("2026-01-01", 100_00), step("2026-02-11", 40_00)], "2026-02-15",
        Fraction(100_00 * 10 + 40_00 * 5, 3650),
    ),
    Case(
        "paid on the first day overdue", TEN | {"fixed_sum": {"EUR": "10.00"}}, "2026-01-31",
        [step("2026-01-01", 100_00), step("2026-02-01", 0)], "2026-02-15", Fraction(0), 10_00,
    ),
    Case(
        "paid on the due date", TEN | {"fixed_sum": {"EUR": "10.00"}}, "2026-01-31",
        [step("2026-01-01", 100_00), step("2026-01-31", 0)], "2026-02-15", Fraction(0),
    ),
    Case(
        "paid on the first day overdue, asked on the due date",
        TEN | {"fixed_sum": {"EUR": "10.00"}}, "2026-01-31",
        [step("2026-01-01", 100_00), step("2026-02-01", 0)], "2026-01-31", Fraction(0),
    ),
    Case(
        "the undisputed rest paid on the first day overdue", TEN | {"fixed_sum": {"EUR": "10.00"}},
        "2026-01-31", [step("2026-01-01", 100_00, 60_00), step("2026-02-01", 60_00, 60_00)],
        "2026-02-15", Fraction(0), 10_00,
    ),
    Case(
        "all of it disputed to the end of the due date", TEN | {"fixed_sum": {"EUR": "10.00"}},
        "2026-01-31", [step("2026-01-01", 100_00, 100_00), step("2026-02-01", 0)],
        "2026-02-15", Fraction(0),
    ),
    Case(
        "an invoice that came late and was paid that day", TEN | {"fixed_sum": {"EUR": "10.00"}},
        "2026-01-31", [step("2026-02-06", 100_00), step("2026-02-06", 0)], "2026-02-15",
        Fraction(0),
    ),
    Case(
        "the fixed sum stays when the principal is paid", TEN | {"fixed_sum": {"EUR": "10.00"}},
        "2026-01-31", [step("2026-01-01", 100_00), step("2026-02-16", 0)], "2027-02-15",
        Fraction(100_00 * 15, 3650), 10_00,
    ),
    Case(
        "paid in time, bounced later: late from then", TEN | {"fixed_sum": {"EUR": "10.00"}},
        "2026-01-31",
        [step("2026-01-01", 100_00), step("2026-01-30", 0), step("2026-02-06", 100_00)],
        "2026-02-15", Fraction(100_00 * 10, 3650), 10_00,
    ),
    Case(
        "a fixed sum in another currency", TEN | {"fixed_sum": {"USD": "10.00"}}, "2026-01-31",
        HUNDRED, "2026-02-15", Fraction(100_00 * 15, 3650),
    ),
    Case(
        "the last of a day's steps counts", TEN, "2026-01-31",
        [step("2026-01-01", 100_00), step("2026-02-11", 70_00), step("2026-02-11", 40_00)],
        "2026-02-15", Fraction(100_00 * 10 + 40_00 * 5, 3650),
    ),
    Case(
        "steps in any order", TEN, "2026-01-31",
        [step("2026-02-11", 40_00), step("2026-01-01", 100_00)],
        "2026-02-15", Fraction(100_00 * 10 + 40_00 * 5, 3650),
    ),
    Case(
        "an invoice that came after its due date", TEN, "2026-01-31", [step("2026-02-06", 100_00)],
        "2026-02-15", Fraction(100_00 * 10, 3650),
    ),
    Case(
        "a disputed part is left out", TEN, "2026-01-31",
        [step("2026-01-01", 100_00), step("2026-02-06", 100_00, 60_00)], "2026-02-15",
        Fraction(100_00 * 5 + 40_00 * 10, 3650),
    ),
    Case(
        "a disputed part bears interest by rule", TEN | {"disputed": "included"}, "2026-01-31",
        [step("2026-01-01", 100_00), step("2026-02-06", 100_00, 60_00)], "2026-02-15",
        Fraction(100_00 * 15, 3650),
    ),
    Case(
        "disputed above what is open bears nothing", TEN | {"fixed_sum": {"EUR": "10.00"}},
        "2026-01-31", [step("2026-01-01", 100_00, 120_00)], "2026-02-15", Fraction(0),
    ),
    # Directive 2011/7/EU: 4.25 + 8 until 31 December 2024, 3.15 + 8 from 1 January 2025.
    Case(
        "over a half-year's end by the Directive", EU, "2024-12-21", [step("2024-12-01", 1000_00)],
        "2025-01-10", Fraction(1000_00 * (1225 * 10 + 1115 * 10), 3_650_000), 40_00,
    ),
    # § 288(2) BGB: -0.88 + 9 = 8.12 % in the second half of 2022, 1.62 + 9 = 10.62 % after it.
    Case(
        "over a half-year's end by § 288 BGB", {"reference": "DE_BASE", "margin_percent": "9"},
        "2022-12-21", [step("2022-12-01", 1000_00)], "2023-01-10",
        Fraction(1000_00 * (812 * 10 + 1062 * 10), 3_650_000),
    ),
    # Article 18 of the interpretation on sales contracts: 3.10 x 1.5 = 4.65 % at the breach.
    Case(
        "China's LPR of the breach x 1.5", {"reference": "CN_LPR_1Y", "factor": "1.5"},
        "2025-05-09", [step("2025-05-01", 10_000_00)], "2025-05-29",
        Fraction(10_000_00 * 465 * 20, 3_650_000), currency="CNY",
    ),
    Case(
        "China's LPR of the breach, whenever it is open again",
        {"reference": "CN_LPR_1Y", "factor": "1.5"}, "2025-05-09",
        [step("2025-05-01", 10_000_00), step("2025-05-10", 0), step("2025-05-25", 10_000_00)],
        "2025-05-29", Fraction(10_000_00 * 465 * 5, 3_650_000), currency="CNY",
    ),
    # 3.10 % on 10 to 19 May, 3.00 % from 20 May on.
    Case(
        "China's LPR of each day x 1.5",
        {"reference": "CN_LPR_1Y", "factor": "1.5", "rate_of": "each_day"},
        "2025-05-09", [step("2025-05-01", 10_000_00)], "2025-05-29",
        Fraction(10_000_00 * (465 * 10 + 450 * 10), 3_650_000), currency="CNY",
    ),
    Case(
        "factor first, margin then", {
            "reference": "own", "rates": {"2026-01-01": "2"}, "factor": "1.5", "margin_percent": "7"
        },
        "2026-01-31", HUNDRED, "2026-02-15", Fraction(100_00 * 15, 3650),
    ),
    Case(
        "a rate below zero claims nothing", {"reference": "DE_BASE", "margin_percent": "0.5"},
        "2022-11-30", [step("2022-11-01", 1000_00)], "2023-01-10",
        Fraction(1000_00 * 212 * 10, 3_650_000),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in CASES])
def test_interest_is_simple_on_what_was_open_day_by_day(case: Case) -> None:
    found = accrued(case.due_on, case.until, *case.steps, currency=case.currency, **case.terms)
    assert (found.interest, found.fixed_sum_minor) == (case.interest, case.fixed_sum)
    assert sum(line.interest for line in found.lines) == case.interest


def test_interest_is_rounded_once_when_it_is_shown() -> None:
    found = accrued("2026-01-31", "2026-02-15", *HUNDRED, **TEN, fixed_sum={"EUR": "10.00"})
    assert (found.interest_minor, found.total_minor) == (41, 10_41)


@pytest.mark.parametrize(
    ("halves", "shown"),
    [(1, 0), (3, 2), (5, 2)],
    ids=["half a cent to none", "one and a half to two", "two and a half to two"],
)
def test_half_a_cent_goes_to_the_even_one_and_the_parts_as_shown_add_up(
    halves: int, shown: int
) -> None:
    found = Accrual(interest=Fraction(halves, 2), fixed_sum_minor=1)
    assert (found.interest_minor, found.total_minor) == (shown, shown + 1)


def test_a_line_shows_its_arithmetic() -> None:
    found = accrued("2026-01-31", "2026-02-15", *HUNDRED, **TEN)
    line = found.lines[0]
    assert (line.from_on, line.to_on) == (day("2026-02-01"), day("2026-02-15"))
    assert (line.days, line.basis_days, line.principal_minor) == (15, 365, 100_00)
    assert line.percent == 10
    daily = accrued("2026-01-31", "2026-02-15", *HUNDRED, daily_percent="0.05").lines[0]
    assert (daily.days, daily.basis_days) == (15, 1)


def test_a_line_ends_where_the_principal_or_the_rate_changes() -> None:
    steps = [step("2024-12-01", 1000_00), step("2024-12-28", 400_00), step("2025-01-06", 0)]
    found = accrued("2024-12-21", "2025-01-31", *steps, **EU)
    assert periods(found) == [
        (day("2024-12-22"), day("2024-12-27")),
        (day("2024-12-28"), day("2024-12-31")),
        (day("2025-01-01"), day("2025-01-05")),
    ]


def test_a_line_goes_on_where_nothing_that_counts_changes() -> None:
    steps = [step("2026-01-01", 100_00), step("2026-02-06", 100_00, 60_00)]
    found = accrued("2026-01-31", "2026-02-15", *steps, **TEN, disputed="included")
    assert periods(found) == [(day("2026-02-01"), day("2026-02-15"))]


def test_a_line_never_spans_days_on_which_nothing_was_open() -> None:
    steps = [step("2026-01-01", 9_00), step("2026-02-03", 0), step("2026-02-05", 9_00)]
    found = accrued("2026-01-31", "2026-02-06", *steps, **TEN)
    assert periods(found) == [
        (day("2026-02-01"), day("2026-02-02")),
        (day("2026-02-05"), day("2026-02-06")),
    ]


@pytest.mark.parametrize(
    ("keys", "until", "presumed_from"),
    [
        (TEN, "2027-01-31", None),
        (EU, "2026-06-30", None),
        (EU, "2026-07-01", "2026-07-01"),
        (EU, "2027-01-31", "2026-07-01"),
        (EU | {"rates": {"2026-07-01": "2.40"}}, "2026-12-31", None),
        ({"reference": "CN_LPR_1Y"}, "2027-01-31", None),
        ({"reference": "CN_LPR_1Y", "rate_of": "each_day"}, "2026-02-24", None),
        ({"reference": "CN_LPR_1Y", "rate_of": "each_day"}, "2026-02-25", "2026-02-25"),
    ],
    ids=[
        "a fixed rate is always known",
        "the last known half-year",
        "the first day after it",
        "long after it",
        "own rates go further",
        "the rate of the breach was known",
        "the last known day",
        "the day after it",
    ],
)
def test_it_says_from_when_on_the_rate_is_presumed(
    keys: dict[str, Any], until: str, presumed_from: str | None
) -> None:
    found = accrued("2026-01-31", until, *HUNDRED, **keys)
    assert found.presumed_from_on == (day(presumed_from) if presumed_from else None)


def test_a_breach_after_the_table_is_presumed_from_its_first_day_on() -> None:
    found = accrued("2026-02-24", "2026-03-31", *HUNDRED, reference="CN_LPR_1Y")
    assert found.presumed_from_on == day("2026-02-25")
    assert found.lines[0].percent == 3


def test_days_before_the_table_bear_nothing_and_it_says_so() -> None:
    found = accrued("2008-12-21", "2009-01-10", step("2008-12-01", 1000_00), **EU)
    assert found.no_rate_until_on == day("2008-12-31")
    assert periods(found) == [(day("2009-01-01"), day("2009-01-10"))]
    assert (found.fixed_sum_on, found.fixed_sum_minor) == (day("2008-12-22"), 40_00)


def test_a_breach_before_the_table_has_no_rate_for_good() -> None:
    found = accrued("2019-08-18", "2019-09-30", step("2019-08-01", 9_00), reference="CN_LPR_1Y")
    assert (found.lines, found.no_rate_until_on) == ((), day("2019-09-30"))
    later = accrued("2019-08-19", "2019-09-30", step("2019-08-01", 9_00), reference="CN_LPR_1Y")
    assert later.no_rate_until_on is None
    assert [line.percent for line in later.lines] == [Fraction("4.25")]


def test_an_invoice_costs_its_fixed_sum_once_for_the_instalment_that_was_late_first() -> None:
    eu = terms(**EU)
    parts = [
        accrue_by(day(due_on), [step("2026-01-01", 100_00)], eu, "EUR", day("2026-04-30"))
        for due_on in ("2026-03-31", "2026-01-31", "2026-06-30", "2026-01-31")
    ]
    found = once_per_invoice(parts)
    assert [one.fixed_sum_minor for one in found] == [0, 40_00, 0, 0]
    assert [one.interest for one in found] == [one.interest for one in parts]
    assert found[0].fixed_sum_on is None


def test_without_a_late_instalment_there_is_no_fixed_sum() -> None:
    assert once_per_invoice([Accrual(), Accrual()]) == (Accrual(), Accrual())
