"""The transaction that several letters share on their way out, in PostgreSQL.

Each of its statements is for all of them; what a letter becomes is written nowhere else.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from services.notifier.adapters.rows import escalation_of, letter_of
from services.notifier.handlers.ports import Begun, Draft, Ended, LetGo
from shared.postgres.pool import Connection

#: Locks claimed letters, in the order in which the consumer locks them too.
OPEN_DRAFTS: Final = """
    SELECT letter_id, account_id, creditor_id, level, status, recipient_name, recipient_email,
        locale, planned_on, planned_at, reason, held_by, held_until
    FROM notifier.letters
    WHERE letter_id = ANY($1) AND claimed_by = $2 AND status = 'planned'
    ORDER BY seq
    FOR UPDATE
"""
#: The items letters are about, in the order of their tables.
ITEMS: Final = """
    SELECT escalation_id, account_id, creditor_id, item_id, invoice_id, instalment, level, action,
        cycle, skipped, currency, amount_minor, open_minor, days_overdue, issued_on, due_on,
        raised_on, policy, why, claim, standing, lifted_on, lifted_why, letter_id, in_letter,
        task_id, disputed_minor, interest, held_by, held_until, hold_told_at
    FROM notifier.escalations
    WHERE letter_id = ANY($1) AND in_letter
    ORDER BY due_on, item_id, escalation_id
"""
#: Makes instances that would send to one of the accounts wait for each other until the commit; in
#: the order of the accounts, so that no two wait for one another.
ONE_AT_A_TIME: Final = """
    SELECT pg_advisory_xact_lock(hashtextextended('notifier:' || account_id, 0))
    FROM unnest($1::text[]) AS account_id
"""
#: Counts what each account has, or may have, been sent on its day.
COUNT_SENT_ON: Final = """
    SELECT account_id, count(*) AS letters
    FROM unnest($1::text[], $2::date[]) AS asked (account_id, day)
        JOIN notifier.letters USING (account_id)
    WHERE sent_on = day AND status IN ('sending', 'sent', 'unknown')
    GROUP BY account_id
"""
#: Takes items out of letters that are no longer due, or on hold.
DROP_ITEMS: Final = """
    UPDATE notifier.escalations SET in_letter = false WHERE escalation_id = ANY($1)
"""
#: Writes down what letters say, before anybody can have received them; their accounts' waiting
#: tasks get the customers' newest names.
BEGIN: Final = """
    WITH begun AS (
        UPDATE notifier.letters AS one
        SET status = 'sending', sending_since = now(), sent_on = said.sent_on,
            message_id = said.message_id, subject = said.subject, plain = said.plain,
            html = said.html, reason = NULL, recipient_name = said.recipient_name,
            recipient_email = said.recipient_email, locale = said.locale
        FROM jsonb_to_recordset($1::jsonb) AS said (letter_id uuid, sent_on date, message_id text,
            subject text, plain text, html text, recipient_name text, recipient_email text,
            locale text)
        WHERE one.letter_id = said.letter_id
        RETURNING one.account_id, one.recipient_name
    )
    UPDATE notifier.tasks SET customer_name = begun.recipient_name
    FROM begun
    WHERE tasks.account_id = begun.account_id AND status IN ('open', 'taken')
        AND begun.recipient_name <> '' AND customer_name IS DISTINCT FROM begun.recipient_name
"""
#: Lets go of claimed letters, ended or planned, at once or with a pause; pauses that count grow
#: with `attempts`.
LET_GO: Final = """
    UPDATE notifier.letters AS one
    SET status = coalesce(gone.status, one.status), reason = coalesce(gone.reason, one.reason),
        not_before_on = coalesce(gone.not_before_on, one.not_before_on),
        held_by = coalesce(gone.held_by, one.held_by),
        held_until = coalesce(gone.held_until, one.held_until),
        attempts = attempts + gone.counted::int,
        retry_at = now() + make_interval(secs => gone.pause_seconds),
        claimed_by = NULL, claimed_until = NULL
    FROM jsonb_to_recordset($2::jsonb) AS gone (letter_id uuid, status text, reason text,
        not_before_on date, held_by text, held_until date, counted boolean,
        pause_seconds double precision)
    WHERE one.letter_id = gone.letter_id AND claimed_by = $1 AND one.status = 'planned'
