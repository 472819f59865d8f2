"""The whole product on loopback: real servers, services as processes, a link at every way out.

The servers are started once. A generation is a fresh database, fresh topics and a clock set back;
several runs share it, each with customers of its own, and everything in it is checked every time.
"""

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
from aiokafka import ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import make_url

from deploy.local.kafka import Door, KafkaServer
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.postgres import PostgresServer
from shared.calendar import start_of_day
from shared.clock import parse_instant, write_instant
from shared.contracts import catalogue
from shared.kafka.topics import ensure_topics
from shared.postgres.migrate import upgrade
from tests.faults.parts.service import Service
from tests.faults.parts.sink import Sink

PARTITIONS: Final = 4
TOKEN: Final = "a-token-for-the-faults-only"
TIME_ZONE: Final = "Asia/Shanghai"
FIRST_DAY: Final = date(2026, 3, 2)
#: Each has a door of its own in the broker; those with number 2 run where a fault needs them.
SERVICES: Final = tuple(
    (kind, number) for kind in ("ingest", "monitor", "notifier") for number in (1, 2)
)
ALWAYS: Final = ("ingest-1", "monitor-1", "notifier-1")
TOPICS: Final = (
    *catalogue.INBOUND_TOPICS,
    catalogue.LEDGER,
    catalogue.ESCALATIONS,
    catalogue.REJECTED,
)
#: Small, so that a run does not wait longer than the product needs.
SETTINGS: Final = {
    "ARREARS_LEDGER_PARTITIONS": str(PARTITIONS),
    "ARREARS_API_TOKEN": TOKEN,
    "ARREARS_CLOCK": "manual",
    "ARREARS_DRAIN_SECONDS": "5",
    "ARREARS_LETTER_RETRY_SECONDS_FIRST": "0.2",
    "ARREARS_LETTER_RETRY_SECONDS_MAX": "1",
    "ARREARS_SMTP_SECONDS_MAX": "3",
    "ARREARS_MONITOR_SECONDS_MAX": "3",
    "ARREARS_LETTERS_PER_CUSTOMER_PER_DAY": "100",
    "PYTHONUNBUFFERED": "1",
}
#: The servers' own limits, set so that nothing waits on them.
CONNECT_SECONDS_MAX: Final = 10.0
TOPICS_GONE_SECONDS_MAX: Final = 30.0
PAUSE_SECONDS: Final = 0.1
PREFETCH_ROWS: Final = 2_000
TEMPLATE: Final = "template_arrears"
#: The migrations' context is one for the whole process.
_migrating: Final = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that was deleted from its topic; of the ledger, with its offset in the journal."""

    record: ConsumerRecord
    offset: int


class System:
    """Servers, links and services; see `opened`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock_file = folder / "clock"
        self.sink = Sink()
        self.database = ""
        #: Records that were read and are gone from their topic since.
        self.gone: list[Gone] = []
        #: Words that were said to a database that was replaced by an older one.
        self.forgotten: set[uuid.UUID] = set()
        self.services = {
            f"{kind}-{number}": Service(kind, number, folder / "logs" / f"{kind}-{number}.log")
            for kind, number in SERVICES
        }
        doors = {
            name: Door(name=name.replace("-", ""), port=free_port(), told_port=free_port())
            for name in self.services
        }
        self.kafka = KafkaServer(
            folder / "kafka",
            doors=[
                Door(name=door.name.upper(), port=door.port, told_port=door.told_port)
                for door in doors.values()
            ],
            log=folder / "logs" / "kafka.log",
        )
        self.postgres = PostgresServer(folder / "postgres", log=folder / "logs" / "postgres.log")
        for name, service in self.services.items():
            self._make_links(service, doors[name])
        self.http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=5.0
        )

    def _make_links(self, service: Service, door: Door) -> None:
        host, _, port = self.postgres.address.rpartition(":")
        service.link("kafka", (LOOPBACK, door.port), port=door.told_port)
        service.link("postgres", (host, int(port)))
        if service.kind == "notifier":
            service.link("smtp", (LOOPBACK, self.sink.port))
            service.link("monitor", (LOOPBACK, self.services["monitor-1"].port))

    async def open(self) -> None:
        """Start the servers and the links."""
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        await asyncio.gather(self.kafka.start(), self.postgres.start(), self.sink.start())
        for service in self.services.values():
            for link in service.links.values():
                await link.start()
        await self._sql(self.postgres.url, f'CREATE DATABASE "{TEMPLATE}"')
        async with _migrating:
            await upgrade(self.postgres.url_of(TEMPLATE))

    async def close(self) -> None:
        """Stop everything."""
        await self.http.aclose()
        await asyncio.gather(*(service.stop() for service in self.services.values()))
        for service in self.services.values():
            for link in service.links.values():
                await link.stop()
        await self.sink.stop()
        await asyncio.gather(self.kafka.stop(), self.postgres.stop())

    async def renew(self) -> None:
        """Begin a generation: a fresh database and topics, the clock set back, all started."""
        await asyncio.gather(*(service.stop() for service in self.services.values()))
        await self.heal_servers()
        if self.database:
            await self._sql(self.postgres.url, f'DROP DATABASE "{self.database}" WITH (FORCE)')
        self.database = f"faults_{uuid.uuid4().hex[:8]}"
        await self._sql(
            self.postgres.url, f'CREATE DATABASE "{self.database}" TEMPLATE "{TEMPLATE}"'
        )
        await self._fresh_topics()
        self.sink.mails.clear()
        self.gone.clear()
        self.forgotten.clear()
        self.clock_file.unlink(missing_ok=True)
        write_instant(self.clock_file, start_of_day(FIRST_DAY, TIME_ZONE))
        for service in self.services.values():
            service.environ, service.skew = self._environ(service), timedelta()
            await service.heal()
        await asyncio.gather(*(self.services[name].start() for name in ALWAYS))

    def _environ(self, service: Service) -> dict[str, str]:
        url = make_url(self.postgres.url_of(self.database)).set(port=service.links["postgres"].port)
        environ = {
            **SETTINGS,
            "KAFKA_BOOTSTRAP_SERVERS": service.links["kafka"].address,
            "ARREARS_DATABASE_URL": url.render_as_string(hide_password=False),
            "ARREARS_CLOCK_FILE": str(self.clock_file),
            f"ARREARS_{service.kind.upper()}_PORT": str(service.port),
        }
        if service.kind == "notifier":
            environ["ARREARS_SMTP_URL"] = f"smtp://{service.links['smtp'].address}"
            environ["ARREARS_MONITOR_URL"] = f"http://{service.links['monitor'].address}"
        return environ

    async def _fresh_topics(self) -> None:
        """Delete the topics, with what groups know of them, and make them anew."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka.bootstrap_servers)
        await admin.start()
        try:
            existing = [name for name in await admin.list_topics() if name in TOPICS]
            if existing:
                await admin.delete_topics(existing)

            async def are_gone() -> bool:
                return not set(await admin.list_topics()) & set(TOPICS)

            await wait_for(are_gone, TOPICS_GONE_SECONDS_MAX, "the topics are deleted")
        finally:
            await admin.close()
        await ensure_topics(
            self.kafka.bootstrap_servers, partitions=PARTITIONS, replication_factor=1
        )

    # What the checks and faults ask.

    async def heal_servers(self) -> None:
        """Start servers that a broken run has left dead, and wake those left standing still."""
        for server in (self.kafka, self.postgres):
            assert server.child is not None
            if server.child.status is not None:
                await server.start()
            os.kill(server.child.pid, signal.SIGCONT)
            await server.wait_until_ready()

    @property
    def running(self) -> list[Service]:
        """The services that are meant to run."""
        return [service for service in self.services.values() if service.is_wanted]

    def now(self) -> datetime:
        """Return the services' time."""
        return parse_instant(self.clock_file.read_text(encoding="utf-8").strip())

    async def sql(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """Ask the database directly, not through a link."""
        return await self._sql(self.database_url, query, *values)

    async def rows(self, query: str, *values: Any) -> AsyncIterator[asyncpg.Record]:
        """Ask the database as `sql` does for more than memory should hold, row by row."""
        connection = await asyncpg.connect(self.database_url, timeout=CONNECT_SECONDS_MAX)
        try:
            async with connection.transaction(readonly=True):
                async for row in connection.cursor(query, *values, prefetch=PREFETCH_ROWS):
                    yield row
        finally:
            await connection.close(timeout=CONNECT_SECONDS_MAX)

    async def sql_of_server(self, query: str) -> list[asyncpg.Record]:
        """Ask the server about its databases."""
        return await self._sql(self.postgres.url, query)

    @property
    def database_url(self) -> str:
        """The address of the generation's database, not through a link."""
        return self.postgres.url_of(self.database)

    async def get(self, service: str, path: str) -> Any:
        """Ask a service's API; raises `httpx.HTTPError`."""
        answer = await self.http.get(f"{self.services[service].url}{path}")
        answer.raise_for_status()
        return answer.json()

    async def _sql(self, url: str, query: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close(timeout=CONNECT_SECONDS_MAX)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[System]:
    """Give a system whose servers run; `renew` begins its first generation."""
    system = System(folder)
    try:
        await system.open()
        yield system
    finally:
        await system.close()


async def wait_for(
    condition: Callable[[], Awaitable[bool]], seconds_max: float, what: str
) -> float:
    """Return after how many seconds a condition holds; raises `TimeoutError` that says what."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    while not await condition():
        if loop.time() - started > seconds_max:
            message = f"not within {seconds_max:g} s: {what}"
            raise TimeoutError(message)
        await asyncio.sleep(PAUSE_SECONDS)
    return loop.time() - started


async def why_not_ready(services: Sequence[Service]) -> str | None:
    """Return the first reason against any of the services, None when all are ready."""
    for service in services:
        if (reason := await service.why_not_ready()) is not None:
            return f"{service.name}: {reason}"
    return None
