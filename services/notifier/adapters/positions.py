"""What a restored backup means for letters: those that may have left since are in doubt.

The position moves in the transaction of the work. So a group that has committed more to Kafka than
the database knows of proves that the database was restored from an older state.
"""

from collections.abc import Mapping
from typing import Final

import structlog

from services.notifier.domain.deciding.repeating import RESTORED
from shared.contracts.catalogue import ESCALATIONS
from shared.postgres.pool import Database

log = structlog.get_logger(__name__)

#: Marks what was done beyond the known position; returns partitions where that was not known yet.
MARK: Final = """
    UPDATE notifier.positions AS kept SET repeated_until = said.committed
    FROM unnest($2::int[], $3::bigint[]) AS said (partition, committed)
    WHERE kept.topic = $1 AND kept.partition = said.partition
        AND said.committed > greatest(kept.next_offset, kept.repeated_until)
    RETURNING kept.partition
"""
#: What was about to leave at the time of the backup may have left after it.
DOUBT_LETTERS: Final = """
    UPDATE notifier.letters
    SET status = 'unknown', reason = $1, claimed_by = NULL, claimed_until = NULL
    WHERE status IN ('planned', 'sending')
"""
#: Reads up to where each partition's words were done before.
REPEATED: Final = "SELECT partition, repeated_until FROM notifier.positions WHERE topic = $1"


async def compare(database: Database, committed: Mapping[int, int]) -> dict[int, int]:
    """Compare with what the group has committed, and return where repeats end, by partition.

    Where the database turns out to be older, every letter that it takes for unsent becomes
    `unknown`: nobody but a person can say whether it has left. Raises `TransientError` while the
    database is away.
    """
    async with database.transaction() as connection:
        found = await connection.fetch(MARK, ESCALATIONS, list(committed), list(committed.values()))
        if found:
            done = await connection.execute(DOUBT_LETTERS, RESTORED)
            log.error(
                "The database is older than Kafka: it was restored. Letters are in doubt.",
                action="restore_detected",
                partitions=sorted(row["partition"] for row in found),
                letters=int(done.rpartition(" ")[2]),
            )
        rows = await connection.fetch(REPEATED, ESCALATIONS)
    return {row["partition"]: row["repeated_until"] for row in rows}
