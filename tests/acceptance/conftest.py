"""One stack for all scenarios, and the words in which they are told.

Scenarios use the functions the commands are made of. The clock is shared and only moves forward,
so every scenario has customers of its own and counts its days from where the clock stands.
"""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.api.client import Client, Row, connect
from cli.api.clocks import read_clock, read_time_zone, set_clock
from cli.api.settling import settle
from cli.publishing import Publisher, connect_publisher
from deploy.local.stack import Stack, UpOptions
from shared.calendar import local_date, start_of_day

START = date(2026, 1, 5)
SETTLE_SECONDS_MAX = 60.0
COMMAND_SECONDS_MAX = 120.0

_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    status: int
    stdout: str
    stderr: str

    def rows(self) -> list[Row]:
        return [json.loads(line) for line in self.stdout.splitlines()]


async def arrears(*words: str, data: Path, stdin: bytes = b"") -> Answer:
    """Run the program as people do."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.main", *words, "--data", str(data)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(COMMAND_SECONDS_MAX):
        stdout, stderr = await process.communicate(stdin)
    assert process.returncode is not None
    return Answer(process.returncode, stdout.decode(), stderr.decode())


@dataclass
class World:
    """A running stack, and what is said to it and asked of it."""

    stack: Stack
    data: Path
    client: Client
    publisher: Publisher
    time_zone: str
    said: list[str] = field(default_factory=list)

    async def today(self) -> date:
        return local_date((await read_clock(self.client, "monitor")).now, self.time_zone)

    async def publish(self, *events: Row) -> None:
        """Publish and wait until everything has come of it."""
        await self.send(events)
        await self.settle()

    async def send(self, events: Sequence[Row]) -> None:
        """Publish and wait for nothing but the broker."""
        lines = [json.dumps(event).encode() for event in events]
        done = await self.publisher.publish_all(lines)
        assert (done.published, done.bad) == (len(events), [])

    async def settle(self) -> None:
        assert await settle(self.client, seconds_max=SETTLE_SECONDS_MAX) == []

    async def go_to(self, day: date) -> None:
        """Move the clock to the start of a day; the days between are jumped over."""
        await set_clock(self.client, start_of_day(day, self.time_zone))
        await self.settle()

    async def said_of(self, invoice_id: str, kind: str = "raised") -> list[tuple[str, int]]:
        """Return level and days overdue of what was said about an invoice, in order."""
        rows = await self.client.all_rows(
            "monitor",
            "/v1/escalations",
            {"invoice_id": invoice_id, "type": f"escalation.{kind}.v1"},
        )
        return [(row["level"], row["days_overdue"]) for row in rows]

    async def levels(self, invoice_id: str, kind: str = "raised") -> list[str]:
        return [level for level, _ in await self.said_of(invoice_id, kind)]

    async def items(self, invoice_id: str) -> list[Row]:
        return await self.client.all_rows("monitor", "/v1/items", {"invoice_id": invoice_id})

    async def tasks(self, customer_id: str) -> list[tuple[str, str]]:
        """Return kind and status of a customer's tasks, in order of their opening."""
        params = {"account_id": f"default:{customer_id}"}
        rows = await self.client.all_rows("notifier", "/v1/tasks", params)
        return [(row["kind"], row["status"]) for row in rows]

    async def letters(self, customer_id: str) -> list[Row]:
        params = {"account_id": f"default:{customer_id}"}
        return await self.client.all_rows("notifier", "/v1/letters", params)

    async def mails(self, message_id: str) -> list[Row]:
        """Return the mails the mailbox has under a Message-ID."""
        address = self.stack.file.address("mailbox")
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            answer = (await http.get(f"{address}/messages.json")).json()
        return [mail for mail in answer["messages"] if mail["message_id"] == message_id]

    async def run(self, *words: str, stdin: bytes = b"") -> Answer:
        return await arrears(*words, data=self.data, stdin=stdin)


@pytest.fixture(scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data = tmp_path_factory.mktemp("acceptance") / "stack"
    said: list[str] = []
    async with (
        Stack(UpOptions(data=data, clock="manual", at=START), said.append) as stack,
        connect(data) as client,
        connect_publisher(stack.file.kafka_bootstrap_servers) as publisher,
    ):
        time_zone = await read_time_zone(client)
        yield World(stack, data, client, publisher, time_zone, said)


class Debtor:
    """A customer of one scenario's own, and the events about it."""

    def __init__(self) -> None:
        self.number = next(_NUMBERS)
        self.customer_id = f"K-{self.number:03d}"
        self.invoice_id = f"R-{self.number:03d}"
        self.payment_id = f"Z-{self.number:03d}"
        self._events = itertools.count(1)

    def event(self, kind: str, **data: Any) -> Row:
        values = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in data.items()
        }
        return {
            "specversion": "1.0",
            "id": f"{self.customer_id}-{next(self._events)}",
            "source": "acceptance",
            "type": f"{kind}.v1",
            "datacontenttype": "application/json",
            "data": {"customer_id": self.customer_id, **values},
        }

    def known(self, locale: str = "en") -> Row:
        return self.event(
            "customer.updated",
            version=1,
            name=f"Hartwell {self.number} Ltd",
            email=f"ap{self.number}@example.com",
            locale=locale,
        )

    def covered(self, since: date) -> Row:
        return self.event(
            "cover.updated",
            policy_no=f"P-{self.number}",
            insurer="Nordstern Kredit",
            currency="CNY",
            insured_percentage="90",
            limit="100000.00",
            waiting_days=60,
            notice_days=30,
            mep_days=60,
            mep_from="due",
            valid_from=since,
        )

    def billed(self, total: str, issued_on: date, due_on: date, **more: Any) -> Row:
        return self.event(
            "invoice.issued",
            **{
                "invoice_id": self.invoice_id,
                "currency": "CNY",
                "total": total,
                "issued_on": issued_on,
                "due_on": due_on,
                **more,
            },
        )

    def pays(self, amount: str, received_on: date, **more: Any) -> Row:
        return self.event(
            "payment.received",
            **{
                "payment_id": self.payment_id,
                "amount": amount,
                "currency": "CNY",
                "received_on": received_on,
                "allocations": [{"invoice_id": self.invoice_id, "amount": amount}],
                **more,
            },
        )

    def bounces(self, reversed_on: date) -> Row:
        return self.event(
            "payment.reversed",
            reversal_id=f"B-{self.number:03d}",
            payment_id=self.payment_id,
            reversed_on=reversed_on,
            reason="bounced",
        )


@pytest.fixture
def debtor() -> Debtor:
    return Debtor()


@pytest.fixture(name="new_debtor", scope="session")
def fixture_new_debtor() -> type[Debtor]:
    return Debtor


@pytest.fixture(name="command")
def fixture_command() -> Callable[..., Awaitable[Answer]]:
    return arrears
