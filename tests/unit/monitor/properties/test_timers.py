"""Day by day: what is said by following the timers is what a look at everything says."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from services.monitor.domain.escalation.clock import crossed_on
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policy import Conditions, Policy
from shared.contracts.invoice import InvoiceIssued
from tests.unit.monitor.builders import cover
from tests.unit.monitor.debtor_builders import blocked
from tests.unit.monitor.profiles import lives
from tests.unit.monitor.rules.draws import (
    FIRST_DAY,
    LIFE_DAYS,
    Step,
    after,
    day_of,
    lived,
    policies,
    steps,
    timeless,
)
from tests.unit.monitor.rules.world import World


def by_day(world: World) -> list[tuple[date, str]]:
    """Return what was said, whatever the order within a day."""
    return sorted(world.words)


@given(policies(), steps())
def test_timers_say_what_a_scan_of_every_day_says(policy: Policy, happens: list[Step]) -> None:
    assert by_day(lived(policy, happens)) == by_day(lived(policy, happens, scans=True))


@given(policies(), steps())
def test_deciding_twice_on_one_day_says_nothing_more(policy: Policy, happens: list[Step]) -> None:
    world = World(policy, scans=True)
    for number in range(LIFE_DAYS):
        today = FIRST_DAY + timedelta(number)
        before = len(world.words)
        day_of(world, today, happens)
        said, timers = len(world.words), [one.next_attention_on for one in world.book.items()]
        if said == before:
            continue
        world.live(today)
        assert world.words[said:] == []
        assert [one.next_attention_on for one in world.book.items()] == timers


@lives
@given(policies(), steps())
def test_every_law_holds_on_every_day(policy: Policy, happens: list[Step]) -> None:
    world = World(policy)
    for number in range(LIFE_DAYS):
        today = FIRST_DAY + timedelta(number)
        day_of(world, today, happens)
        timers_lie_ahead(world, today)
        reminders_come_before_the_due_date(world, today)
        what_stands_raised_is_due_and_what_is_not_is_lifted(world, today)
    no_level_is_raised_twice_per_item_and_cycle(world)
    what_is_lifted_was_raised_and_what_is_held_goes_on_once(world)


def timers_lie_ahead(world: World, today: date) -> None:
    for item in world.book.items():
        assert item.next_attention_on is None or item.next_attention_on > today
        assert item.open or item.next_attention_on is None


def reminders_come_before_the_due_date(world: World, today: date) -> None:
    for item in world.book.items():
        for one in item.raised:
            if (one.raised_on, one.policy) != (today, world.policy.label):
                continue
            level = world.policy.level(one.level)
            assert level is not None
            assert level.after_days >= 0 or level.is_insurers or today < item.due_on


def what_stands_raised_is_due_and_what_is_not_is_lifted(world: World, today: date) -> None:
    wrong = [
        (item.item_id, raised.level)
        for item in world.book.items()
        for raised in item.raised
        if not stands_rightly(world, item, raised.level, today)
    ]
    assert wrong == []


def stands_rightly(world: World, item: Item, name: str, today: date) -> bool:
    """Say whether an item's level is due under the policy in force; the insurer's go otherwise."""
    level = world.policy.level(name)
    if level is None or item.open <= 0:
        return False
    debtor = world.book.account.debtor
    if level.is_notice:
        return insurance_of(item, debtor.covers.values()) is not None
    is_crossed = crossed_on(level, item, debtor, world.policy) is not None
    return level.is_claim or is_crossed or world.policy.level_on(level, item.due_on) <= today


def no_level_is_raised_twice_per_item_and_cycle(world: World) -> None:
    assert [name for name, times in Counter(world.raised).items() if times > 1] == []


def what_is_lifted_was_raised_and_what_is_held_goes_on_once(world: World) -> None:
    standing: dict[tuple[str, str], str] = {}
    for _day, sentence in world.words:
        item_id, verb, rest = (*sentence.split(" ", 2), "")[:3]
        name = " ".join(rest.split(":")[0].split(" ")[:2])
        if verb == "raised":
            assert (item_id, name) not in standing
            standing[item_id, name] = "goes on"
        elif verb == "lifted":
            del standing[item_id, name]
        elif verb == "held":
            assert standing[item_id, name] != rest
            standing[item_id, name] = rest
        elif verb == "resumed":
            assert standing[item_id, name] != "goes on"
            standing[item_id, name] = "goes on"
    left = {(item.item_id, one.level) for item in world.book.items() for one in item.raised}
    assert standing.keys() == left


@given(policies(), steps(changes=False), st.integers(5, 60), st.integers(0, 40), st.booleans())
def test_a_hold_never_loses_a_level(
    policy: Policy, happens: list[Step], first: int, days: int, is_insured: bool
) -> None:
    """In the end the item stands where it would have, and nothing is missing that it had passed.

    Without conditions: a level short of one is passed over by another level, and not by a claim, so
    that it matters which of them comes first.
    """
    levels = tuple(replace(one, conditions=Conditions()) for one in timeless(policy).levels)
    assume(levels)
    policy = replace(policy, levels=levels)
    insured = [Step(FIRST_DAY, cover())] if is_insured else []
    happens = [*insured, *(one for one in happens if is_issue(one))]
    until = after(first + days)
    block = Step(FIRST_DAY + timedelta(first), blocked("hold", on=after(first), until=until))
    free, held = lived(policy, happens), lived(policy, [*happens, block])
    for item_id, names in reached(free).items():
        assert names <= reached(held)[item_id]
    assert highest(held) == highest(free)


def is_issue(step: Step) -> bool:
    """Say whether a step is an invoice that comes."""
    return isinstance(step.event, InvoiceIssued)


def reached(world: World) -> dict[str, set[str]]:
    """Return every level that was raised or passed over, by item."""
    return {
        item.item_id: {name for one in item.raised for name in (one.level, *one.skipped)}
        for item in world.book.items()
    }


def highest(world: World) -> dict[str, int]:
    """Return the place of the highest level that stands, by item."""
    return {
        item.item_id: max((world.policy.index(one.level) for one in item.raised), default=-1)
        for item in world.book.items()
    }


@given(policies(), steps(changes=False), st.integers(0, 3))
def test_a_level_that_is_always_short_of_a_minimum_leaves_the_others_as_without_it(
    policy: Policy, happens: list[Step], place: int
) -> None:
    """Nothing waits for it; that it is passed over is all that is said of it."""
    small = policy.levels[min(place, len(policy.levels) - 1)]
    assume(len(policy.levels) > 1 and not small.is_insurers)
    policy = replace(policy, cross_default=None)
    rungs = [
        one if one != small else replace(one, conditions=Conditions({"EUR": 10**12}))
        for one in policy.levels
    ]
    short = lived(replace(policy, levels=tuple(rungs)), happens)
    gone = lived(
        replace(policy, levels=tuple(one for one in rungs if one.name != small.name)), happens
    )
    assert not any(
        text.split(" over ")[0].endswith(f"raised {small.name}") for _, text in short.words
    )
    assert [raised_alone(one) for one in by_day(short)] == [
        raised_alone(one) for one in by_day(gone)
    ]


def raised_alone(word: tuple[date, str]) -> tuple[date, str]:
    """Return what was said without what was passed over."""
    return word[0], word[1].split(" over ")[0]
