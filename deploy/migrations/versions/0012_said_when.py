"""Monitor: what the rules ask of words that came before they asked it, from the journal.

When the word on a customer and on a version was said, where a customer belonged before, why money
was reversed, in which currencies an account has invoices, and which invoices promises and blocks
name.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

#: Each version of an invoice with the first word that said it, which is the one that stood.
_FIRST_WORDS = """
    SELECT DISTINCT ON (partition, account_id, event->'data'->>'invoice_id',
                        (event->'data'->>'version')::int)
        partition, account_id, event->'data'->>'invoice_id' AS invoice_id,
        (event->'data'->>'version')::int AS version,
        jsonb_build_object('said_at', event->>'time',
                           'event_name', replace(name::text, '-', '')) AS said
    FROM monitor.journal WHERE event->>'type' = 'invoice.amended.v1'
    ORDER BY partition, account_id, event->'data'->>'invoice_id',
             (event->'data'->>'version')::int, "offset"
"""

STATEMENTS = (
    """
    -- Why money was reversed; the first word of an id stands.
    UPDATE monitor.funds AS f
    SET facts = jsonb_set(f.facts::jsonb, '{reversed_because}', j.reasons)::json
    FROM (
        SELECT partition, account_id, funds_id, jsonb_object_agg(reversal_id, reason) AS reasons
        FROM (
            SELECT DISTINCT ON (partition, account_id, event->'data'->>'payment_id',
                                event->'data'->>'reversal_id')
                partition, account_id, event->'data'->>'payment_id' AS funds_id,
                event->'data'->>'reversal_id' AS reversal_id, event->'data'->>'reason' AS reason
            FROM monitor.journal WHERE event->>'type' = 'payment.reversed.v1'
            ORDER BY partition, account_id, event->'data'->>'payment_id',
                     event->'data'->>'reversal_id', "offset"
        ) AS first
        GROUP BY partition, account_id, funds_id
    ) AS j
    WHERE (j.partition, j.account_id, j.funds_id) = (f.partition, f.account_id, f.funds_id)
      AND f.kind = 'payment'
    """,
    f"""
    -- When the newest version of an invoice was said.
    UPDATE monitor.invoices AS i SET facts = jsonb_set(
        i.facts::jsonb, '{{amendment}}', (i.facts::jsonb->'amendment') || w.said)::json
    FROM ({_FIRST_WORDS}) AS w
    WHERE (w.partition, w.account_id, w.invoice_id) = (i.partition, i.account_id, i.invoice_id)
      AND w.version = (i.facts->'amendment'->>'version')::int
    """,  # noqa: S608, our own text
    f"""
    -- When lower versions of an invoice were.
    UPDATE monitor.invoices AS i
    SET facts = jsonb_set(i.facts::jsonb, '{{amended_before}}', b.versions)::json
    FROM (
        SELECT n.partition, n.account_id, n.invoice_id,
               jsonb_agg(one || coalesce(w.said, '{{}}') ORDER BY place) AS versions
        FROM monitor.invoices AS n
        CROSS JOIN LATERAL jsonb_array_elements(n.facts::jsonb->'amended_before')
            WITH ORDINALITY AS s (one, place)
        LEFT JOIN ({_FIRST_WORDS}) AS w
            ON (w.partition, w.account_id, w.invoice_id)
             = (n.partition, n.account_id, n.invoice_id)
            AND w.version = (one->>'version')::int
        GROUP BY n.partition, n.account_id, n.invoice_id
    ) AS b
    WHERE (b.partition, b.account_id, b.invoice_id) = (i.partition, i.account_id, i.invoice_id)
    """,  # noqa: S608, our own text
    """
    -- Where customers belonged: at each instant by the highest version that was said by then.
    WITH words AS (
        SELECT partition, account_id, name, (event->'data'->>'version')::int AS version,
               event->>'time' AS since, (event->>'time')::timestamptz AS at,
               event->'data'->>'grade' AS grade, event->'data'->>'segment' AS segment
        FROM monitor.journal WHERE event->>'type' = 'customer.updated.v1'
    ), placed AS (
        SELECT DISTINCT ON (partition, account_id, version, at) * FROM words AS w
        WHERE NOT EXISTS (
            SELECT 1 FROM words AS o WHERE (o.partition, o.account_id) = (w.partition, w.account_id)
              AND o.version > w.version AND o.at <= w.at)
        ORDER BY partition, account_id, version, at,
                 coalesce(grade, '') COLLATE "C" DESC, coalesce(segment, '') COLLATE "C" DESC
    ), places AS (
        SELECT partition, account_id, jsonb_agg(jsonb_build_object(
            'version', version, 'since', since, 'grade', grade, 'segment', segment) ORDER BY at
        ) AS placements
        FROM placed GROUP BY partition, account_id
    ), newest AS (
        SELECT DISTINCT ON (partition, account_id) partition, account_id,
            jsonb_build_array(since, replace(name::text, '-', '')) AS said
        FROM words ORDER BY partition, account_id, version DESC, at DESC, name DESC
    )
    UPDATE monitor.accounts AS a SET facts = (a.facts::jsonb || jsonb_build_object(
        'placements', p.placements, 'customer_said', n.said))::json
    FROM places AS p JOIN newest AS n USING (partition, account_id)
    WHERE (p.partition, p.account_id) = (a.partition, a.account_id)
    """,
    """
    -- In which currencies accounts have invoices.
    INSERT INTO monitor.accounts (partition, account_id, facts)
    SELECT partition, account_id, jsonb_build_object('currencies',
        jsonb_agg(DISTINCT (facts->>'currency') COLLATE "C" ORDER BY (facts->>'currency')
                  COLLATE "C"))::json
    FROM monitor.invoices WHERE facts->>'currency' IS NOT NULL
    GROUP BY partition, account_id
    ON CONFLICT (partition, account_id) DO UPDATE
    SET facts = (accounts.facts::jsonb || excluded.facts::jsonb)::json
    """,
    """
    -- Which invoices promises and blocks name, each with its currency once it has come.
    UPDATE monitor.accounts AS a SET facts = jsonb_set(a.facts::jsonb, '{named}', k.named)::json
    FROM (
        SELECT partition, account_id,
               jsonb_object_agg(named.invoice_id, i.facts->'currency') AS named
        FROM monitor.accounts AS n
        CROSS JOIN LATERAL (
            SELECT jsonb_array_elements_text(p.value->'invoice_ids') AS invoice_id
            FROM jsonb_each(n.facts::jsonb->'promises') AS p
            WHERE jsonb_typeof(p.value->'invoice_ids') = 'array'
            UNION
            SELECT b.value->>'invoice_id' FROM jsonb_each(n.facts::jsonb->'blocks') AS b
            WHERE b.value->>'invoice_id' IS NOT NULL
        ) AS named
        LEFT JOIN monitor.invoices AS i USING (partition, account_id, invoice_id)
        GROUP BY partition, account_id
    ) AS k
    WHERE (k.partition, k.account_id) = (a.partition, a.account_id)
    """,
)


def upgrade() -> None:
    """Tell the stored state what the journal knows."""
    for statement in STATEMENTS:
        op.execute(statement)
