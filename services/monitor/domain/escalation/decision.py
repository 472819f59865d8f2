"""Escalation: which levels an item has reached, what is raised now, and when to look again.

The decision is made anew from the item's data every time, never from the last one; a level that
stands raised or was passed over in this cycle is never raised again in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from services.monitor.domain.escalation.clock import (
    Prospect,
    claim_on,
    insurance_clocks,
    prospects,
)
from services.monitor.domain.escalation.holds import Hold, free_on, hold_of, holds_on
from services.monitor.domain.insurance.cover import cover_for
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import ACCOUNT, STEP, Level, Policy


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is overdue and dunnable of an account on a day: minor units by currency, and items."""

    by_currency: dict[str, int]
    items: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision about an item depends on beside the item, its policy and the day."""

    debtor: Debtor = field(default_factory=Debtor)
    #: Ids of promises that were kept before their day was over.
    kept: frozenset[str] = frozenset()
    #: The account's overdue amounts, where the policy needs them.
    overdue: Overdue | None = None
    #: Whom letters go to by now, as `telling.address_of` has it.
    addressed: str = ""


NOTHING_KNOWN: Final = Circumstances()


@dataclass(frozen=True, slots=True)
class Raise:
    """A level to raise now."""

    level: Level
    #: Names of the levels that are passed over by it.
    skipped: list[str]
    #: The local date on which the item reached the level.
    reached_on: date
    cross_default: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about an item today, and the local date on which to look again."""

    raises: tuple[Raise, ...] = ()
    #: What stands raised and is called back, and why.
    lifts: tuple[tuple[Raised, str], ...] = ()
    held: tuple[tuple[Raised, Hold], ...] = ()
    resumed: tuple[Raised, ...] = ()
    #: What was told with another name or address than the customer has by now.
    readdressed: tuple[Raised, ...] = ()
    next_attention_on: date | None = None
    #: The number of the cover beyond whose maximum extension period the item is open.
    past_mep: str | None = None
    #: What may still be raised, and what holds it back where it was reached.
    outlook: tuple[tuple[Prospect, str | None], ...] = ()

    @property
    def says(self) -> bool:
        """Whether there is anything to mark an item with, and to say."""
        return bool(self.raises or self.lifts or self.held or self.resumed or self.readdressed)


NOTHING: Final = Decision()


def decide(
    item: Item, policy: Policy, today: date, around: Circumstances = NOTHING_KNOWN
) -> Decision:
    """Decide about one item on the creditor's day.

    Under `backlog: highest` the highest of several reached levels is raised and names those it
    skips; under `step` one is raised a day, the lowest first. An insurance claim is raised beside
    them at once in either case.
    """
    if item.open <= 0:
        return NOTHING
    holds = holds_on(item, around.debtor, around.kept, today)
    lifts = _lifts(item, policy, around.debtor, today)
    gone = {raised.level for raised, _why in lifts}
    standing = [raised for raised in item.raised if raised.level not in gone]
    possible = prospects(item, standing, around.debtor, policy, today)
    reached = [
        one
        for one in possible
        if one.on <= today
        and not one.follows
        and hold_of(one.level, holds) is None
        and _shortfall(one.level, item, policy, around.overdue) is None
    ]
    chosen = _chosen(reached, item, policy, today)
    raises = _raises(chosen, reached, policy)
    if raises:
        after = [*standing, *_as_raised(raises, item, policy, today)]
        possible = prospects(item, after, around.debtor, policy, today)
    outlook = _outlook(item, possible, policy, around, holds)
    held, resumed = _transitions(standing, policy, holds)
    return Decision(
        raises=raises,
        lifts=lifts,
        held=held,
        resumed=resumed,
        readdressed=tuple(one for one in standing if one.addressed != around.addressed),
        next_attention_on=_next_look(item, standing, outlook, policy, holds, around, today),
        past_mep=_past_mep(item, around.debtor, today),
        outlook=outlook,
    )


