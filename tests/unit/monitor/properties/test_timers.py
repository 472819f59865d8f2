"""Day by day: what is said by following the timers is what a look at everything says."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from services.monitor.domain.escalation.clock import crossed_on
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policy import (
    INSURANCE_CLAIM,
    INSURANCE_NOTICE,
    STEP,
    Conditions,
    Policy,
)
from shared.business_calendar import BusinessCalendar
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.contracts.customer import CustomerInsolvent, CustomerUpdated
from shared.contracts.dunning import (
    DunningBlocked,
    DunningUnblocked,
    PromiseMade,
    PromiseWithdrawn,
)
from shared.contracts.group import AccountCured, AccountDefaulted
from shared.contracts.invoice import InvoiceAmended, InvoiceIssued, InvoiceTermsExtended
from tests.unit.monitor.builders import cover
from tests.unit.monitor.debtor_builders import blocked
from tests.unit.monitor.policies import level
from tests.unit.monitor.profiles import lives
from tests.unit.monitor.rules.draws import (
    CALENDARS,
    FIRST_DAY,
    LIFE_DAYS,
    Step,
    after,
    day_of,
    lived,
    policies,
    steps,
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
        if not any(step.on == today and moves_the_insurers_days(step) for step in happens):
            what_is_for_the_insurer_comes_on_its_days(world, today)
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


def moves_the_insurers_days(step: Step) -> bool:
    """Say whether something that comes may have changed them since the day's raises."""
    kinds = (CoverUpdated, CoverWithdrawn, CustomerInsolvent, InvoiceIssued, InvoiceAmended)
    return step.policy is not None or isinstance(step.event, (*kinds, InvoiceTermsExtended))


def what_is_for_the_insurer_comes_on_its_days(world: World, today: date) -> None:
    """What is raised today is reached by plain days from the original due date, or insolvency."""
    debtor = world.book.account.debtor
    for item in world.book.items():
        insurance = insurance_of(item, debtor.covers.values())
        for raised in item.raised:
            level = world.policy.level(raised.level)
            if raised.raised_on != today or level is None or not level.is_insurers:
                continue
            assert raised.insured == (insurance is not None)
            due_on = item.due_on if insurance is None else item.original_due_on
            on = due_on + timedelta(level.after_days)
            if level.is_notice:
                assert insurance is not None
                on = min(on, due_on + timedelta(insurance.terms.notice_days))
            elif insurance is not None:
                on = max(on, due_on + timedelta(insurance.terms.waiting_days))
            is_insolvent = debtor.insolvent_on is not None and debtor.insolvent_on <= today
            assert on <= today or is_insolvent


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


def timeless(policy: Policy) -> Policy:
    """Take from a policy what makes a level pass with time, whether it is held or not."""
    own = [one for one in policy.levels if one.after_days >= 0 or one.is_insurers]
    levels = tuple(replace(one, not_after_days=None) for one in own)
    return replace(policy, levels=levels)


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


@given(policies(), steps(), st.booleans())
def test_what_is_for_the_insurer_leaves_every_other_level_as_it_would_be_without_it(
    policy: Policy, happens: list[Step], is_stepwise: bool
) -> None:
    """A claim leaves the others step by step; by `highest` it passes over what is below it."""
    if is_stepwise:
        happens = [
            one if one.policy is None else replace(one, policy=replace(one.policy, backlog=STEP))
            for one in happens
        ]
        policy = replace(policy, backlog=STEP)
    gone = (INSURANCE_NOTICE, INSURANCE_CLAIM) if is_stepwise else (INSURANCE_NOTICE,)
    others = [policy, *(one.policy for one in happens if one.policy is not None)]
    assume(all(without(one, gone).levels for one in others))
    quiet = [
        one if one.policy is None else replace(one, policy=without(one.policy, gone))
        for one in happens
    ]
    told = [(day, text) for day, text in lived(policy, happens).words if not is_of(text, gone)]
    expected = lived(without(policy, gone), quiet).words
    assert sorted(told) == sorted(one for one in expected if not is_of(one[1], gone))


def without(policy: Policy, actions: tuple[str, ...]) -> Policy:
    """Take the levels of some actions out of a policy."""
    levels = tuple(one for one in policy.levels if one.action not in actions)
    return replace(policy, levels=levels)


def is_of(text: str, actions: tuple[str, ...]) -> bool:
    """Say whether something was said of the levels of some actions, or of what they bring a group.

    A claim is a default of the account, a notice is none.
    """
    words = text.split(" ")
    is_claim = words[2:3] == ["claim"] or words[0] == "to"
    return words[2:3] == ["notice"] or (is_claim and INSURANCE_CLAIM in actions)


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


#: What an insurer's clock does not know of.
UNKNOWN_TO_INSURERS = (
    PromiseMade,
    PromiseWithdrawn,
    DunningBlocked,
    DunningUnblocked,
    InvoiceTermsExtended,
    CustomerUpdated,
    AccountDefaulted,
    AccountCured,
)


@given(
    policies(),
    steps(changes=False),
    st.sampled_from((INSURANCE_CLAIM, INSURANCE_NOTICE)),
    st.integers(-5, 45),
    st.integers(0, 40),
    st.sampled_from(CALENDARS),
)
def test_an_insurers_day_depends_on_no_calendar_and_on_no_hold(
    policy: Policy,
    happens: list[Step],
    action: str,
    after_days: int,
    cover_days: int,
    calendar: BusinessCalendar,
) -> None:
    """A claim comes when the level's days and the waiting are over, a notice before either is."""
    own = level("own", after_days, action)
    others = [one for one in timeless(policy).levels if not one.is_insurers]
    others = [one for one in others if one.after_days != after_days]
    rungs = sorted([own, *others], key=lambda one: one.after_days)
    changed = replace(policy, levels=tuple(rungs), calendar=calendar, cross_default=None)
    happens = [
        one for one in happens if isinstance(one.event, (InvoiceIssued, *UNKNOWN_TO_INSURERS))
    ]
    terms = {"waiting_days": cover_days, "notice_days": cover_days, "mep_days": 300}
    insured = Step(FIRST_DAY, cover(**terms))
    world = lived(changed, [insured, *happens])
    raised_on = {
        sentence.split(" ")[0]: day
        for day, sentence in world.words
        if sentence.split(" ")[1:3] == ["raised", "own"]
    }
    came_on = {
        f"{one.event.invoice_id}/{number}": one.on
        for one in reversed(happens)
        if isinstance(one.event, InvoiceIssued)
        for number in (1, 2)
    }
    days = (max if action == INSURANCE_CLAIM else min)(after_days, cover_days)
    assert raised_on == {
        item.item_id: max(came_on[item.item_id], item.original_due_on + timedelta(days))
        for item in world.book.items()
    }
