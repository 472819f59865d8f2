"""The local stack with real servers: kept data, crashes, two side by side, servers of your own.

The services are stand-ins that answer `GET /readyz`; what is tested is what carries them.
"""

import asyncio
import os
import signal
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from email.message import EmailMessage
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.errors import StackError, StackInUseError
from deploy.local.postgres import PostgresServer
from deploy.local.stack import (
    ServiceSpec,
    Stack,
    StackFile,
    UpOptions,
    down,
    read_stack,
    up,
)

STAND_IN = """
import http.server, os, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *unused):
        pass
port = int(os.environ[f"ARREARS_{sys.argv[1].upper()}_PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Ready).serve_forever()
"""
SECONDS_MAX = 40.0
TOPIC = "kept"


def stand_in(name: str, code: str = STAND_IN) -> ServiceSpec:
    return ServiceSpec(name=name, arguments=("-c", code, name), serves=(name,))


def options(data: Path, **more: object) -> UpOptions:
    services = (stand_in("ingest"), stand_in("monitor"))
    return UpOptions(**{"data": data, "services": services, "migrate": False, **more})  # type: ignore[arg-type]


async def until(met: Callable[[], bool]) -> None:
    """Wait for a condition, with a limit."""
    async with asyncio.timeout(SECONDS_MAX):
        while not met():  # noqa: ASYNC110 - processes set no event
            await asyncio.sleep(0.05)


def is_running(pid: int) -> bool:
    """Return whether the process lives; one whose parent has not asked after it yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def process_ids(stack: StackFile) -> list[int]:
    return [process.pid for process in stack.processes if process.pid is not None]


@pytest.fixture(autouse=True)
def _no_servers_of_your_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("KAFKA_BOOTSTRAP_SERVERS", "ARREARS_DATABASE_URL", "ARREARS_SMTP_URL"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
async def data(tmp_path: Path) -> AsyncIterator[Path]:
    """Give a data folder whose stack, if any is left, is stopped at the end."""
    folder = tmp_path / "data"
    yield folder
    await asyncio.to_thread(down, folder)


async def keep_something(stack: StackFile) -> None:
    """Put one event and one row into the stack's servers."""
    servers = stack.kafka_bootstrap_servers
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=servers, acks="all") as producer:
        await producer.send_and_wait(TOPIC, b"an event")
    connection = await asyncpg.connect(stack.database_url())
    await connection.execute("CREATE TABLE kept AS SELECT 'a row' AS word")
    await connection.close()


async def what_was_kept(stack: StackFile) -> tuple[bytes | None, str]:
    servers = stack.kafka_bootstrap_servers
    async with AIOKafkaConsumer(
        bootstrap_servers=servers, auto_offset_reset="earliest"
    ) as consumer:
        consumer.assign([TopicPartition(TOPIC, 0)])
        record = await asyncio.wait_for(consumer.getone(), SECONDS_MAX)
    connection = await asyncpg.connect(stack.database_url())
    word = await connection.fetchval("SELECT word FROM kept")
    await connection.close()
    return record.value, word


async def test_a_killed_stack_leaves_nothing_running_and_resumes_with_its_data(data: Path) -> None:
    said: list[str] = []
    await up(options(data, detach=True), said.append)
    assert said[-1] == f"Arrears is up; stop it with: arrears down --data {data}"
    first = read_stack(data)
    assert first.ready
    await keep_something(first)

    with pytest.raises(StackInUseError, match=f"process {first.supervisor_pid}"):
        await up(options(data), said.append)

    os.kill(first.supervisor_pid, signal.SIGKILL)
    await until(lambda: not any(is_running(pid) for pid in process_ids(first)))

    await up(options(data, detach=True), said.append)
    second = read_stack(data)
    assert await what_was_kept(second) == (b"an event", "a row")
    assert second.token() == first.token()
    assert [process.address for process in second.processes] == [
        process.address for process in first.processes
    ]
    assert await asyncio.to_thread(down, data) is True
    assert not any(is_running(pid) for pid in process_ids(second))
    await until(lambda: not is_running(second.supervisor_pid))


