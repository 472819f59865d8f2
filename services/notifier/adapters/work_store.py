"""A batch's transaction: the inbox, the work it loads and the work it writes, as sets."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import msgspec

from services.notifier.domain.work import Escalation, Letter, LetterStatus, Task, TaskStatus
from services.notifier.handlers.consume import Batch
from services.notifier.handlers.desk import Work
from shared.contracts.escalation import Claim, EscalationEvent
from shared.postgres.pool import Connection, Database

#: Writes event ids down; returns those seen for the first time.
NOTE: Final = """
    INSERT INTO notifier.inbox (event_id)
    SELECT unnest($1::uuid[])
    ON CONFLICT DO NOTHING
    RETURNING event_id
"""
#: The accounts' letters that have not begun to leave, held until the batch is done. A sender that
#: has one in its hands for a moment is waited for, and the letter then counts as it left it.
PLANNED_LETTERS: Final = """
    SELECT letter_id, account_id, creditor_id, level, status, recipient_name, recipient_email,
        locale, planned_on, planned_at, reason
    FROM notifier.letters
    WHERE account_id = ANY($1) AND status = 'planned'
    ORDER BY seq
    FOR UPDATE
"""
#: The accounts' tasks that somebody may still do, held until the batch is done.
WAITING_TASKS: Final = """
    SELECT task_id, account_id, creditor_id, kind, level, status, opened_on, due_on, closed_on,
        outcome, note, assignee
    FROM notifier.tasks
    WHERE account_id = ANY($1) AND status IN ('open', 'taken')
    ORDER BY seq
    FOR UPDATE
"""
#: The escalations of a batch, and those that share a letter or task with them.
ESCALATIONS: Final = """
    SELECT escalation_id, account_id, creditor_id, item_id, invoice_id, instalment, level, action,
        cycle, skipped, currency, amount_minor, open_minor, days_overdue, issued_on, due_on,
        raised_on, policy, why, claim, standing, lifted_on, lifted_why, letter_id, in_letter,
        task_id
    FROM notifier.escalations
    WHERE escalation_id = ANY($1) OR letter_id = ANY($2) OR task_id = ANY($3)
"""
#: Makes or changes letters; a change is only ever made to one that is still planned. One that had
#: no address is looked at anew.
SAVE_LETTERS: Final = """
    INSERT INTO notifier.letters (letter_id, account_id, creditor_id, level, status,
        recipient_name, recipient_email, locale, planned_on, planned_at, reason)
    SELECT letter_id, account_id, creditor_id, level, status, recipient_name, recipient_email,
        locale, planned_on, planned_at, reason
    FROM jsonb_to_recordset($1::jsonb) AS fresh (letter_id uuid, account_id text,
        creditor_id text, level text, status text, recipient_name text, recipient_email text,
        locale text, planned_on date, planned_at timestamptz, reason text)
    ON CONFLICT (letter_id) DO UPDATE SET status = excluded.status, reason = excluded.reason,
        recipient_name = excluded.recipient_name, recipient_email = excluded.recipient_email,
        locale = excluded.locale,
        attempts = CASE WHEN letters.recipient_email <> '' THEN letters.attempts ELSE 0 END,
        retry_at = CASE WHEN letters.recipient_email <> '' THEN letters.retry_at END
    WHERE letters.status = 'planned'
"""
#: Makes or closes tasks.
SAVE_TASKS: Final = """
    INSERT INTO notifier.tasks (task_id, account_id, creditor_id, kind, level, status, opened_on,
        due_on, closed_on, outcome, note, assignee)
    SELECT task_id, account_id, creditor_id, kind, level, status, opened_on, due_on, closed_on,
        outcome, note, assignee
    FROM jsonb_to_recordset($1::jsonb) AS fresh (task_id uuid, account_id text,
        creditor_id text, kind text, level text, status text, opened_on date, due_on date,
        closed_on date, outcome text, note text, assignee text)
    ON CONFLICT (task_id) DO UPDATE SET status = excluded.status, closed_on = excluded.closed_on,
        outcome = excluded.outcome, note = excluded.note
    WHERE tasks.status IN ('open', 'taken')
