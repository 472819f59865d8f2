"""Notifier's schema: the inbox, escalations as it knows them, letters and tasks."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the schema."""
    op.execute("CREATE SCHEMA notifier")
    op.execute(
        """
        -- Every event that has done its work; a repeat finds itself here.
        CREATE TABLE notifier.inbox (
            event_id uuid PRIMARY KEY,
            seen_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    _create_letters()
    _create_tasks()
    _create_escalations()


def _create_letters() -> None:
    op.execute(
        """
        -- One letter to one account about the items that reached one level together.
        -- Instants that other machines must agree on (claims, leases, retries) are the database's.
        CREATE TABLE notifier.letters (
            letter_id uuid PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            account_id text NOT NULL,
            creditor_id text NOT NULL,
            level text NOT NULL,
            status text NOT NULL CHECK (
                status IN ('planned', 'sending', 'sent', 'unknown', 'failed', 'recalled')
            ),
            recipient_name text,
            recipient_email text,
            locale text NOT NULL,
            planned_on date NOT NULL,
            planned_at timestamptz NOT NULL,
            attempts integer NOT NULL DEFAULT 0,
            retry_at timestamptz,
            not_before_on date,
            claimed_by text,
            claimed_until timestamptz,
            sending_since timestamptz,
            sent_on date,
            sent_at timestamptz,
            reason text,
            message_id text,
            subject text,
            plain text,
            html text
        )
        """
    )
    op.execute(
        """
        CREATE INDEX letters_planned ON notifier.letters (seq) WHERE status = 'planned'
        """
    )
    op.execute(
        """
        CREATE INDEX letters_sending ON notifier.letters (sending_since) WHERE status = 'sending'
        """
    )
    op.execute("CREATE INDEX letters_account ON notifier.letters (account_id, seq)")


def _create_tasks() -> None:
    op.execute(
        """
        -- Work for a person: one account, one kind, the items that came to it on one day.
        CREATE TABLE notifier.tasks (
            task_id uuid PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            account_id text NOT NULL,
            creditor_id text NOT NULL,
            kind text NOT NULL,
            level text NOT NULL,
            status text NOT NULL CHECK (status IN ('open', 'taken', 'completed', 'closed')),
            opened_on date NOT NULL,
            due_on date NOT NULL,
            closed_on date,
            outcome text,
            note text,
            assignee text
        )
        """
    )
    op.execute("CREATE INDEX tasks_account ON notifier.tasks (account_id, seq)")
    op.execute("CREATE INDEX tasks_assignee ON notifier.tasks (assignee, seq)")
    op.execute(
        """
        CREATE INDEX tasks_waiting ON notifier.tasks (seq) WHERE status IN ('open', 'taken')
        """
    )


def _create_escalations() -> None:
    op.execute(
        """
        -- What the monitor said last about each escalation, and the work that was made of it.
        CREATE TABLE notifier.escalations (
            escalation_id uuid PRIMARY KEY,
            account_id text NOT NULL,
            creditor_id text NOT NULL,
            item_id text NOT NULL,
            invoice_id text NOT NULL,
            instalment integer NOT NULL,
            level text NOT NULL,
            action text NOT NULL,
            cycle integer NOT NULL,
            skipped text[] NOT NULL,
            currency text NOT NULL,
            amount_minor bigint NOT NULL,
            open_minor bigint NOT NULL,
            days_overdue integer NOT NULL,
            issued_on date NOT NULL,
            due_on date NOT NULL,
            raised_on date NOT NULL,
            policy text NOT NULL,
            why text NOT NULL,
            claim jsonb,
            standing boolean NOT NULL,
            lifted_on date,
            lifted_why text,
            letter_id uuid REFERENCES notifier.letters,
            in_letter boolean NOT NULL,
            task_id uuid REFERENCES notifier.tasks
        )
        """
    )
    op.execute("CREATE INDEX escalations_item ON notifier.escalations (account_id, item_id)")
    op.execute("CREATE INDEX escalations_letter ON notifier.escalations (letter_id)")
    op.execute("CREATE INDEX escalations_task ON notifier.escalations (task_id)")
