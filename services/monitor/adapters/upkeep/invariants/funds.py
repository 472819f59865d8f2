"""What is unapplied of a payment or credit note is what its clearing records leave."""

from typing import Final

from services.monitor.adapters.upkeep.invariants.invariant import ROWS_MAX, Invariant

#: Payments and credit notes that differ from their clearing records.
STATEMENT: Final = f"""
WITH c AS (
    SELECT account_id, kind, funds_id, sum(amount_minor)::bigint AS matched
    FROM monitor.clearings
    WHERE partition = $1 AND account_id > $2 AND account_id <= $3 AND kind <> 'write_off'
    GROUP BY account_id, kind, funds_id
), f AS (
    SELECT account_id, kind, funds_id, amount_minor, reversed_minor, unapplied_minor
    FROM monitor.funds WHERE partition = $1 AND account_id > $2 AND account_id <= $3
)
SELECT account_id, kind, funds_id, amount_minor AS amount, reversed_minor AS reversed,
       unapplied_minor AS unapplied, coalesce(matched, 0) AS records_matched
FROM f FULL JOIN c USING (account_id, kind, funds_id)
WHERE coalesce(unapplied_minor, 0)
      <> coalesce(amount_minor, 0) - coalesce(reversed_minor, 0) - coalesce(matched, 0)
   OR unapplied_minor < 0
ORDER BY account_id, kind, funds_id LIMIT {ROWS_MAX}
"""  # noqa: S608  (the number is this package's own)

INVARIANT: Final = Invariant(
    name="funds",
    claim="unapplied must be amount - reversed - the sum of the clearing records, and not below "
    "zero",
    statement=STATEMENT,
)
