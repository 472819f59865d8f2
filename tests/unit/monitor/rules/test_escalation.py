"""Levels: reached on due date + days (at least, never exactly), once each in a cycle."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from services.monitor.domain.escalation.applied import apply
from services.monitor.domain.escalation.decision import Circumstances, decide
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Policy
from tests.unit.monitor.builders import DUE_ON, ISSUED_ON, day
from tests.unit.monitor.policies import (
    STANDARD,
    STEPWISE,
    WITH_CLAIM_EARLY,
    WITH_CLAIM_EARLY_STEPWISE,
    WITH_MINIMUM,
    policy,
)

#: What a decision raises: (level, what it passes over).
Raises = list[tuple[str, list[str]]]


def make_item(open_minor: int = 10000, *stands: str, raised_days_ago: int = 1) -> Item:
    """Return an item of EUR that is due on `DUE_ON`, with levels that stand raised."""
    item = Item("A", 1, "EUR", open_minor, day(ISSUED_ON), day(DUE_ON), day(DUE_ON))
    raised_on = day(DUE_ON) - timedelta(raised_days_ago)
    item.raised = [Raised(name, name, [], raised_on, "tests@1", 0, 1) for name in stands]
    return item


def raises(item: Item, by: Policy, days: int) -> tuple[Raises, int | None]:
    """Decide so many days after the due date; returns what is raised, and when to look again."""
    decision = decide(item, by, day(DUE_ON) + timedelta(days))
    again = decision.next_attention_on
    return (
        [(one.level.name, one.skipped) for one in decision.raises],
        None if again is None else (again - day(DUE_ON)).days,
    )


@dataclass(frozen=True)
class Moment:
    """An item so many days past due under a policy, and what comes of it."""

    name: str
    policy: Policy
    days: int
    #: Levels that stand raised already.
    stands: tuple[str, ...]
    raises: Raises
    #: Days past due when it must be looked at again.
    again: int | None


CLAIM = "insurance_claim"


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(moment, id=moment.name)
        for moment in (
            Moment("long before the due date", STANDARD, -40, (), [], 15),
            Moment("on the due date", STANDARD, 0, (), [], 15),
            Moment("day 14", STANDARD, 14, (), [], 15),
            Moment("day 15", STANDARD, 15, (), [("dunning", [])], 30),
            Moment("day 15, dunning stands", STANDARD, 15, ("dunning",), [], 30),
            Moment("day 29", STANDARD, 29, ("dunning",), [], 30),
            Moment("day 30", STANDARD, 30, ("dunning",), [("legal", [])], 60),
            Moment("day 59", STANDARD, 59, ("dunning", "legal"), [], 60),
            Moment("day 60", STANDARD, 60, ("dunning", "legal"), [(CLAIM, [])], None),
            Moment("all stand", STANDARD, 99, ("dunning", "legal", CLAIM), [], None),
            Moment("first seen on day 16", STANDARD, 16, (), [("dunning", [])], 30),
            Moment("first seen on day 40", STANDARD, 40, (), [("legal", ["dunning"])], 60),
            Moment(
                "first seen on day 400", STANDARD, 400, (), [(CLAIM, ["dunning", "legal"])], None
            ),
            Moment("jumped from dunning", STANDARD, 99, ("dunning",), [(CLAIM, ["legal"])], None),
            Moment("legal stands alone", STANDARD, 35, ("legal",), [], 60),
        )
    ],
)
def test_the_highest_level_that_is_reached_is_raised(moment: Moment) -> None:
    item = make_item(10000, *moment.stands)
    assert raises(item, moment.policy, moment.days) == (moment.raises, moment.again)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(moment, id=moment.name)
        for moment in (
            Moment("day 14", STEPWISE, 14, (), [], 15),
            Moment("day 15", STEPWISE, 15, (), [("dunning", [])], 30),
            Moment("first seen on day 40", STEPWISE, 40, (), [("dunning", [])], 41),
            Moment("the day after", STEPWISE, 41, ("dunning",), [("legal", [])], 60),
            Moment("first seen on day 60", STEPWISE, 60, (), [("dunning", []), (CLAIM, [])], 61),
            Moment("all stand", STEPWISE, 99, ("dunning", "legal", CLAIM), [], None),
        )
    ],
)
def test_step_by_step_one_level_a_day_is_raised(moment: Moment) -> None:
    item = make_item(10000, *moment.stands)
    assert raises(item, moment.policy, moment.days) == (moment.raises, moment.again)


def test_step_by_step_a_second_look_on_the_same_day_raises_nothing_more() -> None:
    item = make_item(10000, "dunning", raised_days_ago=-40)
    assert raises(item, STEPWISE, 40) == ([], 41)


def test_step_by_step_a_claim_of_today_does_not_hold_the_next_step() -> None:
    item = make_item(10000, "insurance_claim", raised_days_ago=-60)
    assert raises(item, STEPWISE, 60) == ([("dunning", [])], 61)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(moment, id=moment.name)
        for moment in (
            Moment("six days before", WITH_CLAIM_EARLY, -6, (), [], -5),
            Moment("five days before", WITH_CLAIM_EARLY, -5, (), [("reminder", [])], 10),
            Moment(
                "the claim passes over what is below it",
                WITH_CLAIM_EARLY, 25, (), [(CLAIM, ["dunning"])], 30,
            ),
            Moment(
                "the claim is not passed over by a higher level",
                WITH_CLAIM_EARLY, 45, (),
                [(CLAIM, []), ("legal", ["dunning"])], None,
            ),
            Moment(
                "the claim is still raised under a higher level that stands",
                WITH_CLAIM_EARLY, 45, ("legal",), [(CLAIM, [])], None,
            ),
            Moment(
                "the claim is looked for under a higher level that stands",
                WITH_CLAIM_EARLY, 5, ("legal",), [], 20,
            ),
            Moment(
                "step by step the claim does not wait for its turn",
                WITH_CLAIM_EARLY_STEPWISE, 45, (), [("dunning", []), (CLAIM, [])], 46,
            ),
        )
    ],
)  # fmt: skip
def test_a_claim_is_never_passed_over_nor_delayed(moment: Moment) -> None:
    item = make_item(10000, *moment.stands)
    assert raises(item, moment.policy, moment.days) == (moment.raises, moment.again)


@pytest.mark.parametrize(
    ("open_minor", "disputed", "expected"),
    [
        (3499, 0, ([], 60)),
        (3500, 0, ([("dunning", [])], 30)),
        (9000, 5501, ([], 60)),
        (9000, 5500, ([("dunning", [])], 30)),
        (0, 0, ([], None)),
    ],
    ids=["under it", "at it", "less the dispute under it", "less the dispute at it", "cleared"],
)
def test_under_the_minimum_no_level_but_a_claim_is_raised(
    open_minor: int, disputed: int, expected: tuple[Raises, int | None]
) -> None:
    item = make_item(open_minor)
    item.disputed = disputed
    assert raises(item, WITH_MINIMUM, 15) == expected


def test_a_currency_without_a_minimum_has_none() -> None:
    item = make_item(1)
    item.currency = "USD"
    assert raises(item, WITH_MINIMUM, 15) == ([("dunning", [])], 30)


def test_a_wholly_disputed_item_is_left_alone_but_for_a_claim() -> None:
    item = make_item()
    item.disputed = item.open
    assert raises(item, STANDARD, 59) == ([], 60)
    assert raises(item, STANDARD, 99) == ([(CLAIM, [])], None)


def test_a_level_that_was_passed_over_is_not_raised_later() -> None:
    item = make_item()
    decision = decide(item, STANDARD, day(DUE_ON) + timedelta(40))
    apply(item, decision, STANDARD, day(DUE_ON) + timedelta(40))
    lower = policy(("legal", 1, "legal_handoff"), ("dunning", 15, "dunning_letter"))
    assert raises(item, lower, 50) == ([], None)


def test_applying_a_decision_marks_the_item() -> None:
    item = make_item()
    today = day(DUE_ON) + timedelta(40)
    fresh = apply(item, decide(item, STANDARD, today), STANDARD, today).raised
    assert fresh == [Raised("legal", "legal_handoff", ["dunning"], today, "tests@1", 40, 1)]
    assert item.raised == fresh
    assert item.next_attention_on == day(DUE_ON) + timedelta(60)
    assert item.level == "legal"


def test_an_item_stands_at_the_highest_level_not_at_the_last_one_raised() -> None:
    """Insolvency raises a claim before the letter's day."""
    claimed = policy(("dunning", 15, "dunning_letter"), ("claim", 60, "insurance_claim"))
    item, around = make_item(), Circumstances(Debtor(insolvent_on=day(DUE_ON)))
    raised = []
    for days in (1, 15):
        today = day(DUE_ON) + timedelta(days)
        made = apply(item, decide(item, claimed, today, around), claimed, today, around)
        raised += [one.level for one in made.raised]
    assert raised == ["claim", "dunning"]
    assert item.level == "claim"


def test_a_policy_that_turns_levels_round_turns_round_where_an_item_stands() -> None:
    item = make_item()
    today = day(DUE_ON) + timedelta(40)
    names = ("first", "second")
    item.raised = [Raised(name, "letter", [], today, "tests@1", 40, 1) for name in names]
    turned = policy(("second", 10, "letter"), ("first", 20, "letter"))
    decision = decide(item, turned, today)
    assert not decision.says
    apply(item, decision, turned, today)
    assert [one.level for one in item.raised] == ["second", "first"]
    assert item.level == "first"


def test_a_level_says_on_which_day_it_was_reached_not_seen() -> None:
    decision = decide(make_item(), STANDARD, day(DUE_ON) + timedelta(40))
    assert [one.reached_on for one in decision.raises] == [day(DUE_ON) + timedelta(30)]


def test_an_item_without_a_raised_level_stands_at_none() -> None:
    assert make_item().level is None


@pytest.mark.parametrize(
    ("today", "days"),
    [("2026-01-30", 0), ("2026-01-31", 0), ("2026-02-01", 1), ("2026-03-02", 30)],
)
def test_days_overdue_count_from_the_day_after_the_due_date(today: str, days: int) -> None:
    assert make_item().days_overdue(day(today)) == days
