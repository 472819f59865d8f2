"""Monitor: when agreements, moves, write-offs and money told ahead were told, from the journal.

And the day of the clearing record behind each step of the clearing rule. What a claim on the
insurance was told to be was not kept: it is told once more. Rows in volumes cannot be read, nor can
what their openings hold be told when: they must be in the journal.
"""

from alembic import op

from shared.errors import ConflictingStateError

revision = "0013"
down_revision = "0012"

#: Volumes whose rows have left the journal.
_FILES = "SELECT file FROM monitor.volumes ORDER BY partition, last_seal"

#: The `time` of words that did not keep it, by the name of their event.
_SAID = """
    SELECT partition, account_id, replace(name::text, '-', '') AS name,
           jsonb_build_object('said_at', event->>'time') AS said
    FROM monitor.journal
    WHERE event->>'type' IN ('payment.allocated.v1', 'invoice.terms_extended.v1',
                             'invoice.written_off.v1', 'invoice.write_off_reversed.v1')
"""

#: Payments and credit notes that were told up to seven days before their value date, by the latest
#: date on earth at their event's `time`; the first word of an id stands.
_TOLD_AHEAD = """
    SELECT * FROM (
        SELECT DISTINCT ON (partition, account_id, kind, funds_id)
            partition, account_id, kind, funds_id, value_on,
            (time AT TIME ZONE 'UTC' + interval '14 hours')::date AS told_on
        FROM (
            SELECT partition, account_id, "offset", (event->>'time')::timestamptz AS time,
                   'payment' AS kind, event->'data'->>'payment_id' AS funds_id,
                   (event->'data'->>'received_on')::date AS value_on
            FROM monitor.journal WHERE event->>'type' = 'payment.received.v1'
            UNION ALL
            SELECT partition, account_id, "offset", (event->>'time')::timestamptz,
                   'credit_note', event->'data'->>'credit_note_id',
                   (event->'data'->>'issued_on')::date
            FROM monitor.journal WHERE event->>'type' = 'credit_note.issued.v1'
        ) AS words
        ORDER BY partition, account_id, kind, funds_id, "offset"
    ) AS first
    WHERE told_on < value_on AND value_on <= told_on + 7
"""

#: The places among what names invoices that moves have, after the funds' own, and their days.
_MOVED = """
    SELECT f.partition, f.account_id, f.kind, f.funds_id, (m.value->>'moved_on')::date AS moved_on,
           jsonb_array_length(f.facts::jsonb->'allocations') - 1 + row_number() OVER (
               PARTITION BY f.partition, f.account_id, f.kind, f.funds_id
               ORDER BY (m.value->>'moved_on')::date, (m.value->>'said_at')::timestamptz,
                        m.key COLLATE "C", p.place) AS position
    FROM monitor.funds AS f
    CROSS JOIN LATERAL jsonb_each(f.facts::jsonb->'moves') AS m
    CROSS JOIN LATERAL jsonb_array_elements(m.value->'parts') WITH ORDINALITY AS p (part, place)
    WHERE f.facts->>'told_on' IS NOT NULL
"""


def _by_name(member: str) -> str:
    """Return the statement that tells invoices when the words of a member were said."""
    return f"""
    UPDATE monitor.invoices AS i
    SET facts = jsonb_set(i.facts::jsonb, '{{{member}}}', w.words)::json
    FROM (
        SELECT n.partition, n.account_id, n.invoice_id,
               jsonb_object_agg(one.key, one.value || coalesce(s.said, '{{}}')) AS words
        FROM monitor.invoices AS n
        CROSS JOIN LATERAL jsonb_each(n.facts::jsonb->'{member}') AS one
        LEFT JOIN ({_SAID}) AS s
            ON (s.partition, s.account_id, s.name) = (n.partition, n.account_id, one.key)
        GROUP BY n.partition, n.account_id, n.invoice_id
    ) AS w
    WHERE (w.partition, w.account_id, w.invoice_id) = (i.partition, i.account_id, i.invoice_id)
    """  # noqa: S608, our own text


