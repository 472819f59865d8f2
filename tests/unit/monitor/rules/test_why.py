"""The sentence that says why a level was raised: its arithmetic is true, whatever moved the day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.monitor.domain.escalation.telling import raised_event
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.policy.policy import Policy
from shared.business_calendar import BusinessCalendar
from tests.unit.monitor.policies import level, policy

DUE_ON = date(2026, 1, 30)
DUNNING = policy(level("L", 15))
BUSINESS = policy(level("L", 15), days="business", calendar=BusinessCalendar(()))
CLAIM = policy(level("L", 60, "insurance_claim"))


@pytest.mark.parametrize(
    ("by", "insured", "reached_on", "expected"),
    [
        (DUNNING, False, "2026-02-14", "due on 2026-01-30, 15 days later is 2026-02-14"),
        (
            DUNNING,
            False,
            "2026-02-24",
            "reached on 2026-02-24: 15 days from then and the days it was in dispute",
        ),
        (
            BUSINESS,
            False,
            "2026-02-20",
            "reached on 2026-02-20: 15 business days from then, moved by the calendar",
        ),
        (CLAIM, True, "2026-03-31", "due on 2026-01-30, 60 days later is 2026-03-31"),
        (
            CLAIM,
            True,
            "2026-04-30",
            "claimed from 2026-04-30 on, after the waiting period of the cover",
        ),
        (CLAIM, False, "2026-01-21", "claimed from 2026-01-21 on, for the customer is insolvent"),
    ],
)
def test_a_raise_says_what_its_day_comes_of(
    by: Policy, insured: bool, reached_on: str, expected: str
) -> None:
    item = Item("A", 1, "EUR", 10_000, date(2026, 1, 1), DUE_ON, DUE_ON)
    on = date.fromisoformat(reached_on)
    raised = Raised("L", by.levels[0].action, [], on, by.label, 0, 1)
    event = raised_event(
        "default:C1",
        item,
        replace(raised, insured=insured),
        by,
        datetime(2026, 5, 1, tzinfo=UTC),
        reached_on=on,
        customer=None,
        claim=None,
    )
    assert expected in event.why
