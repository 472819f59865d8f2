"""Reads everything that is left after a run, from the servers themselves and not through links."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from services.monitor.rebuild import check
from shared.calendar import local_date
from shared.contracts.catalogue import ESCALATIONS, INBOUND_TOPICS, LEDGER, REJECTED
from shared.contracts.envelope import MONITOR_SOURCE, CloudEvent, LedgerEvent, name_of
from shared.contracts.rejected import Rejected
from tests.faults.evidence.folding import account_of
from tests.faults.evidence.taking import TOLD, Taker, Whole
from tests.faults.evidence.values import (
    Evidence,
    InboundRecord,
    JournalRow,
    LedgerRecord,
    LetterRow,
    MailSeen,
    Word,
)
from tests.faults.system import PARTITIONS, TIME_ZONE, System, why_not_ready
from tests.faults.telling.workload import POISON_HEADER

FETCH_MILLISECONDS: Final = 200

SHIFTS: Final = "SELECT partition, offset_shift FROM monitor.partitions"
REFUSED: Final = 'SELECT rejected_id, topic, partition, "offset" AS at FROM ingest.rejected'
WORK: Final = "SELECT account_id, escalation_id, standing FROM notifier.escalations"
JOURNAL: Final = 'SELECT partition, "offset", name, account_id FROM monitor.journal'
LOG: Final = """
    SELECT partition, seq AS number, event_id, account_id, type, escalation_id
    FROM monitor.escalations
"""
LETTERS: Final = """
    SELECT letter_id, account_id, status, message_id,
        ARRAY(SELECT escalation_id FROM notifier.escalations AS e
              WHERE e.letter_id = l.letter_id AND e.in_letter) AS escalation_ids,
        status = 'planned' AND held_by IS NULL AND coalesce(recipient_email, '') <> ''
            AND (not_before_on IS NULL OR not_before_on <= $1) AS is_due
    FROM notifier.letters AS l
"""
#: Open items that say when they want attention and have no timer, and timers without such an item.
TIMERS: Final = """
    SELECT coalesce(i.invoice_id, t.invoice_id) AS invoice_id, i.open_minor, i.next_attention_on,
        t.due_at
    FROM (SELECT * FROM monitor.items
          WHERE open_minor > 0 AND next_attention_on IS NOT NULL) AS i
    FULL JOIN monitor.timers AS t USING (partition, account_id, invoice_id, instalment)
    WHERE i.invoice_id IS NULL OR t.invoice_id IS NULL
"""
BALANCES: Final = """
    SELECT account_id, currency, invoiced_minor AS invoiced, received_minor AS received,
        credited_minor AS credited, written_off_minor AS written_off, reversed_minor AS reversed,
        interest_minor AS interest, open_minor AS open, unapplied_minor AS unapplied
    FROM monitor.balances
"""
ITEMS: Final = """
    SELECT account_id, invoice_id || '/' || instalment AS item, amount_minor AS amount,
        cleared_minor AS cleared, credited_minor AS credited, written_off_minor AS written_off,
        disputed_minor AS disputed, due_on, original_due_on
    FROM monitor.items
"""
OPEN_BY_ITEMS: Final = """
    SELECT account_id, currency, sum(open_minor)::bigint AS total
    FROM monitor.items GROUP BY account_id, currency
"""
UNAPPLIED_BY_FUNDS: Final = """
    SELECT account_id, currency, sum(unapplied_minor)::bigint AS total
    FROM monitor.funds WHERE currency IS NOT NULL GROUP BY account_id, currency
