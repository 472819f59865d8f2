"""Monitor's schema for the whole catalogue: debtors, groups, timers of accounts, anomalies.

What was known of customers and covers moves into one row an account; levels that stand raised keep
the cycle they were raised in.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    -- What is known of an account besides its invoices and funds (facts, by events alone), what
    -- was said about it (said, by decisions alone), and what a person should look at.
    CREATE TABLE monitor.accounts (
        partition integer NOT NULL,
        account_id text NOT NULL,
        facts json NOT NULL,
        said json NOT NULL DEFAULT '{}',
        anomalies json,
        PRIMARY KEY (partition, account_id)
    )
    """,
    """
    INSERT INTO monitor.accounts (partition, account_id, facts)
    SELECT partition, account_id,
           json_build_object('customer', c.facts, 'covers', coalesce(v.covers, '{}'::json))
    FROM monitor.customers AS c FULL JOIN (
        SELECT partition, account_id, json_object_agg(policy_no, facts) AS covers
        FROM monitor.covers GROUP BY partition, account_id
    ) AS v USING (partition, account_id)
    """,
    "DROP TABLE monitor.customers",
    "DROP TABLE monitor.covers",
    """
    -- Groups of accounts, each on the partition of its own key.
    CREATE TABLE monitor.groups (
        partition integer NOT NULL,
        account_id text NOT NULL,
        facts json NOT NULL,
        PRIMARY KEY (partition, account_id)
    )
    """,
    """
    -- When an account as a whole must be looked at: the day after a promise's day.
    CREATE TABLE monitor.account_timers (
        partition integer NOT NULL,
        account_id text NOT NULL,
        due_at timestamptz NOT NULL,
        PRIMARY KEY (partition, account_id)
    )
    """,
    "CREATE INDEX account_timers_due ON monitor.account_timers (partition, due_at)",
    """
    ALTER TABLE monitor.items
        ADD COLUMN disputed_days json NOT NULL DEFAULT '[]',
        ADD COLUMN turns integer NOT NULL DEFAULT 0
    """,
    """
    UPDATE monitor.items SET raised = (
        SELECT json_agg(one::jsonb || jsonb_build_object('cycle', cycle))
        FROM json_array_elements(raised) AS one
    ) WHERE raised::text <> '[]'
    """,
    "ALTER TABLE monitor.invoices ADD COLUMN anomalies json",
    "ALTER TABLE monitor.funds ADD COLUMN anomalies json",
    *(
        f"CREATE INDEX {table}_anomalies ON monitor.{table} (partition, account_id) "
        "WHERE anomalies IS NOT NULL"
        for table in ("accounts", "invoices", "funds")
    ),
    "ALTER TABLE monitor.balances ADD COLUMN interest_minor bigint NOT NULL DEFAULT 0",
    """
    -- Words about whole accounts name no item and no level.
    ALTER TABLE monitor.escalations
        ALTER COLUMN escalation_id DROP NOT NULL,
        ALTER COLUMN invoice_id DROP NOT NULL,
        ALTER COLUMN instalment DROP NOT NULL,
        ALTER COLUMN level DROP NOT NULL
    """,
    """
    -- How far a partition is timed anew by so many versions of policies; null: not under way.
    ALTER TABLE monitor.partitions
        ADD COLUMN retiming_versions bigint,
        ADD COLUMN retimed_account text,
        ADD COLUMN retimed_invoice text,
        ADD COLUMN retimed_instalment integer
    """,
    'CREATE INDEX journal_account ON monitor.journal (partition, account_id, "offset")',
)


def upgrade() -> None:
    """Add and move."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the new columns and tables hold would be lost."""
    message = "the state of the whole catalogue cannot be kept in the tables before it"
    raise NotImplementedError(message)
