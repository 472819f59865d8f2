"""Day by day: what is for the insurer comes on his days, beside everything else."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.policy.policy import INSURANCE_CLAIM, INSURANCE_NOTICE, STEP, Policy
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
from tests.unit.monitor.policies import level
from tests.unit.monitor.rules.draws import (
    CALENDARS,
    FIRST_DAY,
    LIFE_DAYS,
    Step,
    day_of,
    lived,
    policies,
    steps,
    timeless,
)
from tests.unit.monitor.rules.world import World


@given(
    policies(),
    steps(),
    st.integers(-5, 45),
    st.integers(-5, 45),
    st.integers(0, 45),
    st.integers(0, 45),
)
def test_what_is_for_the_insurer_is_raised_on_his_days_and_not_before(
    policy: Policy,
    happens: list[Step],
    notice_after: int,
    claim_after: int,
    notice_days: int,
    waiting_days: int,
) -> None:
    assume(notice_after != claim_after)
    own = [
        level("own notice", notice_after, INSURANCE_NOTICE),
        level("own claim", claim_after, INSURANCE_CLAIM),
    ]
    others = [one for one in policy.levels if one.after_days not in (notice_after, claim_after)]
    rungs = sorted([*own, *others], key=lambda one: one.after_days)
    terms = {"notice_days": notice_days, "waiting_days": waiting_days}
    happens = [Step(FIRST_DAY, cover(**terms)), *happens]
    world = World(replace(policy, levels=tuple(rungs), cross_default=None))
    for number in range(LIFE_DAYS):
        today = FIRST_DAY + timedelta(number)
        day_of(world, today, happens)
        if not any(step.on == today and moves_the_insurers_days(step) for step in happens):
            what_is_for_the_insurer_comes_on_its_days(world, today)


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
