"""The last look before a letter leaves, what follows an attempt, and the life of tasks."""

import uuid
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from services.notifier.domain import tasks
from services.notifier.domain.delivery import (
    Accepted,
    Deferred,
    NextState,
    Outcome,
    Patience,
    Refused,
    Unsure,
    after,
    pause_seconds,
)
from services.notifier.domain.dispatch import (
    AskAgain,
    AwaitWord,
    Pause,
    Recall,
    Send,
    Standing,
    WaitUntil,
    addressed,
    judge,
    letter_day,
)
from services.notifier.domain.holds import Hold
from services.notifier.domain.recipients import masked, negotiate, without
from services.notifier.domain.work import LetterStatus, Task, TaskStatus
from shared.contracts.escalation import Interest, Recipient
from shared.errors import ConflictingStateError

A, B = uuid.UUID(int=1), uuid.UUID(int=2)
DUE, PAID = Standing(standing=True, open="40.00"), Standing(standing=False, reason="paid")
HELD = Standing(standing=True, open="40.00", held=True)
DISPUTED = Standing(standing=True, open="40.00", disputed="40.00")
PROMISE = {"held_by": "promise P-17", "held_until": date(2026, 3, 1)}
TODAY = date(2026, 2, 20)
PATIENCE = Patience(pause_seconds_first=5.0, pause_seconds_max=60.0, attempts_max=8)


def told(act: Callable[[], Task]) -> str:
    """Return the state that an act leads to, or the code it is refused with."""
    try:
        task = act()
    except ConflictingStateError as error:
        return error.code
    return task.status.value


def verdict_on(escalation: Any, answers: Any, **changes: Any) -> Any:
    items = [escalation(escalation_id=name) for name in (A, B)]
    figures = {"day": TODAY, "sent_that_day": 0, "letters_per_day_max": 3, **changes}
    return judge(items, answers, **figures)


@pytest.mark.parametrize(
    ("answers", "sent", "expected"),
    [
        ({A: DUE, B: DUE}, 0, Send),
        ({A: DUE, B: PAID}, 0, Send),
        ({A: PAID, B: PAID}, 0, Recall),
        ({A: PAID, B: PAID}, 3, Recall),
        ({A: DUE, B: DUE}, 2, Send),
        ({A: DUE, B: DUE}, 3, WaitUntil),
        ({A: DUE}, 0, AskAgain),
        ({}, 0, AskAgain),
    ],
)
def test_a_letter_leaves_only_for_what_is_due_and_within_the_days_limit(
    escalation: Any, answers: Any, sent: int, expected: type
) -> None:
    assert isinstance(verdict_on(escalation, answers, sent_that_day=sent), expected)


def test_a_letter_is_about_what_stands_with_the_amounts_of_that_moment(
    escalation: Any,
) -> None:
    verdict = verdict_on(escalation, {A: PAID, B: DUE})
    assert verdict == Send(items=(escalation(escalation_id=B, open_minor=4_000),), day=TODAY)


@pytest.mark.parametrize(
    ("first", "second", "answers", "expected"),
    [
        pytest.param(PROMISE, {}, {A: HELD, B: DUE}, Send, id="one held, as told"),
        pytest.param(PROMISE, PROMISE, {A: HELD, B: HELD}, Pause, id="all held, as told"),
        pytest.param(PROMISE, {}, {A: HELD, B: PAID}, Pause, id="one held, one paid"),
        pytest.param(PROMISE, {}, {A: PAID, B: DUE}, Send, id="the held one paid"),
        pytest.param(PROMISE, PROMISE, {A: PAID, B: PAID}, Recall, id="held and paid"),
        pytest.param(PROMISE, {}, {A: DUE, B: DUE}, Send, id="its end not told yet"),
        pytest.param({}, {}, {A: HELD, B: DUE}, AwaitWord, id="one held, not told yet"),
        pytest.param({}, {}, {A: HELD, B: HELD}, AwaitWord, id="all held, not told yet"),
        pytest.param({}, {}, {A: DISPUTED, B: DUE}, AwaitWord, id="one disputed, not told yet"),
        pytest.param({}, {}, {A: HELD, B: PAID}, AwaitWord, id="one held, one paid, not told yet"),
        pytest.param(PROMISE, {}, {A: HELD}, AskAgain, id="one not asked for"),
    ],
)
def test_a_letter_leaves_without_what_is_held_and_waits_for_words_on_their_way(
    escalation: Any, first: Any, second: Any, answers: Any, expected: type
) -> None:
    items = [
        escalation(escalation_id=name, **changes) for name, changes in ((A, first), (B, second))
    ]
    verdict = judge(items, answers, day=TODAY, sent_that_day=0, letters_per_day_max=3)
    assert isinstance(verdict, expected)
    if isinstance(verdict, Send):
        assert [item.escalation_id for item in verdict.items] == [B]
    if isinstance(verdict, Pause):
        assert verdict.hold == Hold(by="promise P-17", until=date(2026, 3, 1))


INTEREST = Interest(accrued="1.00", open="0.50", currency="CNY", why=["10 % for 3 days"])


NEWER = replace(INTEREST, open="0.90", until_on=TODAY)


