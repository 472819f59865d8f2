"""What is on hold: letters and tasks whose every item is held, and what becomes of their days."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.notifier.domain.work import (
    INSURANCE_CLAIM,
    INSURANCE_NOTICE,
    Escalation,
    Letter,
    Task,
)

#: Holds an item all of which is in dispute where the level itself is not held by disputes.
WHOLLY_DISPUTED: Final = "dispute of all that is open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why work waits, and until when if that is known: the day on which its first item is free."""

    by: str
    until: date | None = None


def letter_hold(items: Iterable[Escalation]) -> Hold | None:
    """Return what keeps a letter about these items from leaving; None when one of them may go.

    A letter goes about those of its items that nothing holds, and leaves the others behind.
    """
    items = tuple(items)
    if any(item.dunnable for item in items):
        return None
    return _joined((item.held_by or WHOLLY_DISPUTED, item.held_until) for item in items)


def task_hold(standing: Iterable[Escalation]) -> Hold | None:
    """Return what keeps a task about these standing items waiting; None when one is not held."""
    items = tuple(standing)
    if any(item.held_by is None for item in items):
        return None
    return _joined((item.held_by or "", item.held_until) for item in items)


def letter_on(letter: Letter, items: Iterable[Escalation]) -> Letter:
    """Return the letter as its items leave it: on hold, or not."""
    hold = letter_hold(items)
    return replace(
        letter, held_by=hold.by if hold else None, held_until=hold.until if hold else None
    )


def task_on(task: Task, standing: Iterable[Escalation], today: date) -> Task:
    """Return the task as the items that stand in it leave it: on hold, or not.

    When a hold ends, the task's due day moves by the days it was on hold, so that as many are left
    as when it began. What is for the insurer does not move: its clocks run on through every hold.
    """
    hold = task_hold(standing)
    if hold is not None:
        return replace(task, held_by=hold.by, held_until=hold.until, held_on=task.held_on or today)
    due_on = task.due_on
    if task.held_on is not None and task.kind not in (INSURANCE_CLAIM, INSURANCE_NOTICE):
        due_on += max(today, task.held_on) - task.held_on
    return replace(task, held_by=None, held_until=None, held_on=None, due_on=due_on)


def told_of(hold: Hold) -> str:
    """Say a hold to people, as in `on hold by promise P-17 until 2026-03-01`."""
    until = f" until {hold.until.isoformat()}" if hold.until else ""
    return f"on hold by {hold.by}{until}"


def _joined(holds: Iterable[tuple[str, date | None]]) -> Hold | None:
    found = tuple(holds)
    if not found:
        return None
    ends = [until for _, until in found if until is not None]
    return Hold(by=", ".join(sorted({by for by, _ in found})), until=min(ends, default=None))
