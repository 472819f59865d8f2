"""A partition that cannot be folded stops, loudly; the others go on. On a Kafka of its own."""

from pathlib import Path

import pytest

from deploy.local.kafka import KafkaServer
from shared.contracts.catalogue import LEDGER
from shared.kafka.producer import partition_of
from tests.integration.monitor.world import World, invoice, make_world, wait_for
from tests.partitions import PARTITIONS


@pytest.mark.timeout(180)
async def test_a_record_that_ingest_did_not_write_stops_its_partition_alone(
    database_url: str, tmp_path: Path
) -> None:
    broken = "default:broken"
    well = next(
        f"well-{number}"
        for number in range(100)
        if partition_of(f"default:well-{number}".encode(), PARTITIONS)
        != partition_of(broken.encode(), PARTITIONS)
    )
    async with (
        KafkaServer(tmp_path / "kafka") as server,
        make_world(server.bootstrap_servers, database_url, tmp_path) as world,
    ):
        client = await world.start("one")
        await world.producer.send(LEDGER, [(broken.encode(), b"no event of ours")])

        async def stopped() -> bool:
            return (await client.get("/readyz")).json()["parts"]["partitions"] != "ok"

        await world.publish(
            invoice("broken", "B-1", "500.00", "2026-02-01"),
            invoice(well, "W-1", "500.00", "2026-02-01"),
        )
        await wait_for(stopped)

        async def folded() -> bool:
            return bool(await world.rows("items", account_id=f"default:{well}"))

        await wait_for(folded)
        health = (await client.get("/readyz")).json()
        assert health["ready"] is False
        assert "offset 0 of ledger partition" in health["parts"]["partitions"]
        assert await world.rows("items", account_id="default:broken") == []
        await world.stop("one")
        await the_topic_of_one_account_is_lost(world, well)


async def the_topic_of_one_account_is_lost(world: World, customer: str) -> None:
    """What is folded reaches beyond the topic's end, as when the topic was made anew."""
    account_id = f"default:{customer}"
    partition = partition_of(account_id.encode(), PARTITIONS)
    await world.sql(f"UPDATE monitor.partitions SET next_offset = 70 WHERE partition = {partition}")
    client = await world.start("two", until_ready=False)
    await world.publish(invoice(customer, "W-2", "500.00", "2026-02-01"))

    async def told() -> bool:
        word = f"{LEDGER} partition {partition} ends at offset"
        return word in (await client.get("/readyz")).json()["parts"].get("partitions", "")

    await wait_for(told)
    assert (await client.get("/v1/progress")).json()["lag"] > 0
    response = await client.put("/v1/clock", json={"now": "2026-01-06T00:00:00+08:00"})
    assert (response.status_code, response.json()["code"]) == (409, "partition_stopped")
    await it_is_read_from_where_a_person_says(world, customer)


async def it_is_read_from_where_a_person_says(world: World, customer: str) -> None:
    """The journal goes on as it is: its offsets are ahead of the topic's from then on."""
    partition = partition_of(f"default:{customer}".encode(), PARTITIONS)
    client = world.clients["two"]
    reason = (await client.get("/readyz")).json()["parts"]["partitions"]
    assert f"arrears partition resume {partition} --topic {LEDGER} --from 0 --as NAME" in reason
    address = f"/v1/partitions/{partition}/resume"
    response = await client.post(address, json={"by": "Li Na", "from_offset": 0})
    answer = response.json()
    assert (response.status_code, answer["next_offset"], answer["position"]) == (200, 70, 0)

    async def folded() -> bool:
        rows = await world.rows("items", account_id=f"default:{customer}")
        return {row["invoice_id"] for row in rows} == {"W-1", "W-2"}

    await wait_for(folded)
    offsets = await world.sql(
        f'SELECT "offset" FROM monitor.journal WHERE partition = {partition} ORDER BY 1'
    )
    assert [row["offset"] for row in offsets][-1] >= 70
    again = await client.post(address, json={"by": "Li Na", "from_offset": 0})
    assert (again.status_code, again.json()["code"]) == (409, "partition_not_stopped")
