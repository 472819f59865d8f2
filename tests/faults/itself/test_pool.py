"""A database whose connections have died without a word is found out once, and then forgotten."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Final

import asyncpg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from shared.errors import TransientError
from shared.postgres.pool import Database, mapped_losses
from tests.faults.proxy import Kind, Link, Mode

STATEMENT_SECONDS_MAX: Final = 0.5
CONNECTIONS: Final = 4


@pytest.fixture(name="link")
async def fixture_link(database_url: str) -> AsyncIterator[Link]:
    url = make_url(database_url)
    async with Link("database", (url.host or "", url.port or 0)) as link:
        yield link


@pytest.fixture(name="database")
async def fixture_database(link: Link, database_url: str) -> AsyncIterator[Database]:
    url = make_url(database_url).set(port=link.port).render_as_string(hide_password=False)
    database = Database(
        url,
        application="test",
        write_pool_size=CONNECTIONS,
        statement_seconds_max=STATEMENT_SECONDS_MAX,
    )
    yield database
    await database.close()


async def ask(database: Database) -> int:
    async with database.transaction() as connection:
        return int(await connection.fetchval("SELECT 1"))


async def test_one_silent_connection_costs_one_time_out_and_the_idle_ones_none(
    link: Link, database: Database
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(CONNECTIONS):
            await stack.enter_async_context(database.transaction())
    assert await ask(database) == 1
    link.set(Mode(Kind.HALF_OPEN))
    started = perf_counter()
    with pytest.raises(TransientError, match="does not answer"):
        await ask(database)
    for _ in range(CONNECTIONS):
        assert await ask(database) == 1
    assert perf_counter() - started < 2 * STATEMENT_SECONDS_MAX + 0.5


async def _fail(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE kept_in_spite (n int)")
        raise ZeroDivisionError


async def test_what_fails_in_a_transaction_is_rolled_back_and_the_connection_kept(
    link: Link, database: Database
) -> None:
    assert await ask(database) == 1
    connected = link.connected
    with pytest.raises(ZeroDivisionError):
        await _fail(database)
    async with database.transaction() as connection:
        assert await connection.fetchval("SELECT to_regclass('kept_in_spite')") is None
    assert link.connected == connected


def _through_sqlalchemy(cause: Exception) -> DBAPIError:
    orig = Exception("the driver's")
    orig.__cause__ = cause
    return DBAPIError("SELECT 1", None, orig)


#: what was raised, whether the database is away
LOSSES: Final[tuple[tuple[Exception, bool], ...]] = (
    (ConnectionResetError(), True),
    (TimeoutError(), True),
    (asyncpg.AdminShutdownError("going"), True),
    (asyncpg.UndefinedTableError("none"), False),
    (ValueError(), False),
)


@pytest.mark.parametrize("through", [lambda one: one, _through_sqlalchemy], ids=["it", "wrapped"])
@pytest.mark.parametrize(
    ("error", "is_away"), LOSSES, ids=[type(error).__name__ for error, _ in LOSSES]
)
async def test_a_database_that_is_away_is_told_from_a_fault(
    error: Exception, is_away: bool, through: Callable[[Exception], Exception]
) -> None:
    raised = through(error)
    with pytest.raises(TransientError if is_away else type(raised)):
        async with mapped_losses():
            raise raised


async def test_a_cancelled_transaction_is_rolled_back(database: Database) -> None:
    async def work() -> None:
        async with database.transaction() as connection:
            await connection.execute("CREATE TABLE cancelled (n int)")
            await asyncio.sleep(10)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with database.transaction() as connection:
        assert await connection.fetchval("SELECT to_regclass('cancelled')") is None
