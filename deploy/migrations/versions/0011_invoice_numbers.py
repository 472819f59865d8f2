"""Monitor: an invoice is found by its number alone, and so is one number at two customers."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the index."""
    op.execute("CREATE INDEX invoices_number ON monitor.invoices (invoice_id)")
