"""What the API reads: letters and tasks with their items, by SQLAlchemy Core."""

import uuid
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifier.adapters.tables import escalations, letters, tasks
from services.notifier.domain.work import LetterStatus

#: A task shows at most so many earlier escalations of each of its items.
HISTORY_MAX: Final = 20


def select_letters(
    *, account_id: str | None = None, status: str | None = None, level: str | None = None
) -> "Select[Any]":
    """Select letters with their items, oldest first; without their text."""
    query = _letters()
    for column, value in (
        (letters.c.account_id, account_id),
        (letters.c.status, status),
        (letters.c.level, level),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def select_tasks(
    *,
    account_id: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    assignee: str | None = None,
) -> "Select[Any]":
    """Select tasks with their items' figures, oldest first."""
    query = _tasks()
    for column, value in (
        (tasks.c.account_id, account_id),
        (tasks.c.kind, kind),
        (tasks.c.status, status),
        (tasks.c.assignee, assignee),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


async def find_letter(engine: AsyncEngine, letter_id: uuid.UUID) -> Any | None:
    """Return one letter's row, text included, or None."""
    query = _letters().add_columns(letters.c.plain, letters.c.html)
    async with engine.connect() as connection:
        return (await connection.execute(query.where(letters.c.letter_id == letter_id))).first()


async def find_task(engine: AsyncEngine, task_id: uuid.UUID) -> Any | None:
    """Return one task's row, or None."""
    async with engine.connect() as connection:
        return (await connection.execute(_tasks().where(tasks.c.task_id == task_id))).first()


async def count_letters(engine: AsyncEngine) -> dict[str, int]:
    """Return how many letters there are by state."""
    query = select(letters.c.status, func.count()).group_by(letters.c.status)
    async with engine.connect() as connection:
        rows = await connection.execute(query)
        return {row[0]: row[1] for row in rows}


async def count_tasks(engine: AsyncEngine) -> list[tuple[str, str, int]]:
    """Return how many tasks there are by kind and state."""
    query = (
        select(tasks.c.kind, tasks.c.status, func.count())
        .group_by(tasks.c.kind, tasks.c.status)
        .order_by(tasks.c.kind, tasks.c.status)
    )
    async with engine.connect() as connection:
        return [(kind, status, count) for kind, status, count in await connection.execute(query)]


def _letters() -> "Select[Any]":
    shown = letters.c
    # A recalled letter is about nothing any more; what it was about is still of interest.
    included = or_(escalations.c.in_letter, letters.c.status == LetterStatus.RECALLED.value)
    items = _items(and_(escalations.c.letter_id == letters.c.letter_id, included), [])
    return select(
        shown.seq,
        shown.letter_id,
        shown.account_id,
        shown.creditor_id,
        shown.level,
        shown.status,
        shown.recipient_name,
        shown.recipient_email,
        shown.locale,
        shown.planned_on,
        shown.planned_at,
        shown.sent_at,
        shown.reason,
        shown.held_by,
        shown.held_until,
        shown.message_id,
        shown.subject,
        items.label("items"),
    )


def _tasks() -> "Select[Any]":
    items = _items(escalations.c.task_id == tasks.c.task_id, ["history", _history()])
    return select(*tasks.c, items.label("items"))


def _items(condition: "ColumnElement[bool]", more: list[Any]) -> "ColumnElement[Any]":
    """Return the escalations of a letter or task as a JSON array; `more` names and gives values."""
    own = escalations.c
    columns = (
        *("escalation_id", "item_id", "invoice_id", "instalment", "level", "action", "skipped"),
        *("cycle", "currency", "amount_minor", "open_minor", "days_overdue", "issued_on"),
        *("due_on", "raised_on", "policy", "why", "claim", "standing", "lifted_on"),
        *("lifted_why", "account_id", "creditor_id", "in_letter", "disputed_minor", "interest"),
        *("held_by", "held_until"),
    )
    pairs: list[Any] = []
    for name in columns:
        pairs += (name, own[name])
    built = func.jsonb_build_object(*pairs, *more)
    ordered = aggregate_order_by(built, own.due_on, own.item_id, own.escalation_id)
    return (
        select(func.coalesce(func.jsonb_agg(ordered), func.jsonb_build_array()))
        .select_from(escalations)
        .where(condition)
        .correlate(letters, tasks)
        .scalar_subquery()
    )


def _history() -> "ColumnElement[Any]":
    """Return what was escalated before about the same item, with the letters that were sent."""
    earlier = escalations.alias("earlier")
    latest = (
        select(
            earlier.c.level,
            earlier.c.action,
            earlier.c.cycle,
            earlier.c.raised_on,
            earlier.c.lifted_on,
            case((earlier.c.in_letter, letters_of_history.c.sent_at)).label("letter_sent_at"),
        )
        .select_from(
            earlier.outerjoin(
                letters_of_history, letters_of_history.c.letter_id == earlier.c.letter_id
            )
        )
        .where(
            earlier.c.account_id == escalations.c.account_id,
            earlier.c.item_id == escalations.c.item_id,
            earlier.c.escalation_id != escalations.c.escalation_id,
            earlier.c.raised_on <= escalations.c.raised_on,
        )
        .order_by(earlier.c.raised_on.desc(), earlier.c.escalation_id)
        .limit(HISTORY_MAX)
        .correlate(escalations)
        .subquery("latest")
    )
    built = func.jsonb_build_object(
        *("level", latest.c.level, "action", latest.c.action, "cycle", latest.c.cycle),
        *("raised_on", latest.c.raised_on, "lifted_on", latest.c.lifted_on),
        *("letter_sent_at", latest.c.letter_sent_at),
    )
    ordered = aggregate_order_by(built, latest.c.raised_on, latest.c.level)
    return (
        select(func.coalesce(func.jsonb_agg(ordered), func.jsonb_build_array()))
        .select_from(latest)
        .scalar_subquery()
    )


letters_of_history: Final = letters.alias("letters_of_history")