def _lifts(
    item: Item, policy: Policy, debtor: Debtor, today: date
) -> tuple[tuple[Raised, str], ...]:
    """Return what stands raised and no longer should: by a new policy, or a default's cure."""
    found: list[tuple[Raised, str]] = []
    for raised in item.raised:
        level = policy.level(raised.level)
        if level is None:
            found.append((raised, f"policy {policy.label} has no such level"))
            continue
        if level.is_claim:
            due = claim_on(level, item, debtor, policy)
        else:
            due = policy.level_on(level, item.due_on)
        if raised.cross_default:
            if debtor.cross_defaulted_on is None and due > today:
                found.append((raised, "no other account of the group is in default any more"))
        elif raised.policy != policy.label and due > today:
            found.append((raised, f"not due before {due} by policy {policy.label}"))
    return tuple(found)


def _shortfall(level: Level, item: Item, policy: Policy, overdue: Overdue | None) -> str | None:
    """Say which condition of a level does not hold; None when all do.

    A reminder before the due date has no overdue amount: it goes by the item's own.
    """
    if item.dunnable <= 0:
        return "all that is open is disputed"
    conditions = level.conditions
    if overdue is not None and overdue.items < conditions.minimum_items and level.after_days >= 0:
        return f"{overdue.items} overdue items are fewer than {conditions.minimum_items}"
    minimum = conditions.minimum_open.get(item.currency, 0)
    amount = item.dunnable
    if policy.minimum_scope == ACCOUNT and overdue is not None and level.after_days >= 0:
        amount = overdue.by_currency.get(item.currency, 0)
    if amount < minimum:
        return "below the minimum"
    return None


def _chosen(reached: Sequence[Prospect], item: Item, policy: Policy, today: date) -> list[Prospect]:
    others = [one for one in reached if not one.level.is_claim]
    claims = [one for one in reached if one.level.is_claim]
    if policy.backlog != STEP:
        return [one for one in reached if one in claims or one in reached[-1:]]
    had_one_today = any(
        raised.raised_on >= today and not _is_claim(raised, policy) for raised in item.raised
    )
    step = [] if had_one_today else others[:1]
    return [one for one in reached if one in claims or one in step]


def _raises(
    chosen: Sequence[Prospect], reached: Sequence[Prospect], policy: Policy
) -> tuple[Raise, ...]:
    """Name beside the highest chosen level those that it passes over."""
    skipped = [] if policy.backlog == STEP else [one for one in reached if one not in chosen]
    names = [one.level.name for one in skipped]
    return tuple(
        Raise(one.level, names if one is chosen[-1] else [], one.on, one.cross_default)
        for one in chosen
    )


def _outlook(
    item: Item,
    possible: Sequence[Prospect],
    policy: Policy,
    around: Circumstances,
    holds: Sequence[Hold],
) -> tuple[tuple[Prospect, str | None], ...]:
    """Return what may still be raised after today, with what holds back each."""
    found: list[tuple[Prospect, str | None]] = []
    for one in possible:
        hold = hold_of(one.level, holds)
        waits = _shortfall(one.level, item, policy, around.overdue)
        found.append((one, f"held by {hold.label}" if hold is not None else waits))
    return tuple(found)


def _next_look(
    item: Item,
    standing: Sequence[Raised],
    outlook: Sequence[tuple[Prospect, str | None]],
    policy: Policy,
    holds: Sequence[Hold],
    around: Circumstances,
    today: date,
) -> date | None:
    """Return the next date on which the passing of time alone can change the decision."""
    dates: list[date | None] = []
    for prospect, waits in outlook:
        if prospect.follows:
            # The level before it is looked at first, and raising that one looks at this one again.
            continue
        hold = hold_of(prospect.level, holds)
        if prospect.on > today:
            dates.append(prospect.on)
        elif hold is not None:
            dates.append(free_on(hold))
        elif waits is None:
            # Under `backlog: step` the next one waits for tomorrow.
            dates.append(today + timedelta(days=1))
    for raised in standing:
        hold = hold_of(policy.level(raised.level), holds)
        if hold is not None:
            dates.append(free_on(hold))
    threshold = policy.cross_default is not None and policy.cross_default.threshold
    if (policy.needs_account or threshold) and item.due_on >= today:
        # From the day after its due date the item adds to what is overdue of the account.
        dates.append(item.due_on + timedelta(days=1))
    clocks = insurance_clocks(item, around.debtor) if around.debtor.covers else None
    if clocks is not None and clocks.mep_on >= today:
        dates.append(clocks.mep_on + timedelta(days=1))
    return min((day for day in dates if day is not None), default=None)


