"""A flood of bad events: each is refused with its reason, and the good ones go on."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from aiokafka import AIOKafkaProducer

from cli.sample.history import tell_history
from shared.calendar import local_date
from shared.contracts.catalogue import CATALOGUE
from tests.faults.striking.course import Course, Strike
from tests.faults.system import PARTITIONS, TIME_ZONE, System, wait_for
from tests.faults.telling.fuzz import fuzz
from tests.faults.telling.upstream import partition_for
from tests.faults.telling.workload import Message

CHUNK_MESSAGES: Final = 1_000
STORIES: Final = 6
DAYS: Final = 120
#: Slower than this they are not refused.
REFUSED_PER_SECOND_MIN: Final = 500
WAIT_SECONDS_MAX: Final = 60.0
REFUSED: Final = "SELECT count(*) AS count FROM ingest.rejected"
WITHOUT_REASON: Final = """
    SELECT count(*) AS count FROM ingest.rejected WHERE code = '' OR message = ''
"""


def flood(count: int) -> Strike:
    """Publish so many bad events, and wait until each is refused."""

    async def strike(course: Course) -> None:
        system = course.system
        today = local_date(system.now(), TIME_ZONE)
        seed = course.random.randrange(1_000_000)
        types = tuple(CATALOGUE)
        events = [
            event
            for number in range(STORIES)
            for event in tell_history(number, start=today, days=DAYS, seed=seed, types=types)
        ]
        before = await _count(system, REFUSED)
        bad = fuzz(course.random, events, system.now())
        async with AIOKafkaProducer(
            bootstrap_servers=system.kafka.bootstrap_servers,
            enable_idempotence=True,
            max_request_size=2 * 1024 * 1024,
        ) as producer:
            for start in range(0, count, CHUNK_MESSAGES):
                chunk = list(islice(bad, min(CHUNK_MESSAGES, count - start)))
                await _send(producer, chunk)
                course.begun.set()
        course.struck(f"{count} bad events")

        async def are_refused() -> bool:
            system.services["ingest-1"].note_memory()
            return await _count(system, REFUSED) >= before + count

        seconds_max = WAIT_SECONDS_MAX + count / REFUSED_PER_SECOND_MIN
        seconds = await wait_for(are_refused, seconds_max, f"{count} bad events are refused")
        course.notes.append(f"the last one refused {seconds:.1f} s after it was sent")

        async def have_reasons() -> list[str]:
            nameless = await _count(system, WITHOUT_REASON)
            return [f"{nameless} refusals have no reason"] if nameless else []

        course.expects.append(have_reasons)

    return strike


async def _send(producer: AIOKafkaProducer, chunk: Sequence[Message]) -> None:
    futures = [
        await producer.send(
            one.topic,
            one.value,
            one.key,
            partition=partition_for(one, PARTITIONS),
            headers=list(one.headers),
        )
        for one in chunk
    ]
    for future in futures:
        await future


async def _count(system: System, query: str) -> int:
    return int((await system.sql(query))[0]["count"])
