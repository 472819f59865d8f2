"""Faults of what piles up: an outbox that nobody has emptied, a coordinator that takes its time."""

from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.faults.striking.course import Course, Strike
from tests.faults.system import PARTITIONS, System, wait_for
from tests.faults.watching import kafka

TOPIC: Final = "faults.backlog"
#: Slower than this it does not drain.
ROWS_PER_SECOND_MIN: Final = 1000
READ_SECONDS_MAX: Final = 60.0
FILL: Final = f"""
    INSERT INTO monitor.outbox (partition, topic, key, value, said_at)
    SELECT number % {PARTITIONS}, '{TOPIC}', 'p' || number % {PARTITIONS},
        convert_to(number::text, 'UTF8'), now()
    FROM generate_series(1, $1) AS number ORDER BY number
"""
#: Nobody has said these facts, and an audit that comes upon them would rightly say so.
AUDITED: Final = "UPDATE monitor.partitions SET audited_at = $1"


def relay_behind(rows: int) -> Strike:
    """Have so many facts wait while the monitor is away; they must leave in their order."""

    async def strike(course: Course) -> None:
        system, monitor = course.system, course.system.services["monitor-1"]
        await _fresh_topic(system)
        await monitor.stop()
        await system.sql(FILL, rows)
        await system.sql(AUDITED, system.now())
        course.struck(f"{rows} facts waited in the outbox")
        await monitor.start()

        async def is_empty() -> bool:
            monitor.note_memory()
            query = "SELECT NOT EXISTS (SELECT FROM monitor.outbox WHERE topic = $1) AS is_empty"
            return bool((await system.sql(query, TOPIC))[0]["is_empty"])

        seconds_max = READ_SECONDS_MAX + rows / ROWS_PER_SECOND_MIN
        seconds = await wait_for(is_empty, seconds_max, "the outbox is empty")
        course.notes.append(f"empty after {seconds:.1f} s, {monitor.memory_mib_max} MiB")
        course.objections += await _disorder(system, rows)

    return strike


async def _fresh_topic(system: System) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=system.kafka.bootstrap_servers)
    await admin.start()
    try:
        if TOPIC in await admin.list_topics():
            await admin.delete_topics([TOPIC])

        async def is_gone() -> bool:
            return TOPIC not in await admin.list_topics()

        await wait_for(is_gone, READ_SECONDS_MAX, f"{TOPIC} is gone")
        await admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
    finally:
        await admin.close()


async def _disorder(system: System, rows: int) -> list[str]:
    """Return what is missing on the topic, or not in order: a fact may be there twice."""
    last: dict[bytes, int] = {}
    found: dict[bytes, int] = {}
    objections = []
    async with AIOKafkaConsumer(
        bootstrap_servers=system.kafka.bootstrap_servers, auto_offset_reset="earliest"
    ) as consumer:
        places = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(one) < end for one, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    number = int(record.value)
                    if number == last.get(record.key, 0) + PARTITIONS or record.key not in last:
                        found[record.key] = found.get(record.key, 0) + 1
                    elif number > last[record.key]:
                        objections.append(f"{number} came after {last[record.key]}")
                    last[record.key] = max(number, last.get(record.key, 0))
    if sum(found.values()) != rows:
        objections.append(f"{sum(found.values())} of {rows} facts came in order")
    return objections[:3]


def coordinator_slow(kind: str, seconds: float) -> Strike:
    """Have the group's coordinator answer late, while a second member comes and goes."""

    async def strike(course: Course) -> None:
        services = [course.system.services[f"{kind}-{number}"] for number in (1, 2)]
        for service in services:
            service.lookout.late = dict.fromkeys(
                (kafka.OFFSETS_KEPT, kafka.JOINED, kafka.BEATEN), seconds
            )
        course.struck(f"the coordinator of {kind} answers after {seconds:g} s")
        try:
            await services[1].start()
            await services[1].stop()
        finally:
            for service in services:
                service.lookout.late = {}

    return strike
