"""The monitor's SQL for what its use cases ask: each statement has a name and a sentence.

All of it is set-based: keys go in as arrays, so that a batch costs a fixed number of statements.
"""

from typing import Final

#: The number of ledger partitions that the stored state was spread by.
TOPOLOGY: Final = """
SELECT ledger_partitions FROM monitor.topology
"""

#: The newest version of each policy.
POLICIES: Final = """
SELECT DISTINCT ON (policy) version, document
FROM monitor.policies ORDER BY policy, version DESC
"""

#: Every version of every policy that was set by an instant, if any; the default's first version
#: stands for the time before.
POLICY_HISTORY: Final = """
SELECT version, document, created_at FROM monitor.policies
WHERE $1::timestamptz IS NULL OR created_at <= $1 OR (policy = 'default' AND version = 1)
ORDER BY (policy = 'default' AND version = 1) DESC, created_at, policy, version
"""

#: Which of these names the journal has, or has had. One statement, so that rows which leave the
#: journal meanwhile are seen in one of the two places.
KNOWN_NAMES: Final = """
SELECT j.name FROM unnest($1::text::int[], $2::text::uuid[]) AS k (partition, name)
JOIN monitor.journal AS j ON j.partition = k.partition AND j.name = k.name
UNION ALL
SELECT v.name FROM unnest($1::text::int[], $2::text::uuid[]) AS k (partition, name)
JOIN monitor.volume_names AS v ON v.partition = k.partition AND v.name = k.name
"""

#: Funds by key.
FUNDS_BY_KEY: Final = """
SELECT f.partition, f.account_id, f.facts
FROM unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::text[])
     AS k (partition, account_id, kind, funds_id)
JOIN monitor.funds AS f USING (partition, account_id, kind, funds_id)
"""

#: Funds of accounts that the clearing rule may still match.
FREE_FUNDS: Final = """
SELECT f.partition, f.account_id, f.facts
FROM unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
JOIN monitor.funds AS f USING (partition, account_id)
WHERE f.free_minor > 0
"""

#: Invoices by key.
INVOICES_BY_KEY: Final = """
SELECT i.partition, i.account_id, i.invoice_id, i.facts
FROM unnest($1::text::int[], $2::text::text[],
    $3::text::text[]) AS k (partition, account_id, invoice_id)
JOIN monitor.invoices AS i USING (partition, account_id, invoice_id)
"""

#: All items of invoices.
ITEMS_BY_INVOICE: Final = """
SELECT i.*
FROM unnest($1::text::int[], $2::text::text[],
    $3::text::text[]) AS k (partition, account_id, invoice_id)
JOIN monitor.items AS i USING (partition, account_id, invoice_id)
ORDER BY i.partition, i.account_id, i.invoice_id, i.instalment
"""

#: Invoices of accounts that have something open.
OPEN_INVOICES: Final = """
SELECT DISTINCT i.partition, i.account_id, i.invoice_id
FROM unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
JOIN monitor.items AS i USING (partition, account_id)
WHERE i.open_minor > 0
"""

#: The open items of accounts that are due first, so many of each.
OLDEST_OPEN: Final = """
SELECT i.*
FROM unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
CROSS JOIN LATERAL (
    SELECT partition, account_id, invoice_id, currency, open_minor, due_on, issued_on
    FROM monitor.items AS o
    WHERE (o.partition, o.account_id) = (k.partition, k.account_id) AND open_minor > 0
    ORDER BY due_on LIMIT $3
) AS i
ORDER BY i.partition, i.account_id, i.due_on
"""

#: Items whose timer has fired, account by account.
DUE_ITEMS: Final = """
WITH due AS (
    SELECT partition, account_id, invoice_id, instalment FROM monitor.timers
    WHERE partition = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3
)
SELECT i.* FROM due JOIN monitor.items AS i USING (partition, account_id, invoice_id, instalment)
ORDER BY i.account_id, i.due_on, i.invoice_id, i.instalment
"""

#: Partitions that have work due, and whether newer policies await them.
PARTITIONS_DUE: Final = """
SELECT p.partition, p.policies_seen <> v.versions AS retime
FROM monitor.partitions AS p, (SELECT count(*) AS versions FROM monitor.policies) AS v
WHERE p.partition = ANY($1::int[]) AND (p.policies_seen <> v.versions
    OR EXISTS (SELECT 1 FROM monitor.timers AS t
               WHERE t.partition = p.partition AND t.due_at <= $2)
    OR EXISTS (SELECT 1 FROM monitor.account_timers AS t
               WHERE t.partition = p.partition AND t.due_at <= $2))
"""

#: Partitions as they are stored, and why each is stopped.
STOPS: Final = """
SELECT partition, epoch, next_offset, offset_shift, stopped_reason FROM monitor.partitions
WHERE partition = ANY($1::int[])
"""

#: Facts waiting to be sent, in order.
OUTBOX: Final = """
SELECT partition, seq, topic, key, value FROM monitor.outbox
WHERE partition = ANY($1::int[]) ORDER BY partition, seq LIMIT $2
"""

#: What is known of accounts besides their items, and what was said about them.
ACCOUNTS: Final = """
SELECT a.partition, a.account_id, a.facts, a.said
FROM unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
JOIN monitor.accounts AS a USING (partition, account_id)
"""

#: Groups by key.
GROUPS: Final = """
SELECT g.partition, g.account_id, g.facts
FROM unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
JOIN monitor.groups AS g USING (partition, account_id)
"""

