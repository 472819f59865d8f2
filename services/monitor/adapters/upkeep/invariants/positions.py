"""A partition's offset lies beyond all that is folded of it."""

from typing import Final

from services.monitor.adapters.upkeep.invariants.invariant import Invariant

#: The partition, where its journal or its seals reach its next offset.
STATEMENT: Final = """
SELECT p.next_offset, j.last AS journal_last, s.last AS sealed_last
FROM monitor.partitions AS p,
     (SELECT max("offset") AS last FROM monitor.journal WHERE partition = $1) AS j,
     (SELECT max(last_offset) AS last FROM monitor.seals WHERE partition = $1) AS s
WHERE p.partition = $1 AND (j.last >= p.next_offset OR s.last >= p.next_offset)
"""

INVARIANT: Final = Invariant(
    name="positions",
    claim="the offset to be folded next must lie beyond every event of the journal and every seal",
    statement=STATEMENT,
)
