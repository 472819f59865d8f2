"""A claimed letter's last moment as `planned`, in PostgreSQL: what it is about, and how it ends."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.notifier.adapters.rows import escalation_of, letter_of
from services.notifier.domain.holds import Hold
from services.notifier.domain.work import Escalation, Letter, LetterStatus
from services.notifier.handlers.ports import Claimed, Content
from shared.postgres.pool import Connection

#: Locks a claimed letter.
OPEN_DRAFT: Final = """
    SELECT letter_id, account_id, creditor_id, level, status, recipient_name, recipient_email,
        locale, planned_on, planned_at, reason, held_by, held_until
    FROM notifier.letters
    WHERE letter_id = $1 AND claimed_by = $2 AND status = 'planned'
    FOR UPDATE
"""
#: The items a letter is about, in the order of its table.
ITEMS: Final = """
    SELECT escalation_id, account_id, creditor_id, item_id, invoice_id, instalment, level, action,
        cycle, skipped, currency, amount_minor, open_minor, days_overdue, issued_on, due_on,
        raised_on, policy, why, claim, standing, lifted_on, lifted_why, letter_id, in_letter,
        task_id, disputed_minor, interest, held_by, held_until, hold_told_at
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
#: Keeps a letter until a word on one of its items ends its hold.
PAUSE: Final = """
    UPDATE notifier.letters
    SET held_by = $2, held_until = $3, claimed_by = NULL, claimed_until = NULL
    WHERE letter_id = $1
"""
#: Takes items out of a letter that are no longer due, or on hold.
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
#: Gives an account's waiting tasks the customer's newest name.
RENAME_TASKS: Final = """
    UPDATE notifier.tasks SET customer_name = $2
    WHERE account_id = $1 AND status IN ('open', 'taken') AND customer_name IS DISTINCT FROM $2
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

    async def pause(self, hold: Hold) -> None:
        """Leave it planned, on hold until a word on one of its items ends that."""
        await self._connection.execute(PAUSE, self.letter.letter_id, hold.by, hold.until)

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
        if letter.recipient_name:
            await self._connection.execute(
                RENAME_TASKS, self.letter.account_id, letter.recipient_name
            )

    async def _end(self, status: LetterStatus, reason: str) -> None:
        await self._connection.execute(END, self.letter.letter_id, status.value, reason)


async def open_draft(
    connection: Connection, claimed: Claimed, instance: str
) -> PostgresDraft | None:
    """Lock a claimed letter; None when it is no longer planned or in other hands."""
    row = await connection.fetchrow(OPEN_DRAFT, claimed.letter_id, instance)
    if row is None:
        return None
    letter = letter_of(row)
    items = await connection.fetch(ITEMS, letter.letter_id)
    return PostgresDraft(connection, letter, tuple(escalation_of(item) for item in items))