#: All open items of accounts.
OPEN_ITEMS: Final = """
SELECT i.* FROM unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
JOIN monitor.items AS i USING (partition, account_id)
WHERE i.open_minor > 0
ORDER BY i.partition, i.account_id, i.due_on, i.invoice_id, i.instalment
"""

#: The clearing records of invoices, in the order of the ledger.
CLEARINGS: Final = """
SELECT c.* FROM unnest($1::text::int[], $2::text::text[],
    $3::text::text[]) AS k (partition, account_id, invoice_id)
JOIN monitor.clearings AS c USING (partition, account_id, invoice_id)
ORDER BY c.partition, c."offset", c.number
"""

#: What has met items, `met`, by day and item; and what a payment's records say that it left of an
#: invoice, as of the instalment due first: see `still_there`.
_SUMMED: Final = """
SELECT partition, account_id, invoice_id, issued_on, due_on, original_due_on, is_payment,
    currency, on_day, sum(amount_minor)::bigint AS amount_minor,
    NULL::text AS left_by, 0::bigint AS returned_minor, 0::bigint AS there_minor
FROM met GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING sum(amount_minor) <> 0
UNION ALL
SELECT partition, account_id, invoice_id, min(issued_on), min(due_on), min(original_due_on),
    true, currency, on_day, (-sum(amount_minor) FILTER (WHERE amount_minor < 0))::bigint,
    funds_id, reversed_minor, (came_minor - reversed_minor - sum(amount_minor))::bigint
FROM met WHERE is_payment AND invoice_id IS NOT NULL
GROUP BY partition, account_id, invoice_id, funds_id, currency, on_day, came_minor, reversed_minor
HAVING sum(amount_minor) FILTER (WHERE amount_minor < 0) < 0
"""

#: The day on which a clearing record counts for promises: see `Funds.counts_on`.
_COUNTS_ON: Final = """CASE
            WHEN c.kind = 'payment' THEN coalesce((f.facts->>'value_on')::date, c.cleared_on)
            WHEN c.cleared_on = (f.facts->>'value_on')::date
                THEN coalesce((f.facts->>'told_on')::date, c.cleared_on)
            ELSE c.cleared_on
        END"""

#: What has met the items of invoices from a day on, and stands, by day and item. A clearing record
#: of a payment is never of an earlier day than its value date.
MONEY_ON_INVOICES: Final = f"""
WITH met AS (
    SELECT c.partition, c.account_id, c.invoice_id, i.issued_on, i.due_on, i.original_due_on,
        c.kind = 'payment' AS is_payment, c.currency,
        {_COUNTS_ON} AS on_day, c.amount_minor,
        c.funds_id, f.amount_minor AS came_minor, f.reversed_minor
    FROM unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::date[])
         AS k (partition, account_id, invoice_id, since)
    JOIN monitor.clearings AS c USING (partition, account_id, invoice_id)
    JOIN monitor.items AS i USING (partition, account_id, invoice_id, instalment)
    LEFT JOIN monitor.funds AS f ON f.partition = c.partition
        AND f.account_id = c.account_id AND f.kind = c.kind AND f.funds_id = c.funds_id
    WHERE c.cleared_on >= k.since
){_SUMMED}"""  # noqa: S608  (this module's own text)

#: The same of all items of accounts, and by day what was paid beside: it met nothing, or interest.
MONEY_ON_ACCOUNTS: Final = f"""
WITH k AS (
    SELECT * FROM unnest($1::text::int[], $2::text::text[],
    $3::text::date[]) AS k (partition, account_id, since)
), met AS (
    SELECT c.partition, c.account_id, i.invoice_id, i.issued_on, i.due_on, i.original_due_on,
        c.kind = 'payment' AS is_payment, c.currency,
        {_COUNTS_ON} AS on_day, c.amount_minor,
        c.funds_id, f.amount_minor AS came_minor, f.reversed_minor
    FROM k JOIN monitor.clearings AS c USING (partition, account_id)
    LEFT JOIN monitor.items AS i USING (partition, account_id, invoice_id, instalment)
    LEFT JOIN monitor.funds AS f ON f.partition = c.partition
        AND f.account_id = c.account_id AND f.kind = c.kind AND f.funds_id = c.funds_id
    WHERE c.cleared_on >= k.since
    UNION ALL
    SELECT f.partition, f.account_id, NULL, NULL, NULL, NULL, true, f.currency,
        (f.facts->>'value_on')::date, f.unapplied_minor, NULL, NULL, NULL
    FROM k JOIN monitor.funds AS f USING (partition, account_id)
    WHERE f.kind = 'payment' AND f.unapplied_minor > 0 AND (f.facts->>'value_on')::date >= k.since
){_SUMMED}"""  # noqa: S608  (this module's own text)

#: Accounts whose own timer has fired.
DUE_ACCOUNTS: Final = """
SELECT account_id FROM monitor.account_timers
WHERE partition = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3
"""

#: How far a partition was timed anew.
RETIMING: Final = """
SELECT retiming_versions, retimed_account, retimed_invoice, retimed_instalment
FROM monitor.partitions WHERE partition = $1
"""

#: Open items beyond a key, in the order of keys.
ITEMS_AFTER: Final = """
SELECT * FROM monitor.items
WHERE partition = $1 AND (account_id, invoice_id, instalment) > ($2, $3, $4) AND open_minor > 0
ORDER BY account_id, invoice_id, instalment LIMIT $5
"""
