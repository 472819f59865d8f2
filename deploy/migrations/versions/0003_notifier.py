"""Notifier's schema: the inbox, escalations as it knows them, letters and tasks."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the schema."""
    op.execute("CREATE SCHEMA notifier")
