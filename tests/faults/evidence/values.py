"""What is left after a run: everything the checkers judge by, as plain values."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: A topic's partition.
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class InboundRecord:
    """A record on an inbound topic, as its sender meant it."""

    topic: str
    partition: int
    offset: int
    #: None for what must be refused.
    name: uuid.UUID | None
    account_id: str | None


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """A record on the ledger topic."""

    partition: int
    offset: int
    name: uuid.UUID
    account_id: str
    #: Whether ingest has written it; else the monitor told itself.
    is_from_outside: bool


@dataclass(frozen=True, slots=True)
class JournalRow:
    """An entry of the monitor's journal."""

    partition: int
    offset: int
    name: uuid.UUID
    account_id: str


@dataclass(frozen=True, slots=True)
class Word:
    """Something the monitor said: a row of its log, or a record on the topic."""

    partition: int
    #: The row's number in the log, or the record's offset.
    number: int
    event_id: uuid.UUID
    account_id: str
    type: str
    escalation_id: uuid.UUID | None
    #: When the broker had it, in seconds since the epoch; 0 in the log.
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter of the notifier."""

    letter_id: uuid.UUID
    account_id: str
    status: str
    message_id: str | None
    #: The escalations it is about.
    escalation_ids: tuple[uuid.UUID, ...] = ()
    #: Whether nothing but the notifier itself stands in its way.
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class MailSeen:
    """A mail that the mail server has taken."""

    message_id: str
    begun_at: float


@dataclass(slots=True)
class Evidence:
    """All of it."""

    inbound: list[InboundRecord] = field(default_factory=list)
    #: (topic, partition, offset) of rows in `ingest.rejected`, and ids on the rejected topic.
    refused: list[tuple[str, int, int]] = field(default_factory=list)
    refused_ids: list[uuid.UUID] = field(default_factory=list)
    refused_on_topic: list[uuid.UUID] = field(default_factory=list)
    ledger: list[LedgerRecord] = field(default_factory=list)
    journal: list[JournalRow] = field(default_factory=list)
    log: list[Word] = field(default_factory=list)
    topic: list[Word] = field(default_factory=list)
    letters: list[LetterRow] = field(default_factory=list)
    mails: list[MailSeen] = field(default_factory=list)
    #: Escalations the notifier knows, and whether it takes them for standing.
    work: dict[uuid.UUID, bool] = field(default_factory=dict)
    #: Words in the notifier's inbox.
    inbox: list[uuid.UUID] = field(default_factory=list)
    #: Ledger partition: the offset to be folded next, and the end of the topic.
    next_offsets: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    outbox: int = 0
    #: Open items whose timer is missing or differs from what they say, and timers of no open item.
    timer_differences: list[str] = field(default_factory=list)
    #: What `arrears rebuild --check` says.
    rebuild_differences: list[str] = field(default_factory=list)
    #: (account, currency): the totals, stored and as the inbound log folds to.
    balances: dict[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    expected_balances: dict[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    #: (account, currency): open by the items' rows, and unapplied by the funds' rows.
    open_by_items: dict[tuple[str, str], int] = field(default_factory=dict)
    unapplied_by_funds: dict[tuple[str, str], int] = field(default_factory=dict)
    #: item: its state, stored and as the inbound log folds to whatever its order.
    items: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    expected_items: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Services that have ended though nobody killed them, and what is not ready.
    ended: list[str] = field(default_factory=list)
    not_ready: list[str] = field(default_factory=list)
    #: The most memory each service has had, in MiB.
    memory_mib: dict[str, int] = field(default_factory=dict)
    #: When faults may have kept a letter under way: from, until, in seconds since the epoch.
    late_between: list[tuple[float, float]] = field(default_factory=list)
    #: Whether what a topic lost was said again later than what followed it.
    order_may_be_broken: bool = False
    #: Words of the time that a restored database knows nothing of: its log need not have them.
    forgotten: set[uuid.UUID] = field(default_factory=set)
