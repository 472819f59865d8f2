"""A snapshot for questions that take several statements, or a cursor that stays open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.postgres.pool import Connection, mapped_losses


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """Give a connection of the engine's driver: what is written meanwhile is not seen by it.

    Raises `TransientError` when the database is lost on the way.
    """
    async with mapped_losses(), engine.connect() as connection:
        driver: Connection | None = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        async with driver.transaction(isolation="repeatable_read", readonly=True):
            yield driver
