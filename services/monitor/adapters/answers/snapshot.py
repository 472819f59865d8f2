"""A snapshot for questions that take several statements, or a cursor that stays open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from shared.postgres.pool import Connection, Database

#: What is written meanwhile is not seen, and nothing can be written.
READ_ONE_SNAPSHOT: Final = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY
"""


@asynccontextmanager
async def snapshot(database: Database) -> AsyncIterator[Connection]:
    """Give a connection for as long as the questions take; `database` has a pool for such alone.

    Raises `TransientError` when the database is lost on the way, or every connection is taken.
    """
    async with database.transaction() as connection:
        await connection.execute(READ_ONE_SNAPSHOT)
        yield connection
