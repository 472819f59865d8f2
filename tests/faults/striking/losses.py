"""Faults of topics that lose records: truncated, made anew.

Retention moves a topic's first offset as a truncation does; no reader can tell one from the other.

What nobody has read comes again from its owner's backup, once the fault has healed the partitions
by the very commands that the services name.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final

import httpx
from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from shared.calendar import local_date
from shared.contracts.catalogue import ESCALATIONS, INBOUND_TOPICS, LEDGER
from shared.kafka.topics import ensure_topics
from tests.faults.evidence.collect import records_of
from tests.faults.parts.service import Service
from tests.faults.striking.course import Course, Strike
from tests.faults.striking.debts import owed, tell
from tests.faults.striking.servers import RESET
from tests.faults.system import PARTITIONS, TIME_ZONE, Gone, System, wait_for

#: Enough for several partitions of any topic.
DEBTORS: Final = 8
CONFLICT: Final = 409
LOUD_SECONDS_MAX: Final = 60.0
WAIT_SECONDS_MAX: Final = 60.0
#: Less than the silence after which a group gives a member's work away.
FROZEN_SECONDS: Final = 3.0
READERS: Final = dict.fromkeys(INBOUND_TOPICS, "ingest-1") | {
    LEDGER: "monitor-1",
    ESCALATIONS: "notifier-1",
}
POSITIONS: Final = {
    LEDGER: "SELECT partition, next_offset - offset_shift AS at, offset_shift AS shift"
    " FROM monitor.partitions",
    ESCALATIONS: "SELECT partition, next_offset AS at, 0 AS shift FROM notifier.positions",
} | {
    topic: "SELECT partition, next_offset AS at, 0 AS shift FROM ingest.positions"
    f" WHERE topic = '{topic}'"
    for topic in INBOUND_TOPICS
}
COMMAND: Final = re.compile(r"arrears partition resume (\d+) --topic (\S+) --from (\d+) --as NAME")


def truncated(topic: str, *, is_frozen: bool = False) -> Strike:
    """Delete what a topic has, the records that its reader has not read included."""

    async def strike(course: Course) -> None:
        await _lose(course, topic, is_frozen=is_frozen, is_made_anew=False)

    return strike


def made_anew(topic: str) -> Strike:
    """Delete a topic and make it again, empty."""

    async def strike(course: Course) -> None:
        await _lose(course, topic, is_frozen=False, is_made_anew=True)

    return strike


async def _lose(course: Course, topic: str, *, is_frozen: bool, is_made_anew: bool) -> None:
    system, reader = course.system, course.system.services[READERS[topic]]
    ingest = system.services["ingest-1"]
    if is_frozen:
        reader.freeze()
        # The answer to its open fetch must not bring what is about to be lost.
        reader.links["kafka"].set(RESET)
    else:
        await reader.stop()
    today = local_date(system.now(), TIME_ZONE)
    debtors = [f"LOST-{course.random.randrange(10**9)}" for _ in range(DEBTORS)]
    await tell(course, [message for one in debtors for message in owed(one, today)])
    await wait_for(lambda: _is_any_unread(system, topic), WAIT_SECONDS_MAX, "records wait unread")
    if is_made_anew:
        # What is written meanwhile would fill the new topic up to where the old one was read.
        await ingest.stop()
    positions = await _positions(system, topic)
    lost = await _delete(system, topic, is_made_anew=is_made_anew)
    course.struck(f"{len(lost)} unread records of {topic} lost")
    if is_frozen:
        await asyncio.sleep(FROZEN_SECONDS)
        reader.links["kafka"].heal()
        reader.wake()
    else:
        await reader.launch()
    # Of a new topic that begins where nothing was read, nothing is missed.
    stopped = {one.partition for one in lost if not is_made_anew or positions(one)[0] > 0}
    await wait_for(
        lambda: _names_commands(system, reader, topic, stopped),
        LOUD_SECONDS_MAX,
        f"{reader.name} names the commands for partitions {sorted(stopped)} of {topic}",
    )
    await _say_again(system, lost)
    if is_made_anew:
        await ingest.start()
    await wait_for(lambda: _heal(system, reader), WAIT_SECONDS_MAX, f"{reader.name} is healed")


async def _is_any_unread(system: System, topic: str) -> bool:
    positions = await _positions(system, topic)
    return bool([one for one in await _records(system, topic) if one.offset >= positions(one)[0]])


async def _records(system: System, topic: str) -> list[ConsumerRecord]:
    return [record async for record in records_of(system, (topic,))]


async def _positions(system: System, topic: str) -> Any:
    rows = {row["partition"]: row for row in await system.sql(POSITIONS[topic])}

    def of(record: ConsumerRecord) -> tuple[int, int]:
        row = rows.get(record.partition)
        return (row["at"], row["shift"]) if row else (0, 0)

    return of


async def _delete(system: System, topic: str, *, is_made_anew: bool) -> list[ConsumerRecord]:
    """Delete all there is, remember what was read of it, and return what was not."""
    positions = await _positions(system, topic)
    records = await _records(system, topic)
    admin = AIOKafkaAdminClient(bootstrap_servers=system.kafka.bootstrap_servers)
    await admin.start()
    try:
        if is_made_anew:
            await admin.delete_topics([topic])

            async def is_gone() -> bool:
                return topic not in await admin.list_topics()

            await wait_for(is_gone, WAIT_SECONDS_MAX, f"{topic} is deleted")
            await ensure_topics(
                system.kafka.bootstrap_servers, partitions=PARTITIONS, replication_factor=1
            )
        else:
            ends = {TopicPartition(topic, one.partition): one.offset + 1 for one in records}
            await admin.delete_records(
                {one: RecordsToDelete(before_offset=end) for one, end in ends.items()}
            )
    finally:
        await admin.close()
    lost = [one for one in records if one.offset >= positions(one)[0]]
    system.gone += [
        Gone(one, one.offset + positions(one)[1] - (0 if topic == LEDGER else AGES_AGO))
        for one in records
        if one.offset < positions(one)[0]
    ]
    return lost


#: Where a topic is made anew, offsets come again: what is gone came before all of them.
AGES_AGO: Final = 10**9


async def _names_commands(
    system: System, reader: Service, topic: str, partitions: set[int]
) -> bool:
    commands = await _commands(system, reader)
    return {one for name, one, _offset in commands if name == topic} >= partitions


async def _commands(system: System, reader: Service) -> list[tuple[str, int, int]]:
    """Return the commands that the reader's health page names."""
    try:
        answer = await system.http.get(f"{reader.url}/readyz")
    except httpx.HTTPError:
        return []
    text = " ".join(answer.json()["parts"].values())
    return [(one[2], int(one[1]), int(one[3])) for one in COMMAND.finditer(text)]


async def _heal(system: System, reader: Service) -> bool:
    """Do what the health page says, as the command does it; returns whether it is well."""
    for topic, partition, offset in await _commands(system, reader):
        body = {"by": "faults", "topic": topic, "from_offset": offset}
        address = f"{reader.url}/v1/partitions/{partition}/resume"
        answer = await system.http.post(address, json=body)
        if answer.status_code == CONFLICT:
            continue  # it goes on already, and the page says so in a moment
        answer.raise_for_status()
    return await reader.why_not_ready() is None


async def _say_again(system: System, lost: Sequence[ConsumerRecord]) -> None:
    """Send what was lost unread, as its owner has it in his backup."""
    async with AIOKafkaProducer(
        bootstrap_servers=system.kafka.bootstrap_servers, max_request_size=2 * 1024 * 1024
    ) as producer:
        for one in lost:
            await producer.send_and_wait(
                one.topic,
                one.value,
                one.key,
                partition=one.partition,
                headers=list(one.headers),
            )
