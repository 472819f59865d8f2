"""The figures that a raised level is told with: interest so far, and claims of one policy year."""

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.monitor.events import covered, known, written_off
from tests.integration.monitor.world import World, invoice, payment

DAY = timedelta(days=1)
INTEREST = """\
policy: interest-{run}
applies_to: {{segment: interest-{run}}}
levels:
  - {{level: dunning, after_days: 15, action: dunning_letter}}
interest: {{annual_percent: "10", day_count: actual/365, fixed_sum: {{CNY: "40.00"}}}}
"""
#: For those of a segment: the insurer is told before anything is claimed.
NOTICE = """\
policy: notice-{run}
applies_to: {{segment: notice-{run}}}
levels:
  - {{level: overdue_notice, after_days: 20, action: insurance_notice}}
  - {{level: insurance_claim, after_days: 60, action: insurance_claim}}
"""


@pytest.fixture(scope="module", autouse=True)
async def monitor(world: World) -> None:
    await world.start("one")
    await world.set_policy(INTEREST.format(run=world.run))
    await world.set_policy(NOTICE.format(run=world.run))


def bill(world: World, customer: str, name: str, total: str, overdue: int, **more: Any) -> Any:
    due = str(world.today - overdue * DAY)
    return invoice(customer, name, total, due, issued_on=due, **more)


async def raised(world: World, customer: str) -> list[dict[str, Any]]:
    words = await world.words(customer)
    return [word for word in words if word["type"] == "escalation.raised.v1"]


@pytest.mark.parametrize(
    ("name", "contract", "expected"),
    [
        # 100.00 x 10 % x 15/365 = 0.41, and the creditor's fixed sum.
        ("creditors", None, ("40.41", "40.41")),
        # 100.00 x 0.05 % x 15 days = 0.75, as the contract has it, and no fixed sum.
        ("contract", {"daily_percent": "0.05"}, ("0.75", "0.75")),
        # What the door would refuse is not read; the creditor's rule is.
        ("unreadable", {"annual_percent": 10}, ("40.41", "40.41")),
    ],
)
async def test_a_level_is_raised_with_the_interest_so_far(
    world: World, name: str, contract: Any, expected: tuple[str, str]
) -> None:
    customer = world.customer(name)
    more = {} if contract is None else {"interest": contract}
    await world.happen(
        known(customer, segment=f"interest-{world.run}"),
        bill(world, customer, "A", "100.00", 15, **more),
    )
    [word] = await raised(world, customer)
    assert (word["interest"]["accrued"], word["interest"]["open"]) == expected
    assert ("cannot be read" in word["interest"]["why"][0]) == (name == "unreadable")


async def test_money_that_came_before_the_level_lowers_the_interest_from_its_day_on(
    world: World,
) -> None:
    customer = world.customer("partly")
    came = payment(
        customer,
        "P-1",
        "60.00",
        received_on=str(world.today - 5 * DAY),
        allocations=[
            {"invoice_id": "A", "amount": "50.00"},
            {"invoice_id": "A", "amount": "10.00", "claim": "interest"},
        ],
    )
    await world.happen(
        known(customer, segment=f"interest-{world.run}"),
        came,
        bill(world, customer, "A", "100.00", 15),
    )
    [word] = await raised(world, customer)
    # 100.00 for 9 days and 50.00 for 6 at 10 %: 0.25 + 0.08 = 0.33, of which 10.00 are paid.
    assert word["open"] == "50.00"
    assert (word["interest"]["accrued"], word["interest"]["open"]) == ("40.33", "30.33")


async def test_claims_of_one_sweep_share_the_years_deductible_and_limit(world: World) -> None:
    customer = world.customer("year")
    due = str(world.today + 2 * DAY)
    bills = [
        invoice(customer, name, total, due, issued_on=str(world.today))
        for name, total in (("A", "1000.00"), ("B", "2000.00"), ("C", "3000.00"))
    ]
    terms = {
        "deductible": "1500.00",
        "deductible_kind": "annual_aggregate",
        "claim_limit_annual": "2000.00",
    }
    await world.happen(covered(customer, **terms), *bills)
    await world.later(62)
    claims = {word["item_id"]: word["claim"] for word in await raised(world, customer)}
    # 1,000 of the deductible by A, 500 by B: (2,000 - 500) x 90 % = 1,350; the year has 650 left.
    assert {name: claim["amount"] for name, claim in claims.items()} == {
        "A/1": "0.00",
        "B/1": "1350.00",
        "C/1": "650.00",
    }
    assert [claims[name]["deductible"] for name in ("A/1", "B/1")] == ["1000.00", "500.00"]


