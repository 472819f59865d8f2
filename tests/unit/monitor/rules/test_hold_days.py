"""On which days each thing holds an item, to the day; and which of several counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.monitor.domain.escalation.holds import (
    ENFORCEMENT,
    KINDS,
    Hold,
    free_on,
    hold_of,
    holds_on,
    next_hold_on,
)
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Block, Debtor, Enforcement, Promise
from tests.unit.monitor.builders import DUE_ON, ISSUED_ON, day
from tests.unit.monitor.policies import level

MADE_ON = day("2026-02-01")
LAST = day("2026-02-10")
SAID_AT = datetime(2026, 2, 1, tzinfo=UTC)
OFF = Enforcement(enforced=False, set_on=MADE_ON, said_at=SAID_AT, event_name="e1")
ON = Enforcement(enforced=True, set_on=MADE_ON, said_at=SAID_AT, event_name="e1")
OFF_LATER = Enforcement(enforced=False, set_on=LAST, said_at=SAID_AT, event_name="e2")
ON_LATER = Enforcement(enforced=True, set_on=LAST, said_at=SAID_AT, event_name="e2")


def promise(**more: Any) -> Debtor:
    """A debtor with a promise for the whole account."""
    return Debtor(promises={"P": Promise(made_on=MADE_ON, promised_on=LAST, **more)})


def block(**more: Any) -> Debtor:
    """A debtor with a block of the whole account."""
    return Debtor(blocks={"B": Block(**({"blocked_on": MADE_ON} | more))})


@pytest.mark.parametrize(
    ("debtor", "today", "labels"),
    [
        pytest.param(Debtor(), "2026-02-10", [], id="nothing"),
        pytest.param(promise(), "2026-02-10", ["promise P"], id="a promise on its day"),
        pytest.param(promise(), "2026-02-11", [], id="the day after"),
        pytest.param(promise(withdrawn_on=LAST), "2026-02-10", [], id="withdrawn"),
        pytest.param(promise(invoice_ids=["A"]), "2026-02-10", ["promise P"], id="for it"),
        pytest.param(promise(invoice_ids=["B"]), "2026-02-10", [], id="for another"),
        pytest.param(
            Debtor(promises={"P": Promise(withdrawn_on=MADE_ON)}), "2026-02-10", [],
            id="a withdrawal before its promise",
        ),
        pytest.param(block(), "2099-01-01", ["block B"], id="a block without an end"),
        pytest.param(block(until=LAST), "2026-02-10", ["block B"], id="a block on its last day"),
        pytest.param(block(until=LAST), "2026-02-11", [], id="the day after its last"),
        pytest.param(block(unblocked_on=LAST), "2026-02-10", [], id="lifted"),
        pytest.param(block(unblocked_on=LAST), "2026-02-09", ["block B"], id="to be lifted"),
        pytest.param(
            block(until=LAST, unblocked_on=day("2026-02-12")), "2026-02-11", [],
            id="over before it is lifted",
        ),
        pytest.param(block(blocked_on=LAST), "2026-02-09", [], id="a block to come"),
        pytest.param(block(blocked_on=LAST), "2026-02-10", ["block B"], id="on its first day"),
        pytest.param(block(invoice_id="A"), "2026-02-10", ["block B"], id="of it"),
        pytest.param(block(invoice_id="B"), "2026-02-10", [], id="of another"),
        pytest.param(
            block(blocked_on=None, unblocked_on=LAST), "2026-02-10", [],
            id="a lifting before its block",
        ),
        pytest.param(
            Debtor(insolvent_on=MADE_ON), "2026-02-10", ["insolvency"], id="insolvency for good"
        ),
        pytest.param(Debtor(enforcement=OFF), "2026-02-10", ["enforcement"], id="enforcement off"),
        pytest.param(Debtor(enforcement=ON), "2026-02-10", [], id="enforcement on again"),
        pytest.param(Debtor(enforcement=OFF_LATER), "2026-02-09", [], id="to be switched off"),
        pytest.param(
            Debtor(enforcement=ON_LATER, earlier_enforcement=(OFF,)), "2026-02-09",
            ["enforcement"], id="to be switched on again",
        ),
        pytest.param(
            Debtor(enforcement=ON_LATER, earlier_enforcement=(OFF,)), "2026-02-10", [],
            id="on again from its day",
        ),
        pytest.param(
            Debtor(enforcement=OFF_LATER, earlier_enforcement=(OFF,)), "2026-02-09",
            ["enforcement"], id="off, and to be switched off once more",
        ),
    ],
)  # fmt: skip
def test_each_thing_holds_on_its_days(debtor: Debtor, today: str, labels: list[str]) -> None:
    item = Item("A", 1, "EUR", 10000, day(ISSUED_ON), day(DUE_ON), day(DUE_ON))
    assert [one.label for one in holds_on(item, debtor, (), day(today))] == labels


@pytest.mark.parametrize(
    ("debtor", "until"),
    [
        pytest.param(block(until=LAST), "2026-02-10", id="a block to its last day"),
        pytest.param(block(until=LAST, unblocked_on=LAST), "2026-02-09", id="lifted before it"),
        pytest.param(block(unblocked_on=LAST), "2026-02-09", id="to be lifted"),
        pytest.param(block(), None, id="a block without an end"),
        pytest.param(
            Debtor(enforcement=ON_LATER, earlier_enforcement=(OFF,)), "2026-02-09",
            id="to be switched on again",
        ),
        pytest.param(
            Debtor(enforcement=OFF_LATER, earlier_enforcement=(OFF,)), None, id="off for good"
        ),
    ],
)  # fmt: skip
def test_a_hold_says_the_last_day_that_is_known(debtor: Debtor, until: str | None) -> None:
    item = Item("A", 1, "EUR", 10000, day(ISSUED_ON), day(DUE_ON), day(DUE_ON))
    [hold] = holds_on(item, debtor, (), day("2026-02-05"))
    assert hold.until == (until and day(until))


@pytest.mark.parametrize(
    ("debtor", "begins_on"),
    [
        pytest.param(Debtor(), None, id="nothing is said"),
        pytest.param(block(), None, id="it has begun"),
        pytest.param(block(blocked_on=LAST), "2026-02-10", id="a block to come"),
        pytest.param(block(blocked_on=LAST, invoice_id="B"), None, id="of another"),
        pytest.param(block(blocked_on=LAST, unblocked_on=MADE_ON), None, id="lifted beforehand"),
        pytest.param(Debtor(enforcement=OFF_LATER), "2026-02-10", id="to be switched off"),
        pytest.param(Debtor(enforcement=ON_LATER), None, id="to be switched on"),
    ],
)
def test_what_begins_to_hold_later_is_known_ahead(debtor: Debtor, begins_on: str | None) -> None:
    item = Item("A", 1, "EUR", 10000, day(ISSUED_ON), day(DUE_ON), day(DUE_ON))
    found = next_hold_on(item, debtor, day("2026-02-05"))
    assert found == (begins_on and day(begins_on))


@pytest.mark.parametrize(
    ("open_minor", "disputed", "holds"),
    [(100, 0, False), (100, 99, False), (100, 100, True), (0, 0, False)],
    ids=["nothing disputed", "a part", "all", "nothing open"],
)
def test_a_dispute_holds_what_is_disputed_to_the_last_unit(
    open_minor: int, disputed: int, *, holds: bool
) -> None:
    item = Item("A", 1, "EUR", open_minor, day(ISSUED_ON), day(DUE_ON), day(DUE_ON))
    item.disputed = disputed
    assert [one.kind for one in holds_on(item, Debtor(), (), LAST)] == ["dispute"] * holds


def test_a_promise_that_was_kept_holds_nothing_any_more() -> None:
    item = Item("A", 1, "EUR", 10000, day(ISSUED_ON), day(DUE_ON), day(DUE_ON))
    assert holds_on(item, promise(), ("P",), LAST) == []


EARLY, LATE = Hold("promise", "P", LAST), Hold("block", "B", day("2026-02-20"))
FOR_GOOD = Hold("dispute", "")


@pytest.mark.parametrize(
    ("held_by", "holds", "expected"),
    [
        ("promise block", [EARLY, LATE], LATE),
        ("promise", [EARLY, LATE], EARLY),
        ("insolvency", [EARLY, LATE], None),
        ("promise block dispute", [EARLY, FOR_GOOD, LATE], FOR_GOOD),
        ("", [EARLY, Hold(ENFORCEMENT, "")], Hold(ENFORCEMENT, "")),
    ],
    ids=["the longest", "only what it names", "nothing it names", "without an end", "enforcement"],
)
def test_of_what_can_hold_a_level_the_longest_counts(
    held_by: str, holds: list[Hold], expected: Hold | None
) -> None:
    assert hold_of(level("a", 10, held_by=held_by), holds) == expected


def test_a_hold_is_over_on_the_day_after_its_last() -> None:
    assert free_on(EARLY) == day("2026-02-11")
    assert free_on(FOR_GOOD) is None


def test_enforcement_is_nothing_a_policy_names() -> None:
    assert ENFORCEMENT not in KINDS
