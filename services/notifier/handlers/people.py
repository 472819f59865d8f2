"""What people do: take and complete tasks, resolve letters that nobody knows the fate of."""

import uuid
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Literal, Protocol

from services.notifier.domain import tasks
from services.notifier.domain.work import Task
from shared.calendar import local_date
from shared.clock import Clock


class HeldTask(Protocol):
    """A task, locked in a transaction."""

    task: Task

    async def save(self, task: Task) -> None:
        """Write the task back."""


class TaskStore(Protocol):
    """Where tasks are kept."""

    def hold(self, task_id: uuid.UUID) -> AbstractAsyncContextManager[HeldTask]:
        """Lock a task; raises `NotFoundError` when there is none."""


class UnresolvedLetters(Protocol):
    """Where letters are kept."""

    async def resolve_sent(self, letter_id: uuid.UUID, at: datetime) -> None:
        """Make an unresolved letter `sent`; refuses one in another state."""

    async def resolve_resend(self, letter_id: uuid.UUID) -> None:
        """Plan an unresolved letter again; refuses one in another state."""


class People:
    """The use cases behind the API's commands."""

    def __init__(
        self, *, task_store: TaskStore, letters: UnresolvedLetters, clock: Clock, time_zone: str
    ) -> None:
        self._tasks = task_store
        self._letters = letters
        self._clock = clock
        self._time_zone = time_zone

    async def take(self, task_id: uuid.UUID, assignee: str) -> None:
        """Put a task into a person's hands."""
        async with self._tasks.hold(task_id) as held:
            await held.save(tasks.take(held.task, assignee))

    async def complete(self, task_id: uuid.UUID, *, outcome: str, note: str | None) -> None:
        """Say that a task is done, and with what outcome."""
        today = local_date(self._clock.now(), self._time_zone)
        async with self._tasks.hold(task_id) as held:
            done = tasks.complete(held.task, outcome=outcome, note=note, today=today)
            await held.save(done)

    async def resolve(self, letter_id: uuid.UUID, outcome: Literal["sent", "resend"]) -> None:
        """Say what became of a letter, or that it is to be sent again."""
        if outcome == "sent":
            await self._letters.resolve_sent(letter_id, self._clock.now())
        else:
            await self._letters.resolve_resend(letter_id)
