"""Monitors run in this process against the real Kafka and PostgreSQL, with a manual clock."""

import asyncio
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
from msgspec import Raw
from sqlalchemy import make_url

from deploy.local.ports import free_port
from services.monitor.main import build
from services.monitor.settings import MonitorSettings
from shared.calendar import start_of_day
from shared.clock import write_instant
from shared.contracts.catalogue import LEDGER
from shared.contracts.envelope import LedgerEvent, name_of
from shared.kafka.producer import BatchProducer
from shared.kafka.topics import ensure_topics
from shared.runtime.serve import serve
from tests.integration.monitor.listening import Listener
from tests.partitions import PARTITIONS

TOKEN = "a-token-for-the-tests-only"
START = date(2026, 1, 5)
WAIT_SECONDS_MAX = 40.0


@dataclass
class World:
    """One fresh database and a set of topics that the module's monitors share."""

    kafka: str
    database_url: str
    clock_file: Path
    producer: BatchProducer
    listener: Listener
    today: date = START
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    stops: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def customer(self, name: str) -> str:
        """A customer of this module's own, whose account shares the topic with others."""
        return f"{name}-{self.run}"

    def settings(self, instance: str) -> MonitorSettings:
        return MonitorSettings(
            kafka_bootstrap_servers=self.kafka,
            database_url=self.database_url,
            api_token=TOKEN,
            instance=f"{instance}-{self.run}",
            clock="manual",
            clock_file=self.clock_file,
            monitor_port=free_port(),
            ledger_partitions=PARTITIONS,
        )

    async def start(self, instance: str, *, until_ready: bool = True) -> httpx.AsyncClient:
        """Run a monitor in this process."""
        settings = self.settings(instance)
        stop = self.stops[instance] = asyncio.Event()
        self.tasks[instance] = asyncio.create_task(serve(build(settings), stop))
        return await self._connect(instance, settings, until_ready=until_ready)

    async def spawn(self, instance: str) -> httpx.AsyncClient:
        """Run a monitor in a process of its own, which can be killed."""
        settings = self.settings(instance)
        told = {
            f"ARREARS_{name.upper()}": str(value)
            for name, value in settings.model_dump(exclude_none=True).items()
        }
        secrets = {"ARREARS_DATABASE_URL": self.database_url, "ARREARS_API_TOKEN": TOKEN}
        self.processes[instance] = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.monitor.main"),
            env={**os.environ, **told, **secrets, "KAFKA_BOOTSTRAP_SERVERS": self.kafka},
            stdout=asyncio.subprocess.DEVNULL,
        )
        return await self._connect(instance, settings, until_ready=True)

    async def _connect(
        self, instance: str, settings: MonitorSettings, *, until_ready: bool
    ) -> httpx.AsyncClient:
        client = self.clients[instance] = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{settings.monitor_port}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
        )

        async def ready() -> bool:
            try:
                return (await client.get("/readyz")).is_success or not until_ready
            except httpx.TransportError:
                return False

        await wait_for(ready)
        return client

    async def stop(self, instance: str) -> None:
        self.stops.pop(instance).set()
        await asyncio.wait_for(self.tasks.pop(instance), WAIT_SECONDS_MAX)
        await self.clients.pop(instance).aclose()

    async def kill(self, instance: str) -> None:
        """End a monitor that was spawned without any goodbye."""
        process = self.processes.pop(instance)
        if process.returncode is None:
            process.kill()
        await process.wait()
        await self.clients.pop(instance).aclose()

    async def publish(self, *events: tuple[str, dict[str, Any]], source: str = "test") -> None:
        """Publish canonical events as ingest does; `(type, data)`, each with a fresh id."""
        await self.producer.send(
            LEDGER, [ledger_record(event_type, data, source) for event_type, data in events]
        )

    async def rest(self) -> None:
        """Wait until nothing moves in any monitor."""

        async def resting() -> bool:
            client = next(iter(self.clients.values()))
            response = await client.get("/v1/progress")
            if response.status_code != 200:
                return False
            found = response.json()
            return (found["lag"], found["outbox"], found["due"]) == (0, 0, 0)

        await wait_for(resting)

    async def clock(self, day: date) -> None:
        """Move every monitor's clock to the start of a day in Shanghai."""
        now = start_of_day(day, "Asia/Shanghai").isoformat()
        for client in self.clients.values():
            response = await client.put("/v1/clock", json={"now": now})
            assert response.status_code == 200, response.text
        self.today = day

    async def later(self, days: int) -> date:
        """Move the clock on by days, wait until nothing moves, and return the day it is then."""
        await self.clock(self.today + timedelta(days=days))
        await self.rest()
        return self.today

    async def happen(self, *events: tuple[str, dict[str, Any]]) -> None:
        """Publish and wait until nothing moves."""
        await self.publish(*events)
        await self.rest()

    async def heard(self, customer: str, creditor: str = "default") -> list[str]:
        """Return what is published of an account, as in `raised dunning` or `promise kept`."""
        return [_in_short(word) for word in await self.words(customer, creditor)]

    async def words(self, customer: str, creditor: str = "default") -> list[dict[str, Any]]:
        """Return the words that are published about an account, in their order."""
        return await self.listener.heard(f"{creditor}:{customer}")

    async def set_policy(self, document: str) -> None:
        """Set a policy's next version and wait until everything is looked at by it."""
        client = next(iter(self.clients.values()))
        response = await client.post("/v1/policies", content=document)
        assert response.status_code == 201, response.text
        await self.rest()

    async def sql(self, statement: str) -> list[asyncpg.Record]:
        """Run SQL of the test's own: to look at what no API shows, or to do harm."""
        dsn = make_url(self.database_url).set(drivername="postgresql")
        connection = await asyncpg.connect(dsn.render_as_string(hide_password=False))
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    async def rows(self, path: str, **params: str) -> list[dict[str, Any]]:
        client = next(iter(self.clients.values()))
        response = await client.get(f"/v1/{path}", params=params)
        assert response.status_code == 200, response.text
        return response.json()["rows"]


