"""Escalation: which levels an item has reached, what is raised now, and when to look again.

The decision is made anew from the item's data every time, never from the last one; a level that
stands raised or was passed over in this cycle is never raised again in it.

Arrears' own rule, and so are `highest` and `step`: nobody wants two letters of one day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec
from msgspec import Struct

from services.monitor.domain.escalation.clock import Prospect, cover_on, prospects
from services.monitor.domain.escalation.conditions import Overdue, shortfalls
from services.monitor.domain.escalation.holds import Hold, hold_of, holds_on
from services.monitor.domain.escalation.lifting import lifts_of, too_late
from services.monitor.domain.escalation.timing import next_look
from services.monitor.domain.insurance.clocks import Insurance, insurance_of
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import STEP, Level, Policy


class Circumstances(Struct, frozen=True):
    """What a decision about an item depends on beside the item, its policy and the day."""

    debtor: Debtor = msgspec.field(default_factory=Debtor)
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


class Decision(Struct, frozen=True):
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
    #: What insures the item, so that levels for the insurer keep its days.
    insurance: Insurance | None = None
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
    skips, a claim among them; under `step` one is raised a day, the lowest first. An insurance
    claim is raised at once in either case, and so is the notice to the insurer, which skips none.
    """
    if item.open <= 0:
        return NOTHING
    debtor = around.debtor
    holds = holds_on(item, debtor, around.kept, today)
    insurance = insurance_of(item, debtor.covers.values())
    lifts = lifts_of(item, policy, debtor, insurance, today)
    gone = {raised.level for raised, _why in lifts}
    standing = [raised for raised in item.raised if raised.level not in gone]
    short = shortfalls(item, policy, around.overdue, today)
    possible = prospects(item, standing, debtor, insurance, policy, short, today)
    reached = [
        one
        for one in possible
        if one.on <= today
        and not one.follows
        and hold_of(one.level, holds) is None
        and one.level.name not in short
    ]
    chosen = _chosen(reached, standing, policy, today)
    raises = _raises(chosen, reached, possible, policy, today)
    after = standing
    if raises:
        after = [*standing, *as_raised(raises, item, policy, today, insurance)]
        possible = prospects(item, after, debtor, insurance, policy, short, today)
    outlook = _outlook(possible, holds, short)
    held, resumed = _transitions(item, standing, policy, holds, today)
    return Decision(
        raises=raises,
        lifts=lifts,
        held=held,
        resumed=resumed,
        readdressed=tuple(one for one in standing if one.addressed != around.addressed),
        next_attention_on=next_look(item, after, outlook, policy, debtor, holds, insurance, today),
        past_mep=None if insurance is None else insurance.past_mep(today),
        insurance=insurance,
        outlook=outlook,
    )


def _chosen(
    reached: Sequence[Prospect], standing: Sequence[Raised], policy: Policy, today: date
) -> list[Prospect]:
    if policy.backlog != STEP:
        chosen = [one for one in reached if not one.level.is_notice][-1:]
    else:
        had_one_today = any(
            raised.raised_on >= today and not _is_insurers(raised, policy) for raised in standing
        )
        others = [one for one in reached if not one.level.is_insurers]
        chosen = [] if had_one_today else others[:1]
    return [one for one in reached if one.level.is_insurers or one in chosen]


def _raises(
    chosen: Sequence[Prospect],
    free: Sequence[Prospect],
    possible: Sequence[Prospect],
    policy: Policy,
    today: date,
) -> tuple[Raise, ...]:
    """Name beside the highest chosen level those that it passes over.

    Below another level what is held, short of its conditions or still waiting for the one before it
    is passed over too, for it is not raised any more; a claim leaves it to be raised later.
    """
    highest = [one for one in chosen if not one.level.is_notice][-1:]
    found: list[Raise] = []
    for one in chosen:
        place = policy.index(one.level.name)
        if not one.level.is_insurers:
            reached = [other for other in possible if other.without_wait_on <= today]
            passed = [other for other in reached if policy.index(other.level.name) < place]
        else:
            passed = [] if policy.backlog == STEP or one not in highest else list(free)
        names = [other.level.name for other in passed if not other.level.is_insurers]
        found.append(Raise(one.level, names, one.on, one.cross_default))
    return tuple(found)


def _outlook(
    possible: Sequence[Prospect], holds: Sequence[Hold], short: Mapping[str, str]
) -> tuple[tuple[Prospect, str | None], ...]:
    """Return what may still be raised after today, with what holds back each."""
    found: list[tuple[Prospect, str | None]] = []
    for one in possible:
        hold = hold_of(one.level, holds)
        waits = short.get(one.level.name)
        found.append((one, f"held by {hold.label}" if hold is not None else waits))
    return tuple(found)


def _transitions(
    item: Item, standing: Sequence[Raised], policy: Policy, holds: Sequence[Hold], today: date
) -> tuple[tuple[tuple[Raised, Hold], ...], tuple[Raised, ...]]:
    """Return what stands raised and is held from now on or otherwise, and what goes on again.

    A reminder whose time is over has nothing left that a hold could stop.
    """
    held: list[tuple[Raised, Hold]] = []
    resumed: list[Raised] = []
    for raised in standing:
        level = policy.level(raised.level)
        if level is not None and too_late(level, item.due_on, today) is not None:
            continue
        hold = hold_of(level, holds)
        if hold is not None and (raised.held_by, raised.held_until) != (hold.label, hold.until):
            held.append((raised, hold))
        if hold is None and raised.held_by is not None:
            resumed.append(raised)
    return tuple(held), tuple(resumed)


def _is_insurers(raised: Raised, policy: Policy) -> bool:
    level = policy.level(raised.level)
    return level is not None and level.is_insurers


def as_raised(
    raises: Sequence[Raise], item: Item, policy: Policy, today: date, insurance: Insurance | None
) -> list[Raised]:
    """Return what stands once levels are raised, under the cover that insures the item."""
    return [
        Raised(
            level=one.level.name,
            action=one.level.action,
            skipped=one.skipped,
            raised_on=today,
            policy=policy.label,
            days_overdue=item.days_overdue(today),
            cycle=item.cycle,
            insured=insurance is not None and one.level.is_insurers,
            cover_on=cover_on(one.level, insurance),
            cross_default=one.cross_default,
        )
        for one in raises
    ]