"""
#: Writes down what became of letters; the truth replaces an `unknown` that a lease has made of one.
FINISH: Final = """
    UPDATE notifier.letters AS one
    SET status = ended.status, reason = ended.reason, attempts = ended.attempts,
        sent_at = CASE WHEN ended.status IN ('sent', 'unknown') THEN ended.sent_at END,
        sent_on = CASE WHEN ended.status IN ('sent', 'unknown') THEN sent_on END,
        retry_at = now() + make_interval(secs => ended.pause_seconds),
        claimed_by = NULL, claimed_until = NULL, sending_since = NULL
    FROM jsonb_to_recordset($2::jsonb) AS ended (letter_id uuid, status text, reason text,
        attempts integer, sent_at timestamptz, pause_seconds double precision)
    WHERE one.letter_id = ended.letter_id AND claimed_by = $1
        AND one.status IN ('sending', 'unknown')
"""


class PostgresTurn:
    """The statements on the connection of the transaction."""

    def __init__(self, connection: Connection, instance: str) -> None:
        self._connection = connection
        self._instance = instance

    async def record(self, ended: Sequence[Ended]) -> None:
        """Write down what became of letters that were being sent."""
        rows = [
            {
                "letter_id": one.letter.letter_id,
                "status": one.state.status,
                "reason": one.state.reason,
                "attempts": one.attempts,
                "sent_at": one.sent_at,
                "pause_seconds": one.state.pause_seconds,
            }
            for one in ended
        ]
        await self._connection.execute(FINISH, self._instance, _json(rows))

    async def open(self, letter_ids: Sequence[uuid.UUID]) -> list[Draft]:
        """Lock claimed letters; those no longer planned or in other hands are left out."""
        rows = await self._connection.fetch(OPEN_DRAFTS, letter_ids, self._instance)
        names = [row["letter_id"] for row in rows]
        items = await self._connection.fetch(ITEMS, names) if names else []
        return [
            Draft(
                letter=letter_of(row),
                items=tuple(
                    escalation_of(item) for item in items if item["letter_id"] == row["letter_id"]
                ),
            )
            for row in rows
        ]

    async def count_sent_on(self, days: Mapping[str, date]) -> Mapping[str, int]:
        """Return how many letters each account has had on its day; nobody else counts meanwhile."""
        accounts = sorted(days)
        await self._connection.execute(ONE_AT_A_TIME, accounts)
        on = [days[account_id] for account_id in accounts]
        rows = await self._connection.fetch(COUNT_SENT_ON, accounts, on)
        return {row["account_id"]: row["letters"] for row in rows}

    async def begin(self, begun: Sequence[Begun]) -> None:
        """Make opened letters `sending`."""
        rows = [
            {
                "letter_id": one.letter.letter_id,
                "sent_on": one.day,
                "message_id": one.content.message_id,
                "subject": one.content.subject,
                "plain": one.content.plain,
                "html": one.content.html,
                "recipient_name": one.letter.recipient_name,
                "recipient_email": one.letter.recipient_email,
                "locale": one.letter.locale,
            }
            for one in begun
        ]
        await self._drop([name for one in begun for name in one.dropped])
        await self._connection.execute(BEGIN, _json(rows))

    async def let_go(self, left: Sequence[LetGo]) -> None:
        """Give up the claims of letters that do not leave now."""
        rows = [
            {
                "letter_id": one.letter_id,
                "status": one.status,
                "reason": one.reason,
                "not_before_on": one.not_before_on,
                "held_by": one.hold.by if one.hold else None,
                "held_until": one.hold.until if one.hold else None,
                "counted": one.counted,
                "pause_seconds": one.pause_seconds,
            }
            for one in left
        ]
        await self._drop([name for one in left for name in one.dropped])
        await self._connection.execute(LET_GO, self._instance, _json(rows))

    async def _drop(self, escalation_ids: Sequence[uuid.UUID]) -> None:
        if escalation_ids:
            await self._connection.execute(DROP_ITEMS, escalation_ids)


def _json(rows: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()
