"""What holds a whole account: every item is held once, goes on once, and nothing is forgotten."""

from collections import Counter
from datetime import date, timedelta

import pytest

from tests.integration.monitor.events import (
    Said,
    blocked,
    covered,
    enforced,
    promised,
    said,
    unblocked,
)
from tests.integration.monitor.world import World, invoice, payment

ITEMS = ("A", "B", "C")
DAY = timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
async def monitor(world: World) -> None:
    await world.start("one")


async def dunned(world: World, name: str) -> str:
    """Return a customer with three items on which dunning has been raised today."""
    customer = world.customer(name)
    due_on = str(world.today - 15 * DAY)
    bills = (invoice(customer, one, "100.00", due_on, issued_on=due_on) for one in ITEMS)
    await world.happen(*bills)
    assert await world.heard(customer) == ["raised dunning"] * 3
    return customer


async def since(world: World, customer: str, heard: int) -> Counter[str]:
    """Count what is heard of an account beyond the first so many words."""
    return Counter((await world.heard(customer))[heard:])


def held_by(world: World, name: str, customer: str) -> Said:
    """Return an event that holds the account to the end of the third day from now, or for good."""
    until = str(world.today + 3 * DAY)
    if name == "promise":
        return promised(customer, until, made_on=str(world.today))
    if name == "block":
        return blocked(customer, until=until, blocked_on=str(world.today))
    return enforced(customer, on=False, set_on=str(world.today))


@pytest.mark.parametrize("hold", ["promise", "block"])
async def test_a_hold_with_a_day_holds_all_items_to_its_end_and_lets_them_go_on(
    world: World, hold: str
) -> None:
    customer = await dunned(world, f"until-{hold}")
    await world.happen(held_by(world, hold, customer))
    assert await since(world, customer, 3) == {"held dunning": 3}
    await world.later(3)
    assert await since(world, customer, 6) == {}
    await world.later(1)
    broken = {"promise broken": 1} if hold == "promise" else {}
    assert await since(world, customer, 6) == {"resumed dunning": 3, **broken}
    await world.later(11)
    assert (await since(world, customer, 9))["raised legal"] == 3


async def test_an_account_is_enforced_again_only_when_somebody_says_so(world: World) -> None:
    customer = await dunned(world, "enforcement")
    await world.happen(held_by(world, "enforcement", customer))
    await world.later(60)
    assert await since(world, customer, 3) == {"held dunning": 3}
    await world.happen(enforced(customer, on=True, set_on=str(world.today)))
    assert await since(world, customer, 6) == {"resumed dunning": 3, "raised insurance_claim": 3}


async def test_a_block_that_is_lifted_twice_is_over_once(world: World) -> None:
    customer = await dunned(world, "unblocked")
    await world.happen(blocked(customer))
    await world.happen(unblocked(customer), unblocked(customer, unblocked_on="2026-02-01"))
    assert await since(world, customer, 3) == {"held dunning": 3, "resumed dunning": 3}


async def test_a_hold_and_its_end_at_once_leave_nothing_held(world: World) -> None:
    customer = await dunned(world, "brief")
    await world.happen(blocked(customer), unblocked(customer))
    heard = await since(world, customer, 3)
    assert heard["resumed dunning"] == heard["held dunning"]
    await world.later(15)
    assert (await since(world, customer, 3))["raised legal"] == 3


async def test_a_promise_that_is_kept_early_by_two_payments_ends_its_hold_at_once(
    world: World,
) -> None:
    customer = await dunned(world, "early")
    today = str(world.today)
    await world.happen(
        promised(customer, str(world.today + 9 * DAY), made_on=today, amount="150.00")
    )
    await world.later(1)
    await world.happen(payment(customer, "P-1", "90.00", received_on=str(world.today)))
    assert "promise kept" not in await world.heard(customer)
    await world.happen(payment(customer, "P-2", "60.00", received_on=str(world.today)))
    heard = await since(world, customer, 6)
    # A is cleared, B is paid in half, and what is left goes on.
    assert (heard["promise kept"], heard["lifted dunning"], heard["resumed dunning"]) == (1, 1, 2)
    await world.later(20)
    assert "promise broken" not in await world.heard(customer)


async def test_promises_that_are_broken_are_counted(world: World) -> None:
    customer = await dunned(world, "count")
    for number, paid in ((1, "0"), (2, "30.00")):
        name, until = f"W-{number}", str(world.today + 2 * DAY)
        today = str(world.today)
        promise = promised(customer, until, made_on=today, promise_id=name, amount="100.00")
        await world.happen(promise)
        if number == 2:
            await world.happen(payment(customer, "P-1", paid, received_on=today))
        await world.later(3)
    words = [word for word in await world.words(customer) if word["type"].startswith("promise")]
    told = [
        (one["promise_id"], one["status"], one["paid"], one["broken_promises"]) for one in words
    ]
    assert told == [("W-1", "broken", "0.00", 1), ("W-2", "partially_kept", "30.00", 2)]


