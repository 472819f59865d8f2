"""What each of the monitor's words means for the work, as tables."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.notifier.domain.deciding.values import (
    CloseTask,
    Keep,
    LetterAt,
    OpenTask,
    PlanLetter,
    Present,
    ReviseLetter,
    ReviseTask,
    Rules,
    TaskAt,
)
from services.notifier.domain.decisions import decide
from services.notifier.domain.work import LetterStatus, TaskStatus
from shared.contracts.escalation import LIFTED, UPDATED, Claim, Recipient
from shared.errors import RejectedError

RULES = Rules(time_zone="Asia/Shanghai")
CHANGED_ON = date(2026, 4, 5)
LETTER_ID, TASK_ID = uuid.UUID(int=2), uuid.UUID(int=3)


def kinds(decisions: Any) -> list[str]:
    return [type(decision).__name__ for decision in decisions]


@pytest.mark.parametrize(
    ("action", "planned", "untaken", "expected"),
    [
        ("dunning_letter", False, False, ["PlanLetter", "OpenTask", "Keep"]),
        ("dunning_letter", True, False, ["OpenTask", "Keep"]),
        ("dunning_letter", False, True, ["PlanLetter", "Keep"]),
        ("dunning_letter", True, True, ["Keep"]),
        ("legal_handoff", False, False, ["OpenTask", "Keep"]),
        ("legal_handoff", False, True, ["Keep"]),
        ("insurance_notice", False, False, ["OpenTask", "Keep"]),
        ("insurance_claim", False, False, ["OpenTask", "Keep"]),
        ("phone_call", False, False, ["OpenTask", "Keep"]),
        ("do_nothing", False, False, ["Keep"]),
        ("do_nothing", True, True, ["Keep"]),
    ],
)
def test_a_raise_makes_what_is_not_there_and_joins_what_is(
    event: Any,
    letter: Any,
    task: Any,
    action: str,
    planned: bool,
    untaken: bool,
    expected: list[str],
) -> None:
    present = Present(
        next_letter=LetterAt(letter()) if planned else None,
        next_task=TaskAt(task()) if untaken else None,
    )
    assert kinds(decide(event(action=action), present, RULES)) == expected


@pytest.mark.parametrize(
    ("action", "kind", "due_on"),
    [
        ("dunning_letter", "dunning", date(2026, 2, 22)),
        ("legal_handoff", "legal", date(2026, 3, 1)),
        ("insurance_notice", "insurance_notice", date(2026, 2, 20)),
        ("insurance_claim", "insurance_claim", date(2026, 2, 25)),
        ("phone_call", "phone_call", date(2026, 2, 22)),
    ],
)
def test_an_action_opens_a_task_of_its_kind_due_after_its_days(
    event: Any, action: str, kind: str, due_on: date
) -> None:
    decisions = decide(event(action=action), Present(), RULES)
    (opened,) = [d.task for d in decisions if isinstance(d, OpenTask)]
    assert (opened.kind, opened.opened_on, opened.due_on) == (kind, date(2026, 2, 15), due_on)


@pytest.mark.parametrize(
    ("recipient", "status", "reason", "locale"),
    [
        (Recipient(email="ap@aster.example", locale="zh-Hans-CN"), "planned", None, "zh-CN"),
        (Recipient(email="ap@aster.example", locale="fr"), "planned", None, "en"),
        (Recipient(email="ap@aster.example"), "planned", None, "en"),
        (None, "planned", "waits for an e-mail address", "en"),
        (Recipient(name="Aster"), "planned", "waits for an e-mail address", "en"),
        (Recipient(email=""), "planned", "waits for an e-mail address", "en"),
        (Recipient(email="a@b\r\nBcc: c@d"), "failed", "the e-mail address is not usable", "en"),
        (Recipient(email="a,b@c.example"), "failed", "the e-mail address is not usable", "en"),
        (
            Recipient(email="a" * 250 + "@c.example"),
            "failed",
            "the e-mail address is too long",
            "en",
        ),
    ],
)
def test_a_letter_is_planned_for_whom_it_can_reach_and_failed_otherwise(
    event: Any, recipient: Recipient | None, status: str, reason: str | None, locale: str
) -> None:
    decisions = decide(event(recipient=recipient), Present(), RULES)
    (planned,) = [d.letter for d in decisions if isinstance(d, PlanLetter)]
    assert (planned.status.value, planned.reason, planned.locale) == (status, reason, locale)


def test_the_same_raise_always_makes_work_of_the_same_names(event: Any) -> None:
    once = decide(event(), Present(), RULES)
    again = decide(event(event_id=uuid.UUID(int=101)), Present(), RULES)
    assert once == again


def test_a_raise_that_is_known_already_changes_nothing(event: Any, escalation: Any) -> None:
    for known in (escalation(task_id=TASK_ID), escalation(standing=False)):
        assert decide(event(), Present(known=known), RULES) == ()


@pytest.mark.parametrize(
    ("action", "notify_by", "due_on"),
    [
        ("insurance_claim", None, date(2026, 2, 25)),
        ("insurance_claim", date(2026, 3, 10), date(2026, 2, 25)),
        ("insurance_claim", date(2026, 2, 20), date(2026, 2, 20)),
        ("insurance_claim", date(2026, 2, 1), date(2026, 2, 15)),
        ("insurance_notice", date(2026, 3, 10), date(2026, 2, 20)),
        ("insurance_notice", date(2026, 2, 17), date(2026, 2, 17)),
        ("insurance_notice", date(2026, 2, 1), date(2026, 2, 15)),
    ],
)
def test_what_the_insurer_is_told_is_due_on_the_notices_last_day_at_the_latest(
    event: Any, action: str, notify_by: date | None, due_on: date
) -> None:
    claim = Claim(why=["90 %"], notify_by=notify_by)
    decisions = decide(event(action=action, claim=claim), Present(), RULES)
    (opened,) = [d.task for d in decisions if isinstance(d, OpenTask)]
    assert opened.due_on == due_on


def test_an_update_changes_the_figures(event: Any, escalation: Any) -> None:
    claim = Claim(why=["90 %"], amount="45.00", currency="CNY")
    updated = event(type=UPDATED, open="50.00", days_overdue=17, claim=claim)
    (kept,) = decide(updated, Present(known=escalation()), RULES)
    assert isinstance(kept, Keep)
    assert kept.escalation == escalation(open_minor=5_000, days_overdue=17, claim=claim)


@pytest.mark.parametrize(
    ("action", "changes", "done", "expected"),
    [
        pytest.param("insurance_claim", {}, True, ["Keep", "OpenTask"], id="done with"),
        pytest.param("insurance_claim", {}, False, ["Keep"], id="waiting: it shows the figures"),
        pytest.param("insurance_claim", {"claim": None}, True, ["Keep"], id="no other figures"),
        pytest.param("dunning_letter", {}, True, ["Keep"], id="no claim"),
    ],
)
def test_a_claim_that_is_told_anew_gets_a_task_when_its_own_is_done(
    event: Any,
    escalation: Any,
    task: Any,
    action: str,
    changes: dict[str, Any],
    done: bool,
    expected: list[str],
) -> None:
    first = Claim(why=["90 %"], amount="900.00", currency="CNY")
    anew = Claim(why=["90 %"], amount="540.00", currency="CNY", was="900.00", changed_on=CHANGED_ON)
    known = escalation(action=action, claim=first, task_id=TASK_ID)
    waiting = None if done else TaskAt(task(kind="insurance_claim"))
    word = event(
        **{"type": UPDATED, "action": action, "claim": anew, "said_on": CHANGED_ON, **changes}
    )
    decisions = decide(word, Present(known=known, task=waiting), RULES)
    assert kinds(decisions) == expected
    for opened in (one.task for one in decisions if isinstance(one, OpenTask)):
        assert (opened.kind, opened.opened_on) == ("insurance_claim", CHANGED_ON)
        assert (opened.due_on, opened.why) == (date(2026, 4, 15), word.why)
        assert [one.escalation.task_id for one in decisions if isinstance(one, Keep)] == [
            opened.task_id
        ]
        assert opened.task_id != TASK_ID


@pytest.mark.parametrize(
    ("action", "waiting", "expected"),
    [
        pytest.param("insurance_claim", None, ["OpenTask", "Keep"], id="done with"),
        pytest.param("insurance_claim", {}, ["Keep", "CloseTask"], id="waiting"),
        pytest.param(
            "insurance_claim",
            {"why": "the claim is now 540.00"},
            ["OpenTask", "Keep", "CloseTask"],
            id="done with, and told anew",
        ),
        pytest.param("insurance_notice", None, ["Keep"], id="no claim"),
    ],
)
def test_a_claim_that_is_lifted_is_withdrawn_when_its_task_is_done(
    event: Any,
    escalation: Any,
    task: Any,
    action: str,
    waiting: dict[str, Any] | None,
    expected: list[str],
) -> None:
    known = escalation(action=action, task_id=TASK_ID)
    at = None if waiting is None else TaskAt(task(kind=action, **waiting))
    word = event(type=LIFTED, action=action, open="0.00", why="paid", said_on=CHANGED_ON)
    decisions = decide(word, Present(known=known, task=at), RULES)
    assert kinds(decisions) == expected
    for opened in (one.task for one in decisions if isinstance(one, OpenTask)):
        assert (opened.kind, opened.opened_on) == ("claim_withdrawal", CHANGED_ON)
        assert (opened.status, opened.due_on) == (TaskStatus.OPEN, date(2026, 4, 10))
        assert opened.why == (
            "the claim does not stand any more (paid): tell the insurer, and withdraw it there "
            "unless it is to go on"
        )
        [kept] = [one.escalation for one in decisions if isinstance(one, Keep)]
        assert (kept.standing, kept.task_id) == (False, opened.task_id)


@pytest.mark.parametrize(
    ("notify_by", "due_on"),
    [(date(2026, 2, 17), date(2026, 2, 17)), (date(2026, 3, 10), date(2026, 2, 20))],
    ids=["less time than the others", "more time"],
)
def test_a_task_that_is_joined_is_due_when_its_first_item_is(
    event: Any, task: Any, notify_by: date, due_on: date
) -> None:
    joined = TaskAt(task(kind="insurance_notice", due_on=date(2026, 2, 20)))
    word = event(action="insurance_notice", claim=Claim(why=[], notify_by=notify_by))
    decisions = decide(word, Present(next_task=joined), RULES)
    revised = [one.task for one in decisions if isinstance(one, ReviseTask)]
    assert [one.due_on for one in revised or [joined.task]] == [due_on]


def test_an_update_without_claim_figures_keeps_those_there_are(event: Any, escalation: Any) -> None:
    claim = Claim(why=["90 %"], amount="45.00", currency="CNY")
    (kept,) = decide(event(type=UPDATED), Present(known=escalation(claim=claim)), RULES)
    assert isinstance(kept, Keep)
    assert kept.escalation.claim == claim


def test_an_update_of_what_a_letter_left_out_as_paid_makes_no_letter(
    event: Any, escalation: Any
) -> None:
    known = escalation(letter_id=LETTER_ID, in_letter=False, task_id=TASK_ID)
    assert kinds(decide(event(type=UPDATED), Present(known=known), RULES)) == ["Keep"]


@pytest.mark.parametrize("known", ["unknown", "lifted"])
def test_an_update_of_what_does_not_stand_changes_nothing(
    event: Any, escalation: Any, known: str
) -> None:
    present = Present(known=None if known == "unknown" else escalation(standing=False))
    assert decide(event(type=UPDATED), present, RULES) == ()


@pytest.mark.parametrize(
    ("letter_holds", "task_waits", "others_in_letter", "others_in_task", "expected"),
    [
        (True, True, 0, 0, ["Keep", "ReviseLetter", "CloseTask"]),
        (True, True, 1, 0, ["Keep", "CloseTask"]),
        (True, True, 0, 1, ["Keep", "ReviseLetter"]),
        (True, True, 1, 1, ["Keep"]),
        (False, True, 0, 0, ["Keep", "CloseTask"]),
        (False, False, 0, 0, ["Keep"]),
    ],
)
def test_lifting_recalls_and_closes_what_nothing_else_needs(
    event: Any,
    escalation: Any,
    letter: Any,
    task: Any,
    letter_holds: bool,
    task_waits: bool,
    others_in_letter: int,
    others_in_task: int,
    expected: list[str],
) -> None:
    other = escalation(escalation_id=uuid.UUID(int=9))
    present = Present(
        known=escalation(letter_id=LETTER_ID, in_letter=True, task_id=TASK_ID),
        letter=LetterAt(letter(), (other,) * others_in_letter) if letter_holds else None,
        task=TaskAt(task(), (other,) * others_in_task) if task_waits else None,
    )
    assert kinds(decide(event(type=LIFTED, open="0.00"), present, RULES)) == expected


def test_lifting_says_why_in_the_letter_and_the_task(
    event: Any, escalation: Any, letter: Any, task: Any
) -> None:
    taken = TaskAt(task(status=TaskStatus.TAKEN))
    present = Present(known=escalation(), letter=LetterAt(letter()), task=taken)
    decisions = decide(event(type=LIFTED, open="0.00", why="paid"), present, RULES)
    _, revised, closed = decisions
    assert isinstance(revised, ReviseLetter)
    assert isinstance(closed, CloseTask)
    assert (revised.letter.status, revised.letter.reason) == (LetterStatus.RECALLED, "paid")
    assert (closed.task.outcome, closed.task.note) == ("lifted", "paid")


@pytest.mark.parametrize(
    ("instant", "closed_on"),
    [
        (datetime(2026, 2, 20, 15, 59, tzinfo=UTC), date(2026, 2, 20)),
        (datetime(2026, 2, 20, 16, 0, tzinfo=UTC), date(2026, 2, 21)),
        (datetime(2026, 2, 10, 0, 0, tzinfo=UTC), date(2026, 2, 15)),
    ],
)
def test_a_task_closes_on_the_creditors_day_and_never_before_it_opened(
    event: Any, escalation: Any, task: Any, instant: datetime, closed_on: date
) -> None:
    present = Present(known=escalation(), task=TaskAt(task()))
    _, closed = decide(event(type=LIFTED, open="0.00", time=instant), present, RULES)
    assert isinstance(closed, CloseTask)
    assert closed.task.closed_on == closed_on


@pytest.mark.parametrize(("planned", "still_in"), [(True, False), (False, True)])
def test_a_lifted_item_leaves_a_planned_letter_but_not_one_that_left(
    event: Any, escalation: Any, letter: Any, planned: bool, still_in: bool
) -> None:
    known = escalation(letter_id=LETTER_ID, in_letter=True)
    present = Present(known=known, letter=LetterAt(letter()) if planned else None)
    kept = decide(event(type=LIFTED, open="0.00"), present, RULES)[0]
    assert isinstance(kept, Keep)
    assert kept.escalation.in_letter is still_in


def test_what_is_lifted_before_it_is_raised_is_remembered_without_work(event: Any) -> None:
    (kept,) = decide(event(type=LIFTED, open="0.00", why="paid"), Present(), RULES)
    assert isinstance(kept, Keep)
    assert (kept.escalation.standing, kept.escalation.task_id) == (False, None)


def test_lifting_twice_changes_nothing(event: Any, escalation: Any, task: Any) -> None:
    present = Present(known=escalation(standing=False), task=TaskAt(task()))
    assert decide(event(type=LIFTED, open="0.00"), present, RULES) == ()


def test_a_type_of_tomorrow_means_nothing_today(event: Any) -> None:
    assert decide(event(type="escalation.sung.v1"), Present(), RULES) == ()


def test_an_amount_that_is_no_money_is_refused(event: Any) -> None:
    with pytest.raises(RejectedError) as refused:
        decide(event(open="12.345"), Present(), RULES)
    assert refused.value.code == "too_many_decimals"


def test_the_settings_decide_the_days_of_tasks(event: Any) -> None:
    rules = replace(RULES, due_days={"dunning": 0})
    decisions = decide(event(), Present(), rules)
    (opened,) = [d.task for d in decisions if isinstance(d, OpenTask)]
    assert opened.due_on == opened.opened_on
