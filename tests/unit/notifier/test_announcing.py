"""What words about whole accounts mean for the work, as tables."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from services.notifier.domain.deciding.announcing import announced, matter_of
from services.notifier.domain.deciding.values import Rules
from services.notifier.domain.work import Facts, TaskStatus
from services.notifier.handlers.desk import Desk, Work
from shared.contracts.announcement import Announcement

RULES = Rules(time_zone="Asia/Shanghai")
NOTHING = Work(escalations=(), letters=(), tasks=())
PAIRS = [
    ("broken", "kept", "kept"),
    ("broken", "annulled", "withdrawn"),
    ("stopped", "resumed", "resumed"),
    ("defaulted", "cured", "cured"),
]


def worked(*words: Announcement, present: Work = NOTHING) -> Work:
    desk = Desk(present)
    for word in words:
        matter = matter_of(word)
        assert matter is not None
        desk.carry_out(announced(word, desk.spoken_of(matter), RULES))
    return desk.changes()


@pytest.mark.parametrize(
    ("name", "kind", "subject", "due_on", "facts"),
    [
        (
            "broken",
            "promise_broken",
            "P-17",
            date(2026, 2, 18),
            Facts(
                promise_id="P-17",
                promised_on=date(2026, 2, 14),
                promise_status="broken",
                promised="1250.00",
                paid="250.00",
                currency="CNY",
                broken_promises=2,
            ),
        ),
        (
            "stopped",
            "cover_stopped",
            "TC-100",
            date(2026, 2, 16),
            Facts(policy_no="TC-100", insurer="Harbour", mep_on=date(2026, 2, 14)),
        ),
        (
            "defaulted",
            "account_defaulted",
            "G-1",
            date(2026, 2, 18),
            Facts(group_id="G-1", causes=("default:C-9: legal",)),
        ),
    ],
)
def test_a_word_that_something_is_wrong_opens_a_task_with_its_figures(
    word: Any, name: str, kind: str, subject: str, due_on: date, facts: Facts
) -> None:
    (task,) = worked(word(name)).tasks
    assert (task.kind, task.subject, task.due_on, task.facts) == (kind, subject, due_on, facts)
    assert (task.level, task.why) == (None, f"the promise, cover or group is {name}")


@pytest.mark.parametrize(("wrong", "right", "outcome"), PAIRS)
def test_its_opposite_closes_the_task(word: Any, wrong: str, right: str, outcome: str) -> None:
    later = word(right, time=word(wrong).time + timedelta(days=1), said_on=date(2026, 2, 16))
    (task,) = worked(word(wrong), later).tasks
    assert (task.status, task.outcome, task.closed_on) == (
        TaskStatus.CLOSED,
        outcome,
        date(2026, 2, 16),
    )


@pytest.mark.parametrize(("wrong", "right", "_outcome"), PAIRS)
def test_an_opposite_alone_makes_no_work(word: Any, wrong: str, right: str, _outcome: str) -> None:
    del wrong
    assert worked(word(right)).tasks == ()


@pytest.mark.parametrize(("wrong", "right", "_outcome"), PAIRS)
def test_the_last_word_on_a_matter_counts_in_whatever_order_they_come(
    word: Any, wrong: str, right: str, _outcome: str
) -> None:
    start = word(wrong).time
    words = [word(name, time=start + timedelta(hours=n)) for n, name in enumerate((wrong, right))]
    again = word(wrong, time=start + timedelta(hours=2), why="again")
    for order in itertools.permutations(words):
        assert all(task.status == TaskStatus.CLOSED for task in worked(*order).tasks)
    for order in itertools.permutations([*words, again]):
        waiting = [task.why for task in worked(*order).tasks if task.status == TaskStatus.OPEN]
        assert waiting == ["again"]


def test_a_word_told_again_renews_the_task_and_makes_no_other(word: Any) -> None:
    later = word("defaulted", causes=["default:C-9: legal", "default:C-8: insolvent"])
    (task,) = worked(word("defaulted"), later).tasks
    assert task.facts is not None
    assert task.facts.causes == ("default:C-9: legal", "default:C-8: insolvent")


def test_a_kept_promise_that_is_broken_after_all_opens_a_task(word: Any) -> None:
    later = word("broken", time=word("kept").time + timedelta(days=9))
    (task,) = worked(word("kept"), later).tasks
    assert (task.subject, task.status) == ("P-17", TaskStatus.OPEN)


def test_each_promise_has_a_task_of_its_own(word: Any) -> None:
    words = [word("broken", promise_id=name) for name in ("P-1", "P-2")]
    later = word("kept", promise_id="P-2", time=word("kept").time + timedelta(hours=1))
    tasks = worked(*words, later).tasks
    assert [(task.subject, task.status.value) for task in tasks] == [
        ("P-1", "open"),
        ("P-2", "closed"),
    ]


def test_a_task_that_a_person_has_taken_is_closed_all_the_same(word: Any, task: Any) -> None:
    taken = task(kind="cover_stopped", subject="TC-100", status=TaskStatus.TAKEN, assignee="mei")
    present = Work(escalations=(), letters=(), tasks=(taken,))
    (closed,) = worked(word("resumed"), present=present).tasks
    assert (closed.status, closed.assignee) == (TaskStatus.CLOSED, "mei")


def test_other_work_of_the_account_is_left_alone(word: Any, task: Any) -> None:
    present = Work(escalations=(), letters=(), tasks=(task(),))
    assert worked(word("cured"), word("kept"), present=present).tasks == ()


def test_a_task_names_the_customer_as_the_accounts_other_work_does(word: Any, task: Any) -> None:
    present = Work(escalations=(), letters=(), tasks=(task(customer_name="Aster Ltd"),))
    (opened,) = worked(word("stopped"), present=present).tasks
    assert opened.customer_name == "Aster Ltd"


def test_a_word_of_tomorrow_means_nothing_today(word: Any) -> None:
    assert matter_of(word("broken", type="promise.sung.v1")) is None
