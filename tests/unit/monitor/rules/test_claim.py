"""Claims on the insurance: the figure, every step of it, and when a person must judge."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from services.monitor.domain.insurance.claim import claim_for
from services.monitor.domain.ledger.account import Cover
from services.monitor.domain.ledger.invoice import Item
from shared.contracts.cover import CoverUpdated
from shared.money import to_minor
from tests.unit.monitor.builders import SAID_AT, cover, day


def item_of(open_text: str, currency: str = "EUR", issued_on: str = "2026-01-01") -> Item:
    """Return an item with something open."""
    due_on = day("2026-01-31")
    amount = to_minor(open_text, currency)
    return Item("A", 1, currency, amount, day(issued_on), due_on, due_on)


def known(*terms: CoverUpdated) -> list[Cover]:
    """Return covers as the account keeps them."""
    return [Cover(SAID_AT, f"e{number}", one) for number, one in enumerate(terms)]


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
            Figure("no deductible", "50000", {"deductible": "0"}, "45000.00"),
            Figure("a deductible above the claim, first", "100", {"deductible": "101"}, "0.00"),
            Figure(
                "a deductible above the claim, afterwards",
                "100", {"deductible": "90.01", "deductible_order": "after"}, "0.00",
            ),
            Figure("a percentage with decimals", "1000", {"insured_percentage": "87.5"}, "875.00"),
            Figure("half a cent goes to the even one, down", "0.05", {}, "0.04"),
            Figure("half a cent goes to the even one, up", "0.15", {}, "0.14"),
            Figure("more than half a cent goes up", "0.17", {"insured_percentage": "95"}, "0.16"),
        )
    ],
)  # fmt: skip
def test_a_claim_is_the_insured_part_less_the_deductible(figure: Figure) -> None:
    claim = claim_for(item_of(figure.open), known(cover(**figure.terms)))
    assert claim.amount == figure.claim
    assert claim.currency == "EUR"
    assert not claim.manual_review


def test_a_claim_shows_every_step() -> None:
    terms = cover(limit="45000", deductible="5000", deductible_order="before")
    assert claim_for(item_of("50000"), known(terms)).why == [
        "insured: min(open 50000.00 EUR, limit 45000) = 45000.00 EUR",
        "less the deductible of 5000 = 40000.00 EUR",
        "x 90 % = 36000.00 EUR",
    ]
    after = cover(deductible="5000", deductible_order="after")
    assert claim_for(item_of("50000"), known(after)).why == [
        "insured: min(open 50000.00 EUR, limit 500000) = 50000.00 EUR",
        "x 90 % = 45000.00 EUR",
        "less the deductible of 5000 = 40000.00 EUR",
    ]


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param([], id="no cover at all"),
        pytest.param([cover(currency="USD")], id="cover in another currency"),
        pytest.param([cover(valid_from=date(2026, 1, 2))], id="cover from the day after"),
        pytest.param([cover(valid_to=date(2025, 12, 31))], id="cover until the day before"),
    ],
)
def test_without_a_cover_on_the_day_of_issue_a_person_must_judge(terms: list[CoverUpdated]) -> None:
    claim = claim_for(item_of("100"), known(*terms))
    assert claim.manual_review
    assert claim.amount is None
    assert claim.why == [
        "no cover in EUR was valid on 2026-01-01; a person must decide what to claim"
    ]


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"valid_from": date(2026, 1, 1)}, id="from that day on"),
        pytest.param({"valid_to": date(2026, 1, 1)}, id="until that day"),
    ],
)
def test_a_cover_is_valid_on_its_first_and_last_day(terms: dict[str, Any]) -> None:
    assert claim_for(item_of("100"), known(cover(**terms))).amount == "90.00"


def test_of_several_valid_covers_the_one_that_began_last_is_claimed_on() -> None:
    old = cover("TC-9", insured_percentage="80")
    new = cover("TC-1", valid_from=date(2025, 6, 1), insured_percentage="70")
    claim = claim_for(item_of("100"), known(new, old))
    assert (claim.policy_no, claim.amount) == ("TC-1", "70.00")


def test_a_currency_without_decimals_is_claimed_in_whole_units() -> None:
    claim = claim_for(item_of("105", "JPY"), known(cover(currency="JPY")))
    assert claim.amount == "94"
