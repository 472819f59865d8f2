"""Reminders from the due date on: called back where they are held, and in no letter any more."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Scope
from services.monitor.handlers.answers.late import Raise, late_now
from services.monitor.handlers.ports import AccountKey, Known
from tests.unit.monitor.builders import SAID_AT, day, issued
from tests.unit.monitor.debtor_builders import blocked
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

KEY = (0, "default:ACME")
ONE = UUID(int=1)
POLICY = policy(
    level("reminder", -5, "dunning_letter"),
    level("due", 0, "dunning_letter", on_holiday="preceding"),
    level("early", -1, "insurance_notice"),
)


class Reading:
    """An account of which nothing is known, and a policy for everybody."""

    async def policies(self) -> tuple[Policies, int]:
        return Policies({Scope(): POLICY}, POLICY), 1

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        return {key: Known(Debtor(), Said()) for key in keys}

    async def invoices(self, keys: Any) -> Any:
        raise NotImplementedError

    async def clearings(self, keys: Any) -> Any:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("name", "today", "expected"),
    [
        ("reminder", "2026-01-30", None),
        ("reminder", "2026-01-31", "it reminds of the due date, and that is 2026-01-31"),
        ("reminder", "2026-02-20", "it reminds of the due date, and that is 2026-01-31"),
        ("due", "2026-02-20", None),
        ("early", "2026-02-20", None),
        ("gone", "2026-02-20", None),
    ],
)
def test_a_reminder_is_told_before_the_due_date_alone(
    name: str, today: str, expected: str | None
) -> None:
    raises = {ONE: Raise(KEY, name, day("2026-01-31"))}
    late = asyncio.run(late_now(Reading(), raises, SAID_AT, day(today)))
    assert late == ({} if expected is None else {ONE: expected})


def test_of_nothing_nothing_is_asked() -> None:
    assert asyncio.run(late_now(Reading(), {}, SAID_AT)) == {}


REMINDED = policy(level("reminder", -5, held_by="block"), level("first", 10, held_by="block"))
A = {"2026-01-01": [issued("A", "100.00")]}
RAISED = {"2026-01-26": ["A/1 raised reminder"]}
HELD = "A/1 held reminder by block B"
OVER = {"2026-01-31": ["A/1 lifted reminder: it reminds of the due date, and that is 2026-01-31"]}
FIRST = {"2026-02-10": ["A/1 raised first"]}


def blocked_on(first: str, last: str | None) -> dict[str, list[Any]]:
    return A | {first: [blocked("B", on=first, until=last)]}


@stories(
    Story(
        "on hold for good",
        REMINDED,
        blocked_on("2026-01-28", None),
        "2026-02-11",
        RAISED | {"2026-01-28": [HELD]} | OVER,
    ),
    Story(
        "to the day before",
        REMINDED,
        blocked_on("2026-01-28", "2026-01-30"),
        "2026-02-11",
        RAISED | {"2026-01-28": [f"{HELD} to 2026-01-30"]} | OVER | FIRST,
    ),
    Story(
        "to two days before",
        REMINDED,
        blocked_on("2026-01-28", "2026-01-29"),
        "2026-02-11",
        RAISED
        | {
            "2026-01-28": [f"{HELD} to 2026-01-29"],
            "2026-01-30": ["A/1 resumed reminder"],
        }
        | FIRST,
    ),
    Story(
        "from the due date on",
        REMINDED,
        blocked_on("2026-01-31", "2026-02-05"),
        "2026-02-11",
        RAISED | FIRST,
    ),
)
def test_a_reminder_is_called_back_that_is_on_hold_at_the_due_date(story: Story) -> None:
    check(story)
