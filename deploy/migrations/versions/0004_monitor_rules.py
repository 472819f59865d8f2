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
    -- Which claims are under a cover was said as they were raised.
    UPDATE monitor.items AS i SET raised = (
        SELECT json_agg(one::jsonb || jsonb_build_object('cycle', i.cycle, 'insured', EXISTS (
            SELECT 1 FROM monitor.escalations AS e
            WHERE e.partition = i.partition AND e.account_id = i.account_id
              AND e.invoice_id = i.invoice_id AND e.instalment = i.instalment
              AND e.level = one->>'level' AND (e.event->>'cycle')::int = i.cycle
              AND e.event->'claim'->>'policy_no' IS NOT NULL)) ORDER BY place)
        FROM json_array_elements(i.raised) WITH ORDINALITY AS r (one, place)
    ) WHERE i.raised::text <> '[]'
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
    # An invoice's records are looked for by themselves: a large account has very many.
    "DROP INDEX monitor.clearings_account",
    "CREATE INDEX clearings_account ON monitor.clearings (partition, account_id, invoice_id)",
    'CREATE INDEX journal_account ON monitor.journal (partition, account_id, "offset")',
    """
    -- The day of an amendment is a fact of its own now; the journal has it.
    UPDATE monitor.invoices AS i SET facts = jsonb_set(
        i.facts::jsonb, '{amendment,amended_on}', to_jsonb(j.amended_on))::json
    FROM (
        SELECT DISTINCT ON (partition, account_id, invoice_id, version)
               partition, account_id, event->'data'->>'invoice_id' AS invoice_id,
               event->'data'->>'version' AS version, event->'data'->>'amended_on' AS amended_on
        FROM monitor.journal WHERE event->>'type' = 'invoice.amended.v1'
        ORDER BY partition, account_id, invoice_id, version, "offset"
    ) AS j
    WHERE (j.partition, j.account_id, j.invoice_id) = (i.partition, i.account_id, i.invoice_id)
      AND j.version = i.facts->'amendment'->>'version'
    """,
    """
    -- Named money counts from its value date, and not before the invoice was issued.
    UPDATE monitor.clearings AS c
    SET cleared_on = greatest((f.facts->>'value_on')::date, (i.facts->>'issued_on')::date)
    FROM monitor.funds AS f, monitor.invoices AS i
    WHERE c.rule = 'named' AND c.amount_minor > 0
      AND (f.partition, f.account_id, f.kind, f.funds_id)
        = (c.partition, c.account_id, c.kind, c.funds_id)
      AND (i.partition, i.account_id, i.invoice_id) = (c.partition, c.account_id, c.invoice_id)
    """,
    """
    -- Money that was never there leaves on the day it seemed to come.
    UPDATE monitor.clearings AS c SET cleared_on = (f.facts->>'value_on')::date
    FROM monitor.journal AS j JOIN monitor.funds AS f
      ON (f.partition, f.account_id, f.kind, f.funds_id)
       = (j.partition, j.account_id, 'payment', j.event->'data'->>'payment_id')
    WHERE (j.partition, j."offset") = (c.partition, c."offset") AND c.amount_minor < 0
      AND j.event->>'type' = 'payment.reversed.v1'
      AND j.event->'data'->>'reason' IN ('bounced', 'mistake')
    """,
    # Every open item is looked at once more: some have clocks now that they had not before.
    "UPDATE monitor.partitions SET policies_seen = -1",
)


def upgrade() -> None:
    """Add and move."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the new columns and tables hold would be lost."""
    message = "the state of the whole catalogue cannot be kept in the tables before it"
    raise NotImplementedError(message)
