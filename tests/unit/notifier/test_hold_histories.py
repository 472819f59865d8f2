"""Histories of words and letters that leave: held work is paused and not forgotten."""

import itertools
import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.deciding.values import Rules
from services.notifier.domain.decisions import decide
from services.notifier.domain.work import WAITING, LetterStatus
from services.notifier.handlers.desk import Desk, Work
from shared.contracts.escalation import HELD, LIFTED, RAISED, RESUMED, UPDATED

RULES = Rules(time_zone="Asia/Shanghai")
UNTIL = date(2026, 3, 1)
PROMISE = {"held_by": "promise P-17", "held_until": UNTIL}
DISPUTE = {"held_by": "dispute D-3"}


class Story:
    """Words and passes of the sender, one after the other, on the work as it would be stored."""

    def __init__(self, event: Any) -> None:
        self._event = event
        self._count = 0
        self.work = Work(escalations=(), letters=(), tasks=())

    def say(
        self, event_type: str, number: int = 1, *, hour: int | None = None, **more: Any
    ) -> None:
        self._count += 1
        event = self._event(
            type=event_type,
            event_id=uuid.UUID(int=10_000 + self._count),
            escalation_id=uuid.UUID(int=number),
            item_id=f"INV-{number}/1",
            time=self._event().time + timedelta(hours=self._count if hour is None else hour),
            **more,
        )
        desk = Desk(self.work)
        desk.carry_out(decide(event, desk.present(event), RULES))
        self._store(desk.changes())

    def send(self) -> list[set[str]]:
        """Let every letter leave that may; returns the items of each."""
        sent = []
        for letter in self.work.letters:
            if letter.status != LetterStatus.PLANNED or letter.held_by is not None:
                continue
            items = [known for known in self._items(letter.letter_id) if known.in_letter]
            left = [replace(known, in_letter=False) for known in items if not known.dunnable]
            gone = replace(letter, status=LetterStatus.SENT)
            self._store(Work(escalations=tuple(left), letters=(gone,), tasks=()))
            sent.append({known.item_id for known in items if known.dunnable})
        return sent

    def letters(self) -> list[tuple[str, str | None]]:
        return [(letter.status.value, letter.held_by) for letter in self.work.letters]

    def _items(self, letter_id: uuid.UUID) -> list[Any]:
        return [known for known in self.work.escalations if known.letter_id == letter_id]

    def _store(self, changes: Work) -> None:
        merged = []
        for noun, key in (
            ("escalations", "escalation_id"),
            ("letters", "letter_id"),
            ("tasks", "task_id"),
        ):
            kept = {getattr(one, key): one for one in getattr(self.work, noun)}
            kept |= {getattr(one, key): one for one in getattr(changes, noun)}
            merged.append(tuple(kept.values()))
        self.work = Work(escalations=merged[0], letters=merged[1], tasks=merged[2])


@pytest.fixture
def story(event: Any) -> Story:
    return Story(event)


def test_a_held_letter_and_task_wait_and_go_on_where_they_were(story: Story) -> None:
    story.say(RAISED)
    story.say(HELD, **PROMISE)
    (task,) = story.work.tasks
    assert story.letters() == [("planned", "promise P-17")]
    assert (task.held_by, task.held_until, task.status in WAITING) == ("promise P-17", UNTIL, True)
    assert story.send() == []
    story.say(RESUMED)
    assert story.letters() == [("planned", None)]
    assert story.work.tasks[0].held_by is None
    assert story.send() == [{"INV-1/1"}]


def test_a_held_item_is_left_behind_and_gets_a_letter_of_its_own_later(story: Story) -> None:
    story.say(RAISED, 1)
    story.say(RAISED, 2)
    story.say(HELD, 1, **PROMISE)
    assert story.send() == [{"INV-2/1"}]
    story.say(RESUMED, 1)
    assert story.send() == [{"INV-1/1"}]
    assert len({letter.letter_id for letter in story.work.letters}) == 2


def test_an_item_left_behind_twice_gets_a_letter_each_time_it_is_free(story: Story) -> None:
    story.say(RAISED, 1)
    story.say(RAISED, 2)
    story.say(HELD, 1, **PROMISE)
    story.send()
    story.say(RESUMED, 1)
    story.say(RAISED, 3)
    story.say(HELD, 1, **DISPUTE)
    assert story.send() == [{"INV-3/1"}]
    story.say(RESUMED, 1)
    assert story.send() == [{"INV-1/1"}]


def test_an_item_held_again_after_its_letter_left_gets_no_second_one(story: Story) -> None:
    story.say(RAISED)
    story.send()
    story.say(HELD, **PROMISE)
    story.say(RESUMED)
    assert story.send() == []


