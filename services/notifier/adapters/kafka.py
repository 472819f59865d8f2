"""Reads `receivables.escalations`: batches in, offsets committed after the work is; and the lag."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
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


class EscalationReader:
    """The consumer loop of one member of the group."""

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        instance: str,
        consume: Callable[[Sequence[Word]], Awaitable[None]],
        committed: Callable[[], None],
        metrics: ConsumerMetrics,
    ) -> None:
        """`consume` returns when a batch's work is committed; `committed` is called after it."""
        self._bootstrap_servers = bootstrap_servers
        self._instance = instance
        self._consume = consume
        self._committed = committed
        self._metrics = metrics

    async def run(self, stop: asyncio.Event, well: Callable[[], None]) -> None:
        """Consume until `stop`; raises `TransientError` when Kafka or the database is away."""
        consumer = AIOKafkaConsumer(
            ESCALATIONS,
            bootstrap_servers=self._bootstrap_servers,
            group_id=GROUP,
            client_id=f"arrears-notifier-{self._instance}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=BATCH_EVENTS_MAX,
            request_timeout_ms=REQUEST_MILLISECONDS_MAX,
        )
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                await consumer.start()
            well()
            while not stop.is_set():
                await self._turn(consumer)
        except (KafkaError, TimeoutError) as error:
            message = f"Kafka does not answer: {error!r}"
            raise TransientError(message) from error
        finally:
            # Leaving the group can fail with the broker away; the group then finds out by itself.
            with suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(STOP_SECONDS_MAX):
                    await consumer.stop()

    async def _turn(self, consumer: AIOKafkaConsumer) -> None:
        polled = await consumer.getmany(timeout_ms=POLL_MILLISECONDS, max_records=BATCH_EVENTS_MAX)
        if not polled:
            self._metrics.rest()
            return
        records = [record for part in polled.values() for record in part]
        self._metrics.pending(min(record.timestamp for record in records) / 1000)
        started = time.perf_counter()
        events = self._decoded(records)
        if events:
            await self._consume(events)
        self._metrics.batch(len(records), time.perf_counter() - started)
        try:
            await consumer.commit(
                {partition: part[-1].offset + 1 for partition, part in polled.items()}
            )
        except (CommitFailedError, IllegalStateError, RebalanceInProgressError):
            # The partition is another member's now. It will see these events again, and the inbox
            # will tell it that they are done.
            log.info("Offsets belong to another member now.", action="commit_skipped")
        self._metrics.rest()
        self._committed()

    def _decoded(self, records: Iterable[Any]) -> list[Word]:
        events: list[Word] = []
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
                events.append(event)
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

    async def close(self) -> None:
        """Close the connections."""
        async with self._lock:
            await self._close()

    async def _measure(self) -> int:
        if self._reader is None or self._admin is None:
            self._reader = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers)
            await self._reader.start()
            self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap_servers)
            await self._admin.start()
        topic = next(iter(await self._admin.describe_topics([ESCALATIONS])))
        partitions = [
            TopicPartition(ESCALATIONS, part["partition"]) for part in topic["partitions"]
        ]
        if not partitions:
            return 0
        # Committed first: what arrives in between then counts as not finished.
        committed = await self._admin.list_consumer_group_offsets(GROUP)
        starts = await self._reader.beginning_offsets(partitions)
        ends = await self._reader.end_offsets(partitions)
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
