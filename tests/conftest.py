"""The real Kafka and PostgreSQL: a broker and a database of its own for each module."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from deploy.local.postgres import PostgresServer
from shared.postgres.migrate import upgrade
from tests.brokers import Brokers

#: Set in CI: a test that cannot run for want of something is then a failure.
NO_SKIPS = "ARREARS_NO_SKIPS"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    if report.skipped and os.environ.get(NO_SKIPS) and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and {NO_SKIPS} allows none: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
async def brokers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Brokers]:
    made = Brokers(tmp_path_factory.mktemp("kafka"))
    yield made
    await made.close()


@pytest.fixture(scope="module")
async def kafka(brokers: Brokers) -> AsyncIterator[str]:
    async with brokers.one() as server:
        yield server.bootstrap_servers


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PostgresServer]:
    folder = tmp_path_factory.mktemp("postgres")
    async with PostgresServer(folder / "data") as server:
        await _create(server.url, "template_arrears")
        await upgrade(server.url_of("template_arrears"))
        yield server


@pytest.fixture(scope="module")
async def database_url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with _database(postgres) as url:
        yield url


@pytest.fixture
async def fresh_database_url(postgres: PostgresServer) -> AsyncIterator[str]:
    """A database for one test alone."""
    async with _database(postgres) as url:
        yield url


@asynccontextmanager
async def _database(postgres: PostgresServer) -> AsyncIterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    await _create(postgres.url, name, template="template_arrears")
    yield postgres.url_of(name)
    connection = await _connect(postgres.url)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


async def _create(url: str, name: str, template: str = "template1") -> None:
    connection = await _connect(url)
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    await connection.close()


async def _connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return await asyncio.wait_for(asyncpg.connect(dsn), 30)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data of {folder.parent.name}/{folder.name} is not here")
    return folder
