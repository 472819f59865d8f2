"""The exact boundary of a condition and of a default: what is equal is enough, a cent less is not.

SAP triggers a dunning level "only if the amount to be dunned is equal to or exceeds the minimum
amount"; Kill Bill's conditions are named `…EqualsOrExceeds`.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.escalation.conditions import overdue_of, shortfall
from services.monitor.domain.escalation.default import default_cause
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import (
    ACCOUNT,
    INSURANCE_CLAIM,
    INSURANCE_NOTICE,
    ITEM,
    Conditions,
    CrossDefault,
)
from tests.unit.monitor.policies import level, policy

TODAY = date(2026, 3, 1)
YESTERDAY = TODAY - timedelta(days=1)
BELOW = "below the minimum"


def owed(minor: int, due_on: date = YESTERDAY, currency: str = "EUR", disputed: int = 0) -> Item:
    """Return an item of which so many minor units are open."""
    item = Item("I", 1, currency, minor, date(2026, 1, 1), due_on, due_on)
    item.disputed = disputed
    return item


def waits(first: Item, *others: Item, scope: str, minimum: int = 0, items: int = 1) -> str | None:
    """Say what the level of `first` waits for, in an account that owes all of these."""
    rung = level("first", 1, conditions=Conditions({"EUR": minimum}, items))
    by = policy(rung, minimum_scope=scope)
    overdue = overdue_of([first, *others], TODAY) if by.needs_account else None
    return shortfall(rung, first, by, overdue, TODAY)


@pytest.mark.parametrize(
    ("items", "scope", "minimum", "expected"),
    [
        ([owed(9999)], ITEM, 10000, BELOW),
        ([owed(10000)], ITEM, 10000, None),
        ([owed(10001)], ITEM, 10000, None),
        ([owed(10001, disputed=1)], ITEM, 10000, None),
        ([owed(10001, disputed=2)], ITEM, 10000, BELOW),
        ([owed(6000), owed(4000)], ITEM, 10000, BELOW),
        ([owed(6000), owed(3999)], ACCOUNT, 10000, BELOW),
        ([owed(6000), owed(4000)], ACCOUNT, 10000, None),
        ([owed(6000), owed(4001, disputed=1)], ACCOUNT, 10000, None),
        ([owed(6000), owed(4001, disputed=2)], ACCOUNT, 10000, BELOW),
        ([owed(6000), owed(4000, TODAY)], ACCOUNT, 10000, BELOW),
        ([owed(6000, TODAY), owed(4000)], ACCOUNT, 10000, None),
        ([owed(6000), owed(4000, currency="USD")], ACCOUNT, 10000, BELOW),
    ],
    ids=[
        "a cent less",
        "equal",
        "a cent more",
        "equal without what is disputed",
        "a cent less without what is disputed",
        "by item, whatever else is owed",
        "by account, a cent less",
        "by account, equal",
        "by account, equal without what is disputed of another",
        "by account, a cent less without what is disputed of another",
        "by account, another that is due today is not overdue",
        "by account, the item itself counts on its due date",
        "by account, another currency",
    ],
)
def test_a_minimum_is_reached_by_what_equals_it(
    items: list[Item], scope: str, minimum: int, expected: str | None
) -> None:
    assert waits(*items, scope=scope, minimum=minimum) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([owed(1)], "fewer than 3 overdue items: 1"),
        ([owed(1), owed(1)], "fewer than 3 overdue items: 2"),
        ([owed(1), owed(1), owed(1)], None),
        ([owed(1), owed(1), owed(1), owed(1)], None),
        ([owed(1), owed(1), owed(1, TODAY)], "fewer than 3 overdue items: 2"),
        ([owed(1, TODAY), owed(1), owed(1)], None),
        ([owed(1), owed(1), owed(1, disputed=1)], "fewer than 3 overdue items: 2"),
        ([owed(1), owed(1), owed(2, disputed=1)], None),
        ([owed(1), owed(1), owed(1, currency="USD")], None),
    ],
    ids=[
        "one",
        "one less",
        "equal",
        "one more",
        "another that is due today is not overdue",
        "the item itself counts on its due date",
        "a wholly disputed one is none",
        "one that is disputed in part is one",
        "in any currency",
    ],
)
@pytest.mark.parametrize("scope", [ITEM, ACCOUNT])
def test_a_number_of_items_is_reached_by_what_equals_it(
    items: list[Item], expected: str | None, scope: str
) -> None:
    assert waits(*items, scope=scope, items=3) == expected


@pytest.mark.parametrize("action", [INSURANCE_CLAIM, INSURANCE_NOTICE])
@pytest.mark.parametrize(
    ("items", "conditions", "scope", "expected"),
    [
        ([owed(5, disputed=5)], Conditions(), ITEM, None),
        ([owed(100, disputed=60)], Conditions({"EUR": 100}), ITEM, None),
        ([owed(99, disputed=99)], Conditions({"EUR": 100}), ITEM, BELOW),
        ([owed(100, disputed=100)], Conditions({"EUR": 100}), ACCOUNT, None),
        ([owed(60, disputed=60), owed(40)], Conditions({"EUR": 100}), ACCOUNT, None),
        ([owed(60, disputed=20), owed(39)], Conditions({"EUR": 100}), ACCOUNT, BELOW),
        ([owed(1, disputed=1)], Conditions({}, 2), ITEM, "fewer than 2 overdue items: 1"),
        ([owed(1, disputed=1), owed(1)], Conditions({}, 2), ITEM, None),
        ([owed(2, disputed=1), owed(1)], Conditions({}, 3), ITEM, "fewer than 3 overdue items: 2"),
    ],
    ids=[
        "all of it",
        "a part counts for its minimum",
        "all of it, a cent less",
        "by account, all of it",
        "by account, all of it and the rest",
        "by account, a part, a cent less",
        "one item is not two",
        "two items",
        "one in part is one",
    ],
)
def test_what_is_disputed_counts_for_what_the_insurer_is_told(
    items: list[Item], conditions: Conditions, scope: str, expected: str | None, action: str
) -> None:
    rung = level("told", 1, action, conditions=conditions)
    by = policy(rung, minimum_scope=scope)
    overdue = overdue_of(items, TODAY) if by.needs_account else None
    assert shortfall(rung, items[0], by, overdue, TODAY) == expected


_minors = st.lists(st.integers(1, 5), min_size=1, max_size=5)


@given(_minors, st.integers(0, 12), st.integers(1, 6), st.sampled_from((ITEM, ACCOUNT)))
def test_conditions_hold_exactly_when_amount_and_number_are_enough(
    minors: list[int], minimum: int, number: int, scope: str
) -> None:
    items = [owed(minor) for minor in minors]
    amount = sum(minors) if scope == ACCOUNT else minors[0]
    holds = amount >= minimum and len(minors) >= number
    assert (waits(*items, scope=scope, minimum=minimum, items=number) is None) == holds


DEFAULTS = policy(level("first", 1), level("second", 5))


def is_default(threshold: dict[str, int], *others: Item, at: str = "second") -> bool:
    """Say whether 60.00 that stand at `second`, and others, put an account in default."""
    standing = owed(6000)
    standing.raised = [Raised("second", "letter", [], YESTERDAY, "tests@1", 5, 1)]
    by = replace(DEFAULTS, cross_default=CrossDefault(at, threshold, None))
    return default_cause(Debtor(), [standing, *others], by, TODAY) is not None


@pytest.mark.parametrize(
    ("threshold", "others", "expected"),
    [
        ({}, [], True),
        ({"EUR": 6001}, [], False),
        ({"EUR": 6000}, [], True),
        ({"EUR": 5999}, [], True),
        ({"EUR": 10000}, [owed(3999)], False),
        ({"EUR": 10000}, [owed(4000)], True),
        ({"EUR": 10000}, [owed(4000, TODAY)], False),
        ({"EUR": 10000}, [owed(4001, disputed=1)], True),
        ({"EUR": 10000}, [owed(4001, disputed=2)], False),
        ({"EUR": 10000}, [owed(4000, currency="USD")], False),
        ({"EUR": 10000, "USD": 4000}, [owed(4000, currency="USD")], True),
        ({"EUR": 10000, "USD": 4001}, [owed(4000, currency="USD")], False),
        ({"USD": 1}, [], False),
    ],
    ids=[
        "none named",
        "a cent less",
        "equal",
        "a cent more",
        "in all, a cent less",
        "in all, equal",
        "what is due today is not overdue",
        "in all, equal without what is disputed",
        "in all, a cent less without what is disputed",
        "another currency",
        "in another currency, equal",
        "in another currency, a cent less",
        "nothing in the one that is named",
    ],
)
def test_a_threshold_is_reached_by_what_equals_it(
    threshold: dict[str, int], others: list[Item], *, expected: bool
) -> None:
    assert is_default(threshold, *others) == expected


@pytest.mark.parametrize(("at", "expected"), [("first", True), ("second", True)])
def test_a_default_is_an_item_at_the_level_or_a_higher_one(at: str, *, expected: bool) -> None:
    assert is_default({}, at=at) == expected


def test_an_item_below_the_level_is_no_default() -> None:
    standing = owed(6000)
    standing.raised = [Raised("first", "letter", [], YESTERDAY, "tests@1", 1, 1)]
    by = replace(DEFAULTS, cross_default=CrossDefault("second", {}, None))
    assert default_cause(Debtor(), [standing], by, TODAY) is None


def test_an_overdue_notice_is_no_default() -> None:
    standing = owed(6000)
    standing.raised = [Raised("told", INSURANCE_NOTICE, [], YESTERDAY, "tests@1", 5, 1)]
    rungs = (level("first", 1), level("told", 5, INSURANCE_NOTICE))
    by = policy(*rungs, cross_default=CrossDefault("first", {}, None))
    assert default_cause(Debtor(), [standing], by, TODAY) is None
