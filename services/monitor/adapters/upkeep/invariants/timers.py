"""Every item that is to be looked at again has its timer, in time; nothing settled has one."""

from typing import Final

from services.monitor.adapters.upkeep.invariants.invariant import ROWS_MAX, Invariant

#: Items without the timer they want, with one they do not want or one that fires too late. A day
#: begins somewhere on earth up to 12 hours after it does in UTC, and a look that was put off to a
#: sweep is timed within its day: so 36 hours. One that was made due at once stands at that moment.
STATEMENT: Final = f"""
WITH i AS (
    SELECT account_id, invoice_id, instalment, open_minor, next_attention_on
    FROM monitor.items WHERE partition = $1 AND account_id > $2 AND account_id <= $3
), t AS (
    SELECT account_id, invoice_id, instalment, due_at
    FROM monitor.timers WHERE partition = $1 AND account_id > $2 AND account_id <= $3
), faults AS (
    SELECT account_id, invoice_id, instalment, open_minor AS open, next_attention_on, due_at, CASE
        WHEN open_minor IS NULL THEN 'a timer without an item'
        WHEN open_minor = 0 AND due_at IS NOT NULL THEN 'a timer of a settled item'
        WHEN open_minor = 0 AND next_attention_on IS NOT NULL THEN 'a look at a settled item'
        WHEN next_attention_on IS NOT NULL AND due_at IS NULL THEN 'no timer'
        WHEN due_at > greatest(next_attention_on::timestamp AT TIME ZONE 'UTC'
                               + interval '36 hours', $4::timestamptz + interval '1 hour')
            THEN 'a timer that is too late' END AS fault
    FROM i FULL JOIN t USING (account_id, invoice_id, instalment)
)
SELECT account_id, invoice_id, instalment, fault, open, next_attention_on, due_at
FROM faults WHERE fault IS NOT NULL
ORDER BY account_id, invoice_id, instalment LIMIT {ROWS_MAX}
"""  # noqa: S608  (the number is this package's own)

INVARIANT: Final = Invariant(
    name="timers",
    claim="an open item that is to be looked at must have its timer, and a settled one none",
    statement=STATEMENT,
    takes_now=True,
)
