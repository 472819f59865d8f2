"""Events from lines to their inbound topics; whatever can be read is ingest's to judge."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import msgspec
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from cli.lines import LineSplitter
from shared.contracts.catalogue import INBOUND_TOPICS, topic_of
from shared.contracts.envelope import STRUCTURED
from shared.errors import TransientError
from shared.kafka.producer import BatchProducer

#: CloudEvents, Kafka binding 1.0.2, section 3.3: structured mode is known by this header.
HEADERS: Final = (("content-type", STRUCTURED.encode()),)
#: Kafka's own default of `max.message.bytes`, for when the broker does not tell.
RECORD_BYTES_DEFAULT: Final = 1_048_588
#: What a record takes besides its key and value: the batch's head, lengths and the header above.
RECORD_OVERHEAD_BYTES: Final = 512
#: Bad lines that are kept and named; more are only counted.
BAD_LINES_MAX: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class BadLine:
    """A line that is no event that could be sent."""

    line: int
    reason: str


@dataclass(kw_only=True)
class Published:
    """What became of the lines."""

    published: int = 0
    bad: list[BadLine] = field(default_factory=list)
    #: All of the bad lines, those beyond `BAD_LINES_MAX` too.
    bad_count: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the shape of `arrears publish --json`."""
        return {"published": self.published, "bad": [asdict(line) for line in self.bad]}


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One record on its way to an inbound topic."""

    topic: str
    key: bytes
    value: bytes


class UnreadableError(Exception):
    """The line cannot be sent; the message says why."""


def read_event(line: bytes) -> Outgoing:
    """Find where an event goes; raises `UnreadableError` for what no topic could be found for.

    The key is the customer, so that each customer's events keep their order within a topic; an
    event without one goes by its id.
    """
    try:
        event = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"no JSON: {error}") from None
    if not isinstance(event, dict):
        raise UnreadableError("no JSON object, which a structured CloudEvent is")
    event_type = event.get("type")
    if not isinstance(event_type, str) or not event_type:
        raise UnreadableError('no attribute "type", which says what the event is')
    data = event.get("data")
    customer = data.get("customer_id") if isinstance(data, dict) else None
    key = customer if isinstance(customer, str) else event.get("id")
    return Outgoing(
        topic=topic_of(event_type),
        key=key.encode() if isinstance(key, str) else b"",
        value=line,
    )


class Publisher:
    """Sends lines to the inbound topics of one broker; may be kept open for many calls."""

    def __init__(self, producer: BatchProducer, record_bytes_max: int) -> None:
        self._producer = producer
        self._record_bytes_max = record_bytes_max
        self._line_bytes_max = record_bytes_max - RECORD_OVERHEAD_BYTES

    async def publish(
        self,
        pieces: AsyncIterator[bytes],
        report: Callable[[int, int], None] | None = None,
    ) -> Published:
        """Send every readable line of the pieces; returns when all are acknowledged.

        `report` hears after each piece how many bytes were read and events sent. Raises
        `TransientError` when the broker takes no more; what was counted so far has been taken.
        """
        done = Published()
        splitter = LineSplitter(self._line_bytes_max)
        async for piece in pieces:
            await self.publish_lines(splitter.feed(piece), done)
            if report:
                report(len(piece), done.published)
        await self.publish_lines(splitter.finish(), done)
        return done

    async def publish_all(self, lines: Iterable[bytes]) -> Published:
        """Send events that are at hand, one a line without its end."""
        done = Published()
        await self.publish_lines(enumerate(lines, start=1), done)
        return done

    async def publish_lines(
        self, lines: Iterable[tuple[int, bytes | None]], done: Published
    ) -> None:
        """Send numbered lines, in order per topic and customer, and add to what is done."""
        by_topic: dict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
        for number, line in lines:
            try:
                outgoing = self._outgoing(line)
            except UnreadableError as error:
                done.bad_count += 1
                if len(done.bad) < BAD_LINES_MAX:
                    done.bad.append(BadLine(line=number, reason=str(error)))
                continue
            if outgoing:
                by_topic[outgoing.topic].append((outgoing.key, outgoing.value))
        for topic in INBOUND_TOPICS:
            if records := by_topic.get(topic):
                await self._producer.send(topic, records, HEADERS)
                done.published += len(records)

    def _outgoing(self, line: bytes | None) -> Outgoing | None:
        if line is not None and not line.strip():
            return None
        outgoing = None if line is None else read_event(line.strip())
        if outgoing is None or len(outgoing.key) + len(outgoing.value) > self._line_bytes_max:
            raise UnreadableError(
                f"larger than the {self._record_bytes_max} bytes the broker takes"
            )
        return outgoing


@asynccontextmanager
async def connect_publisher(bootstrap_servers: str) -> AsyncIterator[Publisher]:
    """Give a publisher that is connected; raises `TransientError` when the broker is away."""
    record_bytes_max = await read_record_bytes_max(bootstrap_servers)
    producer = BatchProducer(bootstrap_servers, "arrears-cli")
    await producer.start()
    try:
        yield Publisher(producer, record_bytes_max)
    finally:
        await producer.stop()


async def read_record_bytes_max(bootstrap_servers: str) -> int:
    """Ask the broker for the largest record that every inbound topic takes."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    topics = [
        ConfigResource(ConfigResourceType.TOPIC, name, configs={"max.message.bytes": ""})
        for name in INBOUND_TOPICS
    ]
    try:
        await admin.start()
        answers = await admin.describe_configs(topics)
    except KafkaError as error:
        message = f"Kafka does not answer at {bootstrap_servers}: {error!r}"
        raise TransientError(message) from error
    finally:
        await admin.close()
    limits = [
        int(value)
        for answer in answers
        for _code, _message, _kind, _topic, entries in answer.resources
        for name, value, *_ in entries
        if name == "max.message.bytes"
    ]
    return min(limits, default=RECORD_BYTES_DEFAULT)
