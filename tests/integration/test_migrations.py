"""The migrations and the tables that the code reads by are the same."""

from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

SERVICES = ("ingest", "monitor", "notifier")


@pytest.mark.parametrize("service", SERVICES)
async def test_tables_equal_what_the_migrations_make(database_url: str, service: str) -> None:
    metadata = import_module(f"services.{service}.adapters.tables").metadata

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _parents: kind != "schema" or name == service,
                "compare_type": True,
            },
        )
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []
