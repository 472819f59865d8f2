"""Dependencies that go away and come back: ingest waits, says so, and recovers by itself."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from shared.contracts.envelope import STRUCTURED
from shared.postgres.migrate import upgrade
from tests.integration.ingest.world import World, make_world, wait_for


@dataclass
class Servers:
    kafka: KafkaServer
    postgres: PostgresServer
    client: httpx.AsyncClient
    world: World

    async def wait_for_health(self, status: int, words: str) -> None:
        """Wait until the health page answers with a status and gives a reason."""

        async def reached() -> bool:
            response = await self.client.get("/readyz")
            return response.status_code == status and words in response.json()["parts"]["inbound"]

        await wait_for(reached)


@pytest.fixture(scope="module")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """Servers of this module's own, which it may stop, and one ingest."""
    folder = tmp_path_factory.mktemp("outages")
    kafka = KafkaServer(folder / "kafka", port=free_port())
    postgres = PostgresServer(folder / "postgres", port=free_port())
    async with kafka, postgres:
        await upgrade(postgres.url)
        async with make_world(kafka.bootstrap_servers, postgres.url) as world:
            yield Servers(kafka, postgres, await world.start("one"), world)


async def test_without_postgresql_it_waits_and_then_goes_on(servers: Servers) -> None:
    await servers.postgres.stop()
    await servers.world.publish(servers.world.event("while-away"))
    await servers.wait_for_health(503, "PostgreSQL does not answer")
    answer = await servers.client.post(
        "/v1/events",
        json=servers.world.event("over-http"),
        headers={"content-type": STRUCTURED},
    )
    await servers.postgres.start()
    await servers.wait_for_health(200, "ok")
    await servers.world.rest()
    assert (answer.status_code, answer.json()["code"]) == (503, "transient")
    assert servers.world.ledger_ids() == ["while-away"]


async def test_an_idle_ingest_notices_that_kafka_is_away_and_recovers(servers: Servers) -> None:
    await servers.world.rest()
    servers.world.ledger.clear()
    await servers.kafka.stop()
    await servers.wait_for_health(503, "Kafka does not answer")
    progress = await servers.client.get("/v1/progress")
    await servers.kafka.start()
    await servers.wait_for_health(200, "ok")
    # The clients of this test have to find the broker again as well.
    async with asyncio.timeout(30):
        await servers.world.publish(servers.world.event("after-the-outage"))
    await servers.world.rest()
    assert progress.status_code == 503
    assert servers.world.ledger_ids() == ["after-the-outage"]


async def test_settings_that_cannot_work_end_the_process_with_a_line(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        "env",
        "-i",
        "ARREARS_INGEST_PORT=0",
        f"PYTHONPATH={Path(__file__).parents[3]}",
        sys.executable,
        "-m",
        "services.ingest.main",
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )
    _out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert "ARREARS_INGEST_PORT" in err.decode()
    assert "KAFKA_BOOTSTRAP_SERVERS" in err.decode()
    assert err.decode().count("\n") == 1
