"""The work of a batch's accounts while the batch is decided.

Decisions change it in memory, and what has changed is written back at once.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from services.notifier.domain.deciding.raising import kind_of
from services.notifier.domain.deciding.values import (
    CloseTask,
    Decision,
    Keep,
    LetterAt,
    MatterAt,
    Note,
    OpenTask,
    PlanLetter,
    Present,
    ReviseLetter,
    ReviseTask,
    TaskAt,
)
from services.notifier.domain.work import (
    WAITING,
    Escalation,
    Letter,
    LetterStatus,
    Matter,
    Task,
    TaskStatus,
)
from shared.contracts.escalation import RAISED, EscalationEvent

if TYPE_CHECKING:
    from datetime import date

#: Account, kind and subject.
_MatterKey: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Escalations, letters and tasks; as loaded for a batch, or as changed by it."""

    escalations: tuple[Escalation, ...]
    #: Loaded: the planned ones.
    letters: tuple[Letter, ...]
    #: Loaded: the open and taken ones.
    tasks: tuple[Task, ...]
    #: Loaded: of the accounts that words are about as a whole.
    matters: tuple[Matter, ...] = ()


class Desk:
    """Loaded work, what a batch's decisions make of it, and which of it they touched."""

    def __init__(self, work: Work) -> None:
        self._escalations: dict[uuid.UUID, Escalation] = {}
        self._letters: dict[uuid.UUID, Letter] = {}
        self._tasks: dict[uuid.UUID, Task] = {}
        self._matters: dict[_MatterKey, Matter] = {}
        self._in_letter: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        self._in_task: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        self._planned: dict[tuple[str, str], uuid.UUID] = {}
        #: By account, kind, day, and whether they stand in the place of tasks that are done.
        self._untaken: dict[tuple[str, str, date, bool], uuid.UUID] = {}
        #: What an account has of letters that can still change, and of tasks.
        self._planned_of: defaultdict[str, dict[uuid.UUID, None]] = defaultdict(dict)
        self._waiting_of: defaultdict[str, dict[uuid.UUID, None]] = defaultdict(dict)
        for letter in work.letters:
            self._put_letter(letter)
        for task in work.tasks:
            self._put_task(task)
        for escalation in work.escalations:
            self._put_escalation(escalation)
        for matter in work.matters:
            self._matters[_key_of(matter)] = matter
        self._touched: defaultdict[str, dict[Any, None]] = defaultdict(dict)

    def present(self, event: EscalationEvent) -> Present:
        """Return the work that an escalation's event can touch."""
        known = self._escalations.get(event.escalation_id)
        kind = kind_of(event.action)
        next_letter = self._planned.get((event.account_id, event.level))
        opened_on = event.said_on or event.raised_on
        next_task = self._untaken.get((event.account_id, kind, opened_on, event.type != RAISED))
        lower = [self._escalations[key] for key in event.supersedes if key in self._escalations]
        return Present(
            known=known,
            letter=self._letter_of(known) if known else None,
            task=self._task_at(known.task_id, known) if known else None,
            next_letter=self._letter_at(next_letter, known),
            next_task=self._task_at(next_task, known),
            lower=tuple((one, self._letter_of(one)) for one in lower),
        )

    def spoken_of(self, matter: Matter) -> MatterAt:
        """Return the work that a word about an account can touch."""
        before = self._matters.get(_key_of(matter))
        letters, tasks = self.unfinished(matter.account_id)
        names = [task.customer_name for task in tasks if task.customer_name]
        names += [letter.recipient_name for letter in letters if letter.recipient_name]
        about = (matter.kind, matter.subject)
        return MatterAt(
            told_at=before.told_at if before else None,
            tasks=tuple(task for task in tasks if (task.kind, task.subject) == about),
            customer_name=names[0] if names else None,
        )

    def unfinished(self, account_id: str) -> tuple[list[Letter], list[Task]]:
        """Return the account's planned letters and waiting tasks."""
        return (
            [self._letters[key] for key in self._planned_of[account_id]],
            [self._tasks[key] for key in self._waiting_of[account_id]],
        )

    def carry_out(self, decisions: Iterable[Decision]) -> None:
        """Change the work as decided."""
        for decision in decisions:
            match decision:
                case Keep(escalation):
                    self._put_escalation(escalation)
                    self._touched["escalations"][escalation.escalation_id] = None
                case PlanLetter(letter) | ReviseLetter(letter):
                    self._put_letter(letter)
                    self._touched["letters"][letter.letter_id] = None
                case OpenTask(task) | ReviseTask(task) | CloseTask(task):
                    self._put_task(task)
                    self._touched["tasks"][task.task_id] = None
                case Note(matter):
                    self._matters[_key_of(matter)] = matter
                    self._touched["matters"][_key_of(matter)] = None

    def changes(self) -> Work:
        """Return everything that was touched, as it is now, in the order of the first touch."""
        return Work(
            escalations=tuple(self._escalations[key] for key in self._touched["escalations"]),
            letters=tuple(self._letters[key] for key in self._touched["letters"]),
            tasks=tuple(self._tasks[key] for key in self._touched["tasks"]),
            matters=tuple(self._matters[key] for key in self._touched["matters"]),
        )

    def _letter_of(self, known: Escalation) -> LetterAt | None:
        """Return the planned letter that is about an escalation."""
        return self._letter_at(known.letter_id, known) if known.in_letter else None

    def _letter_at(self, key: uuid.UUID | None, own: Escalation | None) -> LetterAt | None:
        letter = self._letters.get(key) if key else None
        if letter is None or letter.status != LetterStatus.PLANNED:
            return None
        return LetterAt(letter, self._others(self._in_letter[letter.letter_id], own))

    def _task_at(self, key: uuid.UUID | None, own: Escalation | None) -> TaskAt | None:
        task = self._tasks.get(key) if key else None
        if task is None or task.status not in WAITING:
            return None
        return TaskAt(task, self._others(self._in_task[task.task_id], own))

    def _others(self, members: set[uuid.UUID], own: Escalation | None) -> tuple[Escalation, ...]:
        left_out = own.escalation_id if own else None
        return tuple(self._escalations[key] for key in members if key != left_out)

    def _put_escalation(self, escalation: Escalation) -> None:
        key = escalation.escalation_id
        before = self._escalations.get(key)
        if before is not None and before.letter_id is not None:
            self._in_letter[before.letter_id].discard(key)
        if before is not None and before.task_id is not None:
            self._in_task[before.task_id].discard(key)
        self._escalations[key] = escalation
        if escalation.letter_id is not None and escalation.in_letter:
            self._in_letter[escalation.letter_id].add(key)
        if escalation.task_id is not None:
            standing = self._in_task[escalation.task_id]
            (standing.add if escalation.standing else standing.discard)(key)

    def _put_letter(self, letter: Letter) -> None:
        key = letter.letter_id
        self._letters[key] = letter
        place = (letter.account_id, letter.level)
        if letter.status == LetterStatus.PLANNED:
            self._planned.setdefault(place, key)
            self._planned_of[letter.account_id][key] = None
            return
        self._planned_of[letter.account_id].pop(key, None)
        if self._planned.get(place) == key:
            del self._planned[place]

    def _put_task(self, task: Task) -> None:
        key = task.task_id
        self._tasks[key] = task
        if task.status in WAITING:
            self._waiting_of[task.account_id][key] = None
        else:
            self._waiting_of[task.account_id].pop(key, None)
        place = (task.account_id, task.kind, task.opened_on, task.why is not None)
        if task.status == TaskStatus.OPEN:
            self._untaken.setdefault(place, key)
        elif self._untaken.get(place) == key:
            del self._untaken[place]


def _key_of(matter: Matter) -> _MatterKey:
    return (matter.account_id, matter.kind, matter.subject)
