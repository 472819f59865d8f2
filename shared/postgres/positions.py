"""How far a service has read its topics, and which partitions of them are stopped.

A row stands in `positions` of the service's own schema for each partition; a position moves no
earlier than the work before it is safe.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.postgres.pool import Connection, Database

#: Reads every position.
READ: Final = "SELECT topic, partition, next_offset, stopped_reason FROM {}.positions"
#: Moves positions forward; a batch that is taken again moves none back.
KEEP: Final = """
INSERT INTO {}.positions AS kept (topic, partition, next_offset)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
ON CONFLICT (topic, partition) DO UPDATE
SET next_offset = greatest(kept.next_offset, excluded.next_offset)
"""
#: Stops a partition; the first reason is kept.
STOP: Final = """
INSERT INTO {}.positions AS kept (topic, partition, next_offset, stopped_reason)
VALUES ($1, $2, $3, $4)
ON CONFLICT (topic, partition) DO UPDATE
SET stopped_reason = coalesce(kept.stopped_reason, excluded.stopped_reason)
"""
#: Lets a stopped partition go on, from where it was or from where a person says.
RESUME: Final = """
UPDATE {}.positions SET stopped_reason = NULL, next_offset = coalesce($3::bigint, next_offset)
WHERE topic = $1 AND partition = $2 AND stopped_reason IS NOT NULL
RETURNING next_offset
"""

#: A topic and one of its partitions; aiokafka's `TopicPartition` is one.
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a partition."""

    next_offset: int
    #: Why nothing is read of it; None when it is read.
    stopped_reason: str | None = None


class PostgresPositions:
    """Rows of a schema's `positions`; all raise `TransientError` while the database is away."""

    def __init__(self, database: Database, schema: str) -> None:
        self._database = database
        self._schema = schema

    async def read(self) -> dict[Key, Kept]:
        """Return where each partition is to be read next, and which are stopped."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(READ.format(self._schema))
        return {
            (topic, partition): Kept(next_offset, reason)
            for topic, partition, next_offset, reason in rows
        }

    async def keep(self, positions: Mapping[Key, int]) -> None:
        """Move positions forward."""
        async with self._database.connection() as connection:
            await keep(connection, self._schema, positions)

    async def stop(self, topic: str, partition: int, position: int, reason: str) -> None:
        """Stop a partition that is to be read from `position` next; the first reason is kept."""
        async with self._database.connection() as connection:
            await connection.execute(STOP.format(self._schema), topic, partition, position, reason)

    async def resume(self, topic: str, partition: int, from_offset: int | None) -> int | None:
        """Let a partition go on and return from where; None when it is not stopped."""
        async with self._database.connection() as connection:
            found = await connection.fetchval(
                RESUME.format(self._schema), topic, partition, from_offset
            )
        return None if found is None else int(found)


async def keep(connection: Connection, schema: str, positions: Mapping[Key, int]) -> None:
    """Move positions forward, in the transaction of the work where there is one."""
    await connection.execute(
        KEEP.format(schema),
        [topic for topic, _partition in positions],
        [partition for _topic, partition in positions],
        list(positions.values()),
    )
