"""The sentence that says why a level was raised: its arithmetic is true, whatever moved the day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.monitor.domain.escalation.telling import raised_event
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.policy.policy import Policy
from shared.business_calendar import BusinessCalendar
from shared.contracts.escalation import Claim
from tests.unit.monitor.policies import level, policy

DUE_ON = date(2026, 1, 30)
DUNNING = policy(level("L", 15))
BUSINESS = policy(level("L", 15), days="business", calendar=BusinessCalendar(()))
CLAIM = policy(level("L", 60, "insurance_claim"))
NOTICE = policy(level("L", 20, "insurance_notice"))


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


LATER, INSOLVENT = "20 days later is 2026-02-19", "for the customer is insolvent"
LAST = "the last day that the cover gives"


@pytest.mark.parametrize(
    ("reached_on", "notify_by", "today", "reached", "told"),
    [
        ("2026-02-19", "2026-03-01", "2026-02-19", LATER, "2026-03-01"),
        ("2026-02-19", "2026-03-01", "2026-03-01", LATER, "2026-03-01"),
        ("2026-02-19", "2026-03-01", "2026-03-02", LATER, "2026-03-01, which has passed"),
        ("2026-02-09", "2026-02-09", "2026-02-09", f"told from 2026-02-09 on, {LAST}",
         "2026-02-09"),
        ("2026-02-03", "2026-03-01", "2026-02-03", f"told from 2026-02-03 on, {INSOLVENT}",
         "2026-03-01"),
    ],
    ids=["in time", "on the last day", "too late", "the cover's last day", "insolvent"],
)  # fmt: skip
def test_a_notice_says_by_when_the_insurer_is_to_be_told(
    reached_on: str, notify_by: str, today: str, reached: str, told: str
) -> None:
    extended_to = date(2026, 6, 30)
    item = Item("A", 1, "EUR", 10_000, date(2026, 1, 1), extended_to, DUE_ON)
    on = date.fromisoformat(today)
    event = raised_event(
        "default:C1",
        item,
        Raised("L", "insurance_notice", [], on, NOTICE.label, 0, 1, insured=True),
        NOTICE,
        datetime(2026, 5, 1, tzinfo=UTC),
        reached_on=date.fromisoformat(reached_on),
        customer=None,
        claim=Claim(why=[], notify_by=date.fromisoformat(notify_by)),
    )
    assert event.why == (
        f"due on 2026-01-30, {reached}; the insurer is to be told by {told}; open 100.00 EUR "
        f"(policy {NOTICE.label})"
    )
