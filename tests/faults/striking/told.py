"""Faults of what is told: repeats, replays, a payment at the last moment; and of mail."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.ingest.adapters.inbound_topics import GROUP
from shared.calendar import local_date
from shared.contracts.catalogue import INBOUND_TOPICS, topic_of
from tests.faults.parts.sink import Answer
from tests.faults.proxy import Kind, Mode
from tests.faults.striking.course import Course, Strike
from tests.faults.system import PARTITIONS, TIME_ZONE, wait_for
from tests.faults.telling.upstream import publish
from tests.faults.telling.workload import Message

WAIT_SECONDS_MAX: Final = 60.0
OVERDUE_DAYS: Final = 20


def said_again(times: int) -> Strike:
    """Publish everything that was told again, in another order each time."""

    async def strike(course: Course) -> None:
        good = [one for one in course.told if not one.is_poison]
        for _ in range(times):
            messages = course.random.sample(good, len(good))
            await _publish(course, messages)
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
        await _publish(course, _owed(customer_id, today))

        async def letter() -> list[Any]:
            return await system.sql(
                "SELECT status, message_id FROM notifier.letters WHERE account_id = $1",
                f"default:{customer_id}",
            )

        async def is_planned() -> bool:
            return [row["status"] for row in await letter()] == ["planned"]

        await wait_for(is_planned, WAIT_SECONDS_MAX, "the letter is planned")
        # The notifier is deaf meanwhile: what recalls the letter is its own last question.
        ears = system.services["notifier-1"].links["kafka"]
        ears.set(Mode(Kind.BLACKHOLE))
        await _publish(course, [_payment(customer_id, today)])

        async def is_paid() -> bool:
            rows = await system.sql(
                "SELECT open_minor FROM monitor.items WHERE account_id = $1",
                f"default:{customer_id}",
            )
            return [row["open_minor"] for row in rows] == [0]

        await wait_for(is_paid, WAIT_SECONDS_MAX, "the payment is recorded")
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


async def _publish(course: Course, messages: list[Message]) -> None:
    servers = course.system.kafka.bootstrap_servers
    await publish(servers, messages, PARTITIONS, pause_seconds=0)


def _owed(customer_id: str, today: date) -> list[Message]:
    due_on = today - timedelta(days=OVERDUE_DAYS)
    return [
        _event(
            "customer.updated.v1",
            customer_id,
            version=1,
            name=f"Payer {customer_id}",
            email=f"{customer_id.lower()}@example.com",
        ),
        _event(
            "invoice.issued.v1",
            customer_id,
            invoice_id=f"I-{customer_id}",
            currency="CNY",
            total="900.00",
            issued_on=(due_on - timedelta(days=1)).isoformat(),
            due_on=due_on.isoformat(),
        ),
    ]


def _payment(customer_id: str, today: date) -> Message:
    return _event(
        "payment.received.v1",
        customer_id,
        payment_id=f"P-{customer_id}",
        amount="900.00",
        currency="CNY",
        received_on=today.isoformat(),
        allocations=[{"invoice_id": f"I-{customer_id}", "amount": "900.00"}],
    )


def _event(event_type: str, customer_id: str, **data: Any) -> Message:
    envelope = {
        "specversion": "1.0",
        "id": f"{event_type}/{customer_id}",
        "source": "faults",
        "type": event_type,
        "data": {"customer_id": customer_id, **data},
    }
    return Message(topic_of(event_type), customer_id.encode(), json.dumps(envelope).encode())
