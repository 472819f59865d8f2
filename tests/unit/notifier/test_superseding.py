"""Letters that have not left when a higher level is raised for one of their items."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.notifier.domain.deciding.values import Rules
from services.notifier.domain.decisions import decide
from services.notifier.domain.work import LetterStatus
from services.notifier.handlers.desk import Desk, Work
from shared.contracts.escalation import HELD, RESUMED

RULES = Rules(time_zone="Asia/Shanghai")
NOTHING = Work(escalations=(), letters=(), tasks=())
DUNNING, LEGAL, OTHER = (uuid.UUID(int=number) for number in (1, 2, 3))
WHY = "superseded: legal was raised on 2026-03-02"


def worked(*events: Any, present: Work = NOTHING) -> Work:
    desk = Desk(present)
    for event in events:
        desk.carry_out(decide(event, desk.present(event), RULES))
    return desk.changes()


def legal(event: Any, **changes: Any) -> Any:
    values = {
        "escalation_id": LEGAL,
        "level": "legal",
        "action": "legal_handoff",
        "raised_on": date(2026, 3, 2),
        "supersedes": [DUNNING],
    }
    return event(**{**values, **changes})


def other(event: Any) -> Any:
    return event(escalation_id=OTHER, item_id="INV-2/1", invoice_id="INV-2")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, ("recalled", WHY), id="a higher level"),
        pytest.param({"action": "insurance_claim"}, ("recalled", WHY), id="a claim"),
        pytest.param({"action": "phone_call"}, ("recalled", WHY), id="an action of one's own"),
        pytest.param({"action": "do_nothing"}, ("planned", None), id="a level that does nothing"),
        pytest.param({"supersedes": []}, ("planned", None), id="a claim before the level"),
        pytest.param({"supersedes": [OTHER]}, ("planned", None), id="what is not known"),
    ],
)
def test_a_letter_that_has_not_left_is_superseded_by_a_higher_level_of_its_item(
    event: Any, changes: Any, expected: Any
) -> None:
    (letter,) = worked(event(), legal(event, **changes)).letters
    assert (letter.status.value, letter.reason) == expected


def test_a_superseded_letter_that_was_on_hold_is_recalled_and_still_shows_its_item(
    event: Any,
) -> None:
    held = event(type=HELD, held_by="dispute", time=event().time + timedelta(days=1))
    work = worked(event(), held, legal(event))
    known = {one.escalation_id: one for one in work.escalations}
    assert [(one.status, one.held_by) for one in work.letters] == [(LetterStatus.RECALLED, None)]
    assert known[DUNNING].letter_id == work.letters[0].letter_id


def test_only_the_item_of_the_higher_level_leaves_a_letter_about_several(event: Any) -> None:
    work = worked(event(), other(event), legal(event))
    in_letter = {one.escalation_id: one.in_letter for one in work.escalations}
    assert [letter.status for letter in work.letters] == [LetterStatus.PLANNED]
    assert in_letter == {DUNNING: False, OTHER: True, LEGAL: False}


def test_a_letter_is_superseded_when_the_last_of_its_items_leaves_it(event: Any) -> None:
    both = legal(event, escalation_id=uuid.UUID(int=4), item_id="INV-2/1", supersedes=[OTHER])
    work = worked(event(), other(event), legal(event), both)
    assert [(one.status, one.reason) for one in work.letters] == [(LetterStatus.RECALLED, WHY)]


@pytest.mark.parametrize("others", [False, True], ids=["recalled", "gone on without it"])
def test_what_was_superseded_gets_no_letter_when_a_hold_of_it_ends(
    event: Any, others: bool
) -> None:
    later = event().time + timedelta(days=1)
    held = event(type=HELD, held_by="promise P-17", time=later)
    resumed = event(type=RESUMED, time=later + timedelta(days=1))
    more = [other(event)] if others else []
    assert len(worked(event(), *more, held, legal(event), resumed).letters) == 1


@pytest.mark.parametrize(("superseding", "letters"), [(False, 1), (True, 0)])
def test_what_a_letter_left_behind_is_dunned_later_unless_a_higher_level_was_raised(
    event: Any, escalation: Any, letter: Any, task: Any, superseding: bool, letters: int
) -> None:
    """The letter was sent without the item, which a promise held; then the promise ends."""
    sent = replace(letter(), status=LetterStatus.SENT)
    behind = escalation(
        held_by="promise P-17", letter_id=sent.letter_id, task_id=task().task_id, in_letter=False
    )
    resumed = event(type=RESUMED, time=event().time + timedelta(days=1))
    raises = [legal(event)] if superseding else []
    present = Work(escalations=(behind,), letters=(), tasks=(task(),))
    assert len(worked(*raises, resumed, present=present).letters) == letters
