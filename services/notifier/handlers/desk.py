"""The work of a batch's accounts while the batch is decided.

Decisions change it in memory, and what has changed is written back at once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.notifier.domain.decisions import (
    CloseTask,
    Decision,
    Keep,
    OpenTask,
    PlanLetter,
    Present,
    ReviseLetter,
    kind_of,
)
from services.notifier.domain.work import (
    WAITING,
    Escalation,
    Letter,
    LetterStatus,
    Task,
    TaskStatus,
)
from shared.contracts.escalation import RAISED, EscalationEvent

if TYPE_CHECKING:
    import uuid
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Escalations, letters and tasks; as loaded for a batch, or as changed by it."""

    escalations: tuple[Escalation, ...]
    #: Loaded: the planned ones.
    letters: tuple[Letter, ...]
    #: Loaded: the open and taken ones.
    tasks: tuple[Task, ...]


class Desk:
    """Loaded work, what a batch's decisions make of it, and which of it they touched."""

    def __init__(self, work: Work) -> None:
        self._escalations: dict[uuid.UUID, Escalation] = {}
        self._letters: dict[uuid.UUID, Letter] = {}
        self._tasks: dict[uuid.UUID, Task] = {}
        self._in_letter: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        self._in_task: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        self._planned: dict[tuple[str, str], uuid.UUID] = {}
        self._untaken: dict[tuple[str, str, date], uuid.UUID] = {}
        for letter in work.letters:
            self._put_letter(letter)
        for task in work.tasks:
            self._put_task(task)
        for escalation in work.escalations:
            self._put_escalation(escalation)
        self._touched: defaultdict[str, dict[uuid.UUID, None]] = defaultdict(dict)

    def present(self, event: EscalationEvent) -> Present:
        """Return the work that an event can touch."""
        known = self._escalations.get(event.escalation_id)
        if event.type == RAISED:
            planned = self._planned.get((event.account_id, event.level))
            kind = kind_of(event.action)
            untaken = self._untaken.get((event.account_id, kind, event.raised_on))
            return Present(
                known=known,
                letter=self._letters[planned] if planned else None,
                task=self._tasks[untaken] if untaken else None,
            )
        if known is None:
            return Present()
        letter = self._letters.get(known.letter_id) if known.letter_id else None
        task = self._tasks.get(known.task_id) if known.task_id else None
        own = {known.escalation_id}
        return Present(
            known=known,
            letter=letter if letter and letter.status == LetterStatus.PLANNED else None,
            task=task if task and task.status in WAITING else None,
            others_in_letter=len(self._in_letter[letter.letter_id] - own) if letter else 0,
            others_in_task=len(self._in_task[task.task_id] - own) if task else 0,
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
                case OpenTask(task) | CloseTask(task):
                    self._put_task(task)
                    self._touched["tasks"][task.task_id] = None

    def changes(self) -> Work:
        """Return everything that was touched, as it is now, in the order of the first touch."""
        return Work(
            escalations=tuple(self._escalations[key] for key in self._touched["escalations"]),
            letters=tuple(self._letters[key] for key in self._touched["letters"]),
            tasks=tuple(self._tasks[key] for key in self._touched["tasks"]),
        )

    def _put_escalation(self, escalation: Escalation) -> None:
        key = escalation.escalation_id
        self._escalations[key] = escalation
        if escalation.letter_id is not None:
            members = self._in_letter[escalation.letter_id]
            (members.add if escalation.in_letter else members.discard)(key)
        if escalation.task_id is not None:
            standing = self._in_task[escalation.task_id]
            (standing.add if escalation.standing else standing.discard)(key)

    def _put_letter(self, letter: Letter) -> None:
        self._letters[letter.letter_id] = letter
        place = (letter.account_id, letter.level)
        if letter.status == LetterStatus.PLANNED:
            self._planned.setdefault(place, letter.letter_id)
        elif self._planned.get(place) == letter.letter_id:
            del self._planned[place]

    def _put_task(self, task: Task) -> None:
        self._tasks[task.task_id] = task
        place = (task.account_id, task.kind, task.opened_on)
        if task.status == TaskStatus.OPEN:
            self._untaken.setdefault(place, task.task_id)
        elif self._untaken.get(place) == task.task_id:
            del self._untaken[place]