@pytest.mark.parametrize(
    ("answer", "dunned_minor", "interest"),
    [
        pytest.param(Standing(standing=True), 100_000, None, id="the last word's interest is old"),
        (Standing(standing=True, open="400.00"), 15_000, None),
        (Standing(standing=True, open="400.00", disputed="0.00"), 40_000, None),
        (Standing(standing=True, disputed="50.00", interest=NEWER), 120_000, NEWER),
    ],
)
def test_a_letter_asks_for_what_is_open_and_not_in_dispute_at_that_moment(
    escalation: Any, answer: Standing, dunned_minor: int, interest: Any
) -> None:
    item = escalation(disputed_minor=25_000, interest=INTEREST)
    verdict = judge([item], {A: answer}, day=TODAY, sent_that_day=0, letters_per_day_max=3)
    assert isinstance(verdict, Send)
    (asked,) = verdict.items
    assert (asked.dunned_minor, asked.interest) == (dunned_minor, interest)


def test_a_letter_without_items_is_recalled() -> None:
    verdict = judge([], {}, day=TODAY, sent_that_day=0, letters_per_day_max=3)
    assert verdict == Recall("no item is left")


@pytest.mark.parametrize(
    ("stored", "recipient", "expected"),
    [
        (None, None, (None, "en", "waits for an e-mail address")),
        (None, Recipient(name="Aster"), (None, "en", "waits for an e-mail address")),
        (None, Recipient(email="a b@c.example"), (None, "en", "waits for an e-mail address")),
        (None, Recipient(email="new@c.example", locale="zh"), ("new@c.example", "zh-CN", None)),
        (
            "old@c.example",
            Recipient(email="new@c.example"),
            ("new@c.example", "en", None),
        ),
        ("old@c.example", None, ("old@c.example", "en", None)),
        ("old@c.example", Recipient(name="Aster"), ("old@c.example", "en", None)),
    ],
)
def test_a_letter_goes_to_the_newest_address_that_is_known(
    letter: Any, stored: str | None, recipient: Recipient | None, expected: Any
) -> None:
    reason = None if stored else "waits for an e-mail address"
    answers = {A: PAID, B: Standing(standing=True, recipient=recipient)}
    now = addressed(letter(recipient_email=stored, reason=reason), answers)
    assert (now.recipient_email, now.locale, now.reason) == expected


def test_a_letter_is_never_dated_before_the_day_that_planned_it() -> None:
    planned_on = date(2026, 2, 15)
    days = [letter_day(planned_on, date(2026, 2, day)) for day in (14, 15, 20)]
    assert days == [planned_on, planned_on, date(2026, 2, 20)]


@pytest.mark.parametrize(
    ("outcome", "attempts", "expected"),
    [
        (Accepted(), 1, NextState(status=LetterStatus.SENT)),
        (Refused("550 no"), 1, NextState(status=LetterStatus.FAILED, reason="550 no")),
        (Unsure("lost"), 1, NextState(status=LetterStatus.UNKNOWN, reason="lost")),
        (
            Deferred("451 later"),
            2,
            NextState(status=LetterStatus.PLANNED, reason="451 later", pause_seconds=10.0),
        ),
        (
            Deferred("451 later"),
            8,
            NextState(status=LetterStatus.FAILED, reason="given up after 8 attempts: 451 later"),
        ),
    ],
)
def test_an_attempt_decides_what_follows(
    outcome: Outcome, attempts: int, expected: NextState
) -> None:
    assert after(outcome, attempts, PATIENCE) == expected


def test_pauses_double_up_to_a_cap() -> None:
    pauses = [pause_seconds(attempts, PATIENCE) for attempts in (0, 1, 2, 3, 4, 5, 9_999)]
    assert pauses == [5, 5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize(
    ("status", "assignee", "taker", "expected"),
    [
        (TaskStatus.OPEN, None, "mei", "taken"),
        (TaskStatus.TAKEN, "mei", "mei", "taken"),
        (TaskStatus.TAKEN, "jun", "mei", "task_taken"),
        (TaskStatus.COMPLETED, "mei", "mei", "task_done"),
        (TaskStatus.CLOSED, None, "mei", "task_done"),
    ],
)
def test_a_task_is_taken_by_one_person(
    task: Any, status: TaskStatus, assignee: str | None, taker: str, expected: str
) -> None:
    present = task(status=status, assignee=assignee)
    assert told(lambda: tasks.take(present, taker)) == expected


@pytest.mark.parametrize(
    ("status", "outcome", "expected"),
    [
        (TaskStatus.OPEN, None, "completed"),
        (TaskStatus.TAKEN, None, "completed"),
        (TaskStatus.COMPLETED, "handed over", "completed"),
        (TaskStatus.COMPLETED, "paid", "task_done"),
        (TaskStatus.CLOSED, "lifted", "task_done"),
    ],
)
def test_a_task_is_completed_once(
    task: Any, status: TaskStatus, outcome: str | None, expected: str
) -> None:
    present = task(status=status, outcome=outcome)
    end = partial(tasks.complete, present, outcome="handed over", note=None, today=TODAY)
    assert told(end) == expected


def test_a_task_is_not_completed_before_the_day_it_was_opened(task: Any) -> None:
    done = tasks.complete(task(), outcome="paid", note=None, today=date(2026, 2, 14))
    assert done.closed_on == date(2026, 2, 15)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("en-GB", "en"),
        ("de", "en"),
        ("zh", "zh-CN"),
        ("zh_CN", "zh-CN"),
        ("ZH-hans", "zh-CN"),
        ("zha", "en"),
    ],
)
def test_letters_are_written_in_chinese_or_english(tag: str | None, language: str) -> None:
    assert negotiate(tag) == language


def test_an_address_is_masked_wherever_it_is_shown() -> None:
    assert masked("ap@aster.example") == "a…@aster.example"
    assert without("550 <AP@Aster.example> no", "ap@aster.example") == "550 <a…@aster.example> no"