def test_an_item_that_comes_to_a_letter_on_hold_lets_it_leave_without_the_held_one(
    story: Story,
) -> None:
    story.say(RAISED, 1)
    story.say(HELD, 1, **PROMISE)
    story.say(RAISED, 2)
    assert story.send() == [{"INV-2/1"}]


def test_what_remains_of_a_letter_when_an_item_is_lifted_may_be_on_hold(story: Story) -> None:
    story.say(RAISED, 1)
    story.say(RAISED, 2)
    story.say(HELD, 1, **PROMISE)
    story.say(LIFTED, 2, open="0.00")
    assert story.letters() == [("planned", "promise P-17")]
    assert story.work.tasks[0].held_by == "promise P-17"


def test_lifting_ends_held_work_as_any_other(story: Story) -> None:
    story.say(RAISED)
    story.say(HELD, **PROMISE)
    story.say(LIFTED, open="0.00")
    (task,) = story.work.tasks
    assert story.letters() == [("recalled", None)]
    assert (task.status.value, task.held_by, task.due_on) == ("closed", None, date(2026, 2, 22))


def test_a_hold_after_the_end_changes_nothing(story: Story) -> None:
    story.say(RAISED)
    story.say(LIFTED, open="0.00")
    before = story.work
    story.say(HELD, **PROMISE)
    story.say(RESUMED)
    assert story.work == before


def test_what_is_wholly_in_dispute_waits_until_a_part_of_it_is_not(story: Story) -> None:
    story.say(RAISED)
    story.say(UPDATED, disputed="1250.00")
    assert story.send() == []
    story.say(UPDATED, disputed="250.00")
    assert story.send() == [{"INV-1/1"}]


WORDS = ("raised", "held by P-1", "resumed", "held by P-2", "resumed again", "held by P-3")


@pytest.mark.parametrize("told", range(1, len(WORDS) + 1))
def test_the_last_word_on_a_hold_counts_in_whatever_order_they_come(event: Any, told: int) -> None:
    """Each word has its hour; some come late, even before the raise itself."""
    endings = set()
    for order in itertools.permutations(range(told)):
        story = Story(event)
        for hour in order:
            what, _, name = WORDS[hour].partition(" by ")
            kind = {"raised": RAISED, "held": HELD}.get(what, RESUMED)
            story.say(kind, hour=hour, **({"held_by": name} if kind == HELD else {}))
        (letter,), (task,) = story.work.letters, story.work.tasks
        endings.add((letter.held_by, task.held_by))
    last = WORDS[told - 1].partition(" by ")[2] or None
    assert endings == {(last, last)}


ACTS = st.tuples(
    st.sampled_from([RAISED, RAISED, HELD, HELD, RESUMED, RESUMED, UPDATED, LIFTED, "send"]),
    st.integers(1, 4),
    st.booleans(),
)


@given(st.lists(ACTS, max_size=40))
def test_a_hold_never_loses_an_item_and_no_letter_is_about_a_held_one(
    event: Any, acts: list[tuple[str, int, bool]]
) -> None:
    story = Story(event)
    raised: set[int] = set()
    lifted: set[int] = set()
    held: set[int] = set()
    for act, number, whole in acts:
        if act == "send":
            names = {f"INV-{n}/1" for n in held}
            assert not any(items & names for items in story.send())
            continue
        more: dict[str, Any] = {
            HELD: DISPUTE if whole else PROMISE,
            LIFTED: {"open": "0.00"},
            UPDATED: {"disputed": "1250.00" if whole else "10.00"},
        }.get(act, {})
        story.say(act, number, **more)
        raised |= {number} if act == RAISED and number not in lifted else set()
        lifted |= {number} if act == LIFTED else set()
        held = (held | {number} if act == HELD else held) - lifted
        held -= {number} if act == RESUMED else set()
        _check(story, raised - lifted, held)


def _check(story: Story, standing: set[int], held: set[int]) -> None:
    """What must be true of the work after every word."""
    known = {one.escalation_id.int: one for one in story.work.escalations}
    letters = {letter.letter_id: letter for letter in story.work.letters}
    for number in standing:
        one = known[number]
        assert (one.held_by is not None) == (number in held)
        # In a letter that leaves, or has left; only what is on hold may be in none.
        assert one.in_letter or not one.dunnable
    for letter in letters.values():
        items = [one for one in known.values() if one.letter_id == letter.letter_id]
        inside = [one for one in items if one.in_letter]
        if letter.status == LetterStatus.PLANNED:
            assert inside
            assert all(one.standing for one in inside)
            assert (letter.held_by is None) == any(one.dunnable for one in inside)
    for task in story.work.tasks:
        of_task = [o for o in known.values() if o.task_id == task.task_id and o.standing]
        assert (task.status in WAITING) == bool(of_task)
        if of_task:
            assert (task.held_by is not None) == all(one.held_by for one in of_task)
