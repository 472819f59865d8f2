"""What deciding takes and returns: settings, the work an event can touch, decision values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.notifier.domain.work import Escalation, Letter, Matter, Task

#: Days from opening to the day a task should be done, where the settings name no others.
DUE_DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "dunning": 7,
        "legal": 14,
        "insurance_notice": 5,
        "insurance_claim": 10,
        "claim_withdrawal": 5,
        "promise_broken": 3,
        "cover_stopped": 1,
        "account_defaulted": 3,
    }
)
DUE_DAYS_OTHER: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings decide."""

    #: Names the day of an instant.
    time_zone: str
    #: Days from opening to the due day, by kind of task; of other kinds by `DUE_DAYS`.
    due_days: Mapping[str, int] = field(default_factory=lambda: DUE_DAYS)

    def days_of(self, kind: str) -> int:
        """Return in how many days a task of a kind is due."""
        return self.due_days.get(kind, DUE_DAYS.get(kind, DUE_DAYS_OTHER))


@dataclass(frozen=True, slots=True)
class LetterAt:
    """A planned letter, and the items it is about beside the event's own."""

    letter: Letter
    others: tuple[Escalation, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskAt:
    """A waiting task, and the items that stand in it beside the event's own."""

    task: Task
    others: tuple[Escalation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The work that an escalation's event can touch."""

    #: The event's own escalation, where it has been seen before.
    known: Escalation | None = None
    #: The planned letter that is about it.
    letter: LetterAt | None = None
    #: The waiting task it belongs to.
    task: TaskAt | None = None
    #: A planned letter of the account at the level, which it could join.
    next_letter: LetterAt | None = None
    #: An untaken task of account, kind and day, which it could join.
    next_task: TaskAt | None = None
    #: What a raise supersedes, each with the planned letter that is about it.
    lower: tuple[tuple[Escalation, LetterAt | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterAt:
    """The work that a word about an account can touch."""

    #: When the monitor last spoke of the same matter.
    told_at: datetime | None = None
    #: The waiting tasks about it.
    tasks: tuple[Task, ...] = ()
    #: As the account's customer was named last, where it has waiting work.
    customer_name: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """Remember the escalation as it is now."""

    escalation: Escalation


@dataclass(frozen=True, slots=True)
class PlanLetter:
    """Make a letter; one that cannot reach anybody is made `failed`, with the reason."""

    letter: Letter


@dataclass(frozen=True, slots=True)
class ReviseLetter:
    """Put a letter that has not left in the place of its former self."""

    letter: Letter


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Make a task."""

    task: Task


@dataclass(frozen=True, slots=True)
class ReviseTask:
    """Put a task that waits in the place of its former self."""

    task: Task


@dataclass(frozen=True, slots=True)
class CloseTask:
    """Put the closed task in the place of the waiting one."""

    task: Task


@dataclass(frozen=True, slots=True)
class Note:
    """Remember when a matter was last spoken of."""

    matter: Matter


Decision = Keep | PlanLetter | ReviseLetter | OpenTask | ReviseTask | CloseTask | Note
