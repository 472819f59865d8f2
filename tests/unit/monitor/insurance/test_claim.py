"""Claims on the insurance: the figure and every step of it.

The figures by hand: a limit a little under the loss, a loss above the limit, and a deductible taken
off before or after the percentage, each at 90 %, as insurers' and brokers' worked examples have it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from services.monitor.domain.insurance.claim import claim_for
from services.monitor.domain.insurance.policy_year import NOTHING_EARLIER, EarlierClaims
from tests.unit.monitor.builders import cover, day
from tests.unit.monitor.insurance.insured import exposed, item_of, known, reckoned

AGGREGATE = {"deductible_kind": "annual_aggregate"}


@dataclass(frozen=True)
class Figure:
    """An open amount under a cover, and the claim."""

    name: str
    open: str
    terms: dict[str, Any]
    claim: str


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param(figure, id=figure.name)
        for figure in (
            Figure("the limit is a little less", "1000000", {"limit": "950000"}, "855000.00"),
            Figure("the limit caps a larger claim", "800000", {"limit": "500000"}, "450000.00"),
            Figure("under the limit", "100", {}, "90.00"),
            Figure(
                "the deductible is taken off first",
                "50000", {"deductible": "5000", "deductible_order": "before"}, "40500.00",
            ),
            Figure(
                "the percentage is taken first",
                "50000", {"deductible": "5000", "deductible_order": "after"}, "40000.00",
            ),
            Figure(
                "the first claim of a year bears the annual deductible",
                "50000", {"deductible": "5000"} | AGGREGATE, "40500.00",
            ),
            Figure("no deductible", "50000", {"deductible": "0"}, "45000.00"),
            Figure("a deductible above the claim, first", "100", {"deductible": "101"}, "0.00"),
            Figure(
                "a deductible above the claim, afterwards",
                "100", {"deductible": "90.01", "deductible_order": "after"}, "0.00",
            ),
            Figure("a percentage with decimals", "1000", {"insured_percentage": "87.5"}, "875.00"),
            Figure("the most an insurer covers", "1000", {"insured_percentage": "95"}, "950.00"),
            Figure("half a cent goes to the even one, down", "0.05", {}, "0.04"),
            Figure("half a cent goes to the even one, up", "0.15", {}, "0.14"),
            Figure("more than half a cent goes up", "0.17", {"insured_percentage": "95"}, "0.16"),
            Figure("up to the annual claim limit", "100", {"claim_limit_annual": "90"}, "90.00"),
            Figure(
                "above the annual claim limit", "100", {"claim_limit_annual": "89.99"}, "89.99"
            ),
            Figure(
                "the annual limit after the deductible",
                "100", {"deductible": "20", "claim_limit_annual": "80"}, "72.00",
            ),
            Figure(
                "no named limit but a discretionary one",
                "800", {"limit": "0", "discretionary_limit": "500"}, "450.00",
            ),
            Figure(
                "a named limit comes before the discretionary one",
                "800", {"limit": "300", "discretionary_limit": "500"}, "270.00",
            ),
        )
    ],
)  # fmt: skip
def test_a_claim_is_the_insured_part_less_the_deductible(figure: Figure) -> None:
    claim = claim_for(item_of(figure.open), known(cover(**figure.terms)))
    assert claim.amount == figure.claim
    assert claim.currency == "EUR"
    assert not claim.manual_review


@dataclass(frozen=True)
class Shown:
    """A claim on 50,000 (disputed: of it), and the steps a person reads."""

    name: str
    terms: dict[str, Any]
    steps: list[str]
    disputed: str = "0"
    earlier: EarlierClaims = NOTHING_EARLIER
    older: str | None = None
    today: str | None = None
    insolvent_on: str | None = None


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name)
        for case in (
            Shown(
                "the deductible first",
                {"limit": "45000", "deductible": "5000", "deductible_order": "before"},
                [
                    "insured: min(open 50000.00 EUR, limit 45000) = 45000.00 EUR",
                    "less the deductible of 5000 = 40000.00 EUR",
                    "x 90 % = 36000.00 EUR",
                ],
            ),
            Shown(
                "the percentage first",
                {"deductible": "5000", "deductible_order": "after"},
                [
                    "insured: min(open 50000.00 EUR, limit 500000) = 50000.00 EUR",
                    "x 90 % = 45000.00 EUR",
                    "less the deductible of 5000 = 40000.00 EUR",
                ],
            ),
            Shown(
                "fractions are exact until the end",
                {"limit": "0.15", "deductible": "0.01", "deductible_order": "after"},
                [
                    "insured: min(open 50000.00 EUR, limit 0.15) = 0.15 EUR",
                    "x 90 % = 0.135 EUR",
                    "less the deductible of 0.01 = 0.125 EUR",
                    "rounded half-even = 0.12 EUR",
                ],
            ),
            Shown(
                "a disputed part is not insured", {},
                [
                    "open 50000.00 EUR less 2000.00 EUR in dispute = 48000.00 EUR",
                    "insured: min(undisputed 48000.00 EUR, limit 500000) = 48000.00 EUR",
                    "x 90 % = 43200.00 EUR",
                ],
                disputed="2000",
            ),
            Shown(
                "an older item has used part of the limit", {"limit": "60000"},
                [
                    "limit 60000 less 20000.00 EUR used by 1 older open item = 40000.00 EUR",
                    "insured: min(open 50000.00 EUR, limit left 40000.00 EUR) = 40000.00 EUR",
                    "x 90 % = 36000.00 EUR",
                ],
                older="20000",
            ),
            Shown(
                "the seller's own limit", {"limit": "0", "discretionary_limit": "20000"},
                [
                    "no named limit was granted: the discretionary limit of 20000 counts",
                    "insured: min(open 50000.00 EUR, limit 20000) = 20000.00 EUR",
                    "x 90 % = 18000.00 EUR",
                ],
            ),
            Shown(
                "the rest of an annual deductible and of the annual limit",
                {"deductible": "5000", "claim_limit_annual": "60000"} | AGGREGATE,
                [
                    "insured: min(open 50000.00 EUR, limit 500000) = 50000.00 EUR",
                    (
                        "the policy year 2026-01-01 to 2026-12-31 has used 3000.00 EUR of the "
                        "annual deductible and 20000.00 EUR of the annual claim limit"
                    ),
                    "less 2000.00 EUR, the rest of the annual deductible of 5000 = 48000.00 EUR",
                    "x 90 % = 43200.00 EUR",
                    "at most the rest of the annual claim limit of 60000 = 40000.00 EUR",
                ],
                earlier=EarlierClaims(deductible=300000, claimed=2000000),
                today="2026-04-01",
            ),
            Shown(
                "the first of a year, that just meets the annual limit",
                {"deductible": "5000", "claim_limit_annual": "40500"} | AGGREGATE,
                [
                    "insured: min(open 50000.00 EUR, limit 500000) = 50000.00 EUR",
                    "less the annual deductible of 5000 = 45000.00 EUR",
                    "x 90 % = 40500.00 EUR",
                ],
            ),
            Shown(
                "the whole annual limit, and no day to name the year by",
                {"claim_limit_annual": "40000"},
                [
                    "insured: min(open 50000.00 EUR, limit 500000) = 50000.00 EUR",
                    "x 90 % = 45000.00 EUR",
                    "at most the annual claim limit of 40000 = 40000.00 EUR",
                ],
            ),
            Shown(
                "before the waiting period is over", {"limit": "100"},
                [
                    "insured: min(open 50000.00 EUR, limit 100) = 100.00 EUR",
                    "x 90 % = 90.00 EUR",
                    "it may be made from 2026-04-01 on, after the waiting period of 60 days",
                ],
                today="2026-03-31",
            ),
            Shown(
                "insolvency ends the waiting period", {"limit": "100"},
                [
                    "insured: min(open 50000.00 EUR, limit 100) = 100.00 EUR",
                    "x 90 % = 90.00 EUR",
                    "the customer is insolvent since 2026-02-10: the waiting period is over",
                ],
                today="2026-02-10", insolvent_on="2026-02-10",
            ),
            Shown(
                "insolvency that is filed for a day to come", {"limit": "100"},
                [
                    "insured: min(open 50000.00 EUR, limit 100) = 100.00 EUR",
                    "x 90 % = 90.00 EUR",
                    "it may be made from 2026-02-10 on, when the customer is insolvent",
                ],
                today="2026-02-09", insolvent_on="2026-02-10",
            ),
        )
    ],
)  # fmt: skip
def test_a_claim_shows_every_step(case: Shown) -> None:
    claim = claim_for(
        item_of("50000", disputed=case.disputed),
        known(cover(**case.terms)),
        others=[exposed("0", case.older, due_on="2026-01-30")] if case.older else [],
        earlier=case.earlier,
        insolvent_on=day(case.insolvent_on) if case.insolvent_on else None,
        today=day(case.today) if case.today else None,
    )
    assert claim.why == case.steps


@pytest.mark.parametrize(
    ("insolvent_on", "eligible_on"),
    [
        pytest.param(None, "2026-04-01", id="default: after the waiting period"),
        pytest.param("2026-01-01", "2026-01-01", id="insolvency on the day of issue: at once"),
        pytest.param("2026-03-31", "2026-03-31", id="insolvency while it waits: at once"),
        pytest.param("2026-04-02", "2026-04-01", id="insolvency after the waiting period"),
    ],
)
def test_insolvency_makes_the_claim_at_once(insolvent_on: str | None, eligible_on: str) -> None:
    filed_on = day(insolvent_on) if insolvent_on else None
    claim = claim_for(item_of("100"), known(cover()), insolvent_on=filed_on)
    assert claim.eligible_on == day(eligible_on)
    assert (claim.notify_by, claim.mep_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert claim.amount == "90.00"


@pytest.mark.parametrize(
    ("order", "earlier", "amount", "used"),
    [
        pytest.param("before", (0, 0), "0.00", (10000, 0), id="the first losses stay"),
        pytest.param("before", (45000, 0), "45.00", (5000, 4500), id="the rest of it"),
        pytest.param("before", (50000, 90000), "90.00", (0, 9000), id="all of it is borne"),
        pytest.param("before", (60000, 0), "90.00", (0, 9000), id="more than all of it"),
        pytest.param("after", (0, 0), "0.00", (9000, 0), id="of the payments: the first"),
        pytest.param("after", (45000, 0), "40.00", (5000, 4000), id="of the payments: the rest"),
    ],
)
def test_an_annual_deductible_is_borne_once_a_year(
    order: Any, earlier: tuple[int, int], amount: str, used: tuple[int, int]
) -> None:
    terms = cover(deductible="500", deductible_order=order, deductible_kind="annual_aggregate")
    claim, uses = reckoned(item_of("100"), known(terms), earlier=EarlierClaims(*earlier))
    assert claim.amount == amount
    assert uses == EarlierClaims(*used)


def test_a_deductible_of_each_claim_does_not_look_at_the_year() -> None:
    terms = cover(deductible="50")
    claim, uses = reckoned(item_of("100"), known(terms), earlier=EarlierClaims(deductible=5000))
    assert claim.amount == "45.00"
    assert uses == EarlierClaims(claimed=4500, each=5000)


def test_a_deductible_of_each_claim_is_borne_once_by_the_instalments_of_an_invoice() -> None:
    terms = cover(deductible="50", deductible_order="after")
    claim, uses = reckoned(item_of("100"), known(terms), earlier=EarlierClaims(each=3000))
    assert claim.why[-1] == "less 20.00 EUR, the rest of the deductible of 50 = 70.00 EUR"
    assert (claim.amount, uses.each) == ("70.00", 2000)


def test_the_claim_names_policy_insurer_and_whether_the_limit_is_the_sellers_own() -> None:
    old = cover("TC-9", insured_percentage="80")
    new = cover("TC-1", valid_from=date(2025, 6, 1), limit="0", discretionary_limit="50")
    claim = claim_for(item_of("100"), known(new, old))
    assert (claim.policy_no, claim.insurer) == ("TC-1", "Example Credit Insurance")
    assert claim.discretionary
    assert not claim_for(item_of("100"), known(old)).discretionary


def test_a_currency_without_decimals_is_claimed_in_whole_units() -> None:
    claim = claim_for(item_of("105", "JPY"), known(cover(currency="JPY")))
    assert claim.amount == "94"
    assert claim.why[1:] == ["x 90 % = 94.5 JPY", "rounded half-even = 94 JPY"]
