"""The ledger topic: group membership from Kafka, positions from PostgreSQL.

The group only spreads partitions over processes. What it assigns is read once the partition row has
been taken over; offsets committed to Kafka are for the eyes of operations, and tell a database
that was restored from a backup.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError, OffsetOutOfRangeError

from services.monitor.handlers.ports import Ownership, Record
from shared.contracts.catalogue import LEDGER
from shared.errors import TransientError

log = structlog.get_logger(__name__)

GROUP: Final = "arrears-monitor"
#: Records of one batch.
BATCH_RECORDS_MAX: Final = 1000
#: How long a fetch waits when nothing is there.
FETCH_WAIT_MS_MAX: Final = 20
#: Silence after which the group gives a member's partitions to others.
SESSION_TIMEOUT_MS: Final = 10_000
#: A batch takes milliseconds; a member that makes none for this long is taken for dead.
BATCH_TIMEOUT_MS: Final = 120_000
REQUEST_TIMEOUT_MS: Final = 30_000
#: How long somebody who asks for the lag waits for the broker.
METER_SECONDS_MAX: Final = 5.0


class LedgerSource(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """See the port `Source`."""

    def __init__(self, bootstrap_servers: str, instance: str) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            client_id=f"arrears-monitor-{instance}",
            group_id=GROUP,
            # A member that comes back under its own name gets its partitions at once.
            group_instance_id=f"arrears-monitor-{instance}",
            enable_auto_commit=False,
            auto_offset_reset="none",
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=SESSION_TIMEOUT_MS // 4,
            max_poll_interval_ms=BATCH_TIMEOUT_MS,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            fetch_max_wait_ms=100,
        )
        # A question on the group's own connection waits behind the fetch that is open on it.
        self._meter = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            client_id=f"arrears-monitor-{instance}-meter",
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        self._assigned: set[int] = set()
        self._new: set[int] = set()

    async def start(self) -> None:
        """Join the group; raises `TransientError` while Kafka is away."""
        self._consumer.subscribe([LEDGER], listener=self)
        try:
            await self._consumer.start()
            await self._meter.start()
        except KafkaError as error:
            await self.stop()
            message = f"Kafka does not answer: {error!r}"
            raise TransientError(message) from error

    async def stop(self) -> None:
        """Leave."""
        await self._consumer.stop()
        await self._meter.stop()

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Forget partitions at once; a batch in flight is fenced by the new owner's epoch."""
        gone = {one.partition for one in revoked}
        self._assigned -= gone
        self._new -= gone

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Note partitions; the loop takes them over before it reads them."""
        partitions = {one.partition for one in assigned}
        self._assigned = set(partitions)
        self._new = set(partitions)
        log.info("Assigned.", action="partitions_assigned", partitions=sorted(partitions))

    def newly_assigned(self) -> list[int]:
        """Hand over what was assigned since the last call."""
        new, self._new = self._new, set()
        return sorted(new)

    def still_assigned(self, partition: int) -> bool:
        """Say whether the group still counts on this process for a partition."""
        return partition in self._assigned

    async def seek(self, owned: Ownership) -> None:
        """Set the read position."""
        try:
            self._consumer.seek(TopicPartition(LEDGER, owned.partition), owned.position)
        except IllegalStateError as error:
            message = f"partition {owned.partition} was taken away again"
            raise TransientError(message) from error

    async def committed(self, partitions: Sequence[int]) -> dict[int, int]:
        """Ask the group's coordinator."""
        wanted = [TopicPartition(LEDGER, number) for number in partitions]
        try:
            async with asyncio.timeout(METER_SECONDS_MAX):
                found = {one: await self._consumer.committed(one) for one in wanted}
        except (KafkaError, TimeoutError) as error:
            message = f"Kafka's coordinator does not answer: {error!r}"
            raise TransientError(message) from error
        return {one.partition: offset for one, offset in found.items() if offset is not None}

    async def fetch(self, partitions: Sequence[int]) -> dict[int, list[Record]]:
        """Poll."""
        wanted = [TopicPartition(LEDGER, partition) for partition in partitions]
        try:
            found = await self._consumer.getmany(
                *wanted, timeout_ms=FETCH_WAIT_MS_MAX, max_records=BATCH_RECORDS_MAX
            )
        except OffsetOutOfRangeError as error:
            # Taking it over anew compares what is to be read with what the topic has.
            self._new |= {one.partition for one in error.args[0]} & self._assigned
            return {}
        except IllegalStateError:
            # A partition was taken away between the question and the answer.
            return {}
        except KafkaError as error:
            message = f"Kafka does not answer: {error!r}"
            raise TransientError(message) from error
        return {
            one.partition: [Record(one.partition, raw.offset, raw.value or b"") for raw in records]
            for one, records in found.items()
            if records
        }

    def behind(self, partition: int, position: int) -> int:
        """Compare with the end of the partition as of the last fetch."""
        try:
            end = self._consumer.highwater(TopicPartition(LEDGER, partition))
        except (IllegalStateError, AssertionError):
            return 0
        return max(0, (end or 0) - position)

    async def ends(self, partitions: Sequence[int]) -> dict[int, int]:
        """Ask the broker where partitions of the topic end."""
        return await self._asked(self._meter.end_offsets, partitions)

    async def firsts(self, partitions: Sequence[int]) -> dict[int, int]:
        """Ask the broker where partitions of the topic begin."""
        return await self._asked(self._meter.beginning_offsets, partitions)

    async def _asked(
        self,
        question: Callable[[list[TopicPartition]], Awaitable[Mapping[TopicPartition, int]]],
        partitions: Sequence[int],
    ) -> dict[int, int]:
        wanted = [TopicPartition(LEDGER, number) for number in partitions]
        try:
            async with asyncio.timeout(METER_SECONDS_MAX):
                found = await question(wanted)
        except (KafkaError, TimeoutError) as error:
            message = f"Kafka does not answer: {error!r}"
            raise TransientError(message) from error
        return {one.partition: offset for one, offset in found.items()}

    async def show(self, offsets: Mapping[int, int]) -> None:
        """Commit offsets to the group; a failure does no harm."""
        commits = {
            TopicPartition(LEDGER, partition): offset
            for partition, offset in offsets.items()
            if self.still_assigned(partition)
        }
        try:
            if commits:
                async with asyncio.timeout(METER_SECONDS_MAX):
                    await self._consumer.commit(commits)
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            log.debug("Offsets not shown.", action="offsets_not_shown", reason=repr(error))
