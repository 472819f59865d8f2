"""Faults of what is told: repeats, replays, a payment at the last moment; and of mail."""

import asyncio
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.ingest.adapters.inbound_topics import GROUP
from shared.calendar import local_date
from shared.contracts.catalogue import INBOUND_TOPICS
from tests.faults.parts.sink import Answer
from tests.faults.proxy import Kind, Mode
from tests.faults.striking.course import Course, Strike
from tests.faults.striking.debts import owed, payment, tell
from tests.faults.system import PARTITIONS, TIME_ZONE, wait_for

WAIT_SECONDS_MAX: Final = 60.0


def said_again(times: int) -> Strike:
    """Publish everything that was told again, in another order each time."""

    async def strike(course: Course) -> None:
        good = [one for one in course.told if not one.is_poison]
        for _ in range(times):
            messages = course.random.sample(good, len(good))
            await tell(course, messages)
            course.struck(f"{len(messages)} events said again")

    return strike


def replayed() -> Strike:
    """Have ingest read its topics from the beginning."""

    async def strike(course: Course) -> None:
        ingest = course.system.services["ingest-1"]
        await ingest.stop()
        partitions = [
            TopicPartition(topic, number)
            for topic in INBOUND_TOPICS
            for number in range(PARTITIONS)
        ]
        async with AIOKafkaConsumer(
            bootstrap_servers=course.system.kafka.bootstrap_servers,
            group_id=GROUP,
            enable_auto_commit=False,
        ) as consumer:
            consumer.assign(partitions)
            await consumer.commit(dict.fromkeys(partitions, 0))
        course.struck("the inbound topics replayed from offset 0")
        await ingest.start()

    return strike


def mail_answers(*answers: Answer) -> Strike:
    """Have the mail server answer so, in a seeded order."""

    async def strike(course: Course) -> None:
        script = course.random.sample(answers, len(answers))
        course.system.sink.follow(script)
        course.struck("mails answered by " + ", ".join(one.value for one in script))

    return strike


def mail_down(seconds: float) -> Strike:
    """Take the mail server away for a while."""

    async def strike(course: Course) -> None:
        link = course.system.services["notifier-1"].links["smtp"]
        link.set(Mode(Kind.RESET))
        course.struck(f"the mail server was away for {seconds:g} s")
        await asyncio.sleep(seconds)
        link.heal()

    return strike


def paid_meanwhile() -> Strike:
    """Let a payment arrive when a letter is planned and not yet sent; it must be recalled."""

    async def strike(course: Course) -> None:
        system = course.system
        link = system.services["notifier-1"].links["smtp"]
        link.set(Mode(Kind.RESET))
        customer_id = f"PAID-{course.random.randrange(10**9)}"
        today = local_date(system.now(), TIME_ZONE)
        await tell(course, owed(customer_id, today))

        async def letter() -> list[Any]:
            return await system.sql(
                "SELECT status, claimed_by FROM notifier.letters WHERE account_id = $1",
                f"default:{customer_id}",
            )

        async def is_planned() -> bool:
            return [row["status"] for row in await letter()] == ["planned"]

        await wait_for(is_planned, WAIT_SECONDS_MAX, "the letter is planned")
        # The notifier is deaf meanwhile: what recalls the letter is its own last question.
        ears = system.services["notifier-1"].links["kafka"]
        ears.set(Mode(Kind.BLACKHOLE))
        await tell(course, [payment(customer_id, today)])

        async def is_paid() -> bool:
            rows = await system.sql(
                "SELECT open_minor FROM monitor.items WHERE account_id = $1",
                f"default:{customer_id}",
            )
            return [row["open_minor"] for row in rows] == [0]

        await wait_for(is_paid, WAIT_SECONDS_MAX, "the payment is recorded")

        async def is_free() -> bool:
            return [row["claimed_by"] for row in await letter()] == [None]

        # An attempt under way may have asked before the payment; the next asks anew.
        await wait_for(is_free, WAIT_SECONDS_MAX, "no attempt is under way")
        link.heal()

        async def is_decided() -> bool:
            return not await is_planned()

        await wait_for(is_decided, WAIT_SECONDS_MAX, "the letter is recalled")
        ears.heal()
        course.struck(f"{customer_id} paid while its letter waited")

        async def is_recalled() -> list[str]:
            statuses = [row["status"] for row in await letter()]
            return [] if statuses == ["recalled"] else [f"the letter is {statuses}, not recalled"]

        course.expects.append(is_recalled)

    return strike
