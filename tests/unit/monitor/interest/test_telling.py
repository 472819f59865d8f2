"""An accrual in sentences, for the people who must believe it."""

from datetime import date

import pytest

from services.monitor.domain.interest.claim import interest_of
from services.monitor.domain.interest.telling import told
from services.monitor.domain.interest.terms import InForce
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import day, issued
from tests.unit.monitor.interest.cases import accrued, step, terms


def test_every_step_from_the_principal_to_the_total_is_shown() -> None:
    found = accrued(
        "2026-01-31", "2026-02-15", step("2026-01-01", 100_00),
        annual_percent="10", fixed_sum={"EUR": "10.00"},
    )  # fmt: skip
    assert told(found, "EUR") == [
        "2026-02-01 to 2026-02-15: 100.00 EUR x 10 % x 15/365 days = 0.410958… EUR",
        "interest: 0.41 EUR",
        "fixed sum, due since 2026-02-01: 10.00 EUR",
        "together: 10.41 EUR",
    ]


def test_a_daily_rate_is_shown_by_the_day_and_an_exact_figure_in_full() -> None:
    found = accrued(
        "2026-01-31", "2026-02-20", step("2026-01-01", 10_000_00),
        daily_percent="0.05", currency="CNY",
    )  # fmt: skip
    assert told(found, "CNY") == [
        "2026-02-01 to 2026-02-20: 10000.00 CNY x 0.05 % x 20 days = 100.00 CNY",
        "interest: 100.00 CNY",
    ]


def test_a_currency_without_decimals_is_shown_in_its_own_way() -> None:
    found = accrued(
        "2026-01-31", "2026-02-20", step("2026-01-01", 10_000), annual_percent="3.65",
        currency="JPY",
    )  # fmt: skip
    assert told(found, "JPY") == [
        "2026-02-01 to 2026-02-20: 10000 JPY x 3.65 % x 20/365 days = 20 JPY",
        "interest: 20 JPY",
    ]


def test_what_is_presumed_is_said() -> None:
    found = accrued(
        "2026-06-20", "2026-07-20", step("2026-06-01", 100_00), reference="ECB", margin_percent="8"
    )
    assert told(found, "EUR")[-1] == (
        "the reference rate is not known from 2026-07-01 on: the last known one is taken; "
        "add the later one to the rates"
    )


def test_what_has_no_rate_is_said() -> None:
    found = accrued("2008-12-20", "2008-12-30", step("2008-12-01", 100_00), reference="ECB")
    assert told(found, "EUR") == [
        (
            "no reference rate is known for days up to 2008-12-30: they bear no interest here; "
            "add the rate of that time to the rates"
        )
    ]


def test_nothing_late_needs_no_words() -> None:
    assert told(accrued("2026-01-31", "2026-01-31", annual_percent="10"), "EUR") == []


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-02-05", ["2026-02-01 to 2026-02-05: 3650.00 EUR x 10 % x 5/365 days = 5.00 EUR"]),
        (
            "2026-02-12",
            [
                "2026-02-01 to 2026-02-10: 3650.00 EUR x 10 % x 10/365 days = 10.00 EUR (tests@1)",
                "from 2026-02-11: no terms of interest, none grows (tests@2)",
            ],
        ),
        (
            "2026-02-17",
            [
                "2026-02-01 to 2026-02-10: 3650.00 EUR x 10 % x 10/365 days = 10.00 EUR (tests@1)",
                "2026-02-16 to 2026-02-17: 3650.00 EUR x 20 % x 2/365 days = 4.00 EUR (tests@3)",
                "from 2026-02-11 to 2026-02-15: no terms of interest, none grows (tests@2)",
            ],
        ),
    ],
)
def test_each_span_names_its_terms_once_there_were_several(until: str, expected: list[str]) -> None:
    """What is before the invoice was late, or says the same as what was before it, is no span."""
    book = Book()
    book.fold(issued("A", "3650.00"))
    held = (
        InForce(date.min, None, "tests@0"),
        InForce(day("2026-01-15"), terms(annual_percent="10"), "tests@1"),
        InForce(day("2026-02-11"), None, "tests@2"),
        InForce(day("2026-02-16"), terms(annual_percent="20"), "tests@3"),
        InForce(day("2026-02-17"), terms(annual_percent="20"), "tests@4"),
    )
    found = interest_of(book.account.invoices["A"], [], held, day(until))
    assert [line for line in found.why if not line.startswith("interest: ")] == expected