async def test_a_promise_that_was_kept_early_holds_again_when_its_payment_bounces(
    world: World,
) -> None:
    customer = await dunned(world, "bounced")
    today, bank = world.today, {"allocations": [{"invoice_id": "A", "amount": "100.00"}]}
    until, first = str(today + 2 * DAY), {"received_on": str(today), **bank}
    await world.happen(
        promised(customer, until, made_on=str(today), amount="100.00", invoice_ids=["A"]),
        payment(customer, "P-1", "100.00", **first),
    )
    before = await world.heard(customer)
    assert "promise kept" in before
    bounced = {"payment_id": "P-1", "reversed_on": str(today), "reason": "bounced"}
    await world.happen(said("payment.reversed", customer, reversal_id="V-1", **bounced))
    # Nothing is raised for the day on which the money was there and gone.
    assert (await since(world, customer, len(before))) == {"promise annulled": 1}
    await world.later(3)
    assert (await since(world, customer, len(before)))["promise broken"] == 1
    late = {"received_on": until, **bank}
    await world.happen(payment(customer, "P-2", "100.00", **late))
    words = [one for one in await world.words(customer) if one["type"].startswith("promise")]
    assert [(one["status"], one["broken_promises"]) for one in words] == [
        ("kept", 0),
        ("open", 0),
        ("broken", 1),
        ("kept", 0),
    ]
    assert len({one["event_id"] for one in words}) == 4


async def test_promises_do_not_share_money_and_are_listed_with_what_was_paid(
    world: World,
) -> None:
    customer = await dunned(world, "listed")
    today = str(world.today)
    for name, days, more in (
        ("W-1", 2, {}),
        ("W-2", 4, {}),
        ("W-3", 4, {"invoice_ids": ["C"]}),
    ):
        until = str(world.today + days * DAY)
        told = {"promise_id": name, "amount": "100.00", "made_on": today, **more}
        await world.happen(promised(customer, until, **told))
    await world.happen(
        payment(customer, "P-1", "130.00", received_on=today),
        said("promise.withdrawn", customer, promise_id="W-3", withdrawn_on=today),
    )
    await world.later(5)
    account_id = f"default:{customer}"
    rows = await world.rows("promises", account_id=account_id)
    assert [(one["promise_id"], one["status"], one["paid"]) for one in rows] == [
        ("W-1", "kept", "100.00"),
        ("W-2", "partially_kept", "30.00"),
        ("W-3", "withdrawn", None),
    ]
    for status, names in (("kept", ["W-1"]), ("withdrawn", ["W-3"]), ("open", [])):
        found = await world.rows("promises", account_id=account_id, status=status)
        assert [one["promise_id"] for one in found] == names
    first = await world.rows("promises", account_id=account_id, limit="1")
    assert [one["promise_id"] for one in first] == ["W-1"]


async def test_cover_stops_with_the_oldest_item_and_is_there_again_once_that_is_paid(
    world: World,
) -> None:
    customer = world.customer("mep")
    due_on, today = str(world.today + DAY), str(world.today)
    bill = invoice(customer, "A", "100.00", due_on, issued_on=today)
    later_bill = invoice(customer, "B", "100.00", str(world.today + 90 * DAY), issued_on=today)
    await world.happen(covered(customer, mep_days=30), bill, later_bill)
    await world.later(31)
    assert "cover stopped" not in await world.heard(customer)
    await world.later(1)
    assert (await world.heard(customer))[-1] == "cover stopped"
    paid = payment(
        customer,
        "P-1",
        "100.00",
        received_on=str(world.today),
        allocations=[{"invoice_id": "A", "amount": "100.00"}],
    )
    await world.happen(paid)
    assert "cover resumed" in await world.heard(customer)
    bounced = {"payment_id": "P-1", "reversal_id": "V-1", "reversed_on": str(world.today)}
    await world.happen(said("payment.reversed", customer, reason="bounced", **bounced))
    cover = [word for word in await world.heard(customer) if word.startswith("cover")]
    assert cover == ["cover stopped", "cover resumed", "cover stopped"]


async def test_insolvency_raises_the_claim_at_once_on_every_item_due_or_not(world: World) -> None:
    customer = world.customer("insolvent")
    today = str(world.today)
    await world.happen(
        covered(customer),
        invoice(customer, "A", "100.00", str(world.today + 60 * DAY), issued_on=today),
        invoice(customer, "B", "200.00", today, issued_on=today),
    )
    await world.happen(said("customer.insolvent", customer, filed_on=today))
    words = await world.words(customer)
    assert [one["policy_no"] for one in words if one["type"] == "cover.stopped.v1"] == ["C-1"]
    claims = [one for one in words if one["type"] == "escalation.raised.v1"]
    assert sorted((one["item_id"], one["level"], one["claim"]["amount"]) for one in claims) == [
        ("A/1", "insurance_claim", "90.00"),
        ("B/1", "insurance_claim", "180.00"),
    ]
    assert world.today > date(2026, 1, 5)
