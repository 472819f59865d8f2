"""The newest version of each policy."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.reads.rows import Row
from services.monitor.domain.policy.policies import Policies


class PolicyReads:
    """Questions about policies, as stored and as read."""

    def __init__(self, engine: AsyncEngine, documents: PolicyDocuments) -> None:
        self._engine = engine
        self._documents = documents

    async def newest(self) -> Policies:
        """Return the newest version of each policy."""
        return self._documents.select([(row.version, row.document) for row in await self.rows()])

    async def rows(self, name: str | None = None) -> Sequence[Row]:
        """Return the newest version of each policy, or of one, as stored."""
        table = tables.policies
        query = select(table).ext(distinct_on(table.c.policy))
        if name is not None:
            query = query.where(table.c.policy == name)
        async with self._engine.connect() as connection:
            ordered = query.order_by(table.c.policy, table.c.version.desc())
            return (await connection.execute(ordered)).all()