def _in_short(word: dict[str, Any]) -> str:
    family, kind, _version = word["type"].split(".")
    return f"{kind} {word['level']}" if family == "escalation" else f"{family} {kind}"


def ledger_record(
    event_type: str,
    data: dict[str, Any],
    source: str,
    event_id: str | None = None,
    said_at: datetime = datetime(2026, 1, 1, tzinfo=UTC),
) -> tuple[bytes, bytes]:
    event_id = event_id or uuid.uuid4().hex
    account_id = f"{data.get('creditor_id', 'default')}:{data['customer_id']}"
    event = LedgerEvent(
        specversion="1.0",
        id=event_id,
        source=source,
        type=event_type,
        time=said_at,
        accountid=account_id,
        eventname=name_of(source, event_id).hex,
        data=Raw(json.dumps(data).encode()),
    )
    return account_id.encode(), msgspec.json.encode(event)


def invoice(
    customer: str, invoice_id: str, total: str, due_on: str, **more: Any
) -> tuple[str, Any]:
    data = {"customer_id": customer, "invoice_id": invoice_id, "currency": "CNY", "total": total}
    return "invoice.issued.v1", {**data, "issued_on": "2026-01-01", "due_on": due_on, **more}


def payment(customer: str, payment_id: str, amount: str, **more: Any) -> tuple[str, Any]:
    data = {"customer_id": customer, "payment_id": payment_id, "amount": amount, "currency": "CNY"}
    return "payment.received.v1", {**data, "received_on": "2026-01-20", **more}


async def wait_for(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while not await condition():  # noqa: ASYNC110  # the condition lives in other processes
            await asyncio.sleep(0.02)


@asynccontextmanager
async def make_world(kafka: str, database_url: str, folder: Path) -> AsyncIterator[World]:
    clock_file = folder / "clock"
    write_instant(clock_file, start_of_day(START, "Asia/Shanghai"))
    await ensure_topics(kafka, partitions=PARTITIONS, replication_factor=1)
    producer = BatchProducer(kafka, "test")
    await producer.start()
    world = World(kafka, database_url, clock_file, producer, Listener(kafka))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(producer.stop)
        stack.push_async_callback(world.listener.stop)
        yield world
        for instance in list(world.processes):
            await world.kill(instance)
        for instance in list(world.tasks):
            await world.stop(instance)
