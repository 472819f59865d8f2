"""The servers of one run: Kafka and PostgreSQL as `arrears up` starts them, every safety on."""

import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.frame.contender import Course
from benchmarks.stream.mix import Stream
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer
from shared.contracts.catalogue import LEDGER
from shared.kafka.producer import BatchProducer
from shared.kafka.topics import ensure_topics
from shared.postgres.migrate import upgrade

#: As the product's own default has it.
PARTITIONS: Final = 12
TEMPLATE: Final = "template_arrears"
CONNECT_SECONDS_MAX: Final = 10.0
#: Settings without which a commit promises nothing.
SAFETY: Final = ("fsync", "synchronous_commit", "full_page_writes")


class UnsafeError(RuntimeError):
    """The database would not keep what it has committed."""


@dataclass
class Servers:
    """A broker and a database server; see `opened`."""

    folder: Path
    kafka: KafkaServer
    postgres: PostgresServer
    _stack: AsyncExitStack
    _numbers: "count[int]" = field(default_factory=count)
    _others: dict[str, KafkaServer] = field(default_factory=dict)

    async def own_broker(self, name: str) -> KafkaServer:
        """Return a broker for whoever must have the topics alone; it runs until the end."""
        if name not in self._others:
            log = self.folder / "logs" / f"kafka-{name}.log"
            server = KafkaServer(self.folder / f"kafka-{name}", log=log)
            self._others[name] = await self._stack.enter_async_context(server)
        return self._others[name]

    def brokers(self) -> list[KafkaServer]:
        """Return the brokers that run."""
        return [self.kafka, *self._others.values()]

    async def load(self, stream: Stream) -> None:
        """Put the whole stream on its topic; done once, for everyone reads it there."""
        await ensure_topics(
            self.kafka.bootstrap_servers, partitions=PARTITIONS, replication_factor=1
        )
        if stream.topic != LEDGER:
            await self._create(stream.topic)
        producer = BatchProducer(self.kafka.bootstrap_servers, "bench")
        await producer.start()
        try:
            await producer.send(stream.topic, [one.record() for one in stream.events])
        finally:
            await producer.stop()

    async def _create(self, topic: str) -> None:
        client = AIOKafkaAdminClient(bootstrap_servers=self.kafka.bootstrap_servers)
        await client.start()
        try:
            await client.create_topics([NewTopic(topic, PARTITIONS, 1)])
        finally:
            await client.close()

    async def fresh_database(self) -> str:
        """Return the address of a database with the product's schema and nothing in it."""
        name = f"bench_{uuid.uuid4().hex[:12]}"
        await self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        return self.postgres.url_of(name)

    async def copied_database(self, database_url: str) -> str:
        """Return the address of a copy of a database that nobody is connected to."""
        name = f"bench_{uuid.uuid4().hex[:12]}"
        await self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{_name(database_url)}"')
        return self.postgres.url_of(name)

    async def drop(self, database_url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        await self.sql(f'DROP DATABASE IF EXISTS "{_name(database_url)}" WITH (FORCE)')

    @asynccontextmanager
    async def course(self, stream: Stream, warm_up_events: int) -> AsyncIterator[Course]:
        """Give what one repetition needs; nobody inherits what another has left to be written."""
        number = next(self._numbers)
        folder = self.folder / f"run-{number}"
        folder.mkdir()
        database_url = await self.fresh_database()
        await self.sql("CHECKPOINT")
        try:
            yield Course(
                stream=stream,
                kafka=self.kafka.bootstrap_servers,
                topic=stream.topic,
                partitions=PARTITIONS,
                database_url=database_url,
                folder=folder,
                run=f"run-{number}",
                warm_up_events=warm_up_events,
            )
        finally:
            await self.drop(database_url)
            shutil.rmtree(folder, ignore_errors=True)

    async def sql(self, query: str) -> list[asyncpg.Record]:
        """Ask the server."""
        return await ask(self.postgres.url, query)

    async def refuse_unsafe(self) -> None:
        """Raise `UnsafeError` where the server would lose what it has acknowledged."""
        for setting in SAFETY:
            if (await self.sql(f"SHOW {setting}"))[0][0] != "on":
                message = f"{setting} is off: what is measured would not be safe"
                raise UnsafeError(message)


async def ask(database_url: str, query: str, *values: Any) -> list[asyncpg.Record]:
    """Run one statement on a connection of its own."""
    connection = await asyncpg.connect(database_url, timeout=CONNECT_SECONDS_MAX)
    try:
        return list(await connection.fetch(query, *values, timeout=None))
    finally:
        await connection.close(timeout=CONNECT_SECONDS_MAX)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Servers]:
    """Start the servers in an empty folder, with the product's schema as a template."""
    (folder / "logs").mkdir(parents=True)
    logs = folder / "logs"
    async with (
        PostgresServer(folder / "postgres", log=logs / "postgres.log") as postgres,
        KafkaServer(folder / "kafka", log=logs / "kafka.log") as kafka,
        AsyncExitStack() as stack,
    ):
        servers = Servers(folder, kafka, postgres, stack)
        await servers.refuse_unsafe()
        await servers.sql(f'CREATE DATABASE "{TEMPLATE}"')
        await upgrade(postgres.url_of(TEMPLATE))
        yield servers


def _name(database_url: str) -> str:
    return database_url.rpartition("/")[2]