async def test_a_claim_that_was_lifted_has_used_nothing_of_the_year(world: World) -> None:
    customer = world.customer("lifted")
    terms = {"deductible": "500.00", "deductible_kind": "annual_aggregate", "waiting_days": 10}
    await world.happen(covered(customer, **terms), bill(world, customer, "A", "1000.00", 60))
    [first] = await raised(world, customer)
    assert first["claim"]["amount"] == "450.00"
    # In one batch: A is given up, and B comes as late as A was.
    await world.happen(written_off(customer, "A"), bill(world, customer, "B", "1000.00", 60))
    *_, second = await raised(world, customer)
    assert (second["item_id"], second["claim"]["amount"]) == ("B/1", "450.00")


async def test_the_insurer_is_told_what_a_claim_would_be_and_nothing_is_used_up(
    world: World,
) -> None:
    customer = world.customer("notice")
    due_on = world.today + 2 * DAY
    terms = {
        "deductible": "500.00",
        "deductible_kind": "annual_aggregate",
        "limit": "1500.00",
        "mep_days": 300,
    }
    due = {"A/1": due_on, "B/1": due_on + 5 * DAY}
    bills = [
        invoice(customer, name[0], "1000.00", str(on), issued_on=str(world.today))
        for name, on in due.items()
    ]
    segment = known(customer, segment=f"notice-{world.run}")
    await world.happen(segment, covered(customer, **terms), *bills)
    await world.later(22)
    await world.later(5)
    told = {word["item_id"]: word["claim"] for word in await raised(world, customer)}
    # 90 % of what the limit leaves for each, less 500.00: the other has used up none of it.
    assert {name: one["amount"] for name, one in told.items()} == {"A/1": "450.00", "B/1": "0.00"}
    assert {name: one["notify_by"] for name, one in told.items()} == {
        name: str(on + 30 * DAY) for name, on in due.items()
    }
    await world.later(40)
    claims = {
        word["item_id"]: word["claim"]["amount"]
        for word in await raised(world, customer)
        if word["action"] == "insurance_claim"
    }
    assert claims == {"A/1": "450.00", "B/1": "450.00"}


async def anew(world: World, customer: str) -> list[tuple[str, str, str | None, str | None]]:
    """What was told anew of claims, with the amounts before."""
    return [
        (word["item_id"], word["open"], word["claim"].get("amount"), word["claim"].get("was"))
        for word in await world.words(customer)
        if word["type"] == "escalation.updated.v1" and word.get("claim")
    ]


async def test_a_part_payment_tells_the_claims_anew_that_have_other_figures(world: World) -> None:
    customer = world.customer("anew")
    terms = {"claim_limit_annual": "1000.00", "mep_days": 300, "waiting_days": 10}
    await world.happen(
        covered(customer, **terms),
        bill(world, customer, "A", "1000.00", 61),
        bill(world, customer, "B", "1000.00", 60),
    )
    claims = {word["item_id"]: word["claim"]["amount"] for word in await raised(world, customer)}
    assert claims == {"A/1": "900.00", "B/1": "100.00"}
    part = payment(customer, "P-1", "400.00", allocations=[{"invoice_id": "A", "amount": "400.00"}])
    await world.happen(part)
    told = [("A/1", "600.00", "540.00", "900.00"), ("B/1", "1000.00", "460.00", "100.00")]
    assert await anew(world, customer) == told
    # One word an escalation: A's new open amount is told with the claim.
    updates = [
        word["item_id"]
        for word in await world.words(customer)
        if word["type"] == "escalation.updated.v1" and word["action"] == "insurance_claim"
    ]
    assert updates == ["A/1", "B/1"]
    await world.happen(written_off(customer, "A"))
    assert (await anew(world, customer))[2:] == [("B/1", "1000.00", "900.00", "460.00")]
    # What is looked at again by the sweep has nothing new to say.
    await world.later(1)
    assert len(await anew(world, customer)) == 3


async def test_a_cover_that_is_known_after_the_raise_gives_the_claim_its_figure(
    world: World,
) -> None:
    customer = world.customer("later")
    await world.happen(bill(world, customer, "A", "1000.00", 60))
    [word] = await raised(world, customer)
    assert word["claim"]["manual_review"]
    await world.happen(covered(customer, waiting_days=10, mep_days=300))
    assert await anew(world, customer) == [("A/1", "1000.00", "900.00", None)]
    assert len(await raised(world, customer)) == 1
