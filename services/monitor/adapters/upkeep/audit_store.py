"""What audits keep: when each partition was looked at, whether it is stopped, and the seals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.monitor.adapters.upkeep.audit_books import BEFORE_ALL, rows_between, seal_from
from services.monitor.domain.audit.chain import SEAL_ROWS_MAX, Seal, seal_rows
from services.monitor.handlers.upkeep.auditor import PartitionState
from shared.postgres.pool import Database

#: Every partition that was ever owned, in order, with its newest seal.
PARTITIONS: Final = """
SELECT p.partition, p.owner, p.next_offset, p.offset_shift, p.stopped_reason, p.stopped_at,
       p.audited_at, s.number, s.last_offset, s.digest
FROM monitor.partitions AS p LEFT JOIN LATERAL (
    SELECT number, last_offset, digest FROM monitor.seals
    WHERE partition = p.partition ORDER BY number DESC LIMIT 1) AS s ON true
WHERE $1::int IS NULL OR p.partition = $1
ORDER BY p.partition
"""

#: Of these partitions the one whose last audit is furthest back, and before an instant; none that
#: is stopped.
DUE_FOR_AUDIT: Final = """
SELECT partition FROM monitor.partitions
WHERE partition = ANY($1::int[]) AND stopped_reason IS NULL
  AND (audited_at IS NULL OR audited_at <= $2)
ORDER BY audited_at NULLS FIRST, partition LIMIT 1
"""

#: Keep when a partition was audited.
AUDITED: Final = """
UPDATE monitor.partitions SET audited_at = $2 WHERE partition = $1
"""

#: Let a stopped partition go on; it is the first to be audited from then on. Where it is to be read
#: from another offset of the topic, the journal goes on as it is, and the shift is what differs.
RESUME: Final = """
UPDATE monitor.partitions SET stopped_reason = NULL, stopped_at = NULL, audited_at = NULL,
    offset_shift = coalesce(next_offset - $2::bigint, offset_shift)
WHERE partition = $1 AND stopped_reason IS NOT NULL
"""

#: The newest seal of a partition.
LAST_SEAL: Final = """
SELECT number, first_offset, last_offset, entries, digest
FROM monitor.seals WHERE partition = $1 ORDER BY number DESC LIMIT 1
"""

#: Keep a seal, unless another process has just kept the one of that number.
SAVE_SEAL: Final = """
INSERT INTO monitor.seals
    (partition, number, first_offset, last_offset, entries, digest, sealed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""

#: Beyond every offset.
BEYOND_ALL: Final = 2**63 - 1


class AuditStore:
    """See the ports `Audits` and `Seals`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def partitions(self, partition: int | None = None) -> list[PartitionState]:
        """Read one or all of them."""
        async with self._database.transaction() as connection:
            found = await connection.fetch(PARTITIONS, partition)
        return [
            PartitionState(
                partition=row["partition"],
                owner=row["owner"],
                next_offset=row["next_offset"],
                offset_shift=row["offset_shift"],
                stopped_reason=row["stopped_reason"],
                stopped_at=row["stopped_at"],
                audited_at=row["audited_at"],
                seals=row["number"] or 0,
                sealed_offset=row["last_offset"],
                digest=row["digest"],
            )
            for row in found
        ]

    async def due(self, partitions: Sequence[int], before: datetime) -> int | None:
        """Ask for one."""
        async with self._database.transaction() as connection:
            found = await connection.fetchval(DUE_FOR_AUDIT, list(partitions), before)
        return None if found is None else int(found)

    async def audited(self, partition: int, at: datetime) -> None:
        """Write the partition row."""
        async with self._database.transaction() as connection:
            await connection.execute(AUDITED, partition, at)

    async def resume(self, partition: int, from_offset: int | None) -> bool:
        """Write the partition row."""
        async with self._database.transaction() as connection:
            return bool(await connection.execute(RESUME, partition, from_offset) == "UPDATE 1")

    async def seal_next(self, partition: int, now: datetime) -> int:
        """Seal without a lock: the rows of a partition are committed in their order."""
        async with self._database.transaction() as connection:
            last = await connection.fetchrow(LAST_SEAL, partition)
            previous: Seal | None = None if last is None else seal_from(partition, last)
            after = BEFORE_ALL if previous is None else previous.last_offset
            rows = await rows_between(connection, partition, after, BEYOND_ALL, SEAL_ROWS_MAX)
            if rows:
                seal = seal_rows(partition, previous, rows)
                await connection.execute(
                    SAVE_SEAL,
                    seal.partition,
                    seal.number,
                    seal.first_offset,
                    seal.last_offset,
                    seal.entries,
                    seal.digest,
                    now,
                )
        return len(rows)
