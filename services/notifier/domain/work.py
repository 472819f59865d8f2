"""The work that escalations make: what is known of each escalation, letters, tasks.

Plain values; the rules that change them stand in `decisions`, `delivery` and `tasks`.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from shared.contracts.escalation import Claim

DUNNING_LETTER: Final = "dunning_letter"
LEGAL_HANDOFF: Final = "legal_handoff"
INSURANCE_CLAIM: Final = "insurance_claim"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something a person has to do about one account."""

    task_id: uuid.UUID
    account_id: str
    creditor_id: str
    kind: str
    level: str
    status: TaskStatus
    opened_on: date
    due_on: date
    closed_on: date | None = None
    outcome: str | None = None
    note: str | None = None
    assignee: str | None = None
