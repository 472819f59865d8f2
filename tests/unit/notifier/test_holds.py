"""What is on hold, how that is said, and what becomes of a task's days."""

from datetime import date
from typing import Any

import pytest

from services.notifier.domain.holds import Hold, letter_hold, task_hold, task_on, told_of

UNTIL = date(2026, 3, 1)
PROMISE = {"held_by": "promise P-17", "held_until": UNTIL}
FREE: dict[str, Any] = {}
DISPUTE = {"held_by": "dispute D-3"}
IN_DISPUTE = {"disputed_minor": 125_000}


@pytest.mark.parametrize(
    ("items", "of_letter", "of_task"),
    [
        pytest.param([], None, None, id="nothing"),
        pytest.param([FREE], None, None, id="free"),
        pytest.param(
            [PROMISE],
            Hold(by="promise P-17", until=UNTIL),
            Hold(by="promise P-17", until=UNTIL),
            id="promised",
        ),
        pytest.param([PROMISE, FREE], None, None, id="one of two promised"),
        pytest.param(
            [PROMISE, DISPUTE],
            Hold(by="dispute D-3, promise P-17", until=UNTIL),
            Hold(by="dispute D-3, promise P-17", until=UNTIL),
            id="promised and disputed: until the first is free",
        ),
        pytest.param(
            [PROMISE, {**PROMISE, "held_until": date(2026, 2, 20)}],
            Hold(by="promise P-17", until=date(2026, 2, 20)),
            Hold(by="promise P-17", until=date(2026, 2, 20)),
            id="two ends: the first counts",
        ),
        pytest.param(
            [PROMISE, PROMISE],
            Hold(by="promise P-17", until=UNTIL),
            Hold(by="promise P-17", until=UNTIL),
            id="one promise for two",
        ),
        pytest.param(
            [IN_DISPUTE],
            Hold(by="dispute of all that is open"),
            None,
            id="all in dispute where disputes do not hold the level",
        ),
        pytest.param([{"disputed_minor": 124_999}], None, None, id="all but a cent in dispute"),
    ],
)
def test_work_is_on_hold_when_all_it_is_about_is(
    escalation: Any, items: list[dict[str, Any]], of_letter: Hold | None, of_task: Hold | None
) -> None:
    known = [escalation(**item) for item in items]
    assert (letter_hold(known), task_hold(known)) == (of_letter, of_task)


@pytest.mark.parametrize(
    ("hold", "said"),
    [
        (Hold(by="block B-1"), "on hold by block B-1"),
        (Hold(by="promise P-17", until=UNTIL), "on hold by promise P-17 until 2026-03-01"),
    ],
)
def test_a_hold_is_said_with_its_reason_and_end(hold: Hold, said: str) -> None:
    assert told_of(hold) == said


@pytest.mark.parametrize(
    ("kind", "resumed_on", "due_on"),
    [
        ("dunning", date(2026, 2, 26), date(2026, 3, 3)),
        ("legal", date(2026, 2, 17), date(2026, 2, 22)),
        ("dunning", date(2026, 2, 10), date(2026, 2, 22)),
        ("insurance_claim", date(2026, 2, 26), date(2026, 2, 22)),
        ("insurance_notice", date(2026, 2, 26), date(2026, 2, 22)),
    ],
)
def test_a_tasks_due_day_moves_by_the_days_on_hold_and_the_insurers_does_not(
    task: Any, escalation: Any, kind: str, resumed_on: date, due_on: date
) -> None:
    held = task_on(task(kind=kind), [escalation(**PROMISE)], date(2026, 2, 17))
    again = task_on(held, [escalation(**PROMISE)], date(2026, 2, 20))
    free = task_on(again, [escalation()], resumed_on)
    assert again.held_on == date(2026, 2, 17)
    assert (free.due_on, free.held_by, free.held_on, free.held_until) == (due_on, None, None, None)
