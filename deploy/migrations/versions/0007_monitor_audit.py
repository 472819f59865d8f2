"""Monitor: partitions stay stopped until they are resumed, and the journal is sealed in a chain."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    -- Why and since when a partition is stopped (null: it is not), and when it was last audited.
    ALTER TABLE monitor.partitions
        ADD COLUMN stopped_reason text,
        ADD COLUMN stopped_at timestamptz,
        ADD COLUMN audited_at timestamptz
    """,
    """
    -- Seals over the journal, each over the one before: see docs/decisions/0015.
    -- entries has 16 bytes a row: its offset, and the beginning of its digest.
    CREATE TABLE monitor.seals (
        partition integer NOT NULL,
        number bigint NOT NULL,
        first_offset bigint NOT NULL,
        last_offset bigint NOT NULL,
        entries bytea NOT NULL,
        digest bytea NOT NULL,
        sealed_at timestamptz NOT NULL,
        PRIMARY KEY (partition, number)
    )
    """,
    """
    CREATE FUNCTION monitor.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'monitor.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
        ON monitor.{table} FOR EACH STATEMENT EXECUTE FUNCTION monitor.refuse_change()
        """
        for table in ("journal", "seals")
    ),
)


def upgrade() -> None:
    """Add the columns, the seals, and what keeps both tables append-only."""
    for statement in STATEMENTS:
        op.execute(statement)
