"""Tasks in people's hands, in PostgreSQL."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.notifier.adapters.rows import task_of
from services.notifier.domain.work import Task
from services.notifier.handlers.people import HeldTask
from shared.errors import NotFoundError
from shared.postgres.pool import Connection, Database

#: Locks a task, so that a person and a lifting event follow each other.
HOLD: Final = """
    SELECT task_id, account_id, creditor_id, kind, level, status, opened_on, due_on, closed_on,
        outcome, note, assignee, customer_name, held_by, held_on, held_until, subject, why, facts
    FROM notifier.tasks WHERE task_id = $1
    FOR UPDATE
"""
#: Writes a task's life back.
SAVE: Final = """
    UPDATE notifier.tasks
    SET status = $2, closed_on = $3, outcome = $4, note = $5, assignee = $6
    WHERE task_id = $1
"""


class PostgresHeldTask:
    """A task, locked in a transaction."""

    def __init__(self, connection: Connection, task: Task) -> None:
        self._connection = connection
        self.task = task

    async def save(self, task: Task) -> None:
        """Write the task back."""
        await self._connection.execute(
            SAVE,
            task.task_id,
            task.status.value,
            task.closed_on,
            task.outcome,
            task.note,
            task.assignee,
        )


class PostgresTaskStore:
    """Gives a task its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def hold(self, task_id: uuid.UUID) -> AsyncIterator[HeldTask]:
        """Lock a task; raises `NotFoundError` when there is none."""
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(HOLD, task_id)
            if row is None:
                message = f"there is no task {task_id}"
                raise NotFoundError(message)
            yield PostgresHeldTask(connection, task_of(row))
