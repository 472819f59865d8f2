"""The work that escalations make: what is known of each escalation, letters, tasks.

Plain values; the rules that change them stand in `deciding`, `delivery`, `holds` and `tasks`.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from shared.contracts.escalation import Claim, Interest

DUNNING_LETTER: Final = "dunning_letter"
LEGAL_HANDOFF: Final = "legal_handoff"
INSURANCE_CLAIM: Final = "insurance_claim"
INSURANCE_NOTICE: Final = "insurance_notice"
#: A level that only counts the days; nobody has to do anything.
DO_NOTHING: Final = "do_nothing"


class LetterStatus(StrEnum):
    """The life of a letter: `planned → sending → sent · unknown · failed`, or `recalled`."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    #: The mail server may have it or not; a person decides what follows.
    UNKNOWN = "unknown"
    FAILED = "failed"
    RECALLED = "recalled"


class TaskStatus(StrEnum):
    """The life of a task: `open → taken → completed`, or `closed` when it has become pointless."""

    OPEN = "open"
    TAKEN = "taken"
    COMPLETED = "completed"
    CLOSED = "closed"


#: A task that a person may still have to do something about.
WAITING: Final = frozenset({TaskStatus.OPEN, TaskStatus.TAKEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """What the monitor said last about one escalation, and the work it belongs to."""

    escalation_id: uuid.UUID
    account_id: str
    creditor_id: str
    item_id: str
    invoice_id: str
    instalment: int
    level: str
    action: str
    cycle: int
    skipped: tuple[str, ...]
    currency: str
    amount_minor: int
    open_minor: int
    #: As of the monitor's last word.
    days_overdue: int
    issued_on: date
    due_on: date
    raised_on: date
    policy: str
    why: str
    claim: Claim | None
    #: False from the moment it was lifted.
    standing: bool
    lifted_on: date | None = None
    lifted_why: str | None = None
    letter_id: uuid.UUID | None = None
    #: Whether the letter is, or was, about this item when it left.
    in_letter: bool = False
    task_id: uuid.UUID | None = None
    #: The part of `open_minor` that is in dispute.
    disputed_minor: int = 0
    interest: Interest | None = None
    #: What holds it, as in `promise P-17`; None while nothing does.
    held_by: str | None = None
    #: The last day of the hold, where it has one.
    held_until: date | None = None
    #: When the monitor last spoke of a hold, or of its end: an older word on it is stale.
    hold_told_at: datetime | None = None

    @property
    def dunned_minor(self) -> int:
        """What letters ask for: what is open and not in dispute."""
        return max(self.open_minor - self.disputed_minor, 0)

    @property
    def dunnable(self) -> bool:
        """Whether a letter may be about it: nothing holds it, and not all of it is in dispute."""
        return self.held_by is None and self.dunned_minor > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to one account about the items that reached one level together."""

    letter_id: uuid.UUID
    account_id: str
    creditor_id: str
    level: str
    status: LetterStatus
    recipient_name: str | None
    recipient_email: str | None
    #: One that letters are written in: `en` or `zh-CN`.
    locale: str
    planned_on: date
    #: The instant of the event that planned it.
    planned_at: datetime
    reason: str | None = None
    #: What keeps it from leaving: every item it is about is on hold.
    held_by: str | None = None
    #: The day on which the first of those holds ends, where one has an end.
    held_until: date | None = None


class Facts(Struct, kw_only=True, frozen=True, omit_defaults=True):
    """The figures of work that is not about items: of a promise, a cover, or a group's default."""

    promise_id: str | None = None
    promised_on: date | None = None
    #: `broken` or `partially_kept`.
    promise_status: str | None = None
    promised: str | None = None
    paid: str | None = None
    currency: str | None = None
    #: How many promises the account has broken so far.
    broken_promises: int | None = None
    policy_no: str | None = None
    insurer: str | None = None
    mep_on: date | None = None
    group_id: str | None = None
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something a person has to do about one account."""

    task_id: uuid.UUID
    account_id: str
    creditor_id: str
    kind: str
    #: None for work about the account that no level has made.
    level: str | None
    status: TaskStatus
    opened_on: date
    due_on: date
    closed_on: date | None = None
    outcome: str | None = None
    note: str | None = None
    assignee: str | None = None
    #: As the customer was named last.
    customer_name: str | None = None
    #: What keeps it waiting: every item of it that stands is on hold.
    held_by: str | None = None
    #: The creditor's day on which that began.
    held_on: date | None = None
    held_until: date | None = None
    #: What it is about beside items, as in a promise's id.
    subject: str | None = None
    why: str | None = None
    facts: Facts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something the monitor speaks of now and again: a promise, a cover, a group's default."""

    account_id: str
    #: The kind of task it makes.
    kind: str
    subject: str
    #: When the monitor last spoke of it: an older word is stale.
    told_at: datetime
