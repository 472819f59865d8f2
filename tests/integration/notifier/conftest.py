"""A notifier on the real Kafka, PostgreSQL and SMTP.

The monitor's `/v1/standing` is the one stand-in: a small real HTTP service whose answers a test
sets. The mail server is aiosmtpd; how it treats a letter follows from the recipient's first word.
"""

import asyncio
import os
import socket
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import httpx
import msgspec
import pytest
import pytest_asyncio
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException, Query

from deploy.local.mailbox.receive import listen
from services.notifier.main import build
from services.notifier.settings import NotifierSettings
from shared.clock import write_instant
from shared.contracts.announcement import Announcement, announcement_id
from shared.contracts.catalogue import ESCALATIONS
from shared.contracts.escalation import RAISED, EscalationEvent, Recipient, event_id
from shared.kafka.producer import BatchProducer
from shared.kafka.topics import ensure_topics
from shared.runtime.loops import wait_for_stop
from shared.runtime.serve import serve
from tests.partitions import PARTITIONS

TOKEN = "a-token-of-the-tests"
WAIT_SECONDS_MAX = 30.0
RAISED_ON = date(2026, 2, 15)
NOON = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)

Found = TypeVar("Found")
Told = TypeVar("Told", bound=Announcement)


async def until(look: Callable[[], Awaitable[Found]], seconds: float = WAIT_SECONDS_MAX) -> Found:
    """Return what `look` finds as soon as it finds something, within a limit."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await look()):
        assert asyncio.get_running_loop().time() < deadline, "what was waited for never came"
        await wait_for_stop(asyncio.Event(), 0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Monitor:
    """Stands in for the monitor's `/v1/standing`: everything stands unless a test says no."""

    port: int
    lifted: set[str] = field(default_factory=set)
    open: dict[str, str] = field(default_factory=dict)
    recipients: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Answered beside the rest: `held`, `disputed`.
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Answered with the day that was asked for.
    interest: dict[str, dict[str, Any]] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/v1/standing")
        async def standing(
            escalation_id: Annotated[list[str], Query()], interest_on: date
        ) -> dict[str, Any]:
            self.asked += escalation_id
            if self.away:
                raise HTTPException(503)
            return {
                "rows": [
                    {
                        "escalation_id": name,
                        "standing": name not in self.lifted,
                        "open": self.open.get(name, "1250.00"),
                        "currency": "CNY",
                        "reason": "paid" if name in self.lifted else None,
                        "recipient": self.recipients.get(name),
                        **self.more.get(name, {}),
                        "interest": self.interest.get(name)
                        and {**self.interest[name], "until_on": str(interest_on)},
                    }
                    for name in escalation_id
                ]
            }

        return app


@dataclass
class MailServer:
    """Keeps what it accepts; `defer-…`, `refuse-…`, `drop-…` and `hold-…` are not so lucky."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    #: Recipients of every message whose last dot arrived, accepted or not.
    transmitted: list[str] = field(default_factory=list)
    #: How often each recipient was named.
    named: list[str] = field(default_factory=list)
    deferrals: dict[str, int] = field(default_factory=dict)
    drops: bool = True
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.named.append(address)
        if address.startswith("hold-"):
            await self.released.wait()
        if address.startswith("refuse-"):
            return f"550 <{address}> unknown here"
        if address.startswith("defer-") and self.deferrals.setdefault(address, 1) > 0:
            self.deferrals[address] -= 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        self.transmitted.append(address)
        if self.drops and address.startswith("drop-"):
            server.transport.abort()
            return "250 nobody will read this"
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append(parsed)
        return "250 OK"


@dataclass(frozen=True)
class Events:
    """Makes the monitor's words and publishes them."""

    producer: BatchProducer

    def account(self) -> str:
        return f"default:C-{uuid.uuid4().hex[:10]}"

    def raised(self, account_id: str, invoice_id: str = "INV-1", **changes: Any) -> EscalationEvent:
        creditor_id, _, customer_id = account_id.partition(":")
        escalation = uuid.uuid4()
        due_on = RAISED_ON - timedelta(days=15)
        values: dict[str, Any] = {
            "event_id": event_id(escalation, RAISED),
            "type": RAISED,
            "escalation_id": escalation,
            "item_id": f"{invoice_id}/1",
            "account_id": account_id,
            "creditor_id": creditor_id,
            "customer_id": customer_id,
            "invoice_id": invoice_id,
            "instalment": 1,
            "level": "dunning",
            "action": "dunning_letter",
            "skipped": [],
            "cycle": 1,
            "days_overdue": 15,
            "amount": "1250.00",
            "open": "1250.00",
            "currency": "CNY",
            "due_on": due_on,
            "issued_on": due_on - timedelta(days=30),
            "raised_on": RAISED_ON,
            "time": NOON,
            "policy": "default@1",
            "why": "15 days overdue",
            "recipient": Recipient(name="Aster Ltd", email=f"{customer_id}@aster.example"),
        }
        return EscalationEvent(**{**values, **changes})

    def follow(self, event: EscalationEvent, event_type: str, **changes: Any) -> EscalationEvent:
        name = event_id(event.escalation_id, event_type, uuid.uuid4().hex)
        return msgspec.structs.replace(event, type=event_type, event_id=name, **changes)

    def about(self, account_id: str, struct: type[Told], word: str, **changes: Any) -> Told:
        """Make a word about a whole account."""
        creditor_id, _, customer_id = account_id.partition(":")
        values: dict[str, Any] = {
            "event_id": announcement_id(account_id, word, uuid.uuid4().hex),
            "type": word,
            "account_id": account_id,
            "creditor_id": creditor_id,
            "customer_id": customer_id,
            "said_on": RAISED_ON,
            "time": NOON,
            "why": f"{word} is said",
        }
        return struct(**{**values, **changes})

    async def publish(self, *events: EscalationEvent | Announcement) -> None:
        await self.producer.send(ESCALATIONS, [(e.account_id.encode(), wire(e)) for e in events])

    async def publish_raw(self, *values: bytes) -> None:
        await self.producer.send(ESCALATIONS, [(b"default:garbage", value) for value in values])


