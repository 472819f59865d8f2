"""A snapshot of one partition for an audit: ranges of accounts, the whole, and the seals."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.monitor.adapters.answers.snapshot import snapshot
from services.monitor.adapters.upkeep import invariants
from services.monitor.adapters.upkeep.invariants.invariant import Invariant
from services.monitor.domain.audit.chain import Head, Seal, SealedRow
from services.monitor.domain.audit.findings import Violation
from shared.postgres.pool import Connection, Database

#: Items of one range; an account is never divided.
RANGE_ITEMS: Final = 5000

#: The last account id that any table of the partition has; each is one look into an index.
LAST_ACCOUNT: Final = """
SELECT greatest(
    (SELECT max(account_id) FROM monitor.items WHERE partition = $1),
    (SELECT max(account_id) FROM monitor.timers WHERE partition = $1),
    (SELECT max(account_id) FROM monitor.funds WHERE partition = $1),
    (SELECT max(account_id) FROM monitor.balances WHERE partition = $1),
    (SELECT max(account_id) FROM monitor.clearings WHERE partition = $1),
    (SELECT max(account_id) FROM monitor.escalations WHERE partition = $1))
"""

#: The account that so many items beyond another end with; none where fewer are left.
RANGE_END: Final = """
SELECT account_id FROM monitor.items WHERE partition = $1 AND account_id > $2
ORDER BY account_id, invoice_id, instalment OFFSET $3 LIMIT 1
"""

#: Items of a range of accounts.
ITEMS: Final = """
SELECT count(*) FROM monitor.items WHERE partition = $1 AND account_id > $2 AND account_id <= $3
"""

#: Items of a partition.
ALL_ITEMS: Final = """
SELECT count(*) FROM monitor.items WHERE partition = $1
"""

#: Rows under a seal.
SEALED_ROWS: Final = """
SELECT coalesce(sum(length(entries) / 16), 0)::bigint FROM monitor.seals WHERE partition = $1
"""

#: All seals of a partition, in order.
SEALS: Final = """
SELECT number, first_offset, last_offset, entries, digest
FROM monitor.seals WHERE partition = $1 ORDER BY number
"""

#: Rows of the journal between two offsets with the SHA-256 of all that they hold. Texts are
#: digested by themselves, so that no text can reach into the next one.
ROWS_BETWEEN: Final = """
SELECT "offset", sha256(
    int4send(partition) || int8send("offset") || timestamptz_send(recorded_at) || uuid_send(name)
    || sha256(convert_to(account_id, 'UTF8')) || sha256(convert_to(clearing_rule, 'UTF8'))
    || sha256(convert_to(event::text, 'UTF8')) || sha256(convert_to(changes::text, 'UTF8'))
) AS digest
FROM monitor.journal WHERE partition = $1 AND "offset" > $2 AND "offset" <= $3
ORDER BY "offset" LIMIT $4
"""

#: The volumes that rows of a partition have left for.
VOLUMES: Final = """
SELECT last_seal, digest FROM monitor.volumes WHERE partition = $1 ORDER BY last_seal
"""

#: Before every offset.
BEFORE_ALL: Final = -1


class PostgresBooks:
    """See the port `Books`."""

    def __init__(self, connection: Connection, partition: int) -> None:
        self._connection = connection
        self._partition = partition

    async def rows(self, *, chain_only: bool) -> int:
        """Count."""
        items = 0 if chain_only else await self._count(ALL_ITEMS)
        return items + await self._count(SEALED_ROWS)

    async def by_account(self, now: datetime) -> AsyncIterator[tuple[int, list[Violation]]]:
        """Walk by the primary key of the items; the last range takes in what has no items."""
        after = ""
        last = await self._connection.fetchval(LAST_ACCOUNT, self._partition)
        while last is not None and after != last:
            place = (self._partition, after)
            through = await self._connection.fetchval(RANGE_END, *place, RANGE_ITEMS) or last
            found: list[Violation] = []
            for invariant in invariants.BY_ACCOUNT:
                found += await self._look(invariant, (*place, through), now)
            yield await self._count(ITEMS, after, through), found
            after = through

    async def as_whole(self, now: datetime) -> list[Violation]:
        """Look once."""
        found: list[Violation] = []
        for invariant in invariants.BY_PARTITION:
            found += await self._look(invariant, (self._partition,), now)
        return found

    async def in_volumes(self) -> list[Head]:
        """Read the volumes."""
        return await heads_in_volumes(self._connection, self._partition)

    async def seals(self) -> AsyncIterator[tuple[Seal, list[SealedRow]]]:
        """Read seals by a cursor, and the rows of each."""
        after = BEFORE_ALL
        async for row in self._connection.cursor(SEALS, self._partition, prefetch=50):
            seal = seal_from(self._partition, row)
            yield (
                seal,
                await rows_between(self._connection, self._partition, after, seal.last_offset),
            )
            after = seal.last_offset

    async def _count(self, query: str, *asked: object) -> int:
        return int(await self._connection.fetchval(query, self._partition, *asked))

    async def _look(
        self, invariant: Invariant, place: Sequence[object], now: datetime
    ) -> list[Violation]:
        asked = (*place, now) if invariant.takes_now else place
        try:
            async with self._connection.transaction():
                found = await self._connection.fetch(invariant.statement, *asked)
        except asyncpg.DataError as error:
            # What cannot even be read is wrong as well.
            row: dict[str, Any] = {"partition": self._partition, "unreadable": str(error)}
            return [Violation(invariant.name, invariant.claim, row)]
        return [Violation(invariant.name, invariant.claim, dict(row)) for row in found]


def seal_from(partition: int, row: Any) -> Seal:
    """Read a seal from a row with the columns of monitor.seals."""
    return Seal(
        partition,
        row["number"],
        row["first_offset"],
        row["last_offset"],
        row["entries"],
        row["digest"],
    )


async def rows_between(
    connection: Connection, partition: int, after: int, through: int, limit: int | None = None
) -> list[SealedRow]:
    """Return the journal's rows beyond an offset up to another; all of them without a limit."""
    found = await connection.fetch(ROWS_BETWEEN, partition, after, through, limit)
    return [SealedRow(row["offset"], row["digest"]) for row in found]


async def heads_in_volumes(connection: Connection, partition: int) -> list[Head]:
    """Return the heads of the volumes that rows of a partition have left for, in order."""
    found = await connection.fetch(VOLUMES, partition)
    return [Head(partition, row["last_seal"], row["digest"]) for row in found]


@asynccontextmanager
async def open_books(database: Database, partition: int) -> AsyncIterator[PostgresBooks]:
    """Open a snapshot."""
    async with snapshot(database) as connection:
        yield PostgresBooks(connection, partition)
