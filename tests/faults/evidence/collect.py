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
from tests.faults.evidence.folding import Folding
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
    SELECT account_id || ' ' || invoice_id || '/' || instalment AS item, amount_minor AS amount,
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
    """Read everything; the system is at rest."""
    evidence = Evidence(forgotten=set(system.forgotten))
    folding = Folding()
    await _read_topics(system, evidence, folding)
    await _read_ingest(system, evidence)
    await _read_monitor(system, evidence)
    await _read_notifier(system, evidence, local_date(system.now(), TIME_ZONE))
    evidence.rebuild_differences = await check(system.database_url, lambda _done, _total: None)
    # Beside the loop, which carries the bytes of other systems.
    expected = await asyncio.to_thread(folding.results)
    evidence.expected_balances, evidence.expected_items = expected
    for service in system.services.values():
        if service.has_ended_by_itself:
            evidence.ended.append(service.name)
        if service.memory_mib_max:
            evidence.memory_mib[service.name] = service.memory_mib_max
    reason = await why_not_ready(system.running)
    evidence.not_ready = [reason] if reason else []
    return evidence


async def _read_topics(system: System, evidence: Evidence, folding: Folding) -> None:
    shifts = {row["partition"]: row["offset_shift"] for row in await system.sql(SHIFTS)}
    for gone in system.gone:
        _sort(gone.record, gone.offset, evidence, folding)
    async for record in records_of(system, (*INBOUND_TOPICS, LEDGER, ESCALATIONS, REJECTED)):
        shift = shifts.get(record.partition, 0) if record.topic == LEDGER else 0
        _sort(record, record.offset + shift, evidence, folding)


def _sort(record: ConsumerRecord, offset: int, evidence: Evidence, folding: Folding) -> None:
    if record.topic == LEDGER:
        evidence.ledger.append(_ledger_record(record, offset))
    elif record.topic == ESCALATIONS:
        evidence.topic.append(word_of(record, offset))
    elif record.topic == REJECTED:
        evidence.refused_on_topic.append(_rejected.decode(record.value).rejected_id)
    else:
        evidence.inbound.append(_inbound_record(record, folding))


def _inbound_record(record: ConsumerRecord, folding: Folding) -> InboundRecord:
    name = account_id = None
    if POISON_HEADER not in {key for key, _value in record.headers}:
        event = _inbound.decode(record.value)
        name = name_of(event.source, event.id)
        account_id = folding.add(name, event)
    return InboundRecord(record.topic, record.partition, record.offset, name, account_id)


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


async def _read_ingest(system: System, evidence: Evidence) -> None:
    rows = await system.sql(
        'SELECT rejected_id, topic, partition, "offset" AS at FROM ingest.rejected'
    )
    evidence.refused = [(row["topic"], row["partition"], row["at"]) for row in rows]
    evidence.refused_ids = [row["rejected_id"] for row in rows]


async def _read_monitor(system: System, evidence: Evidence) -> None:
    evidence.journal = [
        JournalRow(row["partition"], row["offset"], row["name"], row["account_id"])
        for row in await system.sql(JOURNAL)
    ]
    evidence.log = [Word(**dict(row)) for row in await system.sql(LOG)]
    evidence.outbox = (await system.sql("SELECT count(*) AS n FROM monitor.outbox"))[0]["n"]
    evidence.next_offsets = {
        row["partition"]: row["next_offset"]
        for row in await system.sql("SELECT partition, next_offset FROM monitor.partitions")
    }
    for record in evidence.ledger:
        evidence.ends[record.partition] = max(
            evidence.ends.get(record.partition, 0), record.offset + 1
        )
    evidence.timer_differences = [
        f"timer of {row['invoice_id']}: stands at {row['due_at']}, open is {row['open_minor']}, "
        f"next attention on {row['next_attention_on']}"
        for row in await system.sql(TIMERS)
    ]
    for row in await system.sql(BALANCES):
        values = dict(row)
        key = values.pop("account_id"), values.pop("currency")
        if any(values.values()):
            evidence.balances[key] = values
    for row in await system.sql(ITEMS):
        values = dict(row)
        evidence.items[values.pop("item")] = values
    evidence.open_by_items = _totals(await system.sql(OPEN_BY_ITEMS))
    evidence.unapplied_by_funds = _totals(await system.sql(UNAPPLIED_BY_FUNDS))


def _totals(rows: Iterable[Any]) -> dict[tuple[str, str], int]:
    return {(row["account_id"], row["currency"]): row["total"] for row in rows}


async def _read_notifier(system: System, evidence: Evidence, today: date) -> None:
    evidence.letters = [
        LetterRow(
            row["letter_id"],
            row["account_id"],
            row["status"],
            row["message_id"] or _mailed_as(row["letter_id"], system),
            tuple(row["escalation_ids"]),
            row["is_due"],
        )
        for row in await system.sql(LETTERS, today)
    ]
    evidence.work = {
        row["escalation_id"]: row["standing"]
        for row in await system.sql("SELECT escalation_id, standing FROM notifier.escalations")
    }
    evidence.inbox = [
        row["event_id"] for row in await system.sql("SELECT event_id FROM notifier.inbox")
    ]
    evidence.mails = [MailSeen(mail.message_id, mail.begun_at) for mail in system.sink.mails]


def _mailed_as(letter_id: uuid.UUID, system: System) -> str | None:
    """Return the name of a letter's mail where its row has none: a lost database may have sent it.

    A letter's Message-ID begins with its id for ever.
    """
    names = (mail.message_id for mail in system.sink.mails)
    return next((name for name in names if name.startswith(f"<{letter_id}@")), None)


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
