"""Who owns a partition may write it: fencing by epoch and offset, several members, relays."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from aiokafka import AIOKafkaConsumer

from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.store import PostgresStore
from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from services.monitor.handlers.batch import fold_batch
from services.monitor.handlers.ports import Ownership, Record
from services.monitor.rebuild import check
from shared.contracts.catalogue import ESCALATIONS
from shared.errors import FencedError
from shared.postgres.pool import Database
from tests.integration.monitor.world import World, invoice, ledger_record, payment, wait_for
from tests.partitions import PARTITIONS

NOW = datetime(2026, 1, 5, tzinfo=UTC)
#: A partition that no test's topic has, so that nobody else writes to its row.
PARTITION = 900
OURS = range(900, 910)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PostgresStore]:
    database = Database(database_url, application="test", write_pool_size=4)
    store = PostgresStore(database, PolicyDocuments())
    await store.seed(NOW)
    yield store
    await database.close()


def records(*ids: str, start: int) -> list[Record]:
    made = []
    for place, invoice_id in enumerate(ids):
        _key, value = ledger_record(*invoice("fenced", invoice_id, "500.00", "2026-02-01"), "test")
        made.append(Record(PARTITION, start + place, value))
    return made


async def test_a_batch_of_an_owner_that_was_replaced_changes_nothing(
    store: PostgresStore, world: World
) -> None:
    [first] = await store.acquire([PARTITION], "first")
    [second] = await store.acquire([PARTITION], "second")
    assert second.epoch == first.epoch + 1
    batch = {PARTITION: records("F-1", start=first.next_offset)}
    with pytest.raises(FencedError):
        await fold_batch(store, {PARTITION: first}, batch, NOW, live=OURS)
    assert await world.sql("SELECT 1 FROM monitor.items WHERE invoice_id = 'F-1'") == []
    await fold_batch(store, {PARTITION: second}, batch, NOW, live=OURS)
    assert len(await world.sql("SELECT 1 FROM monitor.items WHERE invoice_id = 'F-1'")) == 1


async def test_a_batch_that_was_committed_already_is_not_written_again(
    store: PostgresStore, world: World
) -> None:
    [owned] = await store.acquire([PARTITION], "owner")
    batch = {PARTITION: records("F-2", start=owned.next_offset)}
    await fold_batch(store, {PARTITION: owned}, batch, NOW, live=OURS)
    # The commit went through, but its answer was lost: the owner still expects the old offset.
    with pytest.raises(FencedError):
        await fold_batch(store, {PARTITION: owned}, batch, NOW, live=OURS)
    assert len(await world.sql("SELECT 1 FROM monitor.items WHERE invoice_id = 'F-2'")) == 1


async def test_a_sweep_of_an_owner_that_was_replaced_is_refused(store: PostgresStore) -> None:
    [first] = await store.acquire([PARTITION], "first")
    await store.acquire([PARTITION], "second")
    async with store.unit() as unit:
        with pytest.raises(FencedError):
            await unit.hold(first)


async def test_the_same_event_published_twice_is_journalled_once(
    store: PostgresStore, world: World
) -> None:
    [owned] = await store.acquire([PARTITION], "owner")
    [record] = records("F-3", start=owned.next_offset)
    again = Record(PARTITION, record.offset + 1, record.value)
    folded = await fold_batch(
        store, {PARTITION: owned}, {PARTITION: [record, again]}, NOW, live=OURS
    )
    later = Ownership(PARTITION, owned.epoch, owned.next_offset + 2)
    third = Record(PARTITION, record.offset + 2, record.value)
    repeated = await fold_batch(store, {PARTITION: later}, {PARTITION: [third]}, NOW, live=OURS)
    assert (folded.records, folded.duplicates) == (2, 1)
    assert (repeated.records, repeated.duplicates) == (1, 1)
    assert len(await world.sql("SELECT 1 FROM monitor.items WHERE invoice_id = 'F-3'")) == 1


async def test_what_one_batch_raises_in_several_partitions_is_kept_in_each_its_own(
    store: PostgresStore, world: World
) -> None:
    owned = {one.partition: one for one in await store.acquire([901, 902, 903], "owner")}
    batch = {}
    for partition in owned:
        event = invoice(f"several-{partition}", f"V-{partition}", "500.00", "2025-12-01")
        _key, value = ledger_record(event[0], {**event[1], "issued_on": "2025-10-01"}, "test")
        batch[partition] = [Record(partition, 0, value)]
    await fold_batch(store, owned, batch, NOW, live=OURS)
    for table in ("escalations", "outbox"):
        found = await world.sql(f"SELECT partition FROM monitor.{table} WHERE partition > 900")
        assert sorted(row["partition"] for row in found) == [901, 902, 903]
    await world.sql("DELETE FROM monitor.outbox WHERE partition > 900")


async def test_a_partition_that_is_far_behind_raises_nothing_until_the_sweep(
    store: PostgresStore, world: World
) -> None:
    [owned] = await store.acquire([PARTITION], "owner")
    batch = {PARTITION: records("F-4", start=owned.next_offset)}
    late = datetime(2026, 6, 1, tzinfo=UTC)
    folded = await fold_batch(store, {PARTITION: owned}, batch, late, live=())
    assert folded.words == []
    due = await world.sql("SELECT due_at FROM monitor.timers WHERE invoice_id = 'F-4'")
    assert [row["due_at"] for row in due] == [late]


async def test_what_a_crash_left_in_the_outbox_is_sent_in_order_by_the_next_owner(
    world: World,
) -> None:
    run = uuid.uuid4().hex
    for number in range(3):
        await world.sql(
            "INSERT INTO monitor.outbox (partition, topic, key, value, said_at) VALUES "
            f"(3, '{ESCALATIONS}', 'k', convert_to('{run}-{number}', 'UTF8'), now())"
        )
    await world.start("relay")
    await world.rest()
    await world.stop("relay")
    async with AIOKafkaConsumer(
        ESCALATIONS, bootstrap_servers=world.kafka, auto_offset_reset="earliest"
    ) as consumer:
        found: list[str] = []

        async def all_there() -> bool:
            for batch in (await consumer.getmany(timeout_ms=100)).values():
                found.extend(text for raw in batch if (text := raw.value.decode()).startswith(run))
            return len(found) >= 3

        await wait_for(all_there)
    assert found == [f"{run}-{number}" for number in range(3)]
    assert await world.sql("SELECT 1 FROM monitor.outbox") == []


async def test_two_members_share_the_partitions_and_one_takes_over_when_the_other_dies(
    world: World,
) -> None:
    await world.spawn("left")
    await world.start("right")

    async def shared() -> bool:
        owners = await world.sql(
            f"SELECT DISTINCT owner FROM monitor.partitions WHERE partition < {PARTITIONS}"
        )
        return len(owners) == 2

    await wait_for(shared)
    customers = [world.customer(f"shared-{number}") for number in range(40)]
    await world.publish(
        *(invoice(one, f"S-{one}", "900.00", "2026-01-10") for one in customers),
        *(payment(one, f"P-{one}", "400.00") for one in customers),
    )
    await world.rest()
    await world.kill("left")
    await world.publish(*(payment(one, f"Q-{one}", "100.00") for one in customers))
    await world.rest()
    rows = await world.sql("SELECT open_minor FROM monitor.items WHERE invoice_id LIKE 'S-%'")
    assert [row["open_minor"] for row in rows] == [40000] * 40
    await world.clock(date(2026, 1, 25))
    await world.rest()
    raised = await world.sql(
        "SELECT 1 FROM monitor.escalations WHERE invoice_id LIKE 'S-%' AND level = 'dunning'"
    )
    assert len(raised) == 40
    differences = await check(world.database_url, lambda _done, _total: None)
    assert [one for one in differences if "fenced" not in one] == []


async def test_a_new_policy_looks_again_at_every_open_item(world: World) -> None:
    customer = world.customer("policy")
    client = world.clients["right"]
    await world.publish(
        invoice(customer, "Y-1", "50.00", "2026-01-22"),
    )
    await world.rest()
    assert await world.rows("escalations", account_id=f"default:{customer}") == []
    document = (
        f"policy: strict-{world.run}\napplies_to: {{account: 'default:{customer}'}}\n"
        "levels:\n  - {level: reminder, after_days: 3, action: dunning_letter}\n"
    )
    response = await client.post("/v1/policies", content=document)
    assert response.status_code == 201, response.text
    assert response.json()["version"] == 1
    await world.rest()
    said = await world.rows("escalations", account_id=f"default:{customer}")
    assert [(one["level"], one["policy"]) for one in said] == [
        ("reminder", f"strict-{world.run}@1")
    ]


async def test_a_policy_error_names_line_and_path(world: World) -> None:
    client = world.clients["right"]
    broken = DEFAULT_DOCUMENT.replace("after_days: 30", "after_days: soon")
    response = await client.post("/v1/policies/validate", content=broken)
    problem = response.json()
    assert response.status_code == 422
    assert problem["field"] == "levels[1].after_days"
    line = next(
        number for number, text in enumerate(broken.splitlines(), 1) if "after_days: soon" in text
    )
    assert problem["detail"].startswith(f"line {line}: levels[1].after_days:")
