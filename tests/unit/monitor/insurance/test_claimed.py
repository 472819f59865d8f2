"""A claim that stands is reckoned anew and told again when, and only when, its figures change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.monitor.domain.escalation.claimed import Claimed, claims_of
from services.monitor.domain.escalation.standing import Said, wants_standing
from services.monitor.domain.insurance.cover import Cover
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from tests.unit.monitor.builders import cover
from tests.unit.monitor.insurance.insured import item_of, known

TODAY = date(2026, 4, 5)
YESTERDAY = date(2026, 4, 4)
EACH = {"deductible": "50"}
NAMED = known(cover(limit="100"))


def debtor_of(covers: Sequence[Cover], insolvent_on: date | None = None) -> Debtor:
    return Debtor(covers={one.policy_no: one for one in covers}, insolvent_on=insolvent_on)


def item(name: str, total: str, due_on: str = "2026-01-31", **more: Any) -> Item:
    """An item of which a claim, and a letter, stand raised."""
    found = item_of(total, invoice_id=name, due_on=due_on, **more)
    found.raised = [
        Raised("dunning", "dunning_letter", [], YESTERDAY, "default@1", 15, 1),
        Raised("claim", "insurance_claim", [], YESTERDAY, "default@1", 60, 1),
    ]
    return found


STILL = "A/1: the claim is still {}, and what it goes by has changed"


@pytest.mark.parametrize(
    ("before", "later", "figure"),
    [
        ({}, {"policy_no": "TC-2"}, "90.00 EUR"),
        ({}, {"insurer": "Another"}, "90.00 EUR"),
        ({}, {"notice_days": 31}, "90.00 EUR"),
        ({}, {"waiting_days": 61}, "90.00 EUR"),
        ({}, {"mep_days": 61}, "90.00 EUR"),
        ({"limit": "500"}, {"limit": "0", "discretionary_limit": "500"}, "90.00 EUR"),
        (
            {"deductible": "10"},
            {"deductible": "10", "deductible_kind": "annual_aggregate"},
            "81.00 EUR",
        ),
        ({"currency": "USD"}, {"valid_to": date(2025, 12, 31)}, "for a person to judge"),
    ],
    ids=str,
)
def test_whatever_a_claim_goes_by_is_told_anew_though_the_figure_is_the_same(
    before: dict[str, Any], later: dict[str, Any], figure: str
) -> None:
    claims = told(debtor_of(known(cover(**before))), item("A", "100"))
    _by_now, changes = claims_of(debtor_of(known(cover(**later))), claims, [item("A", "100")])
    sentences = [f"{one.item.item_id}: {one.sentence}" for one in changes]
    assert sentences == [STILL.format(figure)]


def told(debtor: Debtor, *items: Item) -> Mapping[str, Claimed]:
    """What is told of the claims by their raises."""
    by_now, changes = claims_of(debtor, {}, items, {one.item_id for one in items})
    assert changes == ()
    return by_now


COVERED = debtor_of(known(cover()))
LIMITED = debtor_of(NAMED)


@pytest.mark.parametrize(
    ("debtor", "before", "later", "after", "sentences"),
    [
        pytest.param(
            COVERED, [item("A", "100")], COVERED, [item("A", "60")],
            ["A/1: the claim is now 54.00 EUR and was 90.00 EUR"],
            id="a part payment",
        ),
        pytest.param(
            COVERED, [item("A", "100")], COVERED, [item("A", "100", disputed="100")],
            ["A/1: the claim is now for a person to judge and was 90.00 EUR"],
            id="a dispute of all of it",
        ),
        pytest.param(
            LIMITED, [item("A", "100"), item("B", "50", "2026-02-10")],
            LIMITED, [item("A", "80"), item("B", "50", "2026-02-10")],
            ["A/1: the claim is now 72.00 EUR and was 90.00 EUR",
             "B/1: the claim is now 18.00 EUR and was for a person to judge"],
            id="what slides into the limit",
        ),
        pytest.param(
            LIMITED, [item("A", "100"), item("B", "50", "2026-02-10")],
            LIMITED, [item("B", "50", "2026-02-10")],
            ["B/1: the claim is now 45.00 EUR and was for a person to judge"],
            id="the end of another claim",
        ),
        pytest.param(
            COVERED, [item("A", "100")], debtor_of(known(cover()), date(2026, 3, 1)),
            [item("A", "100")],
            ["A/1: the claim is still 90.00 EUR, and what it goes by has changed"],
            id="insolvency: the waiting period is over before",
        ),
        pytest.param(
            debtor_of(known(cover()), date(2026, 3, 1)), [item("A", "100")],
            debtor_of(known(cover()), date(2025, 12, 1)), [item("A", "100")],
            ["A/1: the claim is now for a person to judge and was 90.00 EUR"],
            id="insolvency that was earlier than the delivery",
        ),
        pytest.param(
            debtor_of([]), [item("A", "100")], COVERED, [item("A", "100")],
            ["A/1: the claim is now 90.00 EUR"],
            id="a cover that is known later",
        ),
        pytest.param(
            COVERED, [item("A", "100")], debtor_of(known(cover(insured_percentage="80"))),
            [item("A", "100")],
            ["A/1: the claim is now 80.00 EUR and was 90.00 EUR"],
            id="other terms",
        ),
        pytest.param(
            LIMITED, [item("A", "70"), item("B", "20", "2026-02-10")],
            LIMITED, [item("A", "70"), item("B", "20", "2026-02-10")], [],
            id="nothing",
        ),
        pytest.param(
            LIMITED, [item("A", "70"), item("B", "20", "2026-02-10")],
            LIMITED, [item_of("65", invoice_id="C"), item("B", "20", "2026-02-10")], [],
            id="the same figure in another way",
        ),
        pytest.param(debtor_of([]), [item("A", "100")], debtor_of([]), [item("A", "60")], [],
                     id="no cover at all"),
    ],
)  # fmt: skip
def test_what_has_other_figures_is_told_anew(
    debtor: Debtor,
    before: list[Item],
    later: Debtor,
    after: list[Item],
    sentences: list[str],
) -> None:
    by_now, changes = claims_of(later, told(debtor, *before), after)
    assert [f"{one.item.item_id}: {one.sentence}" for one in changes] == sentences
    assert {one.raised.level for one in changes} <= {"claim"}
    assert claims_of(later, by_now, after) == (by_now, ())


def test_a_claim_that_is_told_anew_has_its_day_and_the_amount_before() -> None:
    _by_now, [change] = claims_of(COVERED, told(COVERED, item("A", "100")), [item("A", "60")])
    claim = change.told_on(TODAY)
    assert (claim.amount, claim.was, claim.changed_on) == ("54.00", "90.00", TODAY)
    assert claim.why == [
        "insured: min(open 60.00 EUR, limit 500000) = 60.00 EUR",
        "x 90 % = 54.00 EUR",
    ]


def test_what_was_told_by_another_version_is_told_once() -> None:
    by_now, [change] = claims_of(COVERED, {}, [item("A", "100")])
    assert (change.sentence, change.told_on(TODAY).was) == ("the claim is now 90.00 EUR", None)
    assert claims_of(COVERED, by_now, [item("A", "100")]) == (by_now, ())


def test_what_was_delivered_while_cover_was_stopped_is_insured_by_no_payment() -> None:
    """A's period ended before B was issued; B stays without cover when A is paid."""
    covers = debtor_of(known(cover(mep_days=0, claim_limit_annual="100")))
    late = item("B", "100", "2026-03-01", issued_on="2026-02-10")
    third = item("C", "100", "2026-03-02")
    by_now = told(covers, item("A", "100"), late, third)
    assert by_now["B/1"].is_stopped
    after, changes = claims_of(covers, by_now, [late, third])
    assert after["B/1"].is_stopped
    # Nor does it use up anything: what A had claimed of the year is C's.
    assert [one.sentence for one in changes] == ["the claim is now 90.00 EUR and was 10.00 EUR"]


def test_a_second_claim_level_of_an_item_is_told_the_same() -> None:
    both = item("A", "60")
    both.raised.append(replace(both.raised[1], level="later"))
    _by_now, changes = claims_of(COVERED, told(COVERED, item("A", "100")), [both])
    assert [one.raised.level for one in changes] == ["claim", "later"]


def test_an_account_with_claims_that_were_told_is_looked_at_with_every_change() -> None:
    told_of = Said(claims=dict(told(COVERED, item("A", "100"))))
    assert wants_standing(COVERED, told_of, TODAY)
    assert not wants_standing(COVERED, Said(), TODAY)
