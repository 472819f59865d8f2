"""Which policy an account has, by whom it is and by what it owes in all, as time goes on."""

from datetime import timedelta

import pytest

from tests.integration.monitor.events import Said, known
from tests.integration.monitor.world import World, invoice, payment

DAY = timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
async def monitor(world: World) -> None:
    await world.start("one")


def bill(world: World, customer: str, name: str, total: str, due_in: int) -> Said:
    """Return an invoice that is due so many days from today, or was."""
    due = world.today + due_in * DAY
    return invoice(customer, name, total, str(due), issued_on=str(min(due, world.today)))


def policy(world: World, name: str, scope: str, levels: str, more: str = "") -> str:
    return f"policy: {name}-{world.run}\napplies_to: {{{scope}}}\n{more}\nlevels:\n{levels}\n"


REMINDER = "  - {level: reminder, after_days: 3, action: dunning_letter}"


@pytest.mark.parametrize("what", ["grade", "segment"])
async def test_a_customer_that_moves_is_under_another_policy_at_once(
    world: World, what: str
) -> None:
    name = f"{what}-{world.run}"
    await world.set_policy(policy(world, what, f"{what}: {name}", REMINDER))
    customer = world.customer(what)
    await world.happen(known(customer), bill(world, customer, "A", "100.00", -5))
    assert await world.heard(customer) == []
    await world.happen(known(customer, 2, **{what: name}))
    assert await world.heard(customer) == ["raised reminder"]
    await world.happen(known(customer, 3))
    # The default has no such level.
    assert await world.heard(customer) == ["raised reminder", "lifted reminder"]
    await world.later(10)
    assert (await world.heard(customer))[2:] == ["raised dunning"]
    await world.happen(known(customer, 4, **{what: name}))
    raised = [word for word in await world.words(customer) if word["level"] == "reminder"]
    assert len({word["escalation_id"] for word in raised}) == 2


async def test_a_grade_comes_before_a_segment_and_an_account_before_both(world: World) -> None:
    customer, run = world.customer("order"), world.run
    for what, scope in (
        ("by-segment", f"segment: many-{run}"),
        ("by-grade", f"grade: few-{run}"),
        ("by-account", f"account: 'default:{customer}'"),
    ):
        await world.set_policy(policy(world, what, scope, REMINDER.replace("reminder", what)))
    other = world.customer("other")
    await world.happen(
        *(known(one, segment=f"many-{run}", grade=f"few-{run}") for one in (customer, other)),
        *(bill(world, one, "A", "100.00", -5) for one in (customer, other)),
    )
    assert await world.heard(customer) == ["raised by-account"]
    assert await world.heard(other) == ["raised by-grade"]


async def test_many_small_items_reach_the_minimum_of_the_account_together(world: World) -> None:
    segment = f"small-{world.run}"
    minimum = 'scope: account\nminimum_open: {CNY: "100.00"}'
    await world.set_policy(policy(world, "small", f"segment: {segment}", REMINDER, minimum))
    customer = world.customer("small")
    await world.happen(
        known(customer, segment=segment),
        bill(world, customer, "A", "60.00", -5),
        bill(world, customer, "B", "30.00", -5),
    )
    assert await world.heard(customer) == []
    await world.happen(bill(world, customer, "C", "10.00", -1))
    # C itself has one day; with it the account owes enough for A and B.
    assert await world.heard(customer) == ["raised reminder"] * 2
    words = await world.words(customer)
    assert sorted(word["item_id"] for word in words) == ["A/1", "B/1"]
    await world.happen(payment(customer, "P-1", "50.00", received_on=str(world.today)))
    await world.later(2)
    assert "C/1" not in {word["item_id"] for word in await world.words(customer)}


async def test_time_alone_brings_an_account_over_its_minimum(world: World) -> None:
    segment = f"time-{world.run}"
    minimum = 'scope: account\nminimum_open: {CNY: "100.00"}'
    await world.set_policy(policy(world, "time", f"segment: {segment}", REMINDER, minimum))
    customer = world.customer("time")
    await world.happen(
        known(customer, segment=segment),
        bill(world, customer, "A", "60.00", -5),
        bill(world, customer, "B", "60.00", 2),
    )
    await world.later(2)
    assert await world.heard(customer) == []
    await world.later(1)
    words = await world.words(customer)
    assert [(word["type"], word["item_id"]) for word in words] == [("escalation.raised.v1", "A/1")]
    await world.later(2)
    assert await world.heard(customer) == ["raised reminder"] * 2


async def test_an_account_is_left_alone_until_enough_of_its_items_are_late(world: World) -> None:
    segment = f"count-{world.run}"
    await world.set_policy(
        policy(world, "count", f"segment: {segment}", REMINDER, "minimum_items: 3")
    )
    customer = world.customer("count")
    await world.happen(
        known(customer, segment=segment),
        bill(world, customer, "A", "10.00", -9),
        bill(world, customer, "B", "10.00", -9),
        bill(world, customer, "C", "10.00", 1),
    )
    await world.later(1)
    assert await world.heard(customer) == []
    await world.later(1)
    assert await world.heard(customer) == ["raised reminder"] * 2