def _told_ahead(member: str, part: str, told: str) -> str:
    """Return the statement that tells parts that name invoices when they were told.

    A part that was moved on the value date or later was told on its day; one of before by the move.
    """
    return f"""
    UPDATE monitor.invoices AS i
    SET facts = jsonb_set(i.facts::jsonb, '{{{member}}}', w.parts)::json
    FROM (
        SELECT n.partition, n.account_id, n.invoice_id, jsonb_agg(CASE
            WHEN f.value_on IS NULL OR m.moved_on >= f.value_on THEN one
            ELSE jsonb_set(one, '{told}',
                           to_jsonb(greatest(f.told_on, coalesce(m.moved_on, f.told_on))))
        END ORDER BY place) AS parts
        FROM monitor.invoices AS n
        CROSS JOIN LATERAL jsonb_array_elements(n.facts::jsonb->'{member}')
            WITH ORDINALITY AS s (one, place)
        LEFT JOIN ({_TOLD_AHEAD}) AS f
            ON (f.partition, f.account_id, f.kind, f.funds_id)
             = (n.partition, n.account_id, {part}->>'kind', {part}->>'funds_id')
        LEFT JOIN ({_MOVED}) AS m
            ON (m.partition, m.account_id, m.kind, m.funds_id, m.position)
             = (n.partition, n.account_id, f.kind, f.funds_id, ({part}->>'position')::int)
        GROUP BY n.partition, n.account_id, n.invoice_id
        HAVING bool_or(f.value_on IS NOT NULL)
    ) AS w
    WHERE (w.partition, w.account_id, w.invoice_id) = (i.partition, i.account_id, i.invoice_id)
    """  # noqa: S608, our own text


