"""Cross-default between two creditors' accounts, in partitions that two processes own."""

from collections import Counter
from datetime import timedelta

import pytest

from services.monitor.rebuild import check
from shared.kafka.producer import partition_of
from tests.integration.monitor.auditing import violations
from tests.integration.monitor.events import Said, known, said
from tests.integration.monitor.world import World, invoice, payment, wait_for
from tests.partitions import PARTITIONS

DAY = timedelta(days=1)
NORTH, SOUTH = "north", "south"
POLICY = """\
policy: {name}
applies_to: {{creditor: {name}}}
levels:
  - {{level: dunning, after_days: 15, action: dunning_letter}}
  - {{level: legal, after_days: 30, action: legal_handoff}}
cross_default: {{at: legal, threshold: {{CNY: "100.00"}}, raise: legal}}
"""


@pytest.fixture(scope="module", autouse=True)
async def two_monitors(world: World) -> None:
    """Have two processes that own two partitions each."""
    await world.spawn("left")
    await world.spawn("right")

    async def shared() -> bool:
        owners = await world.sql("SELECT owner, count(*) FROM monitor.partitions GROUP BY owner")
        return sorted(row["count"] for row in owners) == [PARTITIONS // 2] * 2

    await wait_for(shared)
    for name in (NORTH, SOUTH):
        await world.set_policy(POLICY.format(name=name))


async def owner_of(world: World, key: str) -> str:
    partition = partition_of(key.encode(), PARTITIONS)
    [row] = await world.sql(f"SELECT owner FROM monitor.partitions WHERE partition = {partition}")
    return str(row["owner"])


async def apart(world: World, name: str) -> tuple[str, str]:
    """Return a customer of NORTH and one of SOUTH whose accounts different processes own."""
    first = world.customer(f"{name}-n")
    owner = await owner_of(world, f"{NORTH}:{first}")
    for number in range(100):
        second = world.customer(f"{name}-s{number}")
        if await owner_of(world, f"{SOUTH}:{second}") != owner:
            return first, second
    raise AssertionError


def of(creditor: str, *events: Said) -> list[Said]:
    return [(kind, {**data, "creditor_id": creditor}) for kind, data in events]


def bill(world: World, customer: str, name: str, total: str, overdue: int) -> Said:
    due = world.today - overdue * DAY
    return invoice(customer, name, total, str(due), issued_on=str(due))


def pays(world: World, customer: str, amount: str, name: str = "P-1") -> Said:
    return payment(customer, name, amount, received_on=str(world.today))


async def messages(world: World, group: str) -> Counter[str]:
    """Count the words of a group and of its members on the ledger."""
    rows = await world.sql(
        "SELECT event->>'type' AS type FROM monitor.journal "
        f"WHERE event->'data'->>'group_id' = '{group}' AND event->>'source' = 'arrears/monitor'"
    )
    return Counter(row["type"] for row in rows)


async def grouped(world: World, name: str, overdue: int = 31) -> tuple[str, str, str]:
    """Return a group, its member that is in default, and its member with an item just late."""
    group = f"{name}-{world.run}"
    first, second = await apart(world, name)
    await world.happen(
        *of(SOUTH, known(second, group_id=group), bill(world, second, "B", "60.00", 2)),
        *of(NORTH, known(first, group_id=group), bill(world, first, "A", "100.00", overdue)),
    )
    return group, first, second


async def test_one_accounts_default_raises_the_others_level_and_its_cure_lifts_it(
    world: World,
) -> None:
    group, first, second = await grouped(world, "cure")
    assert await world.heard(first, NORTH) == ["raised legal"]
    heard = await world.heard(second, SOUTH)
    assert sorted(heard) == ["account defaulted", "raised legal"]
    [told] = [one for one in await world.words(second, SOUTH) if one["type"].startswith("account")]
    assert (told["group_id"], len(told["causes"])) == (group, 1)
    assert f"{NORTH}:{first}" in told["causes"][0]

    await world.happen(*of(NORTH, pays(world, first, "100.00")))
    assert await world.heard(first, NORTH) == ["raised legal", "lifted legal"]
    assert sorted((await world.heard(second, SOUTH))[2:]) == ["account cured", "lifted legal"]


async def test_what_a_group_says_comes_to_rest(world: World) -> None:
    group, first, second = await grouped(world, "rest")
    said_once = await messages(world, group)
    # Two joined, and the one in default said so; the other was told once, and never in return.
    assert said_once["account.defaulted.v1"] == 1
    assert said_once["group.member_changed.v1"] <= 3
    for _ in range(3):
        await world.later(1)
    assert await messages(world, group) == said_once
    heard = [*await world.heard(first, NORTH), *await world.heard(second, SOUTH)]
    assert "account defaulted" not in await world.heard(first, NORTH)
    assert Counter(heard)["raised legal"] == 2


async def test_below_the_threshold_nobody_is_told_until_time_brings_it_over(world: World) -> None:
    group = f"threshold-{world.run}"
    first, second = await apart(world, "threshold")
    await world.happen(
        *of(SOUTH, known(second, group_id=group), bill(world, second, "B", "60.00", 2)),
        *of(NORTH, known(first, group_id=group), bill(world, first, "A", "99.00", 31)),
        *of(NORTH, bill(world, first, "A2", "1.00", -1)),
    )
    assert await world.heard(second, SOUTH) == []
    await world.later(1)
    assert await world.heard(second, SOUTH) == []
    await world.later(1)
    assert sorted(await world.heard(second, SOUTH)) == ["account defaulted", "raised legal"]


async def test_who_joins_a_group_in_default_hears_of_it_and_who_leaves_is_free(
    world: World,
) -> None:
    group, _first, second = await grouped(world, "join")
    third = world.customer("joiner")
    await world.happen(*of(SOUTH, known(third), bill(world, third, "C", "60.00", 2)))
    assert await world.heard(third, SOUTH) == []
    await world.happen(*of(SOUTH, known(third, 2, group_id=group)))
    assert sorted(await world.heard(third, SOUTH)) == ["account defaulted", "raised legal"]
    await world.happen(*of(SOUTH, known(second, 2)))
    assert "lifted legal" in await world.heard(second, SOUTH)
    assert "lifted legal" not in await world.heard(third, SOUTH)


async def test_insolvency_is_a_default_whatever_is_owed(world: World) -> None:
    group = f"insolvent-{world.run}"
    first, second = await apart(world, "insolvent")
    await world.happen(
        *of(SOUTH, known(second, group_id=group), bill(world, second, "B", "60.00", 2)),
        *of(NORTH, known(first, group_id=group)),
    )
    await world.happen(*of(NORTH, said("customer.insolvent", first, filed_on=str(world.today))))
    assert sorted(await world.heard(second, SOUTH)) == ["account defaulted", "raised legal"]


async def test_a_default_is_told_though_its_process_is_killed(world: World) -> None:
    group, first, second = await grouped(world, "killed", overdue=0)
    owner = await owner_of(world, f"{NORTH}:{first}")
    instance = owner.removesuffix(f"-{world.run}")
    await world.publish(*of(NORTH, bill(world, first, "A2", "500.00", 31)))
    await world.kill(instance)
    await world.rest()
    assert sorted(set(await world.heard(second, SOUTH))) == ["account defaulted", "raised legal"]
    await world.happen(*of(NORTH, pays(world, first, "600.00")))
    assert "lifted legal" in await world.heard(second, SOUTH)
    assert (await messages(world, group))["account.cured.v1"] == 1


async def test_what_groups_have_said_is_what_the_journal_gives(world: World) -> None:
    assert await check(world.database_url, lambda _done, _total: None) == []
    assert await violations(world.database_url) == []
