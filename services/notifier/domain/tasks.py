"""The life of a task in a person's hands."""

from dataclasses import replace
from datetime import date

from services.notifier.domain.work import WAITING, Task, TaskStatus
from shared.errors import ConflictingStateError


def take(task: Task, assignee: str) -> Task:
    """Return the task in the hands of a person; taking what one has already changes nothing.

    Refuses (`task_taken`, `task_done`) what another has, and what is done with.
    """
    if task.status == TaskStatus.TAKEN and task.assignee == assignee:
        return task
    if task.status == TaskStatus.TAKEN:
        message = f"task {task.task_id} is taken by {task.assignee!r}"
        raise ConflictingStateError(message, code="task_taken")
    _refuse_done(task)
    return replace(task, status=TaskStatus.TAKEN, assignee=assignee)


def complete(task: Task, *, outcome: str, note: str | None, today: date) -> Task:
    """Return the task done, with its outcome; the same words again change nothing.

    Refuses (`task_done`) a task that is done with in another way.
    """
    if task.status == TaskStatus.COMPLETED and (task.outcome, task.note) == (outcome, note):
        return task
    _refuse_done(task)
    return replace(
        task,
        status=TaskStatus.COMPLETED,
        outcome=outcome,
        note=note,
        # The clock of this machine may stand before the creditor's day on which it was opened.
        closed_on=max(today, task.opened_on),
    )


def _refuse_done(task: Task) -> None:
    if task.status not in WAITING:
        message = (
            f"task {task.task_id} is {task.status.value} since {task.closed_on} "
            f"with the outcome {task.outcome!r}"
        )
        raise ConflictingStateError(message, code="task_done")
