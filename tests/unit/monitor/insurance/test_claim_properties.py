"""What holds of every claim: bounds, growth with the open amount, and a customer's claims together.

Amounts are whole cents; a claim is rounded once, so it is at most half a cent off its exact figure.
"""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.insurance.claim import claim_for
from services.monitor.domain.insurance.limit import exposure_of, limit_of
from services.monitor.domain.insurance.policy_year import EarlierClaims
from services.monitor.domain.invoice.item import Item
from shared.contracts.cover import CoverUpdated
from shared.contracts.escalation import Claim
from shared.money import to_minor, to_text
from tests.unit.monitor.builders import cover, day
from tests.unit.monitor.insurance.insured import known, reckoned

HALF = Fraction(1, 2)
CENTS = st.integers(0, 200_000)
ISSUED_ON = day("2026-01-01")


def amount_of(claim: Claim) -> int:
    """The claim in cents; nothing where a person must judge."""
    return to_minor(claim.amount or "0", "EUR")


def percentage_of(terms: CoverUpdated) -> Fraction:
    """The insured percentage as a fraction of one."""
    return Fraction(terms.insured_percentage) / 100


@st.composite
def terms_of(draw: st.DrawFn, policy_no: str = "TC-1") -> CoverUpdated:
    """Terms of every kind."""
    more: dict[str, Any] = {"limit": to_text(draw(CENTS), "EUR")}
    if draw(st.booleans()) or more["limit"] == "0.00":
        more["discretionary_limit"] = to_text(draw(CENTS) + 1, "EUR")
    if draw(st.booleans()):
        more["claim_limit_annual"] = to_text(draw(CENTS) + 1, "EUR")
    if draw(st.booleans()):
        more["deductible"] = to_text(draw(st.integers(0, 50_000)), "EUR")
        more["deductible_kind"] = draw(st.sampled_from(["each_claim", "annual_aggregate"]))
    return cover(
        policy_no,
        insured_percentage=to_text(draw(st.integers(1, 9500)), "EUR"),
        deductible_order=draw(st.sampled_from(["before", "after"])),
        mep_days=draw(st.sampled_from([0, 30, 3650])),
        mep_from=draw(st.sampled_from(["due", "invoice"])),
        valid_from=draw(st.sampled_from([date(2025, 1, 1), ISSUED_ON + timedelta(days=20)])),
        **more,
    )


@st.composite
def items_of(draw: st.DrawFn) -> list[Item]:
    """A customer's open items."""
    items = []
    for number in range(draw(st.integers(1, 6))):
        issued_on = ISSUED_ON + timedelta(days=draw(st.integers(0, 60)))
        due_on = issued_on + timedelta(days=draw(st.integers(0, 60)))
        item = Item(f"I{number}", 1, "EUR", draw(CENTS), issued_on, due_on, due_on)
        item.disputed = draw(st.integers(0, item.open))
        items.append(item)
    return items


EARLIER = st.builds(EarlierClaims, deductible=st.integers(0, 60_000), claimed=CENTS)


@given(items=items_of(), terms=terms_of(), earlier=EARLIER)
def test_a_claim_lies_between_nothing_and_the_percentage_of_what_is_insured(
    items: list[Item], terms: CoverUpdated, earlier: EarlierClaims
) -> None:
    others = [exposure_of(one) for one in items]
    claim = claim_for(items[0], known(terms), others=others, earlier=earlier)
    limit, _ = limit_of(terms)
    most = percentage_of(terms) * min(limit, items[0].open - items[0].disputed)
    assert 0 <= amount_of(claim) <= most + HALF
    assert claim.manual_review == (claim.amount is None)
    assert claim.why


@given(items=items_of(), terms=terms_of(), earlier=EARLIER, more=CENTS)
def test_a_claim_never_falls_as_more_is_open(
    items: list[Item], terms: CoverUpdated, earlier: EarlierClaims, more: int
) -> None:
    others = [exposure_of(one) for one in items[1:]]
    less, grown = items[0], replace(items[0], amount=items[0].amount + more)
    claims = [claim_for(one, known(terms), others=others, earlier=earlier) for one in (less, grown)]
    assert amount_of(claims[0]) <= amount_of(claims[1])


@given(items=items_of(), covers=st.tuples(terms_of("TC-1"), terms_of("TC-2")))
def test_all_claims_on_a_customer_stay_within_each_limit_and_the_years(
    items: list[Item], covers: tuple[CoverUpdated, CoverUpdated]
) -> None:
    others = [exposure_of(one) for one in items]
    for terms in covers:
        earlier, claims = EarlierClaims(), []
        for item in items:
            claim, used = reckoned(item, known(*covers), others=others, earlier=earlier)
            if claim.policy_no == terms.policy_no:
                earlier += used
                claims.append(amount_of(claim))
        limit, _ = limit_of(terms)
        assert sum(claims) == earlier.claimed
        assert sum(claims) <= percentage_of(terms) * limit + HALF * len(claims)
        if terms.claim_limit_annual is not None:
            assert sum(claims) <= to_minor(terms.claim_limit_annual, "EUR")
        if terms.deductible is not None:
            borne = to_minor(terms.deductible, "EUR")
            assert earlier.deductible <= borne + HALF * len(claims)


@given(items=items_of(), limit=st.integers(1, 200_000))
def test_without_deductibles_all_claims_together_are_the_claim_on_one_item_of_all(
    items: list[Item], limit: int
) -> None:
    covers = known(cover(limit=to_text(limit, "EUR"), mep_days=3650))
    others = [exposure_of(one) for one in items]
    together = sum(amount_of(claim_for(item, covers, others=others)) for item in items)
    insured = min(limit, sum(one.undisputed for one in others))
    assert abs(together - insured * Fraction(9, 10)) <= HALF * len(items)


@given(items=items_of(), terms=terms_of(), data=st.data())
def test_neither_the_order_of_items_nor_an_extension_changes_a_claim(
    items: list[Item], terms: CoverUpdated, data: st.DataObject
) -> None:
    others = [exposure_of(one) for one in items]
    claim = claim_for(items[0], known(terms), others=others)
    days = data.draw(st.integers(0, 100))
    extended = [replace(one, due_on=one.due_on + timedelta(days=days)) for one in items]
    shuffled = data.draw(st.permutations([exposure_of(one) for one in extended]))
    assert claim_for(extended[0], known(terms), others=shuffled) == claim
