"""Letters on their way out, in PostgreSQL: claims, drafts, leases, results.

Claims, leases and retries go by the database's clock, which all instances share and which runs on
while a manual clock stands; the days of letters come from the service's clock.
"""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Final

from services.notifier.adapters.work_store import escalation_of
from services.notifier.domain.delivery import NextState
from services.notifier.domain.work import Escalation, Letter, LetterStatus
from services.notifier.handlers.ports import Claimed, Content, Draft
from shared.errors import ConflictingStateError, NotFoundError
from shared.postgres.pool import Connection, Database

#: Makes unknown what an ended instance was sending.
RECOVER: Final = """
    UPDATE notifier.letters
    SET status = 'unknown', reason = 'the notifier ended while the letter was being sent'
    WHERE status = 'sending' AND (
        ($2 AND claimed_by = $1) OR sending_since < now() - make_interval(secs => $3)
    )
"""
#: Lets go of everything an instance had claimed before it ended.
FREE_CLAIMS: Final = """
    UPDATE notifier.letters SET claimed_by = NULL, claimed_until = NULL
    WHERE status = 'planned' AND claimed_by = $1
"""
#: Claims the oldest letter that waits for nothing; others skip what this one has locked.
CLAIM: Final = """
    UPDATE notifier.letters
    SET claimed_by = $1, claimed_until = now() + make_interval(secs => $3)
    WHERE letter_id = (
        SELECT letter_id FROM notifier.letters
        WHERE status = 'planned'
            AND (retry_at IS NULL OR retry_at <= now())
            AND (not_before_on IS NULL OR not_before_on <= $2)
            AND (claimed_until IS NULL OR claimed_until < now())
        ORDER BY seq LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    RETURNING letter_id, attempts, ARRAY(
        SELECT escalation_id FROM notifier.escalations AS item
        WHERE item.letter_id = letters.letter_id AND item.in_letter
    ) AS escalation_ids
"""
#: Lets go of a claimed letter, at once or with a pause that counts as an attempt.
RELEASE: Final = """
    UPDATE notifier.letters
    SET claimed_by = NULL, claimed_until = NULL, reason = coalesce($3, reason),
        attempts = attempts + CASE WHEN $4::double precision IS NULL THEN 0 ELSE 1 END,
        retry_at = now() + make_interval(secs => $4)
    WHERE letter_id = $1 AND claimed_by = $2 AND status = 'planned'
"""
#: Locks a claimed letter.
OPEN_DRAFT: Final = """
    SELECT letter_id, account_id, creditor_id, level, status, recipient_name, recipient_email,
        locale, planned_on, planned_at, reason
    FROM notifier.letters
    WHERE letter_id = $1 AND claimed_by = $2 AND status = 'planned'
    FOR UPDATE
"""
#: The items a letter is about, in the order of its table.
ITEMS: Final = """
    SELECT escalation_id, account_id, creditor_id, item_id, invoice_id, instalment, level, action,
        cycle, skipped, currency, amount_minor, open_minor, days_overdue, issued_on, due_on,
        raised_on, policy, why, claim, standing, lifted_on, lifted_why, letter_id, in_letter,
        task_id
    FROM notifier.escalations
    WHERE letter_id = $1 AND in_letter
    ORDER BY due_on, item_id, escalation_id
"""
#: Makes instances that would send to one account wait for each other until the commit.
ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('notifier:' || $1, 0))"
#: Counts what an account has, or may have, been sent on a day.
COUNT_SENT_ON: Final = """
    SELECT count(*) FROM notifier.letters
    WHERE account_id = $1 AND sent_on = $2 AND status IN ('sending', 'sent', 'unknown')
"""
#: Ends a letter that has not left.
END: Final = """
    UPDATE notifier.letters
    SET status = $2, reason = $3, claimed_by = NULL, claimed_until = NULL
    WHERE letter_id = $1
"""
#: Keeps a letter for a later day.
WAIT: Final = """
    UPDATE notifier.letters
    SET not_before_on = $2, reason = $3, claimed_by = NULL, claimed_until = NULL
    WHERE letter_id = $1
"""
#: Takes items out of a letter that are no longer due.
DROP_ITEMS: Final = """
    UPDATE notifier.escalations SET in_letter = false
    WHERE letter_id = $1 AND in_letter AND NOT escalation_id = ANY($2)
"""
#: Writes down what a letter says, before anybody can have received it.
BEGIN: Final = """
    UPDATE notifier.letters
    SET status = 'sending', sending_since = now(), sent_on = $2, message_id = $3, subject = $4,
        plain = $5, html = $6, reason = NULL, recipient_name = $7, recipient_email = $8,
        locale = $9
    WHERE letter_id = $1
"""
#: Writes down what became of it; the truth replaces an `unknown` that a lease has made of it.
FINISH: Final = """
    UPDATE notifier.letters
    SET status = $3, reason = $4, attempts = attempts + 1,
        sent_at = CASE WHEN $3 IN ('sent', 'unknown') THEN $6::timestamptz END,
        sent_on = CASE WHEN $3 IN ('sent', 'unknown') THEN sent_on END,
        retry_at = now() + make_interval(secs => $5),
        claimed_by = NULL, claimed_until = NULL, sending_since = NULL
    WHERE letter_id = $1 AND claimed_by = $2 AND status IN ('sending', 'unknown')
"""
#: Locks a letter for a person's decision.
OPEN_UNRESOLVED: Final = """
    SELECT status, recipient_email FROM notifier.letters WHERE letter_id = $1 FOR UPDATE
"""
#: Believes a person that a letter has arrived.
RESOLVE_SENT: Final = """
    UPDATE notifier.letters
    SET status = 'sent', sent_at = coalesce(sent_at, $2), reason = 'resolved by hand',
        claimed_by = NULL, claimed_until = NULL
    WHERE letter_id = $1
"""
#: Plans a letter anew because a person asked for it.
RESOLVE_RESEND: Final = """
    UPDATE notifier.letters
    SET status = 'planned', attempts = 0, retry_at = NULL, not_before_on = NULL, sent_on = NULL,
        sent_at = NULL, reason = 'to be sent again, by hand', claimed_by = NULL,
        claimed_until = NULL
    WHERE letter_id = $1
"""
#: Takes items out of a letter that were lifted while it could not be recalled.
DROP_LIFTED: Final = """
    UPDATE notifier.escalations SET in_letter = false WHERE letter_id = $1 AND NOT standing
"""
#: Letters that could leave now or are leaving.
COUNT_DUE: Final = """
    SELECT count(*) FROM notifier.letters
    WHERE status = 'sending' OR (
        status = 'planned'
        AND (retry_at IS NULL OR retry_at <= now())
        AND (not_before_on IS NULL OR not_before_on <= $1)
    )
"""