"""

_inbound: Final = msgspec.json.Decoder(CloudEvent)
_ledger: Final = msgspec.json.Decoder(LedgerEvent)
_rejected: Final = msgspec.json.Decoder(Rejected)


async def collect(system: System) -> Evidence:
    """Read everything into memory; the system is at rest."""
    whole = Whole()
    await read(system, whole)
    for difference in await refolded(system.database_url):
        whole.take("rebuild_differences", difference)
    # Beside the loop, which carries the bytes of other systems.
    return await asyncio.to_thread(whole.evidence)


async def read(system: System, taker: Taker) -> None:
    """Read everything but what `refolded` says, piece by piece; the system is at rest."""
    taker.take("forgotten", set(system.forgotten))
    await _read_topics(system, taker)
    await _read_ingest(system, taker)
    await _read_monitor(system, taker)
    await _read_notifier(system, taker, local_date(system.now(), TIME_ZONE))
    for service in system.services.values():
        if service.has_ended_by_itself:
            taker.take("ended", service.name)
        if service.memory_mib_max:
            taker.take("memory_mib", service.memory_mib_max, key=service.name)
    reason = await why_not_ready(system.running)
    if reason:
        taker.take("not_ready", reason)


async def refolded(database_url: str) -> list[str]:
    """Return where the journal, folded from nothing, differs from what is stored."""
    return await check(database_url, lambda _done, _total: None)


async def _read_topics(system: System, taker: Taker) -> None:
    shifts = {row["partition"]: row["offset_shift"] for row in await system.sql(SHIFTS)}
    ends: dict[int, int] = {}
    for gone in system.gone:
        _sort(gone.record, gone.offset, taker, ends)
    async for record in records_of(system, (*INBOUND_TOPICS, LEDGER, ESCALATIONS, REJECTED)):
        shift = shifts.get(record.partition, 0) if record.topic == LEDGER else 0
        _sort(record, record.offset + shift, taker, ends)
    for partition, end in ends.items():
        taker.take("ends", end, key=partition)


def _sort(record: ConsumerRecord, offset: int, taker: Taker, ends: dict[int, int]) -> None:
    if record.topic == LEDGER:
        one = _ledger_record(record, offset)
        ends[one.partition] = max(ends.get(one.partition, 0), offset + 1)
        taker.take("ledger", one, of=one.account_id)
    elif record.topic == ESCALATIONS:
        word = word_of(record, offset)
        taker.take("topic", word, of=word.account_id)
    elif record.topic == REJECTED:
        rejected_id = _rejected.decode(record.value).rejected_id
        taker.take("refused_on_topic", rejected_id, of=str(rejected_id))
    else:
        _take_inbound(record, taker)


def _take_inbound(record: ConsumerRecord, taker: Taker) -> None:
    place = (record.topic, record.partition, record.offset)
    if POISON_HEADER in {key for key, _value in record.headers}:
        taker.take("inbound", InboundRecord(*place, None, None), of=str(place))
        return
    event = _inbound.decode(record.value)
    name, account_id = name_of(event.source, event.id), account_of(event)
    taker.take("inbound", InboundRecord(*place, name, account_id), of=account_id)
    taker.take(TOLD, (name, record.value), of=account_id)


def _ledger_record(record: ConsumerRecord, offset: int) -> LedgerRecord:
    event = _ledger.decode(record.value)
    return LedgerRecord(
        partition=record.partition,
        offset=offset,
        name=name_of(event.source, event.id),
        account_id=event.accountid,
        is_from_outside=event.source != MONITOR_SOURCE,
    )


def word_of(record: ConsumerRecord, offset: int) -> Word:
    """Read a record of the escalations topic."""
    event = msgspec.json.decode(record.value)
    data: dict[str, Any] = event["data"]
    escalation_id = data.get("escalation_id")
    return Word(
        partition=record.partition,
        number=offset,
        event_id=msgspec.convert(event["id"], uuid.UUID),
        account_id=data["account_id"],
        type=event["type"],
        escalation_id=msgspec.convert(escalation_id, uuid.UUID) if escalation_id else None,
        at=record.timestamp / 1000,
    )


async def _read_ingest(system: System, taker: Taker) -> None:
    async for row in system.rows(REFUSED):
        taker.take("refused", (row["topic"], row["partition"], row["at"]))
        taker.take("refused_ids", row["rejected_id"], of=str(row["rejected_id"]))


async def _read_monitor(system: System, taker: Taker) -> None:
    async for row in system.rows(JOURNAL):
        taker.take("journal", JournalRow(*row), of=row["account_id"])
    async for row in system.rows(LOG):
        taker.take("log", Word(**dict(row)), of=row["account_id"])
    taker.take("outbox", (await system.sql("SELECT count(*) AS n FROM monitor.outbox"))[0]["n"])
    for row in await system.sql("SELECT partition, next_offset FROM monitor.partitions"):
        taker.take("next_offsets", row["next_offset"], key=row["partition"])
    async for row in system.rows(TIMERS):
        difference = (
            f"timer of {row['invoice_id']}: stands at {row['due_at']}, open is "
            f"{row['open_minor']}, next attention on {row['next_attention_on']}"
        )
        taker.take("timer_differences", difference)
    async for row in system.rows(BALANCES):
        values = dict(row)
        key = values.pop("account_id"), values.pop("currency")
        if any(values.values()):
            taker.take("balances", values, of=key[0], key=key)
    async for row in system.rows(ITEMS):
        values = dict(row)
        account_id = values.pop("account_id")
        taker.take("items", values, of=account_id, key=f"{account_id} {values.pop('item')}")
    for name, query in (
        ("open_by_items", OPEN_BY_ITEMS),
        ("unapplied_by_funds", UNAPPLIED_BY_FUNDS),
    ):
        async for row in system.rows(query):
            key = row["account_id"], row["currency"]
            taker.take(name, row["total"], of=row["account_id"], key=key)


async def _read_notifier(system: System, taker: Taker, today: date) -> None:
    # A letter's Message-ID begins with its id for ever; its row has none where a lost database
    # may have sent it.
    mailed = {mail.message_id[1:].partition("@")[0]: mail.message_id for mail in system.sink.mails}
    accounts: dict[str, str] = {}
    async for row in system.rows(LETTERS, today):
        letter = LetterRow(
            row["letter_id"],
            row["account_id"],
            row["status"],
            row["message_id"] or mailed.get(str(row["letter_id"])),
            tuple(row["escalation_ids"]),
            row["is_due"],
        )
        taker.take("letters", letter, of=letter.account_id)
        if letter.message_id is not None:
            accounts[letter.message_id] = letter.account_id
    for mail in system.sink.mails:
        seen = MailSeen(mail.message_id, mail.begun_at)
        taker.take("mails", seen, of=accounts.get(mail.message_id, mail.message_id))
    async for row in system.rows(WORK):
        taker.take("work", row["standing"], of=row["account_id"], key=row["escalation_id"])
    async for row in system.rows("SELECT event_id FROM notifier.inbox"):
        taker.take("inbox", row["event_id"], of=str(row["event_id"]))


async def records_of(system: System, topics: Iterable[str]) -> AsyncIterator[ConsumerRecord]:
    """Give every record of the topics, each partition's in order."""
    async with AIOKafkaConsumer(
        bootstrap_servers=system.kafka.bootstrap_servers, auto_offset_reset="earliest"
    ) as consumer:
        partitions = [
            TopicPartition(topic, partition)
            for topic in topics
            for partition in range(1 if topic == REJECTED else PARTITIONS)
        ]
        consumer.assign(partitions)
        begins = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        left = {one: end for one, end in ends.items() if end > begins[one]}
        while left:
            found = await consumer.getmany(timeout_ms=FETCH_MILLISECONDS)
            for one, records in found.items():
                for record in records:
                    yield record
                if records and records[-1].offset + 1 >= left.get(one, 0):
                    left.pop(one, None)
