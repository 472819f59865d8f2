"""Restarts, several instances, and dependencies: nothing is lost, and no name is given twice."""

import asyncio

from shared.contracts.catalogue import PAYMENTS
from tests.integration.ingest.world import World, wait_for

EVENTS = 20_000


async def test_killed_in_the_middle_and_started_again_every_event_arrives(world: World) -> None:
    ids = [f"killed-{number:05}" for number in range(EVENTS)]
    await world.publish(*(world.event(event_id) for event_id in ids))
    process = world.spawn("one")
    try:

        async def begun() -> bool:
            return await world.count("names") > 0

        await wait_for(begun)
    finally:
        process.kill()
        process.wait(timeout=10)
    assert await world.count("names") < EVENTS
    await world.start("two")
    await world.rest()
    assert await world.count("names") == EVENTS
    assert sorted(set(world.ledger_ids())) == ids
    assert world.rejected == []


async def test_a_restart_keeps_refusals_once_and_reads_nothing_anew(world: World) -> None:
    if "two" not in world.tasks:
        await world.start("two")
    await world.publish(b"poison", b"poison")
    await world.rest()
    await world.stop("two")
    world.ledger.clear()
    await world.start("three")
    await world.rest()
    assert world.ledger == []
    assert len(await world.rows(code="not_json")) == 2


async def test_a_record_that_is_read_twice_is_kept_once(world: World) -> None:
    """The offsets are set back, as after a crash between the rows and the commit."""
    if "three" not in world.tasks:
        await world.start("three")
    await world.publish(world.event("twice"), b"twice?", topic=PAYMENTS)
    await world.rest()
    offset = world.rejected[-1].offset
    assert offset is not None
    await world.stop("three")
    await world.set_back(PAYMENTS, 0, offset - 1)
    world.ledger.clear()
    world.rejected.clear()
    await world.start("four")
    await world.rest()
    assert world.ledger_ids() == ["twice"]
    assert [one.offset for one in world.rejected] == [offset]
    rows = await world.rows(topic=PAYMENTS)
    assert [row["offset"] for row in rows] == [offset]


async def test_two_instances_share_the_partitions_and_no_name_is_given_twice(
    world: World,
) -> None:
    await asyncio.gather(world.start("left"), world.start("right"))
    world.ledger.clear()
    event = world.event("contested")
    other = world.event("contested", data={"total": "7.00"})
    for partition in range(4):
        await world.publish(*([event, other] * 20), partition=partition)
    await world.rest()
    contents = {bytes(event.data) for _partition, _key, event in world.ledger}
    assert len(contents) == 1
    assert len(world.ledger) == 80
    assert len(await world.rows(code="conflict")) == 80


async def test_lag_is_counted_while_no_instance_owns_anything(world: World) -> None:
    for instance in list(world.tasks):
        await world.stop(instance)
    await world.publish(world.event("unread"))
    lag = await world.lag()
    await world.start("last")
    await world.rest()
    assert lag == 1
    assert await world.lag() == 0
