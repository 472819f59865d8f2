"""Reads `receivables.escalations`: batches in, offsets committed after the work is; and the lag."""

import asyncio
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final, Protocol

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    RebalanceInProgressError,
)
from msgspec import Struct

from services.notifier.adapters.metrics import ConsumerMetrics
from services.notifier.handlers.consume import Word
from shared.contracts.announcement import (
    COVER_RESUMED,
    COVER_STOPPED,
    PROMISE_ANNULLED,
    PROMISE_BROKEN,
    PROMISE_KEPT,
    CoverStanding,
    DefaultStanding,
    PromiseAnnulment,
    PromiseOutcome,
)
from shared.contracts.catalogue import ESCALATIONS
from shared.contracts.escalation import HELD, LIFTED, RAISED, RESUMED, UPDATED, EscalationEvent
from shared.contracts.group import CURED, DEFAULTED
from shared.errors import TransientError
from shared.kafka.placing import Placing
from shared.postgres.positions import PostgresPositions
from shared.runtime.health import Health

log = structlog.get_logger(__name__)

GROUP: Final = "arrears-notifier"
BATCH_EVENTS_MAX: Final = 1000
#: How long a poll waits for the first record; also how soon the loop sees that it is to stop.
POLL_MILLISECONDS: Final = 200
REQUEST_MILLISECONDS_MAX: Final = 30_000
START_SECONDS_MAX: Final = 40.0
LAG_SECONDS_MAX: Final = 10.0
STOP_SECONDS_MAX: Final = 10.0
#: What is read of each type; other types are of a later version and are passed over.
STRUCTS: Final[Mapping[str, type[Word]]] = MappingProxyType(
    {
        **dict.fromkeys((RAISED, UPDATED, HELD, RESUMED, LIFTED), EscalationEvent),
        **dict.fromkeys((PROMISE_KEPT, PROMISE_BROKEN), PromiseOutcome),
        PROMISE_ANNULLED: PromiseAnnulment,
        **dict.fromkeys((COVER_STOPPED, COVER_RESUMED), CoverStanding),
        **dict.fromkeys((DEFAULTED, CURED), DefaultStanding),
    }
)

#: A JSON escape of NUL, which PostgreSQL's text cannot hold; backslashes before it in pairs.
_ESCAPED_NUL: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class _Envelope(Struct, kw_only=True, frozen=True):
    type: str
    data: msgspec.Raw


class Consume(Protocol):
    """Makes a batch's work, see `ConsumeEscalations`."""

    async def __call__(
        self, words: Sequence[Word], offsets: Mapping[int, int], repeated: Collection[uuid.UUID]
    ) -> None:
        """Return when it is committed."""


class EscalationReader:
    """The consumer loop of one member of the group."""

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        instance: str,
        consume: Consume,
        committed: Callable[[], None],
        repeated: Callable[[], Awaitable[Mapping[int, int]]],
        positions: PostgresPositions,
        health: Health,
        metrics: ConsumerMetrics,
    ) -> None:
        """Call `committed` after each batch.

        `repeated` asks whether the database was restored, and returns where repeats end.
        """
        self._bootstrap_servers = bootstrap_servers
        self._instance = instance
        self._consume = consume
        self._committed = committed
        self._repeated = repeated
        self._positions = positions
        self._health = health
        #: Words of a partition before this offset were followed by a database that is gone.
        self._repeated_until: Mapping[int, int] = {}
        self._metrics = metrics

    async def run(self, stop: asyncio.Event, well: Callable[[], None]) -> None:
        """Consume until `stop`; raises `TransientError` when Kafka or the database is away."""
        self._repeated_until = await self._repeated()
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            group_id=GROUP,
            client_id=f"arrears-notifier-{self._instance}",
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_poll_records=BATCH_EVENTS_MAX,
            request_timeout_ms=REQUEST_MILLISECONDS_MAX,
        )
        placing = Placing(consumer, self._positions, self._health)
        consumer.subscribe([ESCALATIONS], listener=placing)
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                await consumer.start()
            well()
            while not stop.is_set():
                await self._turn(consumer, placing)
        except (KafkaError, TimeoutError) as error:
            message = f"Kafka does not answer: {error!r}"
            raise TransientError(message) from error
        finally:
            # Leaving the group can fail with the broker away; the group then finds out by itself.
            with suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(STOP_SECONDS_MAX):
                    await consumer.stop()

    async def _turn(self, consumer: AIOKafkaConsumer, placing: Placing) -> None:
        polled = await placing.getmany(timeout_ms=POLL_MILLISECONDS, max_records=BATCH_EVENTS_MAX)
        if not polled:
            self._metrics.rest()
            return
        records = [record for part in polled.values() for record in part]
        self._metrics.pending(min(record.timestamp for record in records) / 1000)
        started = time.perf_counter()
        offsets = {one.partition: part[-1].offset + 1 for one, part in polled.items()}
        decoded = self._decoded(records)
        repeated = {
            event.event_id
            for record, event in decoded
            if record.offset < self._repeated_until.get(record.partition, 0)
        }
        await self._consume([event for _record, event in decoded], offsets, repeated)
        self._metrics.batch(len(records), time.perf_counter() - started)
        try:
            await consumer.commit(
                {TopicPartition(ESCALATIONS, one): offset for one, offset in offsets.items()}
            )
        except (CommitFailedError, IllegalStateError, RebalanceInProgressError):
            # The partition is another member's now. It will see these events again, and the inbox
            # will tell it that they are done.
            log.info("Offsets belong to another member now.", action="commit_skipped")
        self._metrics.rest()
        self._committed()

    def _decoded(self, records: Iterable[ConsumerRecord]) -> list[tuple[ConsumerRecord, Word]]:
        events: list[tuple[ConsumerRecord, Word]] = []
        for record in records:
            try:
                event = decode(record.value)
            except (msgspec.DecodeError, TypeError) as error:
                # It can never be read, and must not hold up the others. The record stays in its
                # topic, and the log says which one it is.
                log.error(  # noqa: TRY400  (the trace would say nothing more)
                    "A record cannot be read and is passed over.",
                    action="record_unreadable",
                    topic=record.topic,
                    partition=record.partition,
                    offset=record.offset,
                    reason=str(error),
                )
                self._metrics.event("unreadable")
                continue
            self._metrics.event("other" if event is None else event.type)
            if event is not None:
                events.append((record, event))
        return events


