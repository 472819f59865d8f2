"""A batch's transaction: the inbox, the work it loads and the work it writes, as sets."""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import msgspec

from services.notifier.adapters.rows import (
    escalation_of,
    letter_of,
    task_of,
)
from services.notifier.domain.work import Matter
from services.notifier.handlers.consume import Batch, Word
from services.notifier.handlers.desk import Work
from shared.contracts import catalogue
from shared.contracts.announcement import Announcement
from shared.contracts.escalation import EscalationEvent
from shared.postgres.pool import Connection, Database
from shared.postgres.positions import keep

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
        locale, planned_on, planned_at, reason, held_by, held_until
    FROM notifier.letters
    WHERE account_id = ANY($1) AND status = 'planned'
    ORDER BY seq
    FOR UPDATE
"""
#: The accounts' tasks that somebody may still do, held until the batch is done.
WAITING_TASKS: Final = """
    SELECT task_id, account_id, creditor_id, kind, level, status, opened_on, due_on, closed_on,
        outcome, note, assignee, customer_name, held_by, held_on, held_until, subject, why, facts
    FROM notifier.tasks
    WHERE account_id = ANY($1) AND status IN ('open', 'taken')
    ORDER BY seq
    FOR UPDATE
"""
#: The escalations of a batch, what they supersede, and those that share a letter or task with them.
ESCALATIONS: Final = """
    SELECT escalation_id, account_id, creditor_id, item_id, invoice_id, instalment, level, action,
        cycle, skipped, currency, amount_minor, open_minor, days_overdue, issued_on, due_on,
        raised_on, policy, why, claim, standing, lifted_on, lifted_why, letter_id, in_letter,
        task_id, disputed_minor, interest, held_by, held_until, hold_told_at
    FROM notifier.escalations
    WHERE escalation_id = ANY($1) OR letter_id = ANY($2) OR task_id = ANY($3)
"""
#: What the monitor has said of accounts before, and when.
MATTERS: Final = """
    SELECT account_id, kind, subject, told_at FROM notifier.matters WHERE account_id = ANY($1)
"""
#: Makes or changes letters; a change is only ever made to one that is still planned. One that had
#: no address is looked at anew, and so is one that comes off its hold.
SAVE_LETTERS: Final = """
    INSERT INTO notifier.letters (letter_id, account_id, creditor_id, level, status, recipient_name,
        recipient_email, locale, planned_on, planned_at, reason, held_by, held_until)
    SELECT letter_id, account_id, creditor_id, level, status, recipient_name, recipient_email,
        locale, planned_on, planned_at, reason, held_by, held_until
    FROM jsonb_to_recordset($1::jsonb) AS fresh (letter_id uuid, account_id text,
        creditor_id text, level text, status text, recipient_name text, recipient_email text,
        locale text, planned_on date, planned_at timestamptz, reason text, held_by text,
        held_until date)
    ON CONFLICT (letter_id) DO UPDATE SET status = excluded.status, reason = excluded.reason,
        recipient_name = excluded.recipient_name, recipient_email = excluded.recipient_email,
        locale = excluded.locale, held_by = excluded.held_by, held_until = excluded.held_until,
        attempts = CASE WHEN letters.recipient_email <> '' THEN letters.attempts ELSE 0 END,
        retry_at = CASE WHEN letters.recipient_email <> ''
            AND (letters.held_by IS NULL OR excluded.held_by IS NOT NULL) THEN letters.retry_at END
    WHERE letters.status = 'planned'
"""
#: Makes, changes or closes tasks; in whose hands one is, people alone say.
SAVE_TASKS: Final = """
    INSERT INTO notifier.tasks (task_id, account_id, creditor_id, kind, level, status, opened_on,
        due_on, closed_on, outcome, note, assignee, customer_name, held_by, held_on, held_until,
        subject, why, facts)
    SELECT task_id, account_id, creditor_id, kind, level, status, opened_on, due_on, closed_on,
        outcome, note, assignee, customer_name, held_by, held_on, held_until, subject, why, facts
    FROM jsonb_to_recordset($1::jsonb) AS fresh (task_id uuid, account_id text,
        creditor_id text, kind text, level text, status text, opened_on date, due_on date,
        closed_on date, outcome text, note text, assignee text, customer_name text, held_by text,
        held_on date, held_until date, subject text, why text, facts jsonb)
    ON CONFLICT (task_id) DO UPDATE SET status = excluded.status, closed_on = excluded.closed_on,
        outcome = excluded.outcome, note = excluded.note, due_on = excluded.due_on,
        customer_name = excluded.customer_name, held_by = excluded.held_by,
        held_on = excluded.held_on, held_until = excluded.held_until, why = excluded.why,
        facts = excluded.facts
    WHERE tasks.status IN ('open', 'taken')