def _transitions(
    standing: Sequence[Raised], policy: Policy, holds: Sequence[Hold]
) -> tuple[tuple[tuple[Raised, Hold], ...], tuple[Raised, ...]]:
    """Return what stands raised and is held from now on or otherwise, and what goes on again."""
    held: list[tuple[Raised, Hold]] = []
    resumed: list[Raised] = []
    for raised in standing:
        hold = hold_of(policy.level(raised.level), holds)
        if hold is not None and (raised.held_by, raised.held_until) != (hold.label, hold.until):
            held.append((raised, hold))
        if hold is None and raised.held_by is not None:
            resumed.append(raised)
    return tuple(held), tuple(resumed)


def _past_mep(item: Item, debtor: Debtor, today: date) -> str | None:
    if not debtor.covers:
        return None
    cover = cover_for(item.currency, item.issued_on, debtor.covers.values())
    clocks = insurance_clocks(item, debtor)
    if cover is None or cover.terms is None or clocks is None or today <= clocks.mep_on:
        return None
    return cover.terms.policy_no


def _is_claim(raised: Raised, policy: Policy) -> bool:
    level = policy.level(raised.level)
    return level is not None and level.is_claim


def _as_raised(
    raises: Sequence[Raise], item: Item, policy: Policy, today: date, *, insured: bool = False
) -> list[Raised]:
    return [
        Raised(
            level=one.level.name,
            action=one.level.action,
            skipped=one.skipped,
            raised_on=today,
            policy=policy.label,
            days_overdue=item.days_overdue(today),
            cycle=item.cycle,
            insured=insured and one.level.is_claim,
            cross_default=one.cross_default,
        )
        for one in raises
    ]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a decision has changed of an item's raised levels, each as it is afterwards."""

    raised: list[Raised]
    lifted: list[tuple[Raised, str]]
    held: list[tuple[Raised, Hold]]
    resumed: list[Raised]
    readdressed: list[Raised]


UNCHANGED: Final = Applied([], [], [], [], [])


def apply(
    item: Item,
    decision: Decision,
    policy: Policy,
    today: date,
    around: Circumstances = NOTHING_KNOWN,
) -> Applied:
    """Mark an item with what was decided; returns the words to say about it.

    A lifted level ends the item's cycle, so that it can be raised again under an id of its own;
    what stands keeps the cycle in which it was raised.
    """
    item.next_attention_on = decision.next_attention_on
    if not decision.says:
        return UNCHANGED
    gone = {raised.level for raised, _why in decision.lifts}
    holds = {raised.level: hold for raised, hold in decision.held}
    freed = {raised.level for raised in decision.resumed}
    if gone:
        item.cycle += 1
        item.turns += 1
    insured = insurance_clocks(item, around.debtor) is not None if decision.raises else False
    fresh = [
        replace(one, addressed=around.addressed)
        for one in _as_raised(decision.raises, item, policy, today, insured=insured)
    ]
    standing: list[Raised] = []
    for raised in item.raised:
        if raised.level in gone:
            continue
        if raised.level in holds:
            label = holds[raised.level].label
            until = holds[raised.level].until
            raised = replace(  # noqa: PLW2901
                raised, held_by=label, held_until=until, holds=raised.holds + 1
            )
        elif raised.level in freed:
            raised = replace(raised, held_by=None, held_until=None)  # noqa: PLW2901
        standing.append(replace(raised, addressed=around.addressed))
    item.raised = [*standing, *fresh]
    by_level = {raised.level: raised for raised in standing}
    return Applied(
        raised=fresh,
        lifted=list(decision.lifts),
        held=[(by_level[level], hold) for level, hold in holds.items()],
        resumed=[by_level[level] for level in by_level if level in freed],
        readdressed=[by_level[one.level] for one in decision.readdressed],
    )


def level_of(item: Item) -> str | None:
    """Return the level an item stands at: the one raised last in this cycle."""
    return item.raised[-1].level if item.raised else None


def overdue_of(items: Sequence[Item], today: date) -> Overdue:
    """Sum up what is overdue and dunnable of an account's open items."""
    late = [item for item in items if item.due_on < today and item.dunnable > 0]
    sums: dict[str, int] = {}
    for item in late:
        sums[item.currency] = sums.get(item.currency, 0) + item.dunnable
    return Overdue(sums, len(late))
