"""What waits to be published is what was said, under its account's key and in the order of it."""

from typing import Final

from services.monitor.adapters.upkeep.invariants.invariant import ROWS_MAX, Invariant
from shared.contracts.catalogue import ESCALATIONS

#: Facts looked at, the oldest first: in a long outage of Kafka the others are looked at later.
OUTBOX_ROWS_MAX: Final = 10_000

#: Facts that nobody said, that go to another account, or that would overtake each other.
STATEMENT: Final = f"""
WITH o AS (
    SELECT seq, topic, key, convert_from(value, 'UTF8')::json AS event
    FROM monitor.outbox WHERE partition = $1 ORDER BY seq LIMIT {OUTBOX_ROWS_MAX}
), w AS (
    SELECT o.seq, o.key, o.event->>'id' AS event_id, e.account_id, e.seq AS said,
           lag(e.seq) OVER (ORDER BY o.seq) AS said_before
    FROM o LEFT JOIN monitor.escalations AS e ON e.partition = $1
        AND e.event_id = CASE WHEN o.event->>'id' ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'
                              THEN (o.event->>'id')::uuid END
    WHERE o.topic = '{ESCALATIONS}'
), faults AS (
    SELECT seq, key, event_id, CASE
        WHEN said IS NULL THEN 'nobody has said it'
        WHEN account_id <> key THEN 'it is of another account'
        WHEN said <= said_before THEN 'it was said before the one in front of it' END AS fault
    FROM w
    UNION ALL
    SELECT seq, key, event->>'id', 'it is of another account'
    FROM o WHERE topic <> '{ESCALATIONS}' AND event->>'accountid' IS DISTINCT FROM key
)
SELECT seq, key, event_id, fault FROM faults WHERE fault IS NOT NULL
ORDER BY seq LIMIT {ROWS_MAX}
"""  # noqa: S608, E501  (names of the contracts, and this module's own numbers)

INVARIANT: Final = Invariant(
    name="outbox",
    claim="what waits to be published must be what was said, in the order it was said",
    statement=STATEMENT,
)