async def test_two_stacks_run_side_by_side_and_what_dies_is_started_again(
    data: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    async with AsyncExitStack() as both:
        stack, other = await asyncio.gather(
            both.enter_async_context(Stack(options(data), said.append)),
            both.enter_async_context(Stack(options(tmp_path / "other"), lambda _: None)),
        )
        addresses = [process.address for process in (*stack.file.processes, *other.file.processes)]
        assert len(set(addresses)) == len(addresses) == 10

        victims = {name: stack.file.process(name).pid for name in ("ingest", "mailbox", "postgres")}
        for pid in victims.values():
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        for name, killed in victims.items():
            await until(lambda name=name: sum(f"{name} is ready" in line for line in said) == 2)
            assert any(f"{name} has ended (SIGKILL); it is started again" in line for line in said)
            assert stack.file.process(name).pid not in {None, killed}
            assert stack.file.address(name) == read_stack(data).address(name)
        await send_and_find_a_letter(stack.file)
        connection = await asyncpg.connect(stack.file.database_url())
        await connection.close()


async def send_and_find_a_letter(stack: StackFile) -> None:
    mailbox = stack.process("mailbox")
    assert mailbox.smtp_address is not None
    host, _, port = mailbox.smtp_address.partition(":")
    letter = EmailMessage()
    letter["Subject"] = "Invoice INV-1 is overdue"
    letter.set_content("Please pay.")

    def send() -> None:
        with smtplib.SMTP(host, int(port), timeout=SECONDS_MAX) as client:
            client.send_message(letter, "ar@seller.example", ["ap@buyer.example"])

    await asyncio.to_thread(send)
    async with httpx.AsyncClient(base_url=mailbox.address, trust_env=False) as client:
        found = (await client.get("/messages.json")).json()["messages"]
    assert [mail["subject"] for mail in found] == ["Invoice INV-1 is overdue"]


async def test_servers_of_your_own_are_used_and_left_running(
    data: Path, kafka: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("ARREARS_DATABASE_URL", postgres.url)
    async with Stack(options(data), lambda _: None) as stack:
        assert stack.file.database_url() == postgres.url
        own = {
            process.name: (process.own, process.pid is not None) for process in stack.file.processes
        }
        assert own["kafka"] == own["postgres"] == (False, False)
        assert own["mailbox"] == own["ingest"] == (True, True)
        password = postgres.url.split(":")[2].partition("@")[0]
        assert password not in (data / "stack.json").read_text()
    assert await postgres.why_not_ready() is None


@pytest.mark.parametrize("detach", [False, True])
async def test_a_service_that_cannot_start_is_named_with_the_end_of_its_log(
    data: Path, kafka: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, detach: bool
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("ARREARS_DATABASE_URL", postgres.url)
    broken = stand_in("monitor", "import sys; sys.exit('no policy')")
    wish = options(data, services=(stand_in("ingest"), broken), detach=detach)
    with pytest.raises(StackError, match=r"monitor ended \(status 1\)(.|\n)*no policy"):
        await up(wish, lambda _: None)
    assert await asyncio.to_thread(down, data) is False


async def test_a_service_that_is_never_ready_is_named_with_its_reason(
    data: Path, kafka: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("ARREARS_DATABASE_URL", postgres.url)
    waiting = STAND_IN.replace("200", "503")
    wish = options(data, services=(stand_in("monitor", waiting),), ready_seconds_max=1.0)
    with pytest.raises(StackError, match=r"monitor was not ready in 1 s: .*status 503"):
        await up(wish, lambda _: None)


async def test_a_signal_stops_the_stack_in_good_order(
    data: Path, kafka: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("ARREARS_DATABASE_URL", postgres.url)
    said: list[str] = []
    ready = asyncio.Event()
    running = asyncio.create_task(up(options(data), said.append, on_ready=ready.set))
    await asyncio.wait_for(ready.wait(), SECONDS_MAX)
    children = process_ids(read_stack(data))
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, SECONDS_MAX) == 0
    assert said[-2:] == ["SIGTERM: stopping; a second one kills", "Arrears has stopped"]
    assert not any(is_running(pid) for pid in children)
