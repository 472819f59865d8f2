"""Monitor: what stood on a day before, for write-offs, by the journal and the clearing records.

Of 0003 there are no moves and no agreements on more time; those of later days fill in as they come.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    """
    -- The day of each reversal and of a credit note's end; the first word of an id stands.
    UPDATE monitor.funds AS f SET facts = jsonb_set(f.facts::jsonb, '{reversed_on}', j.days)::json
    FROM (
        SELECT partition, account_id, kind, funds_id, jsonb_object_agg(reversal_id, day) AS days
        FROM (
            SELECT DISTINCT ON (partition, account_id, kind, funds_id, reversal_id) *
            FROM (
                SELECT partition, account_id, "offset", 'payment' AS kind,
                       event->'data'->>'payment_id' AS funds_id,
                       event->'data'->>'reversal_id' AS reversal_id,
                       event->'data'->>'reversed_on' AS day
                FROM monitor.journal WHERE event->>'type' = 'payment.reversed.v1'
                UNION ALL
                SELECT partition, account_id, "offset", 'credit_note',
                       event->'data'->>'credit_note_id', 'cancelled',
                       event->'data'->>'cancelled_on'
                FROM monitor.journal WHERE event->>'type' = 'credit_note.cancelled.v1'
            ) AS told
            ORDER BY partition, account_id, kind, funds_id, reversal_id, "offset"
        ) AS first
        GROUP BY partition, account_id, kind, funds_id
    ) AS j
    WHERE (j.partition, j.account_id, j.kind, j.funds_id)
        = (f.partition, f.account_id, f.kind, f.funds_id)
    """,
    """
    -- The steps of the clearing rule: each on the day of its record, or of its event if that is
    -- later, as a bounce is recorded on its money's day.
    UPDATE monitor.invoices AS i
    SET facts = jsonb_set(i.facts::jsonb, '{rule_steps}', s.steps)::json
    FROM (
        SELECT c.partition, c.account_id, c.invoice_id, jsonb_agg(jsonb_build_object(
            'kind', c.kind, 'funds_id', c.funds_id, 'instalment', c.instalment,
            'amount', c.amount_minor, 'on', greatest(c.cleared_on, (coalesce(
                d->>'received_on', d->>'issued_on', d->>'reversed_on', d->>'allocated_on',
                d->>'cancelled_on', d->>'amended_on', d->>'agreed_on', d->>'written_off_on',
                d->>'disputed_on', d->>'resolved_on'))::date)
        ) ORDER BY c."offset", c.number) AS steps
        FROM monitor.clearings AS c JOIN monitor.journal AS j USING (partition, "offset"),
             LATERAL (SELECT j.event->'data' AS d) AS told
        WHERE c.rule = 'oldest_due_first'
        GROUP BY c.partition, c.account_id, c.invoice_id
    ) AS s
    WHERE (s.partition, s.account_id, s.invoice_id) = (i.partition, i.account_id, i.invoice_id)
    """,
    """
    -- Lower versions of an invoice, the first word of each.
    UPDATE monitor.invoices AS i
    SET facts = jsonb_set(i.facts::jsonb, '{amended_before}', v.versions)::json
    FROM (
        SELECT k.partition, k.account_id, k.invoice_id, jsonb_agg(jsonb_build_object(
            'version', version, 'amended_on', d->'amended_on', 'parts', coalesce((
                SELECT jsonb_agg(jsonb_build_array(p->'due_on', p->'amount') ORDER BY place)
                FROM jsonb_array_elements(nullif(d->'schedule', 'null'))
                     WITH ORDINALITY AS s (p, place)
            ), jsonb_build_array(jsonb_build_array(d->'due_on', d->'total')))
        ) ORDER BY version) AS versions
        FROM (
            SELECT DISTINCT ON (partition, account_id, invoice_id, version) *
            FROM (
                SELECT partition, account_id, "offset", event::jsonb->'data' AS d,
                       event->'data'->>'invoice_id' AS invoice_id,
                       (event->'data'->>'version')::int AS version
                FROM monitor.journal WHERE event->>'type' = 'invoice.amended.v1'
            ) AS told
            ORDER BY partition, account_id, invoice_id, version, "offset"
        ) AS k
        JOIN monitor.invoices AS n USING (partition, account_id, invoice_id)
        WHERE version < (n.facts->'amendment'->>'version')::int
        GROUP BY k.partition, k.account_id, k.invoice_id
    ) AS v
    WHERE (v.partition, v.account_id, v.invoice_id) = (i.partition, i.account_id, i.invoice_id)
    """,
    """
    -- What named an invoice until it was reversed: what left by the records of that event.
    UPDATE monitor.invoices AS i SET facts = jsonb_set(i.facts::jsonb, '{withdrawn}', w.gone)::json
    FROM (
        SELECT partition, account_id, invoice_id, jsonb_agg(jsonb_build_object(
            'until', until, 'funds', jsonb_build_object(
                'kind', kind, 'funds_id', funds_id, 'currency', currency, 'value_on', value_on,
                'position', position, 'amount', amount, 'instalment', instalment)
        ) ORDER BY kind, funds_id, until) AS gone
        FROM (
            SELECT c.partition, c.account_id, c.invoice_id, c.kind, c.funds_id, c.currency,
                   f.facts->>'value_on' AS value_on, a.position, a.instalment,
                   -sum(c.amount_minor) AS amount,
                   coalesce(
                       j.event->'data'->>'reversed_on', j.event->'data'->>'cancelled_on') AS until
            FROM monitor.clearings AS c
            JOIN monitor.journal AS j USING (partition, "offset")
            JOIN monitor.funds AS f ON (f.partition, f.account_id, f.kind, f.funds_id)
                                     = (c.partition, c.account_id, c.kind, c.funds_id)
            CROSS JOIN LATERAL (
                SELECT place - 1 AS position, one->'instalment' AS instalment
                FROM jsonb_array_elements(f.facts::jsonb->'allocations')
                     WITH ORDINALITY AS s (one, place)
                WHERE one->>'invoice_id' = c.invoice_id ORDER BY place DESC LIMIT 1
            ) AS a
            WHERE c.rule = 'named' AND c.amount_minor < 0
              AND j.event->>'type' IN ('payment.reversed.v1', 'credit_note.cancelled.v1')
              AND c.funds_id = coalesce(
                  j.event->'data'->>'payment_id', j.event->'data'->>'credit_note_id')
            GROUP BY c.partition, c.account_id, c.invoice_id, c.kind, c.funds_id, c.currency,
                     f.facts->>'value_on', a.position, a.instalment, until
        ) AS left_again
        WHERE value_on < until
        GROUP BY partition, account_id, invoice_id
    ) AS w
    WHERE (w.partition, w.account_id, w.invoice_id) = (i.partition, i.account_id, i.invoice_id)
    """,
)


def upgrade() -> None:
    """Move what is known of the days."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Leave the days where they are: code before them passes over what it does not know."""
