"""Notifier: work on hold, disputed parts and interest, and tasks about whole accounts."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, and the table of what was said of accounts."""
    _hold_letters()
    _widen_tasks()
    _widen_escalations()
    op.execute(
        """
        -- When the monitor last spoke of a promise, a cover or a group's default: an older word
        -- on it, should it come late, changes nothing.
        CREATE TABLE notifier.matters (
            account_id text NOT NULL,
            kind text NOT NULL,
            subject text NOT NULL,
            told_at timestamptz NOT NULL,
            PRIMARY KEY (account_id, kind, subject)
        )
        """
    )


def _hold_letters() -> None:
    op.execute(
        """
        -- What every item of a letter is held by, and the day on which the first hold ends.
        ALTER TABLE notifier.letters ADD COLUMN held_by text, ADD COLUMN held_until date
        """
    )
    op.execute("DROP INDEX notifier.letters_planned")
    op.execute(
        """
        CREATE INDEX letters_planned ON notifier.letters (seq)
        WHERE status = 'planned' AND held_by IS NULL
        """
    )


def _widen_tasks() -> None:
    op.execute(
        """
        -- A task about an account, and not about items, has a subject, a reason and figures of
        -- its own, and no level.
        ALTER TABLE notifier.tasks
            ALTER COLUMN level DROP NOT NULL,
            ADD COLUMN customer_name text,
            ADD COLUMN held_by text,
            ADD COLUMN held_on date,
            ADD COLUMN held_until date,
            ADD COLUMN subject text,
            ADD COLUMN why text,
            ADD COLUMN facts jsonb
        """
    )


def _widen_escalations() -> None:
    op.execute(
        """
        ALTER TABLE notifier.escalations
            ADD COLUMN disputed_minor bigint NOT NULL DEFAULT 0,
            ADD COLUMN interest jsonb,
            ADD COLUMN held_by text,
            ADD COLUMN held_until date,
            ADD COLUMN hold_told_at timestamptz
        """
    )
