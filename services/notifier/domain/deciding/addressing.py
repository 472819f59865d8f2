"""A customer who is known by another name or address now, in all work that is not done yet."""

from collections.abc import Sequence
from dataclasses import replace

from services.notifier.domain.deciding.values import Decision, ReviseLetter, ReviseTask
from services.notifier.domain.recipients import readdressed
from services.notifier.domain.work import Letter, Task
from shared.contracts.escalation import Recipient


def addressed_anew(
    recipient: Recipient | None, letters: Sequence[Letter], tasks: Sequence[Task]
) -> tuple[Decision, ...]:
    """Return what the newest recipient changes in an account's planned letters, waiting tasks."""
    decisions: list[Decision] = []
    for letter in letters:
        revised = readdressed(letter, recipient)
        if revised != letter:
            decisions.append(ReviseLetter(revised))
    for task in tasks:
        renamed = named(task, recipient)
        if renamed != task:
            decisions.append(ReviseTask(renamed))
    return tuple(decisions)


def named(task: Task, recipient: Recipient | None) -> Task:
    """Return the task with the customer's newest name; a word that knows none changes none."""
    if recipient is None or not recipient.name:
        return task
    return replace(task, customer_name=recipient.name)
