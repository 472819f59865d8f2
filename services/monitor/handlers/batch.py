"""Fold a batch of ledger records: one transaction for all that they change."""

import uuid
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import Struct

from services.monitor.domain.escalation.announcing import default_announcement
from services.monitor.domain.escalation.standing import wants_standing
from services.monitor.domain.escalation.telling import told_event
from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.ledger.account import Account, Message, Told
from services.monitor.domain.ledger.needs import Needs
from services.monitor.domain.policy.policies import Policies
from services.monitor.handlers.attention import Look, attend
from services.monitor.handlers.ports import (
    AccountKey,
    JournalEntry,
    Known,
    Ownership,
    PlacedClearing,
    Record,
    Store,
    Unit,
    Word,
)
from shared.contracts.announcement import Announcement
from shared.contracts.catalogue import LEDGER_TYPES
from shared.contracts.envelope import LedgerEvent
from shared.contracts.escalation import UPDATED, EscalationEvent
from shared.contracts.fields import Inbound
from shared.errors import BrokenInvariantError

_DECODERS = {name: msgspec.json.Decoder(struct) for name, struct in LEDGER_TYPES.items()}
_ENVELOPE = msgspec.json.Decoder(LedgerEvent)


class Entry(Struct, frozen=True):
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
    words: list[EscalationEvent | Announcement]
    #: (account id, what an event could not change, and why), in order.
    remarks: list[tuple[str, str]]
    #: Whether items were made due for a look, so that a sweep should follow at once.
    retimed: bool


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
        names = await unit.known_names([(entry.key[0], entry.name) for entry in entries])
        fresh = _without_known(entries, names)
        policies, _ = await unit.policies()
        needs = _needs(fresh)
        known = await unit.known(sorted(needs))
        accounts = await unit.load(needs, known, needs)
        journal, clearings, told, messages = _fold(fresh, accounts, known, policies)
        for account in accounts.values():
            account.close()
        await unit.save(accounts, journal, clearings, now)
        look = _look(accounts, known, policies, now)
        words = _once(
            [
                *_words(told, known, policies, now),
                *await attend(unit, look, known, policies, now, live=live),
            ]
        )
        await _retime(unit, accounts, now)
        await unit.send(messages, now)
        words += _group_words(accounts, known, policies, now)
        await unit.tell(words, now)
    return Folded(
        records=len(entries),
        duplicates=len(entries) - len(fresh),
        words=[word for _partition, word in words],
        remarks=[
            (entry.account_id, entry.changes["remark"])
            for entry in journal
            if "remark" in entry.changes
        ],
        retimed=any(one.retimed or one.retimed_invoices for one in accounts.values()),
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
        need = needs.get(entry.key)
        if need is None:
            need = needs[entry.key] = Needs()
        need.add(entry.data)
    return needs


def _fold(
    entries: Sequence[Entry],
    accounts: Mapping[AccountKey, Account],
    known: Mapping[AccountKey, Known],
    policies: Policies,
) -> tuple[
    list[JournalEntry],
    list[PlacedClearing],
    list[tuple[Entry, Told]],
    list[tuple[int, Message]],
]:
    journal: list[JournalEntry] = []
    clearings: list[PlacedClearing] = []
    told: list[tuple[Entry, Told]] = []
    messages: list[tuple[int, Message]] = []
    for entry in entries:
        account = accounts[entry.key]
        # By the customer as the events so far have it, so that a batch is no more than its events.
        rule = known[entry.key].policy(entry.key, policies).clearing_rule
        changes = fold(account, Event(entry.name.hex, entry.said_at, entry.data), rule)
        partition, offset = entry.record.partition, entry.record.offset
        journal.append(
            JournalEntry(
                partition, offset, entry.key[1], entry.name, rule, entry.record.value, changes
            )
        )
        if account.clearings:
            clearings += [
                PlacedClearing(partition, offset, number, entry.key[1], clearing)
                for number, clearing in enumerate(account.clearings)
            ]
            account.clearings.clear()
        if account.told:
            told += [(entry, one) for one in account.told]
            account.told.clear()
        if account.messages:
            messages += [(partition, one) for one in account.messages]
            account.messages.clear()
    return journal, clearings, told, messages


def _look(
    accounts: Mapping[AccountKey, Account],
    known: Mapping[AccountKey, Known],
    policies: Policies,
    now: datetime,
) -> Look:
    """Return what the batch has touched."""
    return Look(
        items=[
            (key, item)
            for key, account in accounts.items()
            for invoice_id in sorted(account.touched_invoices)
            for item in account.invoices[invoice_id].items
        ],
        accounts=frozenset(
            key
            for key, account in accounts.items()
            if account.touched_debtor
            or wants_standing(
                account.debtor, known[key].said, known[key].policy(key, policies).today(now)
            )
        ),
        touched=True,
    )


async def _retime(unit: Unit, accounts: Mapping[AccountKey, Account], now: datetime) -> None:
    """Make due for a look what a change of the debtor concerns, beside what was touched itself."""
    await unit.retime_accounts([key for key, one in accounts.items() if one.retimed], now)
    await unit.retime_invoices(
        [
            (*key, invoice_id)
            for key, one in accounts.items()
            if not one.retimed
            for invoice_id in sorted(one.retimed_invoices)
        ],
        now,
    )


def _words(
    told: Sequence[tuple[Entry, Told]],
    known: Mapping[AccountKey, Known],
    policies: Policies,
    now: datetime,
) -> list[Word]:
    """Return one word an escalation: its lifting, else its last change in the batch."""
    last: dict[uuid.UUID, Word] = {}
    for entry, one in told:
        partition, account_id = entry.key
        cause = f"{partition}-{entry.record.offset}"
        policy = known[entry.key].policy(entry.key, policies)
        customer = known[entry.key].debtor.customer
        event = told_event(account_id, one, policy, now, cause, customer)
        last.pop(event.escalation_id, None)
        last[event.escalation_id] = (partition, event)
    return list(last.values())


def _once(words: Sequence[Word]) -> list[Word]:
    """Return the words with the last update of each escalation alone: it has all that changed."""
    last = {
        word.escalation_id: word.event_id
        for _partition, word in words
        if isinstance(word, EscalationEvent) and word.type == UPDATED
    }
    return [
        (partition, word)
        for partition, word in words
        if not isinstance(word, EscalationEvent)
        or word.type != UPDATED
        or last[word.escalation_id] == word.event_id
    ]


def _group_words(
    accounts: Mapping[AccountKey, Account],
    known: Mapping[AccountKey, Known],
    policies: Policies,
    now: datetime,
) -> list[Word]:
    """Return what accounts have heard from their groups, for others to hear."""
    return [
        (key[0], default_announcement(key[1], heard, known[key].policy(key, policies), now))
        for key, account in accounts.items()
        if account.heard_of_group and (heard := account.debtor.group_default) is not None
    ]