class PostgresDraft:
    """A claimed letter, locked in a transaction."""

    def __init__(
        self, connection: Connection, letter: Letter, items: tuple[Escalation, ...]
    ) -> None:
        self._connection = connection
        self.letter = letter
        self.items = items

    async def count_sent_on(self, day: date) -> int:
        """Return how many letters the account has had on a day; others wait while this counts."""
        await self._connection.execute(ONE_AT_A_TIME, self.letter.account_id)
        return int(await self._connection.fetchval(COUNT_SENT_ON, self.letter.account_id, day))

    async def recall(self, reason: str) -> None:
        """Make it `recalled`."""
        await self._connection.execute(DROP_ITEMS, self.letter.letter_id, [])
        await self._end(LetterStatus.RECALLED, reason)

    async def fail(self, reason: str) -> None:
        """Make it `failed`."""
        await self._end(LetterStatus.FAILED, reason)

    async def wait_until(self, day: date) -> None:
        """Leave it planned, for a later day."""
        reason = f"the customer has had the day's letters; waits until {day.isoformat()}"
        await self._connection.execute(WAIT, self.letter.letter_id, day, reason)

    async def begin(
        self, letter: Letter, items: Sequence[Escalation], content: Content, day: date
    ) -> None:
        """Make it `sending`, to whom `letter` names, about these items and no others."""
        kept = [item.escalation_id for item in items]
        await self._connection.execute(DROP_ITEMS, self.letter.letter_id, kept)
        await self._connection.execute(
            BEGIN,
            self.letter.letter_id,
            day,
            content.message_id,
            content.subject,
            content.plain,
            content.html,
            letter.recipient_name,
            letter.recipient_email,
            letter.locale,
        )

    async def _end(self, status: LetterStatus, reason: str) -> None:
        await self._connection.execute(END, self.letter.letter_id, status.value, reason)


