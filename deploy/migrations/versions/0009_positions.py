"""Positions in Kafka's topics stand beside what was made of them, in all three services."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the tables, and what a partition of the ledger is shifted by."""
    op.execute(
        """
        -- Where each inbound partition is to be read next: all before it is safe.
        -- And why nothing of it is read (null: it is), until a person lets it go on.
        CREATE TABLE ingest.positions (
            topic text NOT NULL,
            partition integer NOT NULL,
            next_offset bigint NOT NULL,
            stopped_reason text,
            PRIMARY KEY (topic, partition)
        )
        """
    )
    op.execute(
        """
        -- The same for the escalations topic. What lies before repeated_until was done by a
        -- database that is gone, so that its letters may have been sent.
        CREATE TABLE notifier.positions (
            topic text NOT NULL,
            partition integer NOT NULL,
            next_offset bigint NOT NULL,
            stopped_reason text,
            repeated_until bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (topic, partition)
        )
        """
    )
    op.execute(
        """
        -- Offsets of the journal are those of the topic and this; it is not 0 once records of the
        -- topic were lost and a person has said where to read on.
        ALTER TABLE monitor.partitions ADD COLUMN offset_shift bigint NOT NULL DEFAULT 0
        """
    )
