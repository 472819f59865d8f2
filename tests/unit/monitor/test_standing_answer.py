"""The answer to whether a letter may still be about an escalation: not after a reminder's time."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.monitor.api.escalations import escalations_router
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Scope
from services.monitor.handlers.ports import AccountKey, Known
from tests.unit.monitor.builders import SAID_AT, day
from tests.unit.monitor.policies import level, policy

ONE = uuid.UUID(int=1)
POLICY = policy(
    level("reminder", -5, "dunning_letter"),
    level("due", 0, "dunning_letter", on_holiday="preceding"),
    level("early", -1, "insurance_notice"),
)


class Reading:
    """An account and an invoice of which nothing is known, and a policy for everybody."""

    async def policies(self) -> tuple[Policies, int]:
        return Policies({Scope(): POLICY}, POLICY), 1

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        return {key: Known(Debtor(), Said()) for key in keys}

    async def invoices(self, keys: Sequence[tuple[int, str, str]]) -> Any:
        return {key: Invoice(key[2]) for key in keys}

    async def clearings(self, _keys: Sequence[tuple[int, str, str]]) -> Any:
        return {}


@dataclass
class Log:
    """One escalation, and how it stands."""

    raised: Raised | None
    row: Any = field(
        default_factory=lambda: SimpleNamespace(
            escalation_id=ONE,
            partition=0,
            account_id="default:ACME",
            invoice_id="A",
            currency="EUR",
            open_minor=10000,
            disputed_minor=0,
            due_on=date(2026, 1, 31),
            customer=None,
        )
    )

    async def standings(self, _wanted: Sequence[uuid.UUID]) -> list[tuple[Any, Raised | None]]:
        return [(self.row, self.raised)]


@asynccontextmanager
async def open_reading() -> AsyncIterator[Reading]:
    yield Reading()


async def _answer(raised: Raised | None, on: str) -> dict[str, Any]:
    app = FastAPI()
    reads: Any = SimpleNamespace(escalations=Log(raised))
    app.include_router(escalations_router(reads, open_reading, lambda: SAID_AT))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://monitor"
    ) as client:
        asked = {"escalation_id": str(ONE), "interest_on": on}
        [row] = (await client.get("/standing", params=asked)).json()["rows"]
    return dict(row)


@pytest.mark.parametrize(
    ("name", "on", "expected"),
    [
        ("reminder", "2026-01-30", (True, None)),
        ("reminder", "2026-01-31", (False, "it reminds of the due date, and that is 2026-01-31")),
        ("due", "2026-02-20", (True, None)),
        ("early", "2026-02-20", (True, None)),
        ("gone", "2026-02-20", (True, None)),
        (None, "2026-02-20", (False, "no longer due")),
    ],
)
def test_a_letter_of_a_day_is_about_what_stands_and_has_its_time(
    name: str | None, on: str, expected: tuple[bool, str | None]
) -> None:
    raised = None if name is None else Raised(name, "", [], day("2026-01-26"), "tests@1", 0, 1)
    answer = asyncio.run(_answer(raised, on))
    assert (answer["standing"], answer["reason"]) == expected