class PostgresLetterStore:
    """Letters on their way out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recover(self, instance: str, *, own: bool, lease_seconds: float) -> int:
        """Make `unknown` what was left in `sending`; returns how many there were."""
        async with self._database.transaction() as connection:
            if own:
                await connection.execute(FREE_CLAIMS, instance)
            result = await connection.execute(RECOVER, instance, own, lease_seconds)
        return int(result.rpartition(" ")[2])

    async def claim(self, instance: str, today: date, seconds: float) -> Claimed | None:
        """Claim the oldest letter that may be sent now, or return None."""
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(CLAIM, instance, today, seconds)
        if row is None:
            return None
        return Claimed(
            letter_id=row["letter_id"],
            escalation_ids=tuple(row["escalation_ids"]),
            attempts=row["attempts"],
        )

    async def release(
        self, claimed: Claimed, instance: str, *, reason: str | None, pause_seconds: float | None
    ) -> None:
        """Let go of a claimed letter; with a pause, count an attempt and try no sooner."""
        async with self._database.transaction() as connection:
            await connection.execute(RELEASE, claimed.letter_id, instance, reason, pause_seconds)

    @asynccontextmanager
    async def draft(self, claimed: Claimed, instance: str) -> AsyncIterator[Draft | None]:
        """Lock a claimed letter; None when it is no longer planned or in other hands."""
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(OPEN_DRAFT, claimed.letter_id, instance)
            if row is None:
                yield None
                return
            letter = Letter(**{**row, "status": LetterStatus(row["status"])})
            items = await connection.fetch(ITEMS, letter.letter_id)
            yield PostgresDraft(connection, letter, tuple(escalation_of(item) for item in items))

    async def finish(
        self, letter_id: uuid.UUID, instance: str, state: NextState, sent_at: datetime | None
    ) -> None:
        """Write down what became of a letter that was being sent."""
        async with self._database.transaction() as connection:
            await connection.execute(
                FINISH,
                letter_id,
                instance,
                state.status.value,
                state.reason,
                state.pause_seconds,
                sent_at,
            )

    async def resolve_sent(self, letter_id: uuid.UUID, at: datetime) -> None:
        """Make an unresolved letter `sent` because a person says so."""
        async with self._database.transaction() as connection:
            await _open_unresolved(connection, letter_id)
            await connection.execute(RESOLVE_SENT, letter_id, at)

    async def resolve_resend(self, letter_id: uuid.UUID) -> None:
        """Plan an unresolved letter again because a person says so."""
        async with self._database.transaction() as connection:
            await _open_unresolved(connection, letter_id)
            await connection.execute(DROP_LIFTED, letter_id)
            await connection.execute(RESOLVE_RESEND, letter_id)

    async def count_due(self, today: date) -> int:
        """Return how many letters could leave now or are leaving."""
        async with self._database.transaction() as connection:
            return int(await connection.fetchval(COUNT_DUE, today))


async def _open_unresolved(connection: Connection, letter_id: uuid.UUID) -> None:
    """Lock a letter that a person may resolve."""
    row = await connection.fetchrow(OPEN_UNRESOLVED, letter_id)
    if row is None:
        message = f"there is no letter {letter_id}"
        raise NotFoundError(message)
    if row["status"] not in {LetterStatus.UNKNOWN, LetterStatus.FAILED}:
        message = (
            f"letter {letter_id} is {row['status']}; only unknown and failed letters are resolved"
        )
        raise ConflictingStateError(message, code="letter_not_unresolved")
