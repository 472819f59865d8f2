"""The peers as contenders: what is safe is what their group has committed, by their own promise."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from benchmarks.frame.contender import Contender, Course
from benchmarks.frame.program import Program
from benchmarks.peers import environment
from benchmarks.peers.apps import rows
from benchmarks.peers.apps.account import Account, balance_minor
from benchmarks.peers.raising import CREDIT_RUN, TIMERS
from benchmarks.peers.told import Order, environ

CONNECT_SECONDS_MAX: Final = 10.0
READ_SECONDS_MAX: Final = 120.0
READ_RECORDS_MAX: Final = 10_000
CHANGELOG: Final = "changelog"
FAUST: Final = "Faust-streaming"
QUIX: Final = "Quix Streams, exactly once"
FASTSTREAM: Final = "FastStream, a commit per event"


class Peer:
    """A program of `apps/` in the peers' environment, which ends by itself when all is folded."""

    def __init__(self, name: str, module: str, python: Path) -> None:
        self.name = name
        self._module = module
        self._python = python
        self._program: Program | None = None
        self._admin: AIOKafkaAdminClient | None = None
        self._course: Course | None = None
        self._group = ""

    async def start(self, course: Course) -> None:
        """Start the program."""
        self._course = course
        self._group = f"{self._module}-{course.run}"
        self._admin = AIOKafkaAdminClient(bootstrap_servers=course.kafka)
        await self._admin.start()
        told = Order(
            name=self._group,
            number=len(course.stream.events),
            bootstrap_servers=course.kafka,
            topic=course.topic,
            partitions=course.partitions,
            database_url=course.database_url,
            folder=str(course.folder / "state"),
        )
        self._program = Program(
            f"benchmarks.peers.apps.{self._module}",
            environ(told),
            course.folder / "peer.log",
            python=str(self._python),
        )
        await self._program.launch()

    async def done(self) -> int:
        """Return the sum of what the group has committed; a program that failed has failed."""
        assert self._admin is not None
        assert self._program is not None
        assert self._course is not None
        child = self._program.child
        if child is not None and child.status:
            message = f"{self.name} failed; the end of its log:\n{child.tail()}"
            raise RuntimeError(message)
        try:
            offsets = await self._admin.list_consumer_group_offsets(self._group)
        except KafkaError:
            return 0  # the group has no coordinator yet
        return sum(
            max(0, found.offset)
            for partition, found in offsets.items()
            if partition.topic == self._course.topic
        )

    async def balances(self) -> Mapping[str, int]:
        """Return what is durable, by account."""
        raise NotImplementedError

    async def stop(self) -> None:
        """End the program, and remove the topics that it has made."""
        if self._program is not None:
            await self._program.stop()
            self._program = None
        if self._admin is not None:
            own = [name for name in await self._admin.list_topics() if self._group in name]
            if own:
                await self._admin.delete_topics(own)
            await self._admin.close()
            self._admin = None


class ChangelogPeer(Peer):
    """A peer whose durable truth is a compacted topic with the newest value of each account."""

    async def balances(self) -> Mapping[str, int]:
        """Read the changelog as one who takes the state over would, committed records alone."""
        assert self._course is not None
        assert self._admin is not None
        (topic,) = (
            name
            for name in await self._admin.list_topics()
            if self._group in name and CHANGELOG in name
        )
        newest: dict[bytes, bytes] = {}
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._course.kafka,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            async with asyncio.timeout(READ_SECONDS_MAX):
                for number in range(self._course.partitions):
                    await _read(consumer, TopicPartition(topic, number), newest)
        finally:
            await consumer.stop()
        accounts = msgspec.json.Decoder(Account)
        return {
            # Quix puts the name of the value after the key.
            key.partition(b"|")[0].decode(): balance_minor(accounts.decode(value))
            for key, value in newest.items()
        }


class RowsPeer(Peer):
    """A peer that keeps its state in PostgreSQL."""

    async def balances(self) -> Mapping[str, int]:
        """Ask the database."""
        assert self._course is not None
        connection = await asyncpg.connect(self._course.database_url, timeout=CONNECT_SECONDS_MAX)
        try:
            found = await connection.fetch(rows.BALANCES)
        finally:
            await connection.close(timeout=CONNECT_SECONDS_MAX)
        return {account_id: int(minor) for account_id, minor in found}


@dataclass(frozen=True, kw_only=True)
class Peers:
    """Who is here, and by name why others are not."""

    #: Who folds the whole stream.
    whole: Sequence[Contender]
    #: Who folds a short one, as the whole would take minutes.
    short: Sequence[Contender]
    #: Who raises what is due: name, program, and the Python that has it.
    raising: Sequence[tuple[str, str, Path]]
    absent: Mapping[str, str]


def gather() -> Peers:
    """Make the peers' environment if it is not there, and see who of them can be run."""
    python = environment.python()
    whole: list[Contender] = []
    short: list[Contender] = []
    raising: list[tuple[str, str, Path]] = []
    absent: dict[str, str] = {}
    for name, kind, module, needs, among in (
        (FAUST, ChangelogPeer, "faust_table", "faust", whole),
        (QUIX, ChangelogPeer, "quix_state", "quixstreams", whole),
        (FASTSTREAM, RowsPeer, "faststream_commits", "faststream.kafka", short),
    ):
        found = environment.with_module(python, needs)
        if isinstance(found, environment.Unavailable):
            absent[name] = found.reason
        else:
            among.append(kind(name, module, found))
    for name, module, needs in (
        (CREDIT_RUN, "credit_run", "sqlalchemy, psycopg"),
        (TIMERS, "timers", "procrastinate"),
    ):
        found = environment.with_module(python, needs)
        if isinstance(found, environment.Unavailable):
            absent[name] = found.reason
        else:
            raising.append((name, module, found))
    return Peers(whole=whole, short=short, raising=raising, absent=absent)


async def _read(
    consumer: AIOKafkaConsumer, partition: TopicPartition, newest: dict[bytes, bytes]
) -> None:
    end = (await consumer.end_offsets([partition]))[partition]
    consumer.assign([partition])
    await consumer.seek_to_beginning(partition)
    while await consumer.position(partition) < end:
        found = await consumer.getmany(partition, timeout_ms=200, max_records=READ_RECORDS_MAX)
        for record in found.get(partition, ()):
            if record.value is None:
                newest.pop(record.key, None)
            else:
                newest[record.key] = record.value