STATEMENTS = (
    f"""
    -- When moves were said.
    UPDATE monitor.funds AS f SET facts = jsonb_set(f.facts::jsonb, '{{moves}}', w.moves)::json
    FROM (
        SELECT n.partition, n.account_id, n.kind, n.funds_id,
               jsonb_object_agg(one.key, one.value || coalesce(s.said, '{{}}')) AS moves
        FROM monitor.funds AS n
        CROSS JOIN LATERAL jsonb_each(n.facts::jsonb->'moves') AS one
        LEFT JOIN ({_SAID}) AS s
            ON (s.partition, s.account_id, s.name) = (n.partition, n.account_id, one.key)
        GROUP BY n.partition, n.account_id, n.kind, n.funds_id
    ) AS w
    WHERE (w.partition, w.account_id, w.kind, w.funds_id)
        = (f.partition, f.account_id, f.kind, f.funds_id)
    """,  # noqa: S608, our own text
    f"""
    -- When money and credit was told whose value date lay ahead.
    UPDATE monitor.funds AS f
    SET facts = jsonb_set(f.facts::jsonb, '{{told_on}}', to_jsonb(t.told_on))::json
    FROM ({_TOLD_AHEAD}) AS t
    WHERE (t.partition, t.account_id, t.kind, t.funds_id)
        = (f.partition, f.account_id, f.kind, f.funds_id)
    """,  # noqa: S608, our own text
    _told_ahead("named", "one", "{told_on}"),
    _told_ahead("withdrawn", "(one->'funds')", "{funds,told_on}"),
    _by_name("write_offs"),
    f"""
    -- When agreements on more time were said: the latest, and those before it.
    UPDATE monitor.invoices AS i SET facts = jsonb_set(
        i.facts::jsonb, '{{extension}}', (i.facts::jsonb->'extension') || s.said)::json
    FROM ({_SAID}) AS s
    WHERE (s.partition, s.account_id, s.name)
        = (i.partition, i.account_id, i.facts->'extension'->>'name')
    """,  # noqa: S608, our own text
    f"""
    UPDATE monitor.invoices AS i
    SET facts = jsonb_set(i.facts::jsonb, '{{extended_before}}', b.agreements)::json
    FROM (
        SELECT n.partition, n.account_id, n.invoice_id,
               jsonb_agg(one || coalesce(s.said, '{{}}') ORDER BY place) AS agreements
        FROM monitor.invoices AS n
        CROSS JOIN LATERAL jsonb_array_elements(n.facts::jsonb->'extended_before')
            WITH ORDINALITY AS e (one, place)
        LEFT JOIN ({_SAID}) AS s
            ON (s.partition, s.account_id, s.name) = (n.partition, n.account_id, one->>'name')
        GROUP BY n.partition, n.account_id, n.invoice_id
    ) AS b
    WHERE (b.partition, b.account_id, b.invoice_id) = (i.partition, i.account_id, i.invoice_id)
    """,  # noqa: S608, our own text
    """
    -- The day of the clearing record of each step of the clearing rule: they are one to one, the
    -- last with the last. What was told ahead counts for write-offs from its telling, but not for
    -- one that was known before; which came first is not told where there are any.
    WITH records AS (
        SELECT partition, account_id, invoice_id, kind, funds_id, instalment, amount_minor,
               cleared_on, row_number() OVER (PARTITION BY partition, account_id, invoice_id
                                              ORDER BY "offset" DESC, number DESC) AS from_last
        FROM monitor.clearings WHERE rule = 'oldest_due_first'
    ), steps AS (
        SELECT i.partition, i.account_id, i.invoice_id, one, place,
               coalesce(i.facts::jsonb->'write_offs', '{}') = '{}' AS is_whole, row_number() OVER (
            PARTITION BY i.partition, i.account_id, i.invoice_id ORDER BY place DESC) AS from_last
        FROM monitor.invoices AS i
        CROSS JOIN LATERAL jsonb_array_elements(i.facts::jsonb->'rule_steps')
            WITH ORDINALITY AS s (one, place)
    ), told AS (
        SELECT s.partition, s.account_id, s.invoice_id,
               jsonb_agg(s.one || jsonb_build_object(
                   'recorded_on', r.cleared_on,
                   'told_on',
                   CASE WHEN r.amount_minor > 0 AND s.is_whole THEN f.facts->'told_on' END
               ) ORDER BY s.place) AS steps
        FROM steps AS s
        LEFT JOIN records AS r
            ON (r.partition, r.account_id, r.invoice_id, r.from_last)
             = (s.partition, s.account_id, s.invoice_id, s.from_last)
            AND (r.kind, r.funds_id, r.instalment, r.amount_minor)
              = (s.one->>'kind', s.one->>'funds_id', (s.one->>'instalment')::int,
                 (s.one->>'amount')::bigint)
        LEFT JOIN monitor.funds AS f
            ON (f.partition, f.account_id, f.kind, f.funds_id)
             = (r.partition, r.account_id, r.kind, r.funds_id)
        GROUP BY s.partition, s.account_id, s.invoice_id
    )
    UPDATE monitor.invoices AS i
    SET facts = jsonb_set(i.facts::jsonb, '{rule_steps}', t.steps)::json
    FROM told AS t
    WHERE (t.partition, t.account_id, t.invoice_id) = (i.partition, i.account_id, i.invoice_id)
    """,
)


def upgrade() -> None:
    """Tell the stored state what the journal knows; raises `ConflictingStateError` for volumes."""
    if files := op.get_bind().exec_driver_sql(_FILES).scalars().all():
        message = (
            "part of the journal is in volumes, and this release needs to read it once: with the "
            f"release before, run: arrears journal restore {' '.join(files)}; then migrate again. "
            "They may be dropped again afterwards"
        )
        raise ConflictingStateError(message)
    for statement in STATEMENTS:
        op.execute(statement)
