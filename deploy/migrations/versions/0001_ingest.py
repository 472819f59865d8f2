"""Ingest's schema: the names of accepted events, and what was refused."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the schema."""
    op.execute("CREATE SCHEMA ingest")
    op.execute(
        """
        -- Each accepted event's (source, id) in 128 bits, with a digest of its content.
        CREATE TABLE ingest.names (
            name uuid PRIMARY KEY,
            digest bytea NOT NULL
        )
        """
    )
    op.execute(
        """
        -- Everything refused, kept until somebody mends and replays it.
        CREATE TABLE ingest.rejected (
            rejected_id uuid PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            code text NOT NULL,
            message text NOT NULL,
            field text,
            topic text NOT NULL,
            partition integer,
            "offset" bigint,
            headers jsonb NOT NULL,
            raw bytea NOT NULL,
            rejected_at timestamptz NOT NULL,
            status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'replayed')),
            replayed_at timestamptz
        )
        """
    )
    op.execute("CREATE INDEX rejected_by_status ON ingest.rejected (status, seq)")
    op.execute("CREATE INDEX rejected_by_code ON ingest.rejected (code, seq)")
