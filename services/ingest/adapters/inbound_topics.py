"""The inbound topics through Kafka's consumer group."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from services.ingest.adapters.metrics import IngestMetrics
from services.ingest.domain.arrival import Arrival
from services.ingest.domain.bindings import from_kafka
from shared.contracts.catalogue import INBOUND_TOPICS
from shared.errors import TransientError
from shared.kafka.placing import Placing
from shared.postgres.positions import PostgresPositions
from shared.runtime.health import Health

log = structlog.get_logger(__name__)

GROUP: Final = "arrears-ingest"
#: A batch is full, or this old, whichever comes first.
BATCH_RECORDS_MAX: Final = 1_000
BATCH_MILLISECONDS_MAX: Final = 20
#: How long an idle wait for records may keep a stopping service.
IDLE_MILLISECONDS: Final = 250
#: Bytes read ahead: some batches of common events, and still little memory.
FETCH_BYTES_MAX: Final = 8 * 1024 * 1024
PARTITION_FETCH_BYTES_MAX: Final = 1024 * 1024
#: Ten seconds without a heartbeat, three of which fit in, and the partitions go to another.
SESSION_MILLISECONDS: Final = 10_000
HEARTBEAT_MILLISECONDS: Final = 3_000
#: A batch may use up every limit on its way (names 70 s, ledger 90 s, rows 70 s, rejected topic
#: 90 s, commit 30 s) before it must be taken for stuck.
POLL_MILLISECONDS_MAX: Final = 400_000
CONNECT_SECONDS_MAX: Final = 60.0
#: The client hides a broker that is away and waits for it; an idle loop asks, this often.
IDLE_SECONDS_BEFORE_ASKING: Final = 3.0
ANSWER_SECONDS_MAX: Final = 5.0
COMMIT_SECONDS_MAX: Final = 30.0
STOP_SECONDS_MAX: Final = 10.0


class InboundTopics:
    """Arrivals of the four inbound topics, each partition's in its order."""

    def __init__(
        self,
        bootstrap_servers: str,
        client_id: str,
        metrics: IngestMetrics,
        positions: PostgresPositions,
        health: Health,
    ) -> None:
        self._metrics = metrics
        self._positions_kept = positions
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            client_id=client_id,
            group_id=GROUP,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_bytes=FETCH_BYTES_MAX,
            max_partition_fetch_bytes=PARTITION_FETCH_BYTES_MAX,
            session_timeout_ms=SESSION_MILLISECONDS,
            heartbeat_interval_ms=HEARTBEAT_MILLISECONDS,
            max_poll_interval_ms=POLL_MILLISECONDS_MAX,
        )
        self._placing = Placing(self._consumer, positions, health)
        #: What to commit for the batch in hand, and how far each partition has ever come.
        self._next: dict[TopicPartition, int] = {}
        self._positions: dict[TopicPartition, int] = {}
        self._heard_at = 0.0

    async def start(self) -> None:
        """Join the group; raises `TransientError` while the broker is away."""
        self._consumer.subscribe(INBOUND_TOPICS, listener=self._placing)
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                await self._consumer.start()
        except (KafkaError, TimeoutError) as error:
            await self.stop()
            message = f"Kafka does not let ingest join its group: {error!r}"
            raise TransientError(message) from error

    async def stop(self) -> None:
        """Leave the group, so that others take over at once."""
        try:
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await self._consumer.stop()
        except (TimeoutError, KafkaError):
            pass
        except asyncio.CancelledError:
            # While the broker is away the client lets the end of its own tasks out, and stops
            # half-way; only a cancellation of this task goes on.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
        finally:
            await self._consumer._client.close()  # noqa: SLF001  # else its connections stay

    async def gather(self) -> Sequence[Arrival]:
        """Return the next batch, empty when nothing came in a while.

        The client returns what it has as soon as it has anything; waiting a little for more makes
        the statements and acknowledgements behind it serve many.
        """
        loop = asyncio.get_running_loop()
        records = await self._fetch(IDLE_MILLISECONDS, BATCH_RECORDS_MAX)
        await self._check_broker(loop.time(), is_idle=not records)
        deadline = loop.time() + BATCH_MILLISECONDS_MAX / 1000
        while records and len(records) < BATCH_RECORDS_MAX:
            milliseconds = int((deadline - loop.time()) * 1000)
            if milliseconds <= 0:
                break
            records += await self._fetch(milliseconds, BATCH_RECORDS_MAX - len(records))
        self._next = {}
        for record in records:
            self._next[TopicPartition(record.topic, record.partition)] = record.offset + 1
        if records:
            self._metrics.waiting_since(min(record.timestamp for record in records) / 1000)
        return [from_kafka(r.topic, r.partition, r.offset, r.headers, r.value) for r in records]

    async def done(self) -> None:
        """Commit the offsets behind the last batch, to the database and then to the group.

        When the group has changed meanwhile, the partitions' next owner takes the batch again and
        finds each name written; this member goes on with what it owns now.
        """
        await self._positions_kept.keep(self._next)
        try:
            async with asyncio.timeout(COMMIT_SECONDS_MAX):
                await self._consumer.commit(self._next)
        except (CommitFailedError, IllegalStateError) as error:
            log.info(
                "The group changed during a batch; its next owner takes it again.",
                action="commit_refused",
                reason=str(error),
            )
        except (KafkaError, TimeoutError) as error:
            message = f"Kafka did not take the offsets: {error!r}"
            raise TransientError(message) from error
        self._metrics.waiting_since(None)
        self._metrics.lag(self._behind())

    async def _fetch(self, milliseconds: int, records_max: int) -> list[ConsumerRecord]:
        try:
            found = await self._placing.getmany(timeout_ms=milliseconds, max_records=records_max)
        except KafkaError as error:
            message = f"Kafka gives no records: {error!r}"
            raise TransientError(message) from error
        return [record for records in found.values() for record in records]

    async def _check_broker(self, now: float, *, is_idle: bool) -> None:
        """Tell a quiet topic from a broker that is away: raises `TransientError` for the latter."""
        if not is_idle:
            self._heard_at = now
        if now - self._heard_at < IDLE_SECONDS_BEFORE_ASKING:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                await self._consumer.end_offsets([TopicPartition(INBOUND_TOPICS[0], 0)])
        except (KafkaError, TimeoutError) as error:
            message = f"Kafka does not answer: {error!r}"
            raise TransientError(message) from error
        self._heard_at = now

    def _behind(self) -> dict[str, int]:
        """Return the records left by topic, of the partitions read so far and still owned."""
        owned = self._consumer.assignment()
        self._positions.update(self._next)
        behind: dict[str, int] = {}
        for partition, position in self._positions.items():
            end = self._consumer.highwater(partition) if partition in owned else None
            if end is not None:
                topic = partition.topic
                behind[topic] = behind.get(topic, 0) + max(0, end - position)
        return behind
