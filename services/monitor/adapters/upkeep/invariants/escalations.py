"""What items say stands raised is what was said of them: raised once each, and not lifted since."""

from typing import Final

from services.monitor.adapters.upkeep.invariants.invariant import ROWS_MAX, Invariant
from shared.contracts.escalation import LIFTED, RAISED

#: Escalations that were said twice, lifted unsaid, or stand by the log or by the item alone.
STATEMENT: Final = f"""
WITH said AS (
    SELECT account_id, invoice_id, instalment, level, escalation_id,
           count(*) FILTER (WHERE type = '{RAISED}') AS raised,
           count(*) FILTER (WHERE type = '{LIFTED}') AS lifted,
           min((event->>'cycle')::int) FILTER (WHERE type = '{RAISED}') AS cycle
    FROM monitor.escalations
    WHERE partition = $1 AND account_id > $2 AND account_id <= $3 AND escalation_id IS NOT NULL
    GROUP BY account_id, invoice_id, instalment, level, escalation_id
), items AS (
    SELECT i.account_id, i.invoice_id, i.instalment, one->>'level' AS level,
           (one->>'cycle')::int AS cycle, true AS stands
    FROM monitor.items AS i, json_array_elements(i.raised) AS one
    WHERE i.partition = $1 AND i.account_id > $2 AND i.account_id <= $3
      AND i.raised::text <> '[]'
)
SELECT account_id, invoice_id, instalment, level, cycle, escalation_id::text,
       coalesce(raised, 0) AS times_raised, coalesce(lifted, 0) AS times_lifted,
       coalesce(stands, false) AS stands_by_item
FROM said FULL JOIN items USING (account_id, invoice_id, instalment, level, cycle)
WHERE coalesce(raised, 0) <> 1 OR lifted > 1 OR coalesce(stands, false) <> (lifted = 0)
ORDER BY account_id, invoice_id, instalment, level LIMIT {ROWS_MAX}
"""  # noqa: S608  (names of the contracts, and this package's own number)

INVARIANT: Final = Invariant(
    name="escalations",
    claim="what an item says stands raised must be raised once in the log and not lifted since",
    statement=STATEMENT,
)
