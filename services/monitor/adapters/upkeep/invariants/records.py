"""Every clearing record stands at the offset of an event of its account in the journal.

What stands at an offset in a volume is compared when the volume is made, and not here.
"""

from typing import Final

from services.monitor.adapters.upkeep.invariants.invariant import ROWS_MAX, Invariant

#: Clearing records without their event.
STATEMENT: Final = f"""
SELECT c.account_id, c."offset", c.number, c.invoice_id, c.instalment, c.kind, c.funds_id,
       c.amount_minor AS amount
FROM monitor.clearings AS c
LEFT JOIN monitor.journal AS j ON j.partition = c.partition AND j."offset" = c."offset"
WHERE c.partition = $1 AND c.account_id > $2 AND c.account_id <= $3
  AND c."offset" > coalesce((SELECT max(last_offset) FROM monitor.volumes WHERE partition = $1), -1)
  AND j.account_id IS DISTINCT FROM c.account_id
ORDER BY c."offset", c.number LIMIT {ROWS_MAX}
"""  # noqa: S608  (the number is this package's own)

INVARIANT: Final = Invariant(
    name="records",
    claim="every clearing record must stand at the offset of an event of its account",
    statement=STATEMENT,
)
