"""The notifier and the bare loop as subjects; the monitor answers what still stands, as it does."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.frame.contender import Subject
from benchmarks.frame.program import Program
from benchmarks.frame.servers import PARTITIONS, Servers, ask
from benchmarks.letters.sink import Sink
from benchmarks.product.services import Process
from benchmarks.stream.mix import CURRENCY, TODAY, Told
from services.notifier.adapters.kafka import GROUP
from shared.contracts.catalogue import ESCALATIONS, LEDGER
from shared.kafka.producer import BatchProducer
from shared.kafka.topics import ensure_topics

NOTIFIER: Final = "notifier"
LOOP: Final = "limit 4, a bare loop"
LETTERS_PER_SECOND: Final = "letters_per_second"
DAYS_OVERDUE: Final = 20
#: Which share of the letters the clock does not count.
WARM_UP_SHARE: Final = 10
PREPARE_SECONDS_MAX: Final = 120.0
ASK_SECONDS: Final = 0.1
#: What the monitor has raised, and whether its words have left.
RAISED: Final = """
SELECT (SELECT count(*) FROM monitor.escalations WHERE type = 'escalation.raised.v1'),
    (SELECT count(*) FROM monitor.outbox)
"""


@dataclass(frozen=True)
class Prepared:
    """So many letters are due: their words stand on the topic, unread."""

    servers: Servers
    #: A broker that has no other stream.
    kafka: str
    #: What the monitor knows; copied for each repetition.
    database_url: str
    letters: int
    folder: Path


class NotifierLetters:
    """`services.notifier.main`, from the words on its topic to the mail server's last answer."""

    name = NOTIFIER

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared

    async def measure(self, repetition: int) -> Mapping[str, float]:
        """Send all letters once, with a notifier that knows of none."""
        prepared, sink = self._prepared, Sink()
        folder = prepared.folder / f"notifier-{repetition}"
        folder.mkdir()
        database_url = await prepared.servers.copied_database(prepared.database_url)
        await sink.start()
        monitor = _process(prepared, "monitor", database_url, folder)
        notifier = _process(
            prepared,
            "notifier",
            database_url,
            folder,
            more_environ={
                "ARREARS_API_TOKEN": monitor.token,
                "ARREARS_MONITOR_URL": monitor.url,
                "ARREARS_SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
            },
        )
        try:
            async with monitor, notifier:
                return await sink.rate(
                    notifier, prepared.letters, prepared.letters // WARM_UP_SHARE
                )
        finally:
            sink.stop()
            await _forget(prepared.kafka)
            await prepared.servers.drop(database_url)


class LoopLetters:
    """`limits/letters.py` into a mail server of the same kind."""

    name = LOOP

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared

    async def measure(self, repetition: int) -> Mapping[str, float]:
        """Send as many letters once."""
        letters, sink = self._prepared.letters, Sink()
        await sink.start()
        environ = {"BENCH_LETTERS": str(letters), "BENCH_SMTP_PORT": str(sink.port)}
        log = self._prepared.folder / f"loop-{repetition}.log"
        program = Program("benchmarks.limits.letters", environ, log)
        try:
            await program.launch()
            return await sink.rate(program, letters, letters // WARM_UP_SHARE)
        finally:
            await program.stop()
            sink.stop()


async def prepare_letters(servers: Servers, letters: int) -> list[Subject]:
    """Have a monitor raise so many escalations; return both subjects."""
    kafka = (await servers.own_broker("letters")).bootstrap_servers
    folder = servers.folder / "letters"
    folder.mkdir()
    database_url = await servers.fresh_database()
    await _publish(kafka, _overdue(letters))
    prepared = Prepared(servers, kafka, database_url, letters, folder)
    async with _process(prepared, "monitor", database_url, folder):
        deadline = perf_counter() + PREPARE_SECONDS_MAX
        while True:
            raised, unsent = (await ask(database_url, RAISED))[0]
            if (raised, unsent) == (letters, 0):
                break
            if perf_counter() > deadline:
                message = f"{raised} of {letters} escalations were raised, {unsent} not sent"
                raise TimeoutError(message)
            await asyncio.sleep(ASK_SECONDS)
    return [NotifierLetters(prepared), LoopLetters(prepared)]


async def _publish(kafka: str, told: Sequence[Told]) -> None:
    await ensure_topics(kafka, partitions=PARTITIONS, replication_factor=1)
    producer = BatchProducer(kafka, "bench-letters")
    await producer.start()
    try:
        await producer.send(LEDGER, [one.record() for one in told])
    finally:
        await producer.stop()


def _process(
    prepared: Prepared,
    service: str,
    database_url: str,
    folder: Path,
    more_environ: Mapping[str, str] | None = None,
) -> Process:
    return Process(
        service,
        kafka=prepared.kafka,
        database_url=database_url,
        partitions=PARTITIONS,
        folder=folder,
        more_environ=more_environ or {},
    )


async def _forget(kafka: str) -> None:
    """Let the next notifier read the words anew."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, group_id=GROUP, enable_auto_commit=False)
    partitions = [TopicPartition(ESCALATIONS, number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    await consumer.start()
    try:
        await consumer.commit(dict.fromkeys(partitions, 0))
    finally:
        await consumer.stop()


def _overdue(letters: int) -> list[Told]:
    """Tell of so many customers with an address, who each owe one invoice for long enough."""
    due_on = TODAY - timedelta(days=DAYS_OVERDUE)
    told = []
    for number in range(letters):
        customer_id = f"L{number:07}"
        account_id = f"default:{customer_id}"
        customer = {
            "customer_id": customer_id,
            "version": 1,
            "name": f"Customer {number}",
            "email": f"ap{number}@example.com",
            "country": "CN",
        }
        invoice = {
            "customer_id": customer_id,
            "invoice_id": f"I{number:09}",
            "currency": CURRENCY,
            "total": "1250.00",
            "issued_on": (due_on - timedelta(days=30)).isoformat(),
            "due_on": due_on.isoformat(),
        }
        told += [
            Told("customer.updated.v1", account_id, f"c{number}", customer, 0),
            Told("invoice.issued.v1", account_id, f"i{number}", invoice, 125_000),
        ]
    return told
