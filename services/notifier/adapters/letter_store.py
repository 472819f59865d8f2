"""Letters on their way out, in PostgreSQL: claims, leases, and what people say of them.

Claims, leases and retries go by the database's clock, which all instances share and which runs on
while a manual clock stands; the days of letters come from the service's clock.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Final

from services.notifier.adapters.turn import PostgresTurn
from services.notifier.domain.work import LetterStatus
from services.notifier.handlers.ports import Claimed, Turn
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
#: Makes those who claim wait for each other: each sees whose letters are looked after.
CLAIM_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('notifier claims', 0))"
#: Claims the oldest letters that wait for nothing, each of another account; what somebody has
#: locked is skipped. While one of an account's letters is looked after, its others wait, so that
#: they leave in their order.
CLAIM: Final = """
    WITH free AS (
        SELECT letter_id, account_id, seq FROM notifier.letters AS one
        WHERE status = 'planned'
            AND held_by IS NULL
            AND (retry_at IS NULL OR retry_at <= now())
            AND (not_before_on IS NULL OR not_before_on <= $2)
            AND NOT EXISTS (
                SELECT 1 FROM notifier.letters AS claimed
                WHERE claimed.account_id = one.account_id AND claimed.claimed_until >= now()
            )
        ORDER BY seq LIMIT $4
        FOR UPDATE SKIP LOCKED
    ), oldest AS (
        SELECT DISTINCT ON (account_id) letter_id FROM free ORDER BY account_id, seq
    )
    UPDATE notifier.letters
    SET claimed_by = $1, claimed_until = now() + make_interval(secs => $3)
    FROM oldest
    WHERE letters.letter_id = oldest.letter_id
    RETURNING letters.letter_id, letters.seq, planned_on, attempts, ARRAY(
        SELECT escalation_id FROM notifier.escalations AS item
        WHERE item.letter_id = letters.letter_id AND item.in_letter
    ) AS escalation_ids
"""
#: Has letters without an address looked at again: their customers' may have come.
LOOK_AGAIN: Final = """
    UPDATE notifier.letters SET retry_at = NULL
    WHERE status = 'planned' AND coalesce(recipient_email, '') = ''
"""
#: Locks a letter for a person's decision.
OPEN_UNRESOLVED: Final = """
    SELECT status FROM notifier.letters WHERE letter_id = $1 FOR UPDATE
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
#: Letters that could leave now or are leaving; not those on hold. One without an address could
#: not, once it is known to wait for one; the first look at it is still due.
COUNT_DUE: Final = """
    SELECT count(*) FROM notifier.letters
    WHERE status = 'sending' OR (
        status = 'planned'
        AND held_by IS NULL
        AND (retry_at IS NULL OR retry_at <= now())
        AND (not_before_on IS NULL OR not_before_on <= $1)
        AND (recipient_email <> '' OR retry_at IS NULL)
    )
"""


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

    async def claim(
        self, instance: str, today: date, *, seconds: float, letters_max: int
    ) -> list[Claimed]:
        """Claim the oldest letters that may be sent now, each of another account."""
        async with self._database.transaction() as connection:
            await connection.execute(CLAIM_ONE_AT_A_TIME)
            rows = await connection.fetch(CLAIM, instance, today, seconds, letters_max)
        return [
            Claimed(
                letter_id=row["letter_id"],
                planned_on=row["planned_on"],
                escalation_ids=tuple(row["escalation_ids"]),
                attempts=row["attempts"],
            )
            for row in sorted(rows, key=lambda row: row["seq"])
        ]

    @asynccontextmanager
    async def turn(self, instance: str) -> AsyncIterator[Turn]:
        """Begin a transaction over claimed letters; it is committed when the block ends well."""
        async with self._database.transaction() as connection:
            yield PostgresTurn(connection, instance)

    async def look_again(self) -> None:
        """End the pauses of letters that wait for an address."""
        async with self._database.transaction() as connection:
            await connection.execute(LOOK_AGAIN)

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
