"""Words about whole accounts, from Kafka to the tasks they open and close."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.contracts.announcement import (
    COVER_RESUMED,
    COVER_STOPPED,
    PROMISE_ANNULLED,
    PROMISE_BROKEN,
    PROMISE_KEPT,
    CoverStanding,
    DefaultStanding,
    PromiseAnnulment,
    PromiseOutcome,
)
from shared.contracts.group import CURED, DEFAULTED

PROMISE = {
    "promise_id": "P-17",
    "promised_on": date(2026, 2, 14),
    "promised": "1250.00",
    "paid": "250.00",
    "currency": "CNY",
    "broken_promises": 2,
    "status": "broken",
}
COVER = {"policy_no": "TC-100", "insurer": "Harbour"}
GROUP = {"group_id": "G-1", "causes": ["default:C-9: legal"]}
CASES = [
    pytest.param(PromiseOutcome, PROMISE_BROKEN, PROMISE_KEPT, PROMISE, "kept", id="promise"),
    pytest.param(CoverStanding, COVER_STOPPED, COVER_RESUMED, COVER, "resumed", id="cover"),
    pytest.param(DefaultStanding, DEFAULTED, CURED, GROUP, "cured", id="default"),
]


async def test_a_broken_promise_is_a_task_with_amount_day_and_count(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    await events.publish(events.about(account, PromiseOutcome, PROMISE_BROKEN, **PROMISE))
    task = await notifier.task(account, "open")
    assert (task["kind"], task["level"], task["subject"]) == ("promise_broken", None, "P-17")
    assert (task["opened_on"], task["due_on"]) == ("2026-02-15", "2026-02-18")
    assert (task["why"], task["figures"]) == (f"{PROMISE_BROKEN} is said", [])
    shown = {name: value for name, value in task["facts"].items() if value is not None}
    assert shown == {
        "promise_id": "P-17",
        "promised_on": "2026-02-14",
        "promise_status": "broken",
        "promised": "1250.00",
        "paid": "250.00",
        "currency": "CNY",
        "broken_promises": 2,
    }


@pytest.mark.parametrize(("struct", "wrong", "right", "figures", "outcome"), CASES)
async def test_what_is_wrong_opens_a_task_and_its_opposite_closes_it(
    notifier: Any, events: Any, struct: Any, wrong: str, right: str, figures: Any, outcome: str
) -> None:
    account = events.account()
    await events.publish(events.about(account, struct, wrong, **figures))
    task = await notifier.task(account, "open")
    await notifier.api.post(f"/v1/tasks/{task['task_id']}/take", json={"assignee": "mei"})
    await events.publish(events.about(account, struct, right, **figures))
    closed = await notifier.task(account, "closed")
    assert (closed["task_id"], closed["outcome"], closed["note"], closed["assignee"]) == (
        task["task_id"],
        outcome,
        f"{right} is said",
        "mei",
    )


@pytest.mark.parametrize(("struct", "wrong", "right", "figures", "outcome"), CASES)
async def test_an_older_word_that_comes_late_or_again_opens_nothing(
    notifier: Any, events: Any, struct: Any, wrong: str, right: str, figures: Any, outcome: str
) -> None:
    del outcome
    account = events.account()
    older = events.about(account, struct, wrong, **figures)
    newer = events.about(account, struct, right, **figures, time=older.time + timedelta(hours=1))
    await events.publish(newer)
    await notifier.rests()
    await events.publish(older, older)
    await notifier.rests()
    assert await notifier.rows("tasks", account) == []


async def test_a_promise_that_was_withdrawn_in_its_time_closes_its_task(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    annulled = {
        "promise_id": PROMISE["promise_id"],
        "promised_on": PROMISE["promised_on"],
        "status": "withdrawn",
    }
    await events.publish(events.about(account, PromiseOutcome, PROMISE_BROKEN, **PROMISE))
    await notifier.task(account, "open")
    await events.publish(events.about(account, PromiseAnnulment, PROMISE_ANNULLED, **annulled))
    assert (await notifier.task(account, "closed"))["outcome"] == "withdrawn"


async def test_a_promise_that_is_broken_kept_and_broken_again_has_a_new_task(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    for number, kind in enumerate((PROMISE_BROKEN, PROMISE_KEPT, PROMISE_BROKEN)):
        word = events.about(account, PromiseOutcome, kind, **PROMISE)
        time = word.time + timedelta(hours=number)
        await events.publish(replace(word, event_id=uuid.uuid4(), time=time))
        await notifier.task(account, "closed" if kind == PROMISE_KEPT else "open")
    statuses = sorted(one["status"] for one in await notifier.rows("tasks", account))
    assert statuses == ["closed", "open"]


async def test_a_word_again_renews_the_task_that_waits(notifier: Any, events: Any) -> None:
    account = events.account()
    more = {**GROUP, "causes": ["default:C-9: legal", "default:C-8: insolvent"]}
    await events.publish(events.about(account, DefaultStanding, DEFAULTED, **GROUP))
    await notifier.rests()
    await events.publish(events.about(account, DefaultStanding, DEFAULTED, **more))
    await notifier.rests()
    (task,) = await notifier.rows("tasks", account)
    assert task["facts"]["causes"] == more["causes"]
