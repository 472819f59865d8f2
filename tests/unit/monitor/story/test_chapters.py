"""An item's past in the order of time: events, and the policies that came into force between."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import msgspec
import pytest

from services.monitor.domain.policy.policies import in_turn
from services.monitor.domain.policy.policy import Level, Policy, Scope
from services.monitor.handlers.answers.chapters import POLICY_SET, Teller
from services.monitor.handlers.answers.remembered import Word, kept_from
from services.monitor.handlers.answers.replay import JournalRow, Replay
from services.monitor.handlers.ports import Record
from shared.contracts.catalogue import LEDGER_TYPES
from shared.contracts.envelope import LedgerEvent, name_of
from shared.contracts.fields import Inbound
from tests.unit.monitor.builders import ACCOUNT_ID, customer, issued, paid
from tests.unit.monitor.debtor_builders import promise_withdrawn, promised
from tests.unit.monitor.policies import default_policy

TYPES: Final = {struct: name for name, struct in LEDGER_TYPES.items()}


def at(day: int) -> datetime:
    """An instant of February 2026."""
    return datetime(2026, 2, day, tzinfo=UTC)


def row(offset: int, day: int, data: Inbound) -> JournalRow:
    """A journal entry, recorded on a day of February 2026."""
    event = LedgerEvent(
        specversion="1.0",
        id=f"e{offset}",
        source="tests",
        type=TYPES[type(data)],
        time=at(1),
        accountid=ACCOUNT_ID,
        eventname=name_of("tests", f"e{offset}").hex,
        data=msgspec.Raw(msgspec.json.encode(data)),
    )
    return JournalRow(Record(0, offset, msgspec.json.encode(event)), "oldest_due_first", at(day))


FIRST: Final = default_policy()
SECOND: Final = replace(FIRST, version=2)
FOR_GRADE: Final = replace(FIRST, name="grade B", scope=Scope(grade="B"))
#: The first of all stands for the time before it was kept as well.
BEFORE: Final = (at(28), FIRST)


def told(teller: Teller) -> list[tuple[str, date, str]]:
    """Return type, day, and the policy that applies after it, where the chapter has changed it."""
    return [
        (
            chapter.type,
            chapter.happened_on,
            ", ".join(f"{one.after}" for one in chapter.changes if one.what == "policy"),
        )
        for chapter in teller.chapters
    ]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(
            [BEFORE], ["invoice.issued.v1 default@1", "payment.received.v1"], id="one for all time"
        ),
        pytest.param(
            [BEFORE, (at(4), SECOND)],
            ["invoice.issued.v1 default@1", "policy.set default@2", "payment.received.v1"],
            id="set between two events",
        ),
        pytest.param(
            [BEFORE, (at(9), SECOND)],
            ["invoice.issued.v1 default@1", "payment.received.v1", "policy.set default@2"],
            id="set after the last event",
        ),
        pytest.param(
            [BEFORE, (at(2), SECOND)],
            ["invoice.issued.v1 default@2", "payment.received.v1"],
            id="set before there was the item",
        ),
        pytest.param(
            [BEFORE, (at(4), FOR_GRADE)],
            ["invoice.issued.v1 default@1", "payment.received.v1"],
            id="set for others",
        ),
    ],
)
def test_a_policy_is_told_where_it_came_into_force_for_the_item(
    history: list[tuple[datetime, Policy]], expected: list[str]
) -> None:
    teller = Teller(ACCOUNT_ID, "A", 1, in_turn(history), [])
    teller.read(row(1, 3, issued("A", "100.00")))
    teller.read(row(2, 5, paid("P", "10.00", ("A", "10.00"))))
    teller.end()
    assert [f"{name} {label}".strip() for name, _day, label in told(teller)] == expected


def test_another_grade_brings_the_policy_that_is_in_force_for_it_by_then() -> None:
    teller = Teller(ACCOUNT_ID, "A", 1, in_turn([BEFORE, (at(4), FOR_GRADE)]), [])
    teller.read(row(1, 3, issued("A", "100.00")))
    teller.read(row(2, 3, customer(1, grade="B")))
    teller.end()
    assert [label for _type, _day, label in told(teller)] == ["default@1", "", "grade B@1"]


def test_a_policy_has_the_creditors_day_and_no_source() -> None:
    late = datetime(2026, 2, 4, 17, tzinfo=UTC)
    teller = Teller(ACCOUNT_ID, "A", 1, in_turn([BEFORE, (late, SECOND)]), [])
    teller.read(row(1, 3, issued("A", "100.00")))
    teller.end()
    last = teller.chapters[-1]
    assert (last.type, last.event_id, last.source) == (POLICY_SET, "default@2", "")
    assert (last.happened_on, last.recorded_at) == (date(2026, 2, 5), late)


def test_what_is_in_volumes_is_not_told_nor_the_policies_of_that_time() -> None:
    third = replace(FIRST, version=3)
    policies = in_turn([BEFORE, (at(4), SECOND), (at(6), third)])
    before = Replay(ACCOUNT_ID)
    before.add(row(1, 3, issued("A", "100.00")))
    before.add(row(2, 5, paid("P", "10.00", ("A", "10.00"))))
    teller = Teller(ACCOUNT_ID, "A", 1, policies, [])
    teller.read(before.opening(0, at(5)))
    teller.read(row(3, 7, paid("Q", "20.00", ("A", "20.00"))))
    teller.end()
    assert teller.in_volumes_until == at(5)
    assert [(name, label) for name, _day, label in told(teller)] == [
        ("policy.set", "default@3"),
        ("payment.received.v1", ""),
    ]
    changed = {one.what: (one.before, one.after) for one in teller.chapters[-1].changes}
    assert changed["open"] == ("90.00", "70.00")


def said_of(promise_id: str, word: str, day: int) -> Word:
    """A word about a promise, said on a day of February 2026."""
    family, status = word.split(".")
    return Word(type=f"{family}.{status}.v1", time=at(day), promise_id=promise_id, status=status)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        pytest.param([said_of("W", "promise.kept", 4)], [], id="kept before"),
        pytest.param([said_of("W", "promise.kept", 6)], ["hold"], id="kept later"),
        pytest.param(
            [said_of("W", "promise.kept", 3), said_of("W", "promise.annulled", 4)],
            ["hold"],
            id="kept, and not any more: its money bounced",
        ),
        pytest.param(
            [said_of("W", "promise.kept", 3), said_of("W", "promise.broken", 4)],
            ["hold"],
            id="kept, and then broken",
        ),
    ],
)
def test_a_promise_that_was_kept_held_nothing_any_more(
    words: list[Word], changes: list[str]
) -> None:
    kept = kept_from([said_of("X", "promise.broken", 1), *words])
    teller = Teller(ACCOUNT_ID, "A", 1, in_turn([BEFORE]), kept)
    teller.read(row(1, 3, issued("A", "100.00")))
    teller.read(row(2, 3, promised("W")))
    teller.read(row(3, 5, promise_withdrawn("W")))
    assert [one.what for one in teller.chapters[-1].changes] == changes


class CountedLevels(tuple[Level, ...]):
    """A policy's levels, which know how often somebody went through them."""

    __slots__ = ()
    walks = 0

    def __iter__(self) -> Iterator[Level]:
        type(self).walks += 1
        return super().__iter__()


def test_events_on_other_items_cost_no_look_at_this_one() -> None:
    policy = replace(FIRST, levels=CountedLevels(FIRST.levels))
    teller = Teller(ACCOUNT_ID, "A", 1, in_turn([(at(28), policy)]), [])
    teller.read(row(1, 3, issued("A", "100.00")))
    before = CountedLevels.walks
    for offset in range(2, 100):
        teller.read(row(offset, 3, issued(f"B{offset}", "100.00")))
    # One at the most for each day on which anything happened, however much.
    assert CountedLevels.walks <= before + 1
    teller.read(row(100, 3, paid("P", "40.00", ("A", "40.00"))))
    assert [one.what for one in teller.chapters[-1].changes] == ["open"]
