"""What was refused, in PostgreSQL: written in sets, read and marked one at a time."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.judgement import Refusal
from services.ingest.handlers.replay import Kept
from shared.contracts.rejected import Rejected
from shared.postgres.pool import Database

#: Writes a row for each refusal that has none yet: a record may be read twice.
KEEP: Final = """
    INSERT INTO ingest.rejected (
        rejected_id, code, message, field, topic, partition, "offset", headers, raw, rejected_at
    )
    SELECT rejected_id, code, message, field, topic, partition, "offset", headers::jsonb, raw, $10
    FROM unnest(
        $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::bigint[],
        $8::text[], $9::bytea[]
    ) AS given (
        rejected_id, code, message, field, topic, partition, "offset", headers, raw
    )
    ON CONFLICT (rejected_id) DO NOTHING
"""
#: Reads one refused arrival as it came.
FIND: Final = """
    SELECT topic, partition, "offset", headers::text, raw, status
    FROM ingest.rejected WHERE rejected_id = $1
"""
#: Says that one has gone through.
MARK_REPLAYED: Final = """
    UPDATE ingest.rejected SET status = 'replayed', replayed_at = $2
    WHERE rejected_id = $1 AND status = 'waiting'
"""
#: Keeps the newest reason of one that waits.
STILL_REFUSED: Final = """
    UPDATE ingest.rejected SET code = $2, message = $3, field = $4
    WHERE rejected_id = $1 AND status = 'waiting'
"""


class PostgresRejected:
    """Refusals as rows of `ingest.rejected`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, refused: Sequence[Rejected]) -> None:
        """Write a row for each, unless it is there already. Raises `TransientError`."""
        async with self._database.transaction() as connection:
            await connection.execute(
                KEEP,
                [one.rejected_id for one in refused],
                [one.code for one in refused],
                [one.message for one in refused],
                [one.field for one in refused],
                [one.topic for one in refused],
                [one.partition for one in refused],
                [one.offset for one in refused],
                [json.dumps(one.headers) for one in refused],
                [one.raw for one in refused],
                refused[0].rejected_at,
            )

    async def find(self, rejected_id: uuid.UUID) -> Kept | None:
        """Return the row, None when there is none. Raises `TransientError`."""
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(FIND, rejected_id)
        if row is None:
            return None
        arrival = Arrival(
            topic=row["topic"],
            partition=row["partition"],
            offset=row["offset"],
            headers=json.loads(row["headers"]),
            value=row["raw"],
        )
        return Kept(arrival=arrival, is_waiting=row["status"] == "waiting")

    async def mark_replayed(self, rejected_id: uuid.UUID, now: datetime) -> None:
        """Say that the event has gone through."""
        async with self._database.transaction() as connection:
            await connection.execute(MARK_REPLAYED, rejected_id, now)

    async def still_refused(self, rejected_id: uuid.UUID, refusal: Refusal) -> None:
        """Keep the newest reason of a row that waits."""
        async with self._database.transaction() as connection:
            await connection.execute(
                STILL_REFUSED, rejected_id, refusal.code, refusal.message, refusal.field
            )
