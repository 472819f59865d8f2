"""An accrual in sentences, for the people who must believe it."""

from services.monitor.domain.interest.telling import told
from tests.unit.monitor.interest.cases import accrued, step


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
