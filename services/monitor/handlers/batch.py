"""Fold a batch of ledger records: one transaction for all that they change."""

import uuid
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.monitor.domain.escalation.telling import told_event
from services.monitor.domain.ledger.account import Account, Told
from services.monitor.domain.ledger.fold import Event, fold
from services.monitor.domain.ledger.invoice import Item
from services.monitor.domain.ledger.needs import Needs
from services.monitor.domain.policy.policy import Policies
from services.monitor.handlers.attention import attend
from services.monitor.handlers.ports import (
    AccountKey,
    JournalEntry,
    Ownership,
    PlacedClearing,
    Record,
    Store,
)
from shared.contracts.catalogue import LEDGER_TYPES
from shared.contracts.envelope import LedgerEvent
from shared.contracts.escalation import EscalationEvent
from shared.contracts.fields import Inbound
from shared.errors import BrokenInvariantError

_DECODERS = {name: msgspec.json.Decoder(struct) for name, struct in LEDGER_TYPES.items()}
_ENVELOPE = msgspec.json.Decoder(LedgerEvent)


@dataclass(frozen=True, slots=True)
class Entry:
    """A decoded record."""

    record: Record
    key: AccountKey
    name: uuid.UUID
    said_at: datetime
    data: Inbound


@dataclass(frozen=True, slots=True)
class Folded:
    """What a batch came to."""

    records: int
    duplicates: int
    events: list[EscalationEvent]
    #: (account id, what an event could not change, and why), in order.
    remarks: list[tuple[str, str]]


def decode(record: Record) -> Entry:
    """Decode one record; what ingest did not write stops the partition."""
    try:
        envelope = _ENVELOPE.decode(record.value)
        data = _DECODERS[envelope.type].decode(envelope.data)
        name = uuid.UUID(hex=envelope.eventname)
    except (msgspec.MsgspecError, KeyError, ValueError, TypeError) as error:
        message = (
            f"offset {record.offset} of ledger partition {record.partition} is no canonical event "
            f"({type(error).__name__}: {error}); only ingest may write to this topic"
        )
        raise BrokenInvariantError(message) from error
    return Entry(record, (record.partition, envelope.accountid), name, envelope.time, data)


async def fold_batch(
    store: Store,
    owned: Mapping[int, Ownership],
    records: Mapping[int, Sequence[Record]],
    now: datetime,
    *,
    live: Container[int],
) -> Folded:
    """Fold records, by partition and in order, into the store; all or nothing.

    Only `live` partitions raise: one that is far behind may have a payment waiting.
    Raises `FencedError` when a partition has another owner by now, `BrokenInvariantError` when
    something does not hold that must.
    """
    entries = [decode(record) for batch in records.values() for record in batch]
    async with store.unit() as unit:
        partitions = list(records)
        await unit.advance(
            [owned[partition] for partition in partitions],
            [records[partition][-1].offset + 1 for partition in partitions],
        )
        known = await unit.known_names([(entry.key[0], entry.name) for entry in entries])
        fresh = _without_known(entries, known)
        policies, _ = await unit.policies()
        rules = {entry.key: policies.of(entry.key[1]).clearing_rule for entry in fresh}
        accounts = await unit.load(_needs(fresh), rules)
        journal, clearings, told = _fold(fresh, accounts, rules)
        for account in accounts.values():
            account.close()
        await unit.save(accounts, journal, clearings, now)
        raised = await attend(unit, _touched(accounts), policies, now, live=live)
        events = [*_events(told, policies, now), *raised]
        await unit.tell(events, now)
    return Folded(
        records=len(entries),
        duplicates=len(entries) - len(fresh),
        events=[event for _partition, event in events],
        remarks=[
            (entry.account_id, entry.changes["remark"])
            for entry in journal
            if "remark" in entry.changes
        ],
    )


def _without_known(entries: Sequence[Entry], known: set[uuid.UUID]) -> list[Entry]:
    """Drop entries whose name the journal has, or that stand twice in the batch."""
    seen = set(known)
    fresh: list[Entry] = []
    for entry in entries:
        if entry.name not in seen:
            seen.add(entry.name)
            fresh.append(entry)
    return fresh


def _needs(entries: Sequence[Entry]) -> dict[AccountKey, Needs]:
    needs: dict[AccountKey, Needs] = {}
    for entry in entries:
        needs.setdefault(entry.key, Needs()).add(entry.data)
    return needs


def _fold(
    entries: Sequence[Entry],
    accounts: Mapping[AccountKey, Account],
    rules: Mapping[AccountKey, str],
) -> tuple[list[JournalEntry], list[PlacedClearing], list[tuple[Entry, Told]]]:
    journal: list[JournalEntry] = []
    clearings: list[PlacedClearing] = []
    told: list[tuple[Entry, Told]] = []
    for entry in entries:
        account = accounts[entry.key]
        rule = rules[entry.key]
        changes = fold(account, Event(entry.name.hex, entry.said_at, entry.data), rule)
        partition, offset = entry.record.partition, entry.record.offset
        journal.append(
            JournalEntry(
                partition, offset, entry.key[1], entry.name, rule, entry.record.value, changes
            )
        )
        clearings.extend(
            PlacedClearing(partition, offset, number, entry.key[1], clearing)
            for number, clearing in enumerate(account.clearings)
        )
        told.extend((entry, one) for one in account.told)
        account.clearings.clear()
        account.told.clear()
    return journal, clearings, told


def _touched(accounts: Mapping[AccountKey, Account]) -> list[tuple[AccountKey, Item]]:
    return [
        (key, item)
        for key, account in accounts.items()
        for invoice_id in sorted(account.touched_invoices)
        for item in account.invoices[invoice_id].items
    ]


def _events(
    told: Sequence[tuple[Entry, Told]], policies: Policies, now: datetime
) -> list[tuple[int, EscalationEvent]]:
    """Return one event an escalation: its lifting, else its last change in the batch."""
    last: dict[uuid.UUID, tuple[int, EscalationEvent]] = {}
    for entry, one in told:
        partition, account_id = entry.key
        cause = f"{partition}-{entry.record.offset}"
        event = told_event(account_id, one, policies.of(account_id), now, cause)
        last.pop(event.escalation_id, None)
        last[event.escalation_id] = (partition, event)
    return list(last.values())
