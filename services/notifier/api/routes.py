"""The notifier's `/v1`: letters, tasks, and counts of both."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifier.adapters import reads, tables
from services.notifier.api.shapes import (
    LetterDetail,
    LetterRow,
    Resolution,
    Status,
    Writer,
    letter_detail,
    letter_shape,
)
from services.notifier.api.task_shapes import TaskRow, TaskState, task_shape
from services.notifier.handlers.people import People
from shared.errors import NotFoundError
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page, read_page

Filter = Annotated[str | None, Query(max_length=256)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=4000)]


class Taking(BaseModel):
    """Who takes a task."""

    assignee: Name


class Completion(BaseModel):
    """With what outcome a task is done."""

    outcome: Words
    note: Note | None = None


class TaskCount(BaseModel):
    """How many tasks of a kind are in a state."""

    kind: str
    status: str
    n: int


class WorkCounts(BaseModel):
    """How much work there is."""

    letters: dict[str, int]
    tasks: list[TaskCount]


def letters_router(
    engine: AsyncEngine,
    *,
    people: People,
    writer: Writer,
    today: Callable[[], date],
    wake: Callable[[], None],
) -> APIRouter:
    """Return the routes of letters; `wake` is called when one is to be sent again."""
    router = APIRouter(tags=["letters"])

    @router.get("/letters")
    async def list_letters(
        *,
        account_id: Filter = None,
        status: Status | None = None,
        level: Filter = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[LetterRow]:
        return await read_page(
            engine,
            reads.select_letters(account_id=account_id, status=status, level=level),
            [tables.letters.c.seq],
            cursor=cursor,
            limit=limit,
            shape=letter_shape(writer, today()),
        )

    @router.get("/letters/{letter_id}")
    async def read_letter(letter_id: uuid.UUID) -> LetterDetail:
        row = await reads.find_letter(engine, letter_id)
        if row is None:
            message = f"there is no letter {letter_id}"
            raise NotFoundError(message)
        return letter_detail(row, writer, today())

    @router.post("/letters/{letter_id}/resolve")
    async def resolve_letter(letter_id: uuid.UUID, resolution: Resolution) -> LetterDetail:
        await people.resolve(letter_id, resolution.outcome)
        wake()
        return await read_letter(letter_id)

    return router


def tasks_router(engine: AsyncEngine, *, people: People) -> APIRouter:
    """Return the routes of tasks, and of the counts."""
    router = APIRouter(tags=["tasks"])

    @router.get("/tasks")
    async def list_tasks(
        *,
        account_id: Filter = None,
        kind: Filter = None,
        status: TaskState | None = None,
        assignee: Filter = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[TaskRow]:
        return await read_page(
            engine,
            reads.select_tasks(account_id=account_id, kind=kind, status=status, assignee=assignee),
            [tables.tasks.c.seq],
            cursor=cursor,
            limit=limit,
            shape=task_shape,
        )

    @router.get("/tasks/{task_id}")
    async def read_task(task_id: uuid.UUID) -> TaskRow:
        row = await reads.find_task(engine, task_id)
        if row is None:
            message = f"there is no task {task_id}"
            raise NotFoundError(message)
        return task_shape(row)

    @router.post("/tasks/{task_id}/take")
    async def take_task(task_id: uuid.UUID, taking: Taking) -> TaskRow:
        await people.take(task_id, taking.assignee)
        return await read_task(task_id)

    @router.post("/tasks/{task_id}/complete")
    async def complete_task(task_id: uuid.UUID, completion: Completion) -> TaskRow:
        await people.complete(task_id, outcome=completion.outcome, note=completion.note)
        return await read_task(task_id)

    @router.get("/work")
    async def count_work() -> WorkCounts:
        return WorkCounts(
            letters=await reads.count_letters(engine),
            tasks=[
                TaskCount(kind=kind, status=status, n=count)
                for kind, status, count in await reads.count_tasks(engine)
            ],
        )

    return router
