"""A violation that the service's own audit finds stops its partition, until somebody resumes it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.monitor.settings import MonitorSettings
from shared.kafka.producer import partition_of
from tests.integration.monitor.world import World, invoice, make_world, wait_for
from tests.partitions import PARTITIONS

#: A second: with every tick each partition is due again.
AUDIT_HOURS = 1 / 3600


class AuditedWorld(World):
    """Monitors that audit and seal all the time, and keep evidence."""

    def settings(self, instance: str) -> MonitorSettings:
        often = {"audit_hours": AUDIT_HOURS, "seal_seconds": 0.5}
        settings = super().settings(instance)
        return settings.model_copy(update={**often, "evidence_dir": self.evidence})

    @property
    def evidence(self) -> Path:
        return self.clock_file.parent / "evidence"


@pytest.fixture(scope="module")
async def world(
    kafka: str, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[AuditedWorld]:
    async with make_world(kafka, database_url, tmp_path_factory.mktemp("world")) as made:
        yield AuditedWorld(**vars(made))


def partition(customer: str) -> int:
    return partition_of(f"default:{customer}".encode(), PARTITIONS)


async def part(client: httpx.AsyncClient) -> str:
    return str((await client.get("/readyz")).json()["parts"]["partitions"])


async def stopped(client: httpx.AsyncClient) -> None:
    async def told() -> bool:
        return (await part(client)).startswith("stopped")

    await wait_for(told)


async def opened(world: World, customer: str, count: int) -> None:
    async def there() -> bool:
        return len(await world.rows("items", account_id=f"default:{customer}")) == count

    await wait_for(there)


async def audit(client: httpx.AsyncClient, number: int, **asked: Any) -> dict[str, Any]:
    response = await client.post(f"/v1/partitions/{number}/audit", json=asked)
    assert response.status_code == 200, response.text
    *steps, result = [json.loads(line) for line in response.text.splitlines()]
    assert all({"looked_at", "items"} == step.keys() for step in steps)
    return dict(result)


async def test_a_violation_stops_its_partition_until_it_is_resumed(world: AuditedWorld) -> None:
    client = await world.start("one")
    broken = world.customer("broken")
    well = next(
        name
        for number in range(100)
        if partition(name := world.customer(f"well-{number}")) != partition(broken)
    )
    await world.happen(
        invoice(broken, "B-1", "500.00", "2026-03-01"), invoice(well, "W-1", "5.00", "2026-03-01")
    )
    assert await part(client) == "ok"
    await world.sql("UPDATE monitor.items SET cleared_minor = 1 WHERE invoice_id = 'B-1'")
    await stopped(client)

    await the_sentence_the_metrics_and_the_evidence(world, client, broken)
    await the_others_go_on(world, broken, well)
    await world.stop("one")
    client = await world.start("two", until_ready=False)
    await stopped(client)
    assert f"{partition(broken)}: audit: items: " in await part(client)
    await it_is_resumed(world, client, broken)


async def the_sentence_the_metrics_and_the_evidence(
    world: AuditedWorld, client: httpx.AsyncClient, broken: str
) -> None:
    number = partition(broken)
    sentence = await part(client)
    assert f"others go on: {number}; repair" in sentence
    assert "arrears partition resume N --as NAME" in sentence
    metrics = (await client.get("/metrics")).text.splitlines()
    violations = f'arrears_monitor_audit_violations{{invariant="items",partition="{number}"}}'
    assert f"{violations} 1.0" in metrics
    assert "arrears_monitor_partitions_stopped 1.0" in metrics
    [file] = world.evidence.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    kept = json.loads(file.read_bytes())
    [violation] = kept["violations"]
    assert (kept["partition"], violation["invariant"]) == (number, "items")
    assert (violation["row"]["account_id"], violation["row"]["cleared"]) == (f"default:{broken}", 1)
    assert f"arrears partition resume {number}" in kept["what_to_do"]


async def the_others_go_on(world: World, broken: str, well: str) -> None:
    await world.publish(
        invoice(broken, "B-2", "500.00", "2026-03-01"), invoice(well, "W-2", "5.00", "2026-03-01")
    )
    await opened(world, well, 2)
    await opened(world, broken, 1)


async def it_is_resumed(world: World, client: httpx.AsyncClient, broken: str) -> None:
    number = partition(broken)
    result = await audit(client, number)
    assert (result["counts"], result["head"] is None) == ({"items": 1}, False)
    await world.sql("UPDATE monitor.items SET cleared_minor = 0 WHERE invoice_id = 'B-1'")
    assert (await audit(client, number))["violations"] == []
    assert (await part(client)).startswith("stopped"), "only a person lets it go on"
    response = await client.post(f"/v1/partitions/{number}/resume", json={"by": "Li Na"})
    assert (response.status_code, response.json()["stopped_reason"]) == (200, None)
    await world.rest()
    await opened(world, broken, 2)
    assert await part(client) == "ok"
    again = await client.post(f"/v1/partitions/{number}/resume", json={"by": "Li Na"})
    assert (again.status_code, again.json()["code"]) == (409, "partition_not_stopped")


async def test_partitions_are_listed_with_their_heads(world: AuditedWorld) -> None:
    client = world.clients["two"]
    rows = {row["partition"]: row for row in await world.rows("partitions")}
    assert rows.keys() == set(range(PARTITIONS))
    number = partition(world.customer("broken"))

    async def sealed() -> bool:
        [row] = [one for one in await world.rows("partitions") if one["partition"] == number]
        return bool(row["sealed_offset"] == row["next_offset"] - 1)

    await wait_for(sealed)
    [row] = [one for one in await world.rows("partitions") if one["partition"] == number]
    result = await audit(client, number, chain_only=True, expected=[row["head"]])
    assert (result["violations"], result["head"]) == ([], row["head"])


@pytest.mark.parametrize(
    ("number", "asked", "status", "code"),
    [
        (0, {"expected": ["nothing"]}, 422, "bad_head"),
        (-1, {}, 422, "invalid_request"),
        (2**31, {}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_audited_is_refused(
    world: AuditedWorld, number: int, asked: dict[str, Any], status: int, code: str
) -> None:
    response = await world.clients["two"].post(f"/v1/partitions/{number}/audit", json=asked)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_a_partition_that_is_not_there_cannot_be_audited(world: AuditedWorld) -> None:
    result = await audit(world.clients["two"], 5000)
    assert result["code"] == "not_found"
