"""Terms of interest as people write them: read where right, refused by their path where wrong."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
import yaml

from services.monitor.domain.interest.terms import (
    CONTRACT,
    InterestTerms,
    Ruling,
    always,
    read_terms,
    ruling,
)
from shared.contracts.interest import RATES_MAX, check_interest
from shared.errors import RejectedError
from tests.unit.monitor.interest.cases import terms

RIGHT: list[tuple[str, str, InterestTerms]] = [
    ("a year's percent", 'annual_percent: "10"', InterestTerms(annual_percent=Fraction(10))),
    ("no interest", 'annual_percent: "0"', InterestTerms(annual_percent=Fraction(0))),
    (
        "a day's percent", '{daily_percent: "0.05", day_count: actual/365}',
        InterestTerms(daily_percent=Fraction(1, 20)),
    ),
    (
        "the Directive's", '{reference: ECB, margin_percent: "8", fixed_sum: {EUR: "40.00"}}',
        InterestTerms(reference="ECB", margin_percent=Fraction(8), fixed_sums={"EUR": 4000}),
    ),
    (
        "China's, by the rate of the breach", '{reference: CN_LPR_1Y, factor: "1.5"}',
        InterestTerms(
            reference="CN_LPR_1Y", factor=Fraction(3, 2), rate_of="first_day_overdue"
        ),
    ),
    (
        "China's, by the rate of each day", "{reference: CN_LPR_1Y, rate_of: each_day}",
        InterestTerms(reference="CN_LPR_1Y", rate_of="each_day"),
    ),
    (
        "a table of one's own, in any order",
        '{reference: own, rates: {2026-07-01: "-0.5", 2026-01-01: "2.15"}}',
        InterestTerms(
            reference="own",
            rates=((date(2026, 1, 1), Fraction("2.15")), (date(2026, 7, 1), Fraction("-0.5"))),
        ),
    ),
    (
        "a table as JSON has it", '{reference: ECB, rates: {"2026-07-01": "2.40"}}',
        InterestTerms(reference="ECB", rates=((date(2026, 7, 1), Fraction("2.40")),)),
    ),
    (
        "the rest", '{annual_percent: "8.5", day_count: 30/360, disputed: included}',
        InterestTerms(
            annual_percent=Fraction(17, 2), day_count="30/360", disputed="included"
        ),
    ),
    (
        "sums in several currencies", '{annual_percent: "1", fixed_sum: {EUR: "40", JPY: "5000"}}',
        InterestTerms(annual_percent=Fraction(1), fixed_sums={"EUR": 4000, "JPY": 5000}),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in RIGHT])
def test_terms_are_read(text: str, expected: InterestTerms) -> None:
    assert read_terms(yaml.safe_load(text), "interest") == expected


TEN = {"annual_percent": "10"}
OWN = {"reference": "own"}
MANY = {f"2026-01-{number}": "1" for number in range(RATES_MAX + 1)}

WRONG: list[tuple[str, Any, str, str]] = [
    ("no mapping", "10", "interest", "must be a mapping"),
    ("nothing", None, "interest", "must be a mapping"),
    ("no rate", {}, "interest", "give one of annual_percent, daily_percent, reference"),
    ("two rates", TEN | OWN, "interest", "there is annual_percent and reference"),
    ("an unknown key", TEN | {"percent": "1"}, "interest.percent", "is not known"),
    ("a key that is no text", TEN | {7: "1"}, "interest.7", "is not known"),
    ("a whole number", {"annual_percent": 10}, "interest.annual_percent", "in quotes"),
    ("a broken number", {"annual_percent": 8.5}, "interest.annual_percent", "in quotes"),
    ("a null", {"annual_percent": None}, "interest.annual_percent", "in quotes"),
    ("a percent sign", {"annual_percent": "10 %"}, "interest.annual_percent", "no decimal"),
    ("an exponent", {"annual_percent": "1e1"}, "interest.annual_percent", "no decimal"),
    ("a fraction", {"annual_percent": "1/3"}, "interest.annual_percent", "no decimal"),
    ("a line end", {"annual_percent": "10\n"}, "interest.annual_percent", "no decimal"),
    ("digits of other scripts", {"annual_percent": "\u0661"}, "interest.annual_percent", "decimal"),
    ("seven decimals", {"annual_percent": "0.1234567"}, "interest.annual_percent", "6 decimals"),
    ("below zero", {"annual_percent": "-1"}, "interest.annual_percent", "between 0 and 1000"),
    ("too much a year", {"annual_percent": "1000.1"}, "interest.annual_percent", "0 and 1000"),
    ("a day below zero", {"daily_percent": "-0.1"}, "interest.daily_percent", "between 0 and 10"),
    ("too much a day", {"daily_percent": "10.01"}, "interest.daily_percent", "between 0 and 10"),
    (
        "a daily rate by 30/360", {"daily_percent": "0.05", "day_count": "30/360"},
        "interest.day_count", "leave day_count out",
    ),
    ("an unknown reference", {"reference": "LIBOR"}, "interest.reference", "ECB, DE_BASE"),
    ("a reference in a list", {"reference": ["ECB"]}, "interest.reference", "is not one of"),
    ("a margin on nothing", TEN | {"margin_percent": "8"}, "interest.margin_percent", "only"),
    ("a factor on nothing", TEN | {"factor": "1.5"}, "interest.factor", "a reference"),
    ("rates for nothing", TEN | {"rates": {}}, "interest.rates", "with a reference"),
    ("a day for nothing", TEN | {"rate_of": "each_day"}, "interest.rate_of", "reference"),
    ("an unknown day", {"reference": "ECB", "rate_of": "today"}, "interest.rate_of", "each_day"),
    (
        "a margin too low", {"reference": "ECB", "margin_percent": "-101"},
        "interest.margin_percent", "between -100 and 1000",
    ),
    ("no factor", {"reference": "ECB", "factor": "0"}, "interest.factor", "above zero"),
    ("a factor too high", {"reference": "ECB", "factor": "15"}, "interest.factor", "0 and 10"),
    ("an own table left out", OWN, "interest.rates", "is missing"),
    ("an own table empty", OWN | {"rates": {}}, "interest.rates", "1 to 600 days"),
    ("an own table as a list", OWN | {"rates": ["2"]}, "interest.rates", "must be a mapping"),
    ("an own table too long", OWN | {"rates": MANY}, "interest.rates", "1 to 600 days"),
    ("a day that is none", OWN | {"rates": {"2026-02-30": "1"}}, "interest.rates.2026-02-30", "no"),
    ("a week", OWN | {"rates": {"2026-W01-1": "1"}}, "interest.rates.2026-W01-1", "is no day"),
    ("a day in short", OWN | {"rates": {"20260101": "1"}}, "interest.rates.20260101", "is no day"),
    ("a year alone", OWN | {"rates": {2026: "1"}}, "interest.rates.2026", "is no day"),
    (
        "an instant", OWN | {"rates": {datetime(2026, 1, 1): "1"}},  # noqa: DTZ001
        "interest.rates.2026-01-01 00:00:00", "is no day",
    ),
    (
        "a day long ago", OWN | {"rates": {"1969-12-31": "1"}},
        "interest.rates.1969-12-31", "between 1970 and 2199",
    ),
    (
        "a day twice", OWN | {"rates": {"2026-01-01": "1", date(2026, 1, 1): "2"}},
        "interest.rates.2026-01-01", "stands twice",
    ),
    (
        "a rate that is no text", OWN | {"rates": {"2026-01-01": 2}},
        "interest.rates.2026-01-01", "in quotes",
    ),
    ("an unknown day count", TEN | {"day_count": "act/act"}, "interest.day_count", "actual/365"),
    ("an unknown rule", TEN | {"disputed": "no"}, "interest.disputed", "excluded, included"),
    ("a rule YAML takes for false", TEN | {"disputed": False}, "interest.disputed", "excluded"),
    ("a sum alone", TEN | {"fixed_sum": "40.00"}, "interest.fixed_sum", "must be a mapping"),
    ("a sum as a number", TEN | {"fixed_sum": {"EUR": 40}}, "interest.fixed_sum.EUR", "in quotes"),
    ("a sum of no currency", TEN | {"fixed_sum": {"EURO": "1"}}, "interest.fixed_sum.EURO", "ISO"),
    ("a sum too fine", TEN | {"fixed_sum": {"JPY": "1.5"}}, "interest.fixed_sum.JPY", "decimals"),
    ("a sum below zero", TEN | {"fixed_sum": {"EUR": "-1"}}, "interest.fixed_sum.EUR", "negative"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "field", "words"), [pytest.param(*row[1:], id=row[0]) for row in WRONG]
)
def test_what_is_wrong_is_refused_by_its_path(value: Any, field: str, words: str) -> None:
    with pytest.raises(RejectedError) as refused:
        read_terms(value, "interest")
    assert (refused.value.code, refused.value.field) == ("bad_policy", field)
    assert refused.value.message.startswith(f"{field}: ")
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("value", "field"),
    [
        pytest.param({}, "data.interest", id="no rate"),
        pytest.param({"annual_percent": 10}, "data.interest.annual_percent", id="no text"),
        pytest.param(
            {"annual_percent": "10", "fixed_sum": {"EUR": "40.00"}},
            "data.interest.fixed_sum.EUR",
            id="a fixed sum in another currency than the invoice's",
        ),
        pytest.param(
            {"annual_percent": "10", "fixed_sum": {"CNY": "0.001"}},
            "data.interest.fixed_sum.CNY",
            id="too many decimals",
        ),
        pytest.param(
            {"reference": "own", "rates": {"1900-01-01": "1"}},
            "data.interest.rates.1900-01-01",
            id="a day long ago",
        ),
    ],
)
def test_an_invoices_terms_are_refused_at_the_door(value: dict[str, Any], field: str) -> None:
    with pytest.raises(RejectedError) as refused:
        check_interest(value, "CNY", "data.interest")
    assert (refused.value.code, refused.value.field) == ("bad_interest", field)


def test_an_invoices_right_terms_pass_the_door() -> None:
    check_interest({"daily_percent": "0.05", "fixed_sum": {"CNY": "5"}}, "CNY", "data.interest")


def test_the_contract_goes_before_the_creditors_rule() -> None:
    rule = always(terms(annual_percent="10", fixed_sum={"EUR": "40.00"}), "default@1")
    assert ruling(None, "EUR", rule) == Ruling(rule)
    own = ruling({"annual_percent": "6"}, "EUR", rule)
    assert own == Ruling(always(terms(annual_percent="6"), CONTRACT))


def test_a_contract_that_cannot_be_read_leaves_the_creditors_rule_and_is_named() -> None:
    rule = always(terms(annual_percent="10"), "default@1")
    found = ruling({"annual_percent": "?"}, "EUR", rule)
    assert found.in_force == rule
    assert "the contract's terms cannot be read" in (found.fault or "")
