"""The monitor's PostgreSQL: partitions, transactions, what is due, and the outbox."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from services.monitor.adapters import queries, statements
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.unit import PostgresUnit
from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from services.monitor.handlers.ports import OutboxRow, Ownership
from shared.errors import FencedError
from shared.postgres.pool import Database


class PostgresStore:
    """See the port `Store`."""

    def __init__(self, database: Database, documents: PolicyDocuments) -> None:
        self._database = database
        self._documents = documents

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[PostgresUnit]:
        """Begin a transaction; it is committed when the block ends, else rolled back."""
        async with self._database.transaction() as connection:
            yield PostgresUnit(connection, self._documents.history)

    async def seed(self, now: datetime) -> None:
        """Keep the code base's default policy as version 1, where there is none."""
        async with self._database.transaction() as connection:
            await connection.execute(statements.SEED_POLICY, DEFAULT_DOCUMENT, now)

    async def keep_partitions(self, partitions: int) -> int:
        """Keep the number of ledger partitions the first time; return the one that is kept."""
        async with self._database.transaction() as connection:
            await connection.execute(statements.SEED_TOPOLOGY, partitions)
            return int(await connection.fetchval(queries.TOPOLOGY))

    async def acquire(self, partitions: Sequence[int], owner: str) -> list[Ownership]:
        """Take partitions over."""
        async with self._database.transaction() as connection:
            found = await connection.fetch(statements.ACQUIRE, sorted(partitions), owner)
        return [Ownership(**dict(row)) for row in found]

    async def stop(self, partition: int, reason: str, at: datetime, *, epoch: int | None) -> None:
        """Write the partition row."""
        async with self._database.transaction() as connection:
            done = await connection.execute(statements.STOP, partition, reason, at, epoch)
        if done != "UPDATE 1":
            message = f"another owner has partition {partition}"
            raise FencedError(message)

    async def stops(self, partitions: Sequence[int]) -> list[tuple[Ownership, str | None]]:
        """Read the partition rows."""
        async with self._database.transaction() as connection:
            found = await connection.fetch(queries.STOPS, list(partitions))
        return [
            (Ownership(one, epoch, next_offset, shift), reason)
            for one, epoch, next_offset, shift, reason in found
        ]

    async def partitions_due(
        self, partitions: Sequence[int], now: datetime
    ) -> list[tuple[int, bool]]:
        """Ask the timers and the policies."""
        async with self._database.transaction() as connection:
            found = await connection.fetch(queries.PARTITIONS_DUE, list(partitions), now)
        return [(row["partition"], row["retime"]) for row in found]

    async def outbox(self, partitions: Sequence[int], limit: int) -> list[OutboxRow]:
        """Read the oldest facts of each partition."""
        async with self._database.transaction() as connection:
            found = await connection.fetch(queries.OUTBOX, list(partitions), limit)
        return [
            OutboxRow(row["partition"], row["seq"], row["topic"], row["key"].encode(), row["value"])
            for row in found
        ]

    async def sent(self, rows: Sequence[OutboxRow]) -> None:
        """Delete by key."""
        async with self._database.transaction() as connection:
            await connection.execute(
                statements.SENT, [row.partition for row in rows], [row.seq for row in rows]
            )

    async def add_policy(self, text: str, now: datetime) -> tuple[str, int]:
        """Check a document against the others and keep it as its policy's next version."""
        policy = self._documents.read(text, version=0)
        async with self._database.transaction() as connection:
            await connection.execute(statements.LOCK_POLICIES)
            found = await connection.fetch(queries.POLICIES)
            self._documents.refuse_overlap(
                policy, [(row["version"], row["document"]) for row in found]
            )
            version = await connection.fetchval(statements.ADD_POLICY, policy.name, text, now)
        return policy.name, int(version)
