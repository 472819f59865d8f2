"""Where a group's member reads on: the group spreads partitions, PostgreSQL has the positions.

What the two say of one partition is compared whenever it is assigned. Records that are gone from
the topic stop that partition, loudly; a database that is older than Kafka has it read again.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, NoOffsetForPartitionError, OffsetOutOfRangeError

from shared.errors import TransientError
from shared.kafka.positions import Begin, Lost, begin_at, read_again
from shared.runtime.health import Health

log = structlog.get_logger(__name__)

#: The health page's parts for partitions that are stopped, and for what is read again.
STOPPED: Final = "partitions"
RESTORED: Final = "restored"
#: How often a partition that is stopped is looked at again.
LOOK_AGAIN_SECONDS: Final = 3.0
#: How long Kafka may take for an answer.
ASK_SECONDS_MAX: Final = 20.0

T = TypeVar("T")


class Stored(Protocol):
    """What the database has of a partition."""

    @property
    def next_offset(self) -> int:
        """Where it is to be read next."""

    @property
    def stopped_reason(self) -> str | None:
        """Why nothing is read of it; None when it is read."""


class Positions(Protocol):
    """The positions that the database has; all raise `TransientError` while it is away."""

    async def read(self) -> Mapping[tuple[str, int], Stored]:
        """Return where each partition is to be read next, and which are stopped."""

    async def keep(self, positions: Mapping[tuple[str, int], int]) -> None:
        """Move positions forward."""

    async def stop(self, topic: str, partition: int, position: int, reason: str) -> None:
        """Stop a partition until a person lets it go on."""


class Placing(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Reads the assigned partitions of a consumer, each from where `begin_at` says.

    The consumer must have `auto_offset_reset="none"`: to skip what is gone is a person's decision.
    """

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        positions: Positions,
        health: Health,
    ) -> None:
        self._consumer = consumer
        self._positions = positions
        self._health = health
        self._assigned: set[TopicPartition] = set()
        self._placed: set[TopicPartition] = set()
        self._lost: dict[TopicPartition, str] = {}
        #: Partitions that are read again, and up to where.
        self._repeated: dict[TopicPartition, int] = {}
        self._look_again_at = 0.0

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Forget them at once."""
        self._assigned -= set(revoked)
        self._forget(revoked)

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Note them; each is placed before it is read."""
        self._assigned = set(assigned)
        self._placed.clear()
        self._look_again_at = 0.0

    async def getmany(
        self, *, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, list[ConsumerRecord]]:
        """Return the next records of the partitions that are in order; raises `KafkaError`."""
        await self._place()
        ready = self._placed & self._assigned
        if not ready:
            await asyncio.sleep(timeout_ms / 1000)
            return {}
        try:
            found: dict[TopicPartition, list[ConsumerRecord]] = await self._consumer.getmany(
                *ready, timeout_ms=timeout_ms, max_records=max_records
            )
        except (OffsetOutOfRangeError, NoOffsetForPartitionError):
            self._placed.clear()
            self._look_again_at = 0.0
            return {}
        except IllegalStateError:
            # A partition was taken away between the question and the answer.
            return {}
        self._note(found)
        return found

    async def _place(self) -> None:
        waiting = sorted(self._assigned - self._placed)
        now = asyncio.get_running_loop().time()
        if not waiting or now < self._look_again_at:
            return
        # Kafka's word first: what is committed in between must not look as if it were ahead.
        committed = {one: await self._asked(self._consumer.committed(one)) for one in waiting}
        kept = await self._positions.read()
        firsts = await self._asked(self._consumer.beginning_offsets(waiting))
        ends = await self._asked(self._consumer.end_offsets(waiting))
        found: dict[TopicPartition, Begin | Lost] = {}
        for one in waiting:
            stored = kept.get(one)
            position = None if stored is None else stored.next_offset
            if stored is not None and stored.stopped_reason is not None:
                found[one] = Lost(stored.next_offset, stored.stopped_reason)
                continue
            found[one] = begin_at(
                one.topic,
                one.partition,
                first=firsts[one],
                end=ends[one],
                kept=position,
                committed=committed[one],
            )
        # A backup made from here on says of every partition how far it was.
        fresh = {
            one: at.offset for one, at in found.items() if isinstance(at, Begin) and one not in kept
        }
        if fresh:
            await self._positions.keep(fresh)
        for one, place in found.items():
            if isinstance(place, Begin):
                self._begin(one, place)
            else:
                await self._stop(one, place)
        self._look_again_at = now + LOOK_AGAIN_SECONDS
        self._tell()

    async def _asked(self, question: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(ASK_SECONDS_MAX):
                return await question
        except TimeoutError as error:
            message = f"Kafka does not say within {ASK_SECONDS_MAX:g} s where a topic is read on"
            raise TransientError(message) from error

    async def _stop(self, one: TopicPartition, found: Lost) -> None:
        """Keep that it is stopped, and say so once."""
        if one in self._lost:
            return
        await self._positions.stop(one.topic, one.partition, found.position, found.reason)
        self._lost[one] = found.reason
        log.error(
            "A partition is stopped; the others go on.",
            action="partition_stopped",
            topic=one.topic,
            partition=one.partition,
            reason=found.reason,
        )

    def _begin(self, one: TopicPartition, found: Begin) -> None:
        if one not in self._assigned:
            return
        try:
            self._consumer.seek(one, found.offset)
        except IllegalStateError:
            return
        if one in self._lost:
            log.info("A partition goes on.", action="partition_goes_on", topic=one.topic)
        self._forget([one])
        self._placed.add(one)
        if found.repeated_until is not None:
            self._repeated[one] = found.repeated_until
            log.error(
                "The database is older than Kafka: it was restored; reading again.",
                action="restore_detected",
                topic=one.topic,
                partition=one.partition,
                offset=found.offset,
                until=found.repeated_until,
            )

    def _note(self, found: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Forget what was read again once it is."""
        done = [
            one
            for one, records in found.items()
            if one in self._repeated and records[-1].offset + 1 >= self._repeated[one]
        ]
        for one in done:
            del self._repeated[one]
        if done:
            self._tell()

    def _forget(self, partitions: Sequence[TopicPartition]) -> None:
        for one in partitions:
            self._placed.discard(one)
            self._lost.pop(one, None)
            self._repeated.pop(one, None)

    def _tell(self) -> None:
        reasons = "; ".join(reason for _one, reason in sorted(self._lost.items()))
        self._health.tell(STOPPED, reasons and f"stopped, the others go on: {reasons}")
        again = ", ".join(
            f"{one.topic} {one.partition} until offset {until}"
            for one, until in sorted(self._repeated.items())
        )
        self._health.tell(RESTORED, again and read_again(again))
