"""Two years of real invoices, replayed day by day: what must come out was counted beforehand.

The data say when each invoice was due and settled; whoever settled 15 days late or more was
dunned, 30 days or more handed to legal. Nobody was 60 days late.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from cli.api.client import Client, connect
from cli.demo.replay import Day, replay
from cli.publishing import connect_publisher
from deploy.local.stack import Stack, UpOptions
from services.monitor.rebuild import check

FOLDER: Final = "ibm_accounts_receivable"
FILE: Final = "WA_Fn-UseC_-Accounts-Receivable.ddmmyyyy.csv"
START: Final = date(2012, 1, 3)
END: Final = date(2014, 1, 10)
EXPECTED: Final = {"dunning": 196, "legal": 13}
#: Days on which a level is reached must not be jumped over.
AFTER_DAYS: Final = {"dunning": 15, "legal": 30}
TIME_ZONE: Final = "Asia/Shanghai"


def day_of(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007  (a civil date)


def event(kind: str, event_id: str, data: dict[str, Any]) -> bytes:
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": "ibm",
        "type": kind,
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(envelope).encode()


def issued(row: dict[str, str]) -> bytes:
    data = {
        "customer_id": row["customerID"],
        "invoice_id": row["invoiceNumber"],
        "currency": "USD",
        "total": row["InvoiceAmount"],
        "issued_on": day_of(row["InvoiceDate"]).isoformat(),
        "due_on": day_of(row["DueDate"]).isoformat(),
    }
    return event("invoice.issued.v1", f"invoice-{row['invoiceNumber']}", data)


def paid(row: dict[str, str]) -> bytes:
    data = {
        "customer_id": row["customerID"],
        "payment_id": f"settled-{row['invoiceNumber']}",
        "amount": row["InvoiceAmount"],
        "currency": "USD",
        "received_on": day_of(row["SettledDate"]).isoformat(),
        "allocations": [{"invoice_id": row["invoiceNumber"], "amount": row["InvoiceAmount"]}],
    }
    return event("payment.received.v1", f"payment-{row['invoiceNumber']}", data)


def days_of(rows: list[dict[str, str]]) -> Iterator[Day]:
    """Give every day with an event, and every day on which a level is reached."""
    lines: dict[date, list[bytes]] = defaultdict(list)
    for row in rows:
        lines[day_of(row["InvoiceDate"])].append(issued(row))
        for after in AFTER_DAYS.values():
            lines[day_of(row["DueDate"]) + timedelta(days=after)].extend(())
    for row in rows:
        lines[day_of(row["SettledDate"])].append(paid(row))
    for day in sorted(lines):
        if day <= END:
            yield Day(day=day, lines=tuple(lines[day]))


@dataclass
class Outcome:
    """A stack after the replay."""

    stack: Stack
    client: Client
    rows: list[dict[str, str]]
    escalations: list[dict[str, Any]]


@pytest.fixture(scope="module")
async def outcome(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Outcome]:
    file = shared_data / FOLDER / FILE
    if not file.exists():
        pytest.skip(f"the real invoices of {FOLDER} are not here")
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    data = tmp_path_factory.mktemp("real") / "stack"
    async with (
        Stack(UpOptions(data=data, clock="manual", at=START), print) as stack,
        connect(data) as client,
        connect_publisher(stack.file.kafka_bootstrap_servers) as publisher,
    ):
        await replay(client, publisher, days_of(rows), TIME_ZONE, lambda _day: None)
        escalations = await client.all_rows("monitor", "/v1/escalations")
        yield Outcome(stack, client, rows, escalations)


pytestmark = pytest.mark.timeout(600)


async def test_exactly_the_late_invoices_were_escalated_on_their_day(outcome: Outcome) -> None:
    raised = [row for row in outcome.escalations if row["type"] == "escalation.raised.v1"]
    assert Counter(row["level"] for row in raised) == EXPECTED
    assert {(row["level"], row["days_overdue"]) for row in raised} == set(AFTER_DAYS.items())
    late = {
        (level, row["invoiceNumber"])
        for row in outcome.rows
        for level, after in AFTER_DAYS.items()
        if (day_of(row["SettledDate"]) - day_of(row["DueDate"])).days >= after
    }
    assert {(row["level"], row["invoice_id"]) for row in raised} == late


async def test_every_item_is_cleared_and_all_raised_work_is_lifted(outcome: Outcome) -> None:
    items = await outcome.client.all_rows("monitor", "/v1/items")
    assert len(items) == len(outcome.rows)
    assert {(item["status"], item["open"]) for item in items} == {("cleared", "0.00")}
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    for row in outcome.escalations:
        by_type[row["type"]][row["escalation_id"]] += 1
    assert by_type["escalation.lifted.v1"] == by_type["escalation.raised.v1"]
    tasks = await outcome.client.all_rows("notifier", "/v1/tasks")
    assert {task["status"] for task in tasks} == {"closed"}


async def test_money_is_conserved_and_the_journal_gives_the_same_state(outcome: Outcome) -> None:
    summary = await outcome.client.get("monitor", "/v1/summary")
    (sums,) = summary["currencies"]
    assert (sums["open"], sums["unapplied"], sums["conservation_difference"]) == ("0.00",) * 3
    assert await check(outcome.stack.file.database_url(), lambda _done, _total: None) == []
