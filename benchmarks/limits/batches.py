"""What both forms of limit 1 share: a thousand records, decoded, in one transaction."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import asyncpg
import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

RECORDS_MAX: Final = 1000
FETCH_WAIT_MS_MAX: Final = 20


class Allocation(msgspec.Struct):
    """A part of a payment."""

    invoice_id: str
    amount: str


class Data(msgspec.Struct):
    """What any event of the stream carries, as far as somebody looks at it."""

    invoice_id: str = ""
    payment_id: str = ""
    credit_note_id: str = ""
    currency: str = "CNY"
    total: str = ""
    amount: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    allocations: list[Allocation] = []


class Event(msgspec.Struct):
    """The canonical event in one decoding, straight into structs."""

    type: str
    accountid: str
    eventname: str
    data: Data


@dataclass(slots=True)
class Read:
    """One record with what it holds."""

    partition: int
    offset: int
    value: bytes
    event: Event


#: A string, since asyncpg's classes take parameters only in its stubs.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
#: Writes what a batch comes to, within the batch's transaction.
Write = Callable[[Connection, Sequence[Read]], Awaitable[None]]

_decode: Final = msgspec.json.Decoder(Event).decode


def minor(text: str) -> int:
    """Return an amount with two decimals in minor units."""
    return int(text.replace(".", ""))


def delta_minor(event: Event) -> int:
    """Return what an event adds to its account's balance, in minor units."""
    data = event.data
    match event.type:
        case "invoice.issued.v1":
            return minor(data.total)
        case "payment.received.v1" | "credit_note.issued.v1":
            return -minor(data.amount)
        case "payment.reversed.v1":
            return minor(data.amount)
        case _:
            return 0


def run(setup: str, advance: str, write: Write) -> None:
    """Read the topic from its beginning for ever; told by the environment."""
    uvloop.run(_run(setup, advance, write))


async def _run(setup: str, advance: str, write: Write) -> None:
    partitions = int(os.environ["BENCH_PARTITIONS"])
    topic = os.environ["BENCH_TOPIC"]
    connection = await asyncpg.connect(os.environ["BENCH_DATABASE_URL"])
    await connection.execute(setup.format(last_partition=partitions - 1))
    consumer = AIOKafkaConsumer(
        bootstrap_servers=os.environ["BENCH_KAFKA"],
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
    )
    await consumer.start()
    consumer.assign([TopicPartition(topic, number) for number in range(partitions)])
    while True:
        found = await consumer.getmany(timeout_ms=FETCH_WAIT_MS_MAX, max_records=RECORDS_MAX)
        batch = [
            Read(one.partition, record.offset, record.value, _decode(record.value))
            for one, records in found.items()
            for record in records
        ]
        if not batch:
            await asyncio.sleep(0)
            continue
        async with connection.transaction():
            moved = {one.partition: records[-1].offset + 1 for one, records in found.items()}
            await connection.execute(advance, list(moved), list(moved.values()))
            await write(connection, batch)
