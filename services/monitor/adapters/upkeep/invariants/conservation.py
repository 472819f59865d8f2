"""Money is conserved: running totals equal what the rows add up to, and obey their law."""

from typing import Final

from services.monitor.adapters.upkeep.invariants.invariant import ROWS_MAX, Invariant

#: Totals of accounts by currency that differ from the sums of their rows, or break the law.
STATEMENT: Final = f"""
WITH b AS (
    SELECT account_id, currency, invoiced_minor, received_minor, credited_minor, written_off_minor,
           reversed_minor, interest_minor, open_minor, unapplied_minor
    FROM monitor.balances WHERE partition = $1 AND account_id > $2 AND account_id <= $3
), i AS (
    SELECT account_id, currency, sum(amount_minor)::bigint AS invoiced,
           sum(written_off_minor)::bigint AS written_off, sum(open_minor)::bigint AS open
    FROM monitor.items WHERE partition = $1 AND account_id > $2 AND account_id <= $3
    GROUP BY account_id, currency
), f AS (
    SELECT account_id, currency,
           sum(amount_minor) FILTER (WHERE kind = 'payment')::bigint AS received,
           sum(amount_minor) FILTER (WHERE kind = 'credit_note')::bigint AS credited,
           sum(reversed_minor)::bigint AS reversed, sum(unapplied_minor)::bigint AS unapplied
    FROM monitor.funds
    WHERE partition = $1 AND account_id > $2 AND account_id <= $3 AND currency IS NOT NULL
    GROUP BY account_id, currency
), c AS (
    SELECT account_id, currency, sum(amount_minor)::bigint AS interest
    FROM monitor.clearings
    WHERE partition = $1 AND account_id > $2 AND account_id <= $3 AND instalment = 0
    GROUP BY account_id, currency
), totals AS (
    SELECT account_id, currency,
           coalesce(invoiced_minor, 0) AS invoiced, coalesce(i.invoiced, 0) AS rows_invoiced,
           coalesce(received_minor, 0) AS received, coalesce(f.received, 0) AS rows_received,
           coalesce(credited_minor, 0) AS credited, coalesce(f.credited, 0) AS rows_credited,
           coalesce(written_off_minor, 0) AS written_off,
           coalesce(i.written_off, 0) AS rows_written_off,
           coalesce(reversed_minor, 0) AS reversed, coalesce(f.reversed, 0) AS rows_reversed,
           coalesce(interest_minor, 0) AS interest, coalesce(c.interest, 0) AS rows_interest,
           coalesce(open_minor, 0) AS open, coalesce(i.open, 0) AS rows_open,
           coalesce(unapplied_minor, 0) AS unapplied, coalesce(f.unapplied, 0) AS rows_unapplied
    FROM b FULL JOIN i USING (account_id, currency) FULL JOIN f USING (account_id, currency)
    FULL JOIN c USING (account_id, currency)
)
SELECT * FROM totals
WHERE (invoiced, received, credited, written_off, reversed, interest, open, unapplied)
      IS DISTINCT FROM (rows_invoiced, rows_received, rows_credited, rows_written_off,
                        rows_reversed, rows_interest, rows_open, rows_unapplied)
   OR invoiced + interest - received - credited - written_off + reversed <> open - unapplied
ORDER BY account_id, currency LIMIT {ROWS_MAX}
"""  # noqa: S608  (the number is this package's own)

INVARIANT: Final = Invariant(
    name="conservation",
    claim="an account's totals must equal the sums of its rows, and invoiced + interest - received "
    "- credited - written off + reversed must equal open - unapplied",
    statement=STATEMENT,
)
