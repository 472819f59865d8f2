"""Ingests run in this process against the real Kafka and PostgreSQL."""

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pydantic import SecretStr
from sqlalchemy import make_url

from deploy.local.ports import free_port
from services.ingest.adapters.inbound_topics import GROUP
from services.ingest.adapters.lag import InboundLag
from services.ingest.main import build
from services.ingest.settings import IngestSettings
from shared.contracts.catalogue import INVOICES, LEDGER, REJECTED
from shared.contracts.envelope import LedgerEvent
from shared.contracts.rejected import Rejected
from shared.kafka.topics import ensure_topics
from shared.runtime.loops import wait_for_stop
from shared.runtime.serve import serve
from tests.partitions import PARTITIONS

TOKEN = "a-token-for-the-tests-only"
WAIT_SECONDS_MAX = 40.0

Json = dict[str, Any]


@dataclass
class World:
    """One fresh database, and what has appeared on ingest's two outbound topics since."""

    kafka: str
    database_url: str
    producer: AIOKafkaProducer
    reader: AIOKafkaConsumer
    source: str = field(default_factory=lambda: f"erp/{uuid.uuid4().hex[:8]}")
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    stops: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    ledger: list[tuple[int, bytes, LedgerEvent]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    async def start(self, instance: str, **settings: Any) -> httpx.AsyncClient:
        port = free_port()
        made = IngestSettings(
            kafka_bootstrap_servers=self.kafka,
            database_url=SecretStr(self.database_url),
            api_token=SecretStr(TOKEN),
            instance=instance,
            ingest_port=port,
            ledger_partitions=PARTITIONS,
            **settings,
        )
        stop = self.stops[instance] = asyncio.Event()
        self.tasks[instance] = asyncio.create_task(serve(build(made), stop))
        client = self.clients[instance] = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
        )

        async def ready() -> bool:
            try:
                return (await client.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await wait_for(ready)
        return client

    async def stop(self, instance: str) -> None:
        self.stops.pop(instance).set()
        await asyncio.wait_for(self.tasks.pop(instance), WAIT_SECONDS_MAX)
        await self.clients.pop(instance).aclose()

    def spawn(self, instance: str) -> subprocess.Popen[bytes]:
        """Start an ingest as a process of its own, as in production."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "ARREARS_DATABASE_URL": self.database_url,
            "ARREARS_API_TOKEN": TOKEN,
            "ARREARS_INSTANCE": instance,
            "ARREARS_INGEST_PORT": str(free_port()),
            "ARREARS_LEDGER_PARTITIONS": str(PARTITIONS),
            "ARREARS_LOG_LEVEL": "error",
        }
        return subprocess.Popen([sys.executable, "-m", "services.ingest.main"], env=environment)

    def event(self, event_id: str, **changes: Any) -> Json:
        """An issued invoice named after its event; `data` is merged, None leaves a member out."""
        data = {
            "customer_id": "c-1",
            "creditor_id": "acme",
            "invoice_id": f"INV-{event_id}",
            "currency": "CNY",
            "total": "1250.00",
            "issued_on": "2026-01-05",
            "due_on": "2026-02-04",
            **changes.pop("data", {}),
        }
        event = {
            "specversion": "1.0",
            "id": event_id,
            "source": self.source,
            "type": "invoice.issued.v1",
            "time": "2026-01-05T09:00:00+08:00",
            **changes,
            "data": {name: value for name, value in data.items() if value is not None},
        }
        return {name: value for name, value in event.items() if value is not None}

    async def publish(
        self,
        *values: Json | bytes | None,
        topic: str = INVOICES,
        headers: list[tuple[str, bytes]] | None = None,
        partition: int = 0,
    ) -> None:
        """Publish as a billing system does: one record each, to one partition, in order."""
        for value in values:
            raw = json.dumps(value).encode() if isinstance(value, dict) else value
            await self.producer.send(
                topic, raw, key=b"any", headers=headers or [], partition=partition
            )
        await self.producer.flush()

    async def rest(self) -> None:
        """Wait until ingest has finished with everything, and read what it said."""

        async def resting() -> bool:
            client = next(iter(self.clients.values()))
            response = await client.get("/v1/progress")
            return response.status_code == 200 and response.json()["lag"] == 0

        await wait_for(resting)
        await self.read()

    async def read(self) -> None:
        """Read ingest's outbound topics to their present end."""
        ends = await self.reader.end_offsets(self.reader.assignment())
        while any([await self.reader.position(tp) < end for tp, end in ends.items()]):
            found = await self.reader.getmany(timeout_ms=500)
            for record in (record for records in found.values() for record in records):
                if record.topic == LEDGER:
                    event = msgspec.json.decode(record.value, type=LedgerEvent)
                    if event.source == self.source:
                        self.ledger.append((record.partition, record.key, event))
                else:
                    self.rejected.append(msgspec.json.decode(record.value, type=Rejected))

    def ledger_ids(self) -> list[str]:
        return [event.id for _partition, _key, event in self.ledger]

    async def rows(self, **wanted: str) -> list[Json]:
        client = next(iter(self.clients.values()))
        response = await client.get("/v1/rejected", params={"limit": "1000", **wanted})
        assert response.status_code == 200, response.text
        rows: list[Json] = response.json()["rows"]
        return rows

    async def count(self, table: str) -> int:
        [row] = await self.sql(f"SELECT count(*) FROM ingest.{table}")
        return int(row["count"])

    async def set_back(self, topic: str, partition: int, offset: int) -> None:
        """Commit an offset for the group, which nobody may be in."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, group_id=GROUP)
        await consumer.start()
        consumer.assign([TopicPartition(topic, partition)])
        await consumer.commit({TopicPartition(topic, partition): offset})
        await consumer.stop()

    async def lag(self) -> int:
        measured = InboundLag(self.kafka)
        try:
            return await measured.measure()
        finally:
            await measured.close()

    async def sql(self, statement: str) -> list[asyncpg.Record]:
        dsn = make_url(self.database_url).set(drivername="postgresql")
        connection = await asyncio.wait_for(
            asyncpg.connect(dsn.render_as_string(hide_password=False)), WAIT_SECONDS_MAX
        )
        try:
            found: list[asyncpg.Record] = await connection.fetch(statement)
            return found
        finally:
            await connection.close()


@asynccontextmanager
async def make_world(kafka: str, database_url: str) -> AsyncIterator[World]:
    await ensure_topics(kafka, partitions=PARTITIONS, replication_factor=1)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka, acks="all", enable_idempotence=True, max_request_size=4_000_000
    )
    reader = AIOKafkaConsumer(bootstrap_servers=kafka, max_partition_fetch_bytes=4_000_000)
    await producer.start()
    await reader.start()
    partitions = [
        TopicPartition(topic, partition)
        for topic in (LEDGER, REJECTED)
        for partition in await _partitions_of(producer, topic)
    ]
    reader.assign(partitions)
    await reader.seek_to_end()
    world = World(kafka, database_url, producer, reader)
    try:
        yield world
    finally:
        for instance in list(world.tasks):
            await world.stop(instance)
        await producer.stop()
        await reader.stop()


async def _partitions_of(producer: AIOKafkaProducer, topic: str) -> list[int]:
    return sorted(await producer.partitions_for(topic))


async def wait_for(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return when the condition holds; fail after a limit."""
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS_MAX
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "what was waited for never came"
        await wait_for_stop(asyncio.Event(), 0.02)
