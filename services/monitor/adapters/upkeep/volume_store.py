"""One partition's journal on its way out and back: the port `Journal` in one transaction."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from services.monitor.adapters import arrays, tables
from services.monitor.adapters.answers import journal
from services.monitor.adapters.upkeep.archive import PostgresArchive, connect
from services.monitor.adapters.upkeep.audit_books import (
    BEFORE_ALL,
    SEALS,
    heads_in_volumes,
    seal_from,
)
from services.monitor.domain.audit.chain import Head, Seal
from services.monitor.domain.audit.volume import Bound, Row, Volume
from services.monitor.handlers.answers.replay import JournalPart, Opening
from services.monitor.handlers.upkeep.volumes import Dropped
from shared.errors import ConflictingStateError

if TYPE_CHECKING:
    import asyncpg

PREFETCH_ROWS: Final = 2000
#: With the partition's number it names the lock of whoever binds, drops or restores.
LOCK: Final = 7_277_328

#: Keep others from binding, dropping or restoring the same partition.
LOCK_PARTITION: Final = """
SELECT pg_try_advisory_xact_lock($1, $2)
"""

#: Partitions that have a seal, in order.
PARTITIONS: Final = """
SELECT DISTINCT partition FROM monitor.seals ORDER BY partition
"""

#: One seal.
SEAL: Final = """
SELECT number, first_offset, last_offset, entries, digest
FROM monitor.seals WHERE partition = $1 AND number = $2
"""

#: Seals beyond a number.
SEALS_BEYOND: Final = SEALS.replace("ORDER BY", "AND number > $2 ORDER BY")

#: Whole rows of the journal beyond an offset up to another.
WHOLE_ROWS: Final = """
SELECT "offset", recorded_at, account_id, name, clearing_rule, event::text, changes::text
FROM monitor.journal WHERE partition = $1 AND "offset" > $2 AND "offset" <= $3 ORDER BY "offset"
"""

#: What accounts have up to an offset, openings first.
PARTS: Final = journal.parts('partition = $1 AND "offset" <= $2')

#: Write openings.
KEEP_OPENINGS: Final = """
INSERT INTO monitor.openings (partition, account_id, recorded_until, state)
SELECT * FROM unnest($1::text::int[], $2::text::text[], $3::text::timestamptz[], $4::text::bytea[])
ON CONFLICT (partition, account_id) DO UPDATE SET
    recorded_until = excluded.recorded_until, state = excluded.state
"""

#: Keep the names of the rows that leave.
KEEP_NAMES: Final = """
INSERT INTO monitor.volume_names (partition, name)
SELECT partition, name FROM monitor.journal WHERE partition = $1 AND "offset" <= $2
"""

#: Keep that a volume has left; the journal loses nothing beyond it.
KEEP_VOLUME: Final = """
INSERT INTO monitor.volumes (
    partition, last_seal, first_seal, last_offset, digest, rows, recorded_until, file, sha256,
    dropped_at, dropped_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

#: Take the rows of volumes out of the journal.
DROP: Final = """
DELETE FROM monitor.journal WHERE partition = $1 AND "offset" <= $2
"""

#: Forget what stands for rows in volumes.
FORGET: Final = (
    "DELETE FROM monitor.openings WHERE partition = $1",
    "DELETE FROM monitor.volume_names WHERE partition = $1",
    "DELETE FROM monitor.volumes WHERE partition = $1",
)


class PostgresJournal:
    """See the port `Journal`."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", partition: int) -> None:
        self._connection = connection
        self.partition = partition
        self.archive = PostgresArchive(connection, partition)

    async def heads(self) -> list[Head]:
        """Read the volumes."""
        return await heads_in_volumes(self._connection, self.partition)

    async def seal(self, number: int) -> Seal | None:
        """Read one."""
        row = await self._connection.fetchrow(SEAL, self.partition, number)
        return None if row is None else seal_from(self.partition, row)

    async def bound(self, after: Seal | None) -> AsyncIterator[Bound]:
        """Read seals by a cursor, and the whole rows of each."""
        number, last = (0, BEFORE_ALL) if after is None else (after.number, after.last_offset)
        asked = (self.partition, number)
        async for row in self._connection.cursor(SEALS_BEYOND, *asked, prefetch=50):
            seal = seal_from(self.partition, row)
            place = (self.partition, last, seal.last_offset)
            yield seal, [_row_from(one) for one in await self._connection.fetch(WHOLE_ROWS, *place)]
            last = seal.last_offset

    async def parts(self, through: int) -> AsyncIterator[JournalPart]:
        """Stream by a cursor on the server."""
        asked = self._connection.cursor(PARTS, self.partition, through, prefetch=PREFETCH_ROWS)
        async for row in asked:
            yield journal.part_from(row)

    async def keep_openings(self, openings: Sequence[Opening]) -> None:
        """Write those that are given."""
        written = [(*one.key, one.recorded_until, journal.state_of(one)) for one in openings]
        await self._connection.execute(KEEP_OPENINGS, *arrays.columns(written, 4))

    async def drop(self, volume: Volume, dropped: Dropped) -> None:
        """Keep names and volume first: the journal refuses to lose what no volume has."""
        place = (self.partition, volume.last_offset)
        await self._connection.execute(KEEP_NAMES, *place)
        await self._connection.execute(
            KEEP_VOLUME,
            self.partition,
            volume.head.number,
            volume.first_seal,
            volume.last_offset,
            volume.head.digest,
            volume.rows,
            volume.recorded_until,
            dropped.file,
            dropped.sha256,
            dropped.at,
            dropped.by,
        )
        await self._connection.execute(DROP, *place)

    async def put_back(self, rows: Sequence[Row]) -> None:
        """Copy rows in."""
        await self._connection.copy_records_to_table(
            "journal",
            schema_name="monitor",
            columns=tables.journal.columns.keys(),
            records=[
                (
                    self.partition,
                    row.offset,
                    row.recorded_at,
                    row.account_id,
                    row.name,
                    row.clearing_rule,
                    row.event,
                    row.changes,
                )
                for row in rows
            ],
        )

    async def forget_volumes(self) -> None:
        """Delete."""
        for statement in FORGET:
            await self._connection.execute(statement, self.partition)


def _row_from(row: Any) -> Row:
    return Row(**dict(row))


async def sealed_partitions(database_url: str) -> list[int]:
    """Return the partitions that have a seal."""
    async with connect(database_url) as connection:
        return [row["partition"] for row in await connection.fetch(PARTITIONS)]


@asynccontextmanager
async def open_journal(database_url: str, partition: int) -> AsyncIterator[PostgresJournal]:
    """Open one transaction, committed when the block ends, else rolled back.

    It sees one snapshot: what the monitor folds meanwhile is not in it, and is not touched. Raises
    `ConflictingStateError` while somebody else has the partition's journal open.
    """
    async with (
        connect(database_url) as connection,
        connection.transaction(isolation="repeatable_read"),
    ):
        if not await connection.fetchval(LOCK_PARTITION, LOCK, partition):
            message = f"the journal of partition {partition} is being bound, dropped or restored"
            raise ConflictingStateError(message, code="journal_in_use")
        yield PostgresJournal(connection, partition)
