"""Monitor: what was given up of an invoice, by day and instalment, from its clearing records."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENT = """
    UPDATE monitor.invoices AS i SET facts = jsonb_set(i.facts::jsonb, '{losses}', s.steps)::json
    FROM (
        SELECT partition, account_id, invoice_id, jsonb_agg(jsonb_build_object(
            'instalment', instalment, 'amount', amount, 'on', cleared_on
        ) ORDER BY cleared_on, instalment) AS steps
        FROM (
            SELECT partition, account_id, invoice_id, instalment, cleared_on,
                   sum(amount_minor) AS amount
            FROM monitor.clearings WHERE kind = 'write_off'
            GROUP BY partition, account_id, invoice_id, instalment, cleared_on
            HAVING sum(amount_minor) <> 0
        ) AS step
        GROUP BY partition, account_id, invoice_id
    ) AS s
    WHERE (s.partition, s.account_id, s.invoice_id) = (i.partition, i.account_id, i.invoice_id)
"""


def upgrade() -> None:
    """Move what is known of losses."""
    op.execute(STATEMENT)


def downgrade() -> None:
    """Leave the losses where they are: code before them passes over what it does not know."""
