"""Monitor: the sealed beginning of a journal may leave for a volume, and only that."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    """
    -- Volumes whose rows have left the journal: see docs/decisions/0017.
    CREATE TABLE monitor.volumes (
        partition integer NOT NULL,
        last_seal bigint NOT NULL,
        first_seal bigint NOT NULL,
        last_offset bigint NOT NULL,
        digest bytea NOT NULL,
        rows bigint NOT NULL,
        recorded_until timestamptz NOT NULL,
        file text NOT NULL,
        sha256 bytea NOT NULL,
        dropped_at timestamptz NOT NULL,
        dropped_by text NOT NULL,
        PRIMARY KEY (partition, last_seal)
    )
    """,
    """
    -- What an account's rows in volumes come to, compressed; folding goes on from there.
    CREATE TABLE monitor.openings (
        partition integer NOT NULL,
        account_id text NOT NULL,
        recorded_until timestamptz NOT NULL,
        state bytea NOT NULL,
        PRIMARY KEY (partition, account_id)
    )
    """,
    """
    -- Names of events in volumes: a repeat of one must not be folded once more.
    CREATE TABLE monitor.volume_names (
        partition integer NOT NULL,
        name uuid NOT NULL,
        PRIMARY KEY (partition, name)
    )
    """,
    "DROP TRIGGER journal_is_append_only ON monitor.journal",
    """
    CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR TRUNCATE
    ON monitor.journal FOR EACH STATEMENT EXECUTE FUNCTION monitor.refuse_change()
    """,
    """
    CREATE FUNCTION monitor.refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM (SELECT partition, max("offset") AS last FROM gone GROUP BY 1) AS g
            WHERE g.last > coalesce((SELECT max(last_offset) FROM monitor.volumes AS v
                                     WHERE v.partition = g.partition), -1)
        ) THEN
            RAISE EXCEPTION 'monitor.journal is append-only: rows beyond its volumes stay'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER journal_keeps_rows AFTER DELETE ON monitor.journal
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION monitor.refuse_loss()
    """,
)


def upgrade() -> None:
    """Add the tables, and let the journal lose what a volume holds."""
    for statement in STATEMENTS:
        op.execute(statement)