def wire(event: EscalationEvent | Announcement) -> bytes:
    envelope = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": "arrears/monitor",
        "type": event.type,
        "time": event.time,
        "subject": event.account_id,
        "datacontenttype": "application/json",
        "data": event,
    }
    return msgspec.json.encode(envelope)


@dataclass
class Notifier:
    """A running notifier, seen from outside."""

    api: httpx.AsyncClient
    settings: NotifierSettings

    async def get(self, path: str, **params: str) -> Any:
        response = await self.api.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    async def rows(self, what: str, account_id: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self.get(f"/v1/{what}", account_id=account_id))["rows"]
        return rows

    async def letter(self, account_id: str, *statuses: str) -> dict[str, Any]:
        """Return the account's newest letter once it is in one of the states."""

        async def look() -> dict[str, Any] | None:
            rows = await self.rows("letters", account_id)
            return rows[-1] if rows and rows[-1]["status"] in statuses else None

        return (await until(look)) or {}

    async def task(self, account_id: str, *statuses: str) -> dict[str, Any]:
        """Return the account's newest task once it is in one of the states."""

        async def look() -> dict[str, Any] | None:
            rows = await self.rows("tasks", account_id)
            return rows[-1] if rows and rows[-1]["status"] in statuses else None

        return (await until(look)) or {}

    async def rests(self) -> None:
        """Return when nothing moves any more."""

        async def look() -> bool:
            progress = await self.get("/v1/progress")
            return (progress["lag"], progress["due"]) == (0, 0)

        await until(look)

    async def reads_all(self) -> None:
        """Return when all events are read, whatever the letters wait for."""

        async def look() -> bool:
            return bool((await self.get("/v1/progress"))["lag"] == 0)

        await until(look)

    async def is_not_ready(self, part: str) -> None:
        """Return when the service says why a part does not work."""

        async def look() -> bool:
            return bool((await self.api.get("/readyz")).json()["parts"][part] != "ok")

        await until(look)

    async def sweep(self) -> None:
        """Move the clock to where it stands, which makes a pass over the letters."""
        now = (await self.get("/v1/clock"))["now"]
        assert (await self.api.put("/v1/clock", json={"now": now})).status_code == 200


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
    clock_file: Path = tmp_path_factory.mktemp("notifier") / "clock"
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


@asynccontextmanager
async def _running(environment: dict[str, str]) -> AsyncIterator[Notifier]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings = NotifierSettings()
    stop = asyncio.Event()
    service = asyncio.create_task(serve(build(settings), stop))
    try:
        async with _client(settings.notifier_port) as api:
            await _ready(api)
            yield Notifier(api, settings)
    finally:
        stop.set()
        await service


@asynccontextmanager
async def _process(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.notifier.main"),
        cwd=Path(__file__).parents[3],
        env={"PATH": os.environ["PATH"], **environment},
    )
    try:
        async with _client(int(environment["ARREARS_NOTIFIER_PORT"])) as api:
            await _ready(api)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _client(port: int) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30)


async def _ready(api: httpx.AsyncClient) -> None:
    async def look() -> bool:
        try:
            return (await api.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    await until(look, 60.0)


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
    return _running


@pytest.fixture(scope="module")
def process() -> Callable[..., Any]:
    """Return what runs a notifier as a process of its own, as a context."""
    return _process


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notifier(
    environment: Callable[..., dict[str, str]],
    events: Events,  # the topics exist before it starts
) -> AsyncIterator[Notifier]:
    del events
    async with _running(environment()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()
