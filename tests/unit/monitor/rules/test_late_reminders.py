"""Reminders that are held at the due date are called back: they come before it or not at all."""

from typing import Any

from tests.unit.monitor.builders import issued
from tests.unit.monitor.debtor_builders import blocked
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

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
