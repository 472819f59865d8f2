"""The whole chain: from the inbound topics through ingest to what the monitor has committed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient

from benchmarks.frame.contender import Course
from benchmarks.frame.servers import PARTITIONS, Servers
from benchmarks.frame.tabled import TabledContender
from benchmarks.frame.waiting import wait_for
from benchmarks.product import monitor
from benchmarks.product.services import Process
from benchmarks.stream.mix import Stream
from deploy.local.parts import Part
from shared.contracts.catalogue import ESCALATIONS, INBOUND_TOPICS, LEDGER, REJECTED, topic_of
from shared.kafka.producer import BatchProducer
from shared.kafka.topics import ensure_topics

TOPICS: Final = frozenset({*INBOUND_TOPICS, LEDGER, REJECTED, ESCALATIONS})
GONE_SECONDS_MAX: Final = 30.0


class Chain(TabledContender):
    """Ingest and monitor, a process each, on a broker whose topics are made anew each time."""

    def __init__(self, servers: Servers) -> None:
        super().__init__("whole chain", done_query=monitor.DONE, balances_query=monitor.BALANCES)
        self._servers = servers

    async def programs(self, course: Course) -> Sequence[Part]:
        """Put the stream on the inbound topics and return both services."""
        broker = (await self._servers.own_broker("chain")).bootstrap_servers
        await _fresh_topics(broker)
        await _publish(broker, course.stream)
        return [
            Process(
                service,
                kafka=broker,
                database_url=course.database_url,
                partitions=course.partitions,
                folder=course.folder,
            )
            for service in ("monitor", "ingest")
        ]


async def _fresh_topics(broker: str) -> None:
    """Delete the topics, with what groups know of them, and make them anew."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        existing = TOPICS & set(await admin.list_topics())
        if existing:
            await admin.delete_topics(sorted(existing))

        async def are_gone() -> bool:
            return not TOPICS & set(await admin.list_topics())

        await wait_for(are_gone, GONE_SECONDS_MAX, "the topics are deleted")
    finally:
        await admin.close()
    await ensure_topics(broker, partitions=PARTITIONS, replication_factor=1)


async def _publish(broker: str, stream: Stream) -> None:
    by_topic: dict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
    for one in stream.events:
        by_topic[topic_of(one.type)].append(one.arrival())
    producer = BatchProducer(broker, "bench")
    await producer.start()
    try:
        for topic, records in by_topic.items():
            await producer.send(topic, records)
    finally:
        await producer.stop()
