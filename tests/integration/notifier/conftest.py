"""A notifier on the real Kafka, PostgreSQL and SMTP.

The monitor's `/v1/standing` is the one stand-in: a small real HTTP service whose answers a test
sets. The mail server is aiosmtpd; how it treats a letter follows from the recipient's first word.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
import uvicorn

from deploy.local.mailbox.receive import listen
from deploy.local.ports import free_port
from shared.clock import write_instant
from shared.kafka.producer import BatchProducer
from shared.kafka.topics import ensure_topics
from tests.integration.notifier.running import (
    TOKEN,
    Notifier,
    run_apart,
    run_here,
    until,
)
from tests.integration.notifier.standins import MailServer, Monitor
from tests.integration.notifier.words import NOON, Events
from tests.partitions import PARTITIONS


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def monitor() -> AsyncIterator[Monitor]:
    stand_in = Monitor(free_port())
    config = uvicorn.Config(
        stand_in.app(), host="127.0.0.1", port=stand_in.port, log_config=None, lifespan="off"
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    yield stand_in
    server.should_exit = True
    await task


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mail() -> AsyncIterator[MailServer]:
    handler = MailServer(free_port())
    server = await listen(handler, handler.port)
    yield handler
    handler.released.set()
    server.close()
    await server.wait_closed()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def events(kafka: str) -> AsyncIterator[Events]:
    await ensure_topics(kafka, partitions=PARTITIONS, replication_factor=1)
    producer = BatchProducer(kafka, "notifier-tests")
    await producer.start()
    yield Events(producer)
    await producer.stop()


@pytest.fixture(scope="module")
def environment(
    kafka: str,
    database_url: str,
    monitor: Monitor,
    mail: MailServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., dict[str, str]]:
    """Return what makes a notifier's environment; its manual clock stands at noon of the 15th."""
    clock_file = tmp_path_factory.mktemp("notifier") / "clock"
    write_instant(clock_file, NOON)

    def make(**changes: str) -> dict[str, str]:
        return {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "ARREARS_DATABASE_URL": database_url,
            "ARREARS_API_TOKEN": TOKEN,
            "ARREARS_CLOCK": "manual",
            "ARREARS_CLOCK_FILE": str(clock_file),
            "ARREARS_MONITOR_URL": f"http://127.0.0.1:{monitor.port}",
            "ARREARS_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
            "ARREARS_NOTIFIER_PORT": str(free_port()),
            "ARREARS_LEDGER_PARTITIONS": str(PARTITIONS),
            "ARREARS_LETTER_RETRY_SECONDS_FIRST": "0.1",
            "ARREARS_LETTER_RETRY_SECONDS_MAX": "0.2",
            "ARREARS_LETTER_COMPANY": "Beacon Trading",
            **changes,
        }

    return make


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the test run."""
        yield


@pytest.fixture(name="until", scope="module")
def _until() -> Callable[..., Any]:
    """Return what waits for a condition, with a limit."""
    return until


@pytest.fixture(name="free_port", scope="module")
def _free_port() -> Callable[[], int]:
    """Return what finds a port nobody listens on."""
    return free_port


@pytest.fixture(scope="module")
def running() -> Callable[..., Any]:
    """Return what runs a notifier in this process, as a context."""
    return run_here


@pytest.fixture(scope="module")
def process() -> Callable[..., Any]:
    """Return what runs a notifier as a process of its own, as a context."""
    return run_apart


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notifier(
    environment: Callable[..., dict[str, str]],
    events: Events,  # the topics exist before it starts
) -> AsyncIterator[Notifier]:
    del events
    async with run_here(environment()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()