"""
#: Makes or changes what is known of escalations.
SAVE_ESCALATIONS: Final = """
    INSERT INTO notifier.escalations (escalation_id, account_id, creditor_id, item_id, invoice_id,
        instalment, level, action, cycle, skipped, currency, amount_minor, open_minor, days_overdue,
        issued_on, due_on, raised_on, policy, why, claim, standing, lifted_on, lifted_why,
        letter_id, in_letter, task_id, disputed_minor, interest, held_by, held_until, hold_told_at)
    SELECT escalation_id, account_id, creditor_id, item_id, invoice_id, instalment, level, action,
        cycle, skipped, currency, amount_minor, open_minor, days_overdue, issued_on, due_on,
        raised_on, policy, why, claim, standing, lifted_on, lifted_why, letter_id, in_letter,
        task_id, disputed_minor, interest, held_by, held_until, hold_told_at
    FROM jsonb_to_recordset($1::jsonb) AS fresh (escalation_id uuid, account_id text,
        creditor_id text, item_id text, invoice_id text, instalment integer, level text,
        action text, cycle integer, skipped text[], currency text, amount_minor bigint,
        open_minor bigint, days_overdue integer, issued_on date, due_on date, raised_on date,
        policy text, why text, claim jsonb, standing boolean, lifted_on date, lifted_why text,
        letter_id uuid, in_letter boolean, task_id uuid, disputed_minor bigint, interest jsonb,
        held_by text, held_until date, hold_told_at timestamptz)
    ON CONFLICT (escalation_id) DO UPDATE SET open_minor = excluded.open_minor,
        days_overdue = excluded.days_overdue, due_on = excluded.due_on, claim = excluded.claim,
        why = excluded.why, skipped = excluded.skipped, standing = excluded.standing,
        lifted_on = excluded.lifted_on, lifted_why = excluded.lifted_why,
        letter_id = excluded.letter_id,
        in_letter = excluded.in_letter, task_id = excluded.task_id,
        disputed_minor = excluded.disputed_minor, interest = excluded.interest,
        held_by = excluded.held_by, held_until = excluded.held_until,
        hold_told_at = excluded.hold_told_at
"""
#: Remembers when a matter was last spoken of.
SAVE_MATTERS: Final = """
    INSERT INTO notifier.matters (account_id, kind, subject, told_at)
    SELECT account_id, kind, subject, told_at
    FROM jsonb_to_recordset($1::jsonb) AS fresh (account_id text, kind text, subject text,
        told_at timestamptz)
    ON CONFLICT (account_id, kind, subject) DO UPDATE SET told_at = excluded.told_at
"""


class PostgresBatch:
    """A batch's statements on the connection of its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note(self, event_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Write ids into the inbox and return those that were not there."""
        return {row["event_id"] for row in await self._connection.fetch(NOTE, event_ids)}

    async def advance(self, offsets: Mapping[int, int]) -> None:
        """Move the positions of the topic's partitions forward."""
        topic = catalogue.ESCALATIONS
        positions = {(topic, partition): offset for partition, offset in offsets.items()}
        await keep(self._connection, "notifier", positions)

    async def load(self, words: Sequence[Word]) -> Work:
        """Return, locked, the work of the words' accounts that can still change."""
        accounts = sorted({word.account_id for word in words})
        escalation_ids = sorted(
            {
                escalation_id
                for word in words
                if isinstance(word, EscalationEvent)
                for escalation_id in (word.escalation_id, *word.supersedes)
            }
        )
        spoken_of = sorted({word.account_id for word in words if isinstance(word, Announcement)})
        fetch = self._connection.fetch
        letters = [letter_of(row) for row in await fetch(PLANNED_LETTERS, accounts)]
        tasks = [task_of(row) for row in await fetch(WAITING_TASKS, accounts)]
        rows = await fetch(
            ESCALATIONS,
            escalation_ids,
            [letter.letter_id for letter in letters],
            [task.task_id for task in tasks],
        )
        return Work(
            escalations=tuple(escalation_of(row) for row in rows),
            letters=tuple(letters),
            tasks=tuple(tasks),
            matters=tuple([Matter(**row) for row in await self._matters(spoken_of)]),
        )

    async def save(self, work: Work) -> None:
        """Write changed work back; escalations last, for they refer to the others."""
        for statement, rows in (
            (SAVE_LETTERS, work.letters),
            (SAVE_TASKS, work.tasks),
            (SAVE_ESCALATIONS, work.escalations),
            (SAVE_MATTERS, work.matters),
        ):
            if rows:
                await self._connection.execute(statement, msgspec.json.encode(rows).decode())

    async def _matters(self, accounts: Sequence[str]) -> Sequence[asyncpg.Record]:
        return await self._connection.fetch(MATTERS, accounts) if accounts else []


class PostgresWorkStore:
    """Gives a batch its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[Batch]:
        """Begin a transaction; it is committed when the block ends without an error."""
        async with self._database.transaction() as connection:
            yield PostgresBatch(connection)