def decode(value: bytes | None) -> Word | None:
    """Read a record; None for a type that this version knows nothing of."""
    if value is None:
        message = "the record has no value"
        raise TypeError(message)
    envelope = msgspec.json.decode(value, type=_Envelope)
    struct = STRUCTS.get(envelope.type)
    if struct is None:
        return None
    data = _ESCAPED_NUL.sub(rb"\1\\ufffd", bytes(envelope.data))
    return msgspec.json.decode(data, type=struct)


class LagMeter:
    """Measures, fresh from the broker, how many records the group has not finished with."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._lock = asyncio.Lock()
        self._admin: AIOKafkaAdminClient | None = None
        self._reader: AIOKafkaConsumer | None = None

    async def measure(self) -> int:
        """Return end offsets less committed offsets; raises `TransientError` without a broker."""
        async with self._lock:
            try:
                async with asyncio.timeout(LAG_SECONDS_MAX):
                    return await self._measure()
            except (KafkaError, OSError) as error:
                await self._close()
                message = f"Kafka does not say how far the group is: {error!r}"
                raise TransientError(message) from error

    async def committed(self) -> dict[int, int]:
        """Return what the group has committed, by partition; raises `TransientError`."""
        async with self._lock:
            try:
                async with asyncio.timeout(LAG_SECONDS_MAX):
                    admin, _reader = await self._connected()
                    found = await admin.list_consumer_group_offsets(GROUP)
            except (KafkaError, OSError) as error:
                await self._close()
                message = f"Kafka does not say how far the group is: {error!r}"
                raise TransientError(message) from error
        return {one.partition: kept.offset for one, kept in found.items() if kept.offset >= 0}

    async def close(self) -> None:
        """Close the connections."""
        async with self._lock:
            await self._close()

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._reader is None or self._admin is None:
            self._reader = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers)
            await self._reader.start()
            self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap_servers)
            await self._admin.start()
        return self._admin, self._reader

    async def _measure(self) -> int:
        admin, reader = await self._connected()
        topic = next(iter(await admin.describe_topics([ESCALATIONS])))
        partitions = [
            TopicPartition(ESCALATIONS, part["partition"]) for part in topic["partitions"]
        ]
        if not partitions:
            return 0
        # Committed first: what arrives in between then counts as not finished.
        committed = await admin.list_consumer_group_offsets(GROUP)
        starts = await reader.beginning_offsets(partitions)
        ends = await reader.end_offsets(partitions)
        return sum(
            ends[part] - max(starts[part], committed[part].offset if part in committed else 0)
            for part in partitions
        )

    async def _close(self) -> None:
        for client in (self._reader, self._admin):
            with suppress(KafkaError, OSError):
                if isinstance(client, AIOKafkaConsumer):
                    await client.stop()
                elif client is not None:
                    await client.close()
        self._reader = self._admin = None
