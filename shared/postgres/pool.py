"""Connections: a pool for the hot path, an engine for reads, and how a lost database looks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

import asyncpg
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.errors import TransientError

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

CONNECT_SECONDS_MAX: Final = 10.0
#: Reads for people may take long; what is written comes in bounded batches.
READ_SECONDS_MAX: Final = 30.0
STATEMENT_SECONDS_MAX: Final = 20.0
#: A transaction whose owner was stopped is ended by the server, so that it frees its locks.
IDLE_TRANSACTION_SECONDS_MAX: Final = 30
READ_POOL_SIZE: Final = 8
#: Failures of the database or the way to it, after which the same work may be tried again.
LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    OSError,
    TimeoutError,
)

#: A string, since asyncpg's classes take parameters only in its stubs.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"


class Database:
    """One service's way to its schema: `transaction()` for writes, `reads` for SQLAlchemy Core."""

    def __init__(
        self,
        url: str,
        *,
        application: str,
        write_pool_size: int,
        statement_seconds_max: float = STATEMENT_SECONDS_MAX,
    ) -> None:
        parsed = make_url(url)
        self._dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        self._application = application
        self._write_pool_size = write_pool_size
        self._statement_seconds_max = statement_seconds_max
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self.reads: AsyncEngine = create_async_engine(
            _async_url(parsed),
            pool_size=READ_POOL_SIZE,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS_MAX,
            pool_pre_ping=True,
            connect_args={
                "timeout": CONNECT_SECONDS_MAX,
                "command_timeout": READ_SECONDS_MAX,
                "server_settings": {
                    "application_name": f"{application}-reads",
                    "default_transaction_read_only": "on",
                },
            },
        )

    async def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        """Return the write pool, connected; raises `TransientError` while the database is away."""
        if self._pool is None:
            async with mapped_losses():
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=0,
                    max_size=self._write_pool_size,
                    timeout=CONNECT_SECONDS_MAX,
                    command_timeout=self._statement_seconds_max,
                    server_settings={
                        "application_name": self._application,
                        "idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_SECONDS_MAX}s",
                    },
                )
        return self._pool

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Give a connection without a transaction; `transaction` gives one with.

        One that does not answer in time is dropped at once: to end it in good order would be to
        wait for the same silence again. The idle ones go with it, for they may be as dead.
        """
        pool = await self.pool()
        async with mapped_losses(), pool.acquire(timeout=CONNECT_SECONDS_MAX) as connection:
            try:
                yield connection
            except TimeoutError:
                connection.terminate()
                await pool.expire_connections()
                raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Give a connection in a transaction: committed when the block ends, else rolled back."""
        async with self.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                yield connection
            except TimeoutError:
                raise  # the connection is about to be dropped, and the transaction with it
            except BaseException:
                await transaction.rollback()
                raise
            else:
                await transaction.commit()

    async def ping(self) -> None:
        """Ask the database for an answer; raises while it gives none."""
        async with self.reads.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self.reads.dispose()
        if self._pool is not None:
            self._pool.terminate()


@asynccontextmanager
async def mapped_losses() -> AsyncIterator[None]:
    """Turn what a lost database raises into `TransientError`."""
    try:
        yield
    except (*LOST, DBAPIError) as error:
        if not is_lost(error):
            raise
        message = f"PostgreSQL does not answer: {type(error).__name__}: {error}"
        raise TransientError(message) from error


def is_lost(error: BaseException) -> bool:
    """Say whether an error means that the database is away, by asyncpg or through SQLAlchemy.

    SQLAlchemy has no class for most of them, such as a server that is starting up; it keeps
    asyncpg's error as the cause of its own.
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(_cause_of(error), LOST)
    return isinstance(error, LOST)


def _cause_of(error: DBAPIError) -> BaseException | None:
    return error.orig.__cause__ if error.orig is not None else None


def _async_url(url: URL) -> URL:
    return url.set(drivername="postgresql+asyncpg")
