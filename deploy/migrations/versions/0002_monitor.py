"""Monitor's schema: partitions, journal, ledger state, timers, escalations, outbox, policies.

Every hot table leads with the ledger partition, so that it can be partitioned or sharded on it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "CREATE SCHEMA monitor",
    """
    -- One row a ledger partition: who owns it (epoch), how far it is folded (next_offset), and
    -- how many versions of policies its timers have been set by.
    CREATE TABLE monitor.partitions (
        partition integer PRIMARY KEY,
        epoch bigint NOT NULL DEFAULT 0,
        next_offset bigint NOT NULL DEFAULT 0,
        owner text NOT NULL,
        policies_seen bigint NOT NULL DEFAULT 0
    )
    """,
    """
    -- The one number that must never change: accounts are spread over partitions by it.
    CREATE TABLE monitor.topology (
        ledger_partitions integer PRIMARY KEY
    )
    """,
    """
    -- Append-only: every accepted event, when it was recorded, and what it changed.
    CREATE TABLE monitor.journal (
        partition integer NOT NULL,
        "offset" bigint NOT NULL,
        recorded_at timestamptz NOT NULL,
        account_id text NOT NULL,
        name uuid NOT NULL,
        clearing_rule text NOT NULL,
        event json NOT NULL,
        changes json NOT NULL,
        PRIMARY KEY (partition, "offset")
    )
    """,
    "CREATE UNIQUE INDEX journal_name ON monitor.journal (partition, name)",
    """
    -- An invoice's facts as the core keeps them; its items stand in monitor.items.
    CREATE TABLE monitor.invoices (
        partition integer NOT NULL,
        account_id text NOT NULL,
        invoice_id text NOT NULL,
        facts json NOT NULL,
        PRIMARY KEY (partition, account_id, invoice_id)
    )
    """,
    """
    CREATE TABLE monitor.items (
        partition integer NOT NULL,
        account_id text NOT NULL,
        invoice_id text NOT NULL,
        instalment integer NOT NULL,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        cleared_minor bigint NOT NULL,
        credited_minor bigint NOT NULL,
        written_off_minor bigint NOT NULL,
        disputed_minor bigint NOT NULL,
        open_minor bigint NOT NULL CHECK (open_minor >= 0),
        issued_on date NOT NULL,
        due_on date NOT NULL,
        original_due_on date NOT NULL,
        status text NOT NULL,
        cycle integer NOT NULL,
        level text,
        raised json NOT NULL,
        next_attention_on date,
        PRIMARY KEY (partition, account_id, invoice_id, instalment)
    )
    """,
    """
    -- What the clearing rule looks for: the open items of one account.
    CREATE INDEX items_open ON monitor.items (partition, account_id, due_on) WHERE open_minor > 0
    """,
    """
    CREATE TABLE monitor.funds (
        partition integer NOT NULL,
        account_id text NOT NULL,
        kind text NOT NULL,
        funds_id text NOT NULL,
        currency text,
        amount_minor bigint NOT NULL,
        reversed_minor bigint NOT NULL,
        unapplied_minor bigint NOT NULL,
        free_minor bigint NOT NULL,
        facts json NOT NULL,
        PRIMARY KEY (partition, account_id, kind, funds_id)
    )
    """,
    """
    -- Money the clearing rule may still match; empty for most accounts.
    CREATE INDEX funds_free ON monitor.funds (partition, account_id) WHERE free_minor > 0
    """,
    """
    CREATE TABLE monitor.clearings (
        partition integer NOT NULL,
        "offset" bigint NOT NULL,
        number integer NOT NULL,
        account_id text NOT NULL,
        kind text NOT NULL,
        funds_id text NOT NULL,
        invoice_id text NOT NULL,
        instalment integer NOT NULL,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        rule text NOT NULL,
        cleared_on date NOT NULL,
        PRIMARY KEY (partition, "offset", number)
    )
    """,
    "CREATE INDEX clearings_account ON monitor.clearings (partition, account_id)",
    """
    CREATE TABLE monitor.balances (
        partition integer NOT NULL,
        account_id text NOT NULL,
        currency text NOT NULL,
        invoiced_minor bigint NOT NULL,
        received_minor bigint NOT NULL,
        credited_minor bigint NOT NULL,
        written_off_minor bigint NOT NULL,
        reversed_minor bigint NOT NULL,
        open_minor bigint NOT NULL,
        unapplied_minor bigint NOT NULL,
        PRIMARY KEY (partition, account_id, currency)
    )
    """,
    """
    CREATE TABLE monitor.customers (
        partition integer NOT NULL,
        account_id text NOT NULL,
        version integer NOT NULL,
        facts json NOT NULL,
        PRIMARY KEY (partition, account_id)
    )
    """,
    """
    CREATE TABLE monitor.covers (
        partition integer NOT NULL,
        account_id text NOT NULL,
        policy_no text NOT NULL,
        facts json NOT NULL,
        PRIMARY KEY (partition, account_id, policy_no)
    )
    """,
    """
    -- The next moment each item needs attention; looking for what is due costs what is due.
    CREATE TABLE monitor.timers (
        partition integer NOT NULL,
        account_id text NOT NULL,
        invoice_id text NOT NULL,
        instalment integer NOT NULL,
        due_at timestamptz NOT NULL,
        PRIMARY KEY (partition, account_id, invoice_id, instalment)
    )
    """,
    "CREATE INDEX timers_due ON monitor.timers (partition, due_at)",
    """
    -- Every word about an escalation, in the order it was said.
    CREATE TABLE monitor.escalations (
        partition integer NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        event_id uuid NOT NULL,
        escalation_id uuid NOT NULL,
        account_id text NOT NULL,
        invoice_id text NOT NULL,
        instalment integer NOT NULL,
        type text NOT NULL,
        level text NOT NULL,
        event json NOT NULL,
        PRIMARY KEY (partition, seq)
    )
    """,
    "CREATE UNIQUE INDEX escalations_event ON monitor.escalations (partition, event_id)",
    "CREATE INDEX escalations_account ON monitor.escalations (partition, account_id)",
    "CREATE INDEX escalations_escalation ON monitor.escalations (escalation_id)",
    "CREATE INDEX escalations_seq ON monitor.escalations (seq)",
    """
    -- Facts on their way to Kafka, in the order they happened; deleted once acknowledged.
    CREATE TABLE monitor.outbox (
        partition integer NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        topic text NOT NULL,
        key text NOT NULL,
        value bytea NOT NULL,
        said_at timestamptz NOT NULL,
        PRIMARY KEY (partition, seq)
    )
    """,
    """
    -- Every version of every policy, never edited in place.
    CREATE TABLE monitor.policies (
        policy text NOT NULL,
        version integer NOT NULL,
        document text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (policy, version)
    )
    """,
)


def upgrade() -> None:
    """Create the schema."""
    for statement in STATEMENTS:
        op.execute(statement)
