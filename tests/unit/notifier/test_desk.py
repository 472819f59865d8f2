"""A batch's events on one desk: grouping, and histories in any order of arrival."""

import itertools
import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.deciding.values import Rules
from services.notifier.domain.decisions import decide
from services.notifier.domain.work import WAITING, LetterStatus, TaskStatus
from services.notifier.handlers.desk import Desk, Work
from shared.contracts.escalation import LIFTED, UPDATED, Claim

RULES = Rules(time_zone="Asia/Shanghai")
NOTHING = Work(escalations=(), letters=(), tasks=())


def worked(*events: Any, present: Work = NOTHING) -> Work:
    desk = Desk(present)
    for event in events:
        desk.carry_out(decide(event, desk.present(event), RULES))
    return desk.changes()


def of_item(event: Any, number: int, **changes: Any) -> Any:
    name = f"INV-{number}"
    return event(
        escalation_id=uuid.UUID(int=number),
        event_id=uuid.UUID(int=1000 + number),
        item_id=f"{name}/1",
        invoice_id=name,
        **changes,
    )


def test_items_of_one_account_and_level_share_a_letter_and_a_task(event: Any) -> None:
    work = worked(of_item(event, 1), of_item(event, 2))
    assert (len(work.letters), len(work.tasks), len(work.escalations)) == (1, 1, 2)


def test_items_of_two_levels_have_letters_of_their_own_and_one_task(event: Any) -> None:
    work = worked(of_item(event, 1), of_item(event, 2, level="final"))
    assert (len(work.letters), len(work.tasks)) == (2, 1)


def test_items_of_two_accounts_share_nothing(event: Any) -> None:
    work = worked(of_item(event, 1), of_item(event, 2, account_id="default:C-2"))
    assert (len(work.letters), len(work.tasks)) == (2, 2)


def test_an_item_of_another_day_has_a_task_of_its_own(event: Any) -> None:
    later = of_item(event, 2, raised_on=event().raised_on.replace(day=16))
    assert len(worked(of_item(event, 1), later).tasks) == 2


def test_claims_that_are_told_anew_on_one_day_share_a_task(event: Any, task: Any) -> None:
    done = [
        task(task_id=uuid.UUID(int=number), status=TaskStatus.COMPLETED, kind="insurance_claim")
        for number in (71, 72)
    ]
    known = worked(
        *(of_item(event, number, action="insurance_claim") for number in (1, 2))
    ).escalations
    present = Work(
        escalations=tuple(
            replace(one, task_id=its.task_id) for one, its in zip(known, done, strict=True)
        ),
        letters=(),
        tasks=(),
    )
    claim = Claim(why=[], amount="9.00", currency="CNY", changed_on=date(2026, 4, 5))
    words = [
        of_item(
            event,
            number,
            type=UPDATED,
            action="insurance_claim",
            claim=claim,
            said_on=date(2026, 4, 5),
        )
        for number in (1, 2)
    ]
    work = worked(*words, present=present)
    [opened] = work.tasks
    assert [one.task_id for one in work.escalations] == [opened.task_id] * 2


def test_a_claim_joins_no_task_of_claims_that_were_dealt_with(event: Any, task: Any) -> None:
    anew = task(kind="insurance_claim", why="the claim is now 9.00")
    present = Work(escalations=(), letters=(), tasks=(anew,))
    work = worked(of_item(event, 1, action="insurance_claim"), present=present)
    assert [one.task_id for one in work.escalations] != [anew.task_id]
    assert [one.why for one in work.tasks] == [None]


def test_what_is_withdrawn_keeps_no_task_waiting(event: Any) -> None:
    raised = [of_item(event, number, action="insurance_claim") for number in (1, 2)]
    known = worked(*raised)
    [task] = known.tasks
    anew = replace(task, why="the claims have changed")
    lifted = [
        of_item(event, number, action="insurance_claim", type=LIFTED, open="0.00")
        for number in (1, 2)
    ]
    work = worked(*lifted, present=replace(known, tasks=(anew,)))
    assert {(one.kind, one.status) for one in work.tasks} == {
        ("insurance_claim", TaskStatus.CLOSED),
        ("claim_withdrawal", TaskStatus.OPEN),
    }


def test_an_item_joins_a_letter_planned_before(event: Any, letter: Any) -> None:
    present = Work(escalations=(), letters=(letter(),), tasks=())
    (known,) = worked(of_item(event, 9), present=present).escalations
    assert known.letter_id == letter().letter_id


def test_an_item_does_not_join_a_taken_task(event: Any, task: Any) -> None:
    present = Work(escalations=(), letters=(), tasks=(task(status=TaskStatus.TAKEN),))
    (known,) = worked(of_item(event, 9), present=present).escalations
    assert known.task_id != task().task_id


def test_a_raise_after_a_recall_in_the_same_batch_gets_a_letter_that_can_leave(event: Any) -> None:
    first = of_item(event, 1)
    lifted = of_item(event, 1, type=LIFTED, open="0.00")
    work = worked(first, lifted, of_item(event, 2))
    assert [letter.status for letter in work.letters] == [
        LetterStatus.RECALLED,
        LetterStatus.PLANNED,
    ]


def test_an_untouched_item_of_a_loaded_letter_keeps_it_from_being_recalled(
    event: Any, escalation: Any, letter: Any
) -> None:
    held = [
        escalation(escalation_id=uuid.UUID(int=n), letter_id=letter().letter_id, in_letter=True)
        for n in (1, 2)
    ]
    present = Work(escalations=tuple(held), letters=(letter(),), tasks=())
    work = worked(of_item(event, 1, type=LIFTED, open="0.00"), present=present)
    assert work.letters == ()


def test_a_shared_task_and_letter_end_with_their_last_item(event: Any) -> None:
    lifts = [of_item(event, n, type=LIFTED, open="0.00") for n in (1, 2)]
    work = worked(of_item(event, 1), of_item(event, 2), *lifts)
    assert [task.status for task in work.tasks] == [TaskStatus.CLOSED]
    assert [letter.status for letter in work.letters] == [LetterStatus.RECALLED]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 4), st.sampled_from(["raised", "updated", "lifted"]), st.booleans()
        ),
        max_size=30,
    )
)
def test_work_waits_exactly_while_one_of_its_items_stands(event: Any, words: Any) -> None:
    def word(number: int, what: str, other: bool) -> Any:
        account = "default:C-2" if number > 2 else "default:C-1"
        changes = {"updated": {"type": UPDATED}, "lifted": {"type": LIFTED, "open": "0.00"}}
        action = "legal_handoff" if other and number == 1 else "dunning_letter"
        return of_item(event, number, account_id=account, action=action, **changes.get(what, {}))

    work = worked(*itertools.starmap(word, words))
    for task in work.tasks:
        standing = [known for known in work.escalations if known.task_id == task.task_id]
        assert (task.status in WAITING) == any(known.standing for known in standing)
    for letter in work.letters:
        held = [known for known in work.escalations if known.letter_id == letter.letter_id]
        due = any(known.standing and known.in_letter for known in held)
        assert (letter.status == LetterStatus.PLANNED) == due
    raised = {n for n, what, _ in words if what == "raised"}
    assert {known.escalation_id.int for known in work.escalations if known.task_id} <= raised