"""
#: Makes or changes what is known of escalations.
SAVE_ESCALATIONS: Final = """
    INSERT INTO notifier.escalations (escalation_id, account_id, creditor_id, item_id, invoice_id,
        instalment, level, action, cycle, skipped, currency, amount_minor, open_minor,
        days_overdue, issued_on, due_on, raised_on, policy, why, claim, standing, lifted_on,
        lifted_why, letter_id, in_letter, task_id)
    SELECT escalation_id, account_id, creditor_id, item_id, invoice_id, instalment, level, action,
        cycle, skipped, currency, amount_minor, open_minor, days_overdue, issued_on, due_on,
        raised_on, policy, why, claim, standing, lifted_on, lifted_why, letter_id, in_letter,
        task_id
    FROM jsonb_to_recordset($1::jsonb) AS fresh (escalation_id uuid, account_id text,
        creditor_id text, item_id text, invoice_id text, instalment integer, level text,
        action text, cycle integer, skipped text[], currency text, amount_minor bigint,
        open_minor bigint, days_overdue integer, issued_on date, due_on date, raised_on date,
        policy text, why text, claim jsonb, standing boolean, lifted_on date, lifted_why text,
        letter_id uuid, in_letter boolean, task_id uuid)
    ON CONFLICT (escalation_id) DO UPDATE SET open_minor = excluded.open_minor,
        days_overdue = excluded.days_overdue, due_on = excluded.due_on, claim = excluded.claim,
        standing = excluded.standing, lifted_on = excluded.lifted_on,
        lifted_why = excluded.lifted_why, in_letter = excluded.in_letter
"""


class PostgresBatch:
    """A batch's statements on the connection of its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note(self, event_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Write ids into the inbox and return those that were not there."""
        return {row["event_id"] for row in await self._connection.fetch(NOTE, event_ids)}

    async def load(self, events: Sequence[EscalationEvent]) -> Work:
        """Return, locked, the work of the events' accounts that can still change."""
        accounts = sorted({event.account_id for event in events})
        escalation_ids = sorted({event.escalation_id for event in events})
        letters = [_letter(row) for row in await self._connection.fetch(PLANNED_LETTERS, accounts)]
        tasks = [_task(row) for row in await self._connection.fetch(WAITING_TASKS, accounts)]
        rows = await self._connection.fetch(
            ESCALATIONS,
            escalation_ids,
            [letter.letter_id for letter in letters],
            [task.task_id for task in tasks],
        )
        return Work(
            escalations=tuple(escalation_of(row) for row in rows),
            letters=tuple(letters),
            tasks=tuple(tasks),
        )

    async def save(self, work: Work) -> None:
        """Write changed work back; escalations last, for they refer to the others."""
        for statement, rows in (
            (SAVE_LETTERS, work.letters),
            (SAVE_TASKS, work.tasks),
            (SAVE_ESCALATIONS, work.escalations),
        ):
            if rows:
                await self._connection.execute(statement, msgspec.json.encode(rows).decode())


class PostgresWorkStore:
    """Gives a batch its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[Batch]:
        """Begin a transaction; it is committed when the block ends without an error."""
        async with self._database.transaction() as connection:
            yield PostgresBatch(connection)


def escalation_of(row: asyncpg.Record) -> Escalation:
    """Return an escalation's row as a value."""
    values: dict[str, Any] = dict(row)
    claim = values["claim"]
    values["claim"] = None if claim is None else msgspec.json.decode(claim, type=Claim)
    values["skipped"] = tuple(values["skipped"])
    return Escalation(**values)


def _letter(row: asyncpg.Record) -> Letter:
    return Letter(**{**row, "status": LetterStatus(row["status"])})


def _task(row: asyncpg.Record) -> Task:
    return Task(**{**row, "status": TaskStatus(row["status"])})
