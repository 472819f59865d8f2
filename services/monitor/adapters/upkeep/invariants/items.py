"""An item's parts are what its clearing records add up to, and what they leave is open."""

from typing import Final

from services.monitor.adapters.upkeep.invariants.invariant import ROWS_MAX, Invariant

#: Items whose figures differ from each other or from their clearing records.
STATEMENT: Final = f"""
WITH c AS (
    SELECT account_id, invoice_id, instalment,
           sum(amount_minor) FILTER (WHERE kind = 'payment')::bigint AS payments,
           sum(amount_minor) FILTER (WHERE kind = 'credit_note')::bigint AS credit_notes,
           sum(amount_minor) FILTER (WHERE kind = 'write_off')::bigint AS write_offs
    FROM monitor.clearings
    WHERE partition = $1 AND account_id > $2 AND account_id <= $3 AND instalment > 0
    GROUP BY account_id, invoice_id, instalment
), i AS (
    SELECT account_id, invoice_id, instalment, status, amount_minor, cleared_minor, credited_minor,
           written_off_minor, open_minor
    FROM monitor.items WHERE partition = $1 AND account_id > $2 AND account_id <= $3
)
SELECT account_id, invoice_id, instalment, status, amount_minor AS amount, open_minor AS open,
       coalesce(cleared_minor, 0) AS cleared, coalesce(payments, 0) AS records_cleared,
       coalesce(credited_minor, 0) AS credited, coalesce(credit_notes, 0) AS records_credited,
       coalesce(written_off_minor, 0) AS written_off, coalesce(write_offs, 0) AS records_written_off
FROM i FULL JOIN c USING (account_id, invoice_id, instalment)
WHERE (coalesce(cleared_minor, 0), coalesce(credited_minor, 0), coalesce(written_off_minor, 0))
      <> (coalesce(payments, 0), coalesce(credit_notes, 0), coalesce(write_offs, 0))
   OR open_minor <> amount_minor - cleared_minor - credited_minor - written_off_minor
   OR open_minor < 0 OR (status = 'open') <> (open_minor > 0)
ORDER BY account_id, invoice_id, instalment LIMIT {ROWS_MAX}
"""  # noqa: S608  (the number is this package's own)

INVARIANT: Final = Invariant(
    name="items",
    claim="open must be amount - cleared - credited - written off and not below zero, and each of "
    "the three the sum of the item's clearing records",
    statement=STATEMENT,
)
