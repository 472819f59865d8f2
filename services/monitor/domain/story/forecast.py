"""What becomes of an item's levels from today on, if nothing happens but the passing of time.

The days to come are walked through as sweeps would do it: decide on a day, mark a copy of the item
with what was decided, and go on to the day that decision names. So a level is held in the forecast
on a day if, and only if, it would be held on that day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from msgspec import structs

from services.monitor.domain.escalation.applied import apply
from services.monitor.domain.escalation.clock import Prospect, exists, reached_on
from services.monitor.domain.escalation.conditions import overdue_of, shortfall
from services.monitor.domain.escalation.decision import Circumstances, Decision, decide
from services.monitor.domain.escalation.holds import DISPUTE, hold_of, holds_on
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policy import RESTART, Level, Policy

#: Days that are walked through; beyond them a level is told by the day it is reached alone.
LOOKS_MAX: Final = 200
_DAY: Final = timedelta(days=1)

RAISED: Final = "raised"
PASSED_OVER: Final = "passed_over"
#: It makes no sense any more (`not_after_days`; a reminder from the due date on).
OVER: Final = "over"
#: Only an event brings it.
WAITS: Final = "waits"


@dataclass(frozen=True, slots=True)
class Delay:
    """What keeps back a level that is reached: a hold, or a condition that does not hold."""

    #: As in `held by promise P-17` and `below the minimum`.
    because: str
    #: The first day of the hold, which may be before the level is reached.
    since: date | None = None
    #: The last day of the hold; None: until an event ends it.
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What becomes of one level."""

    level: Level
    #: The local date on which it is reached; where it `follows`, the first one possible.
    on: date
    #: Whether the level before it must be raised first, and nothing but an event brings that one.
    follows: bool = False
    #: Whether only another account's default brings it on that day.
    cross_default: bool = False
    #: Whether a running dispute stops its clock, so that `on` is as if it ended today.
    clock_stands: bool = False
    #: The last day on which it makes sense; None: it always does.
    until: date | None = None
    #: What keeps it back from the day it is reached on, one after another.
    delays: tuple[Delay, ...] = ()
    becomes: str = WAITS
    #: The day on which it is raised or passed over, or the first on which its time is over.
    becomes_on: date | None = None
    #: The level that passes it over.
    by: str | None = None


@dataclass(slots=True)
class _Walk:
    """The days to come, and what they have brought so far by level."""

    item: Item
    policy: Policy
    around: Circumstances
    open_items: Sequence[Item]
    found: dict[str, Expected] = field(default_factory=dict)
    #: Nothing else is raised of what is wholly disputed, however many days go by.
    insurers_alone: bool = False

    def on(self, day: date) -> Circumstances:
        """Return the circumstances of a day: what is overdue of the account changes with it."""
        if not self.policy.needs_account:
            return self.around
        return structs.replace(self.around, overdue=overdue_of(self.open_items, day))

    def look(self, day: date) -> date | None:
        """Decide on a day; returns the next one to look at."""
        around = self.on(day)
        decision = decide(self.item, self.policy, day, around)
        self._note_raises(decision, day)
        for prospect, _waits in decision.outlook:
            if self._concerns(prospect.level):
                self._note(prospect, day)
        self._note_gone(decision, day)
        apply(self.item, decision, self.policy, day, around)
        days = [decision.next_attention_on] if decision.next_attention_on else []
        if self.policy.needs_account:
            days += [one.due_on + _DAY for one in self.open_items if one.due_on >= day]
        return min((one for one in days if one > day), default=None)

    def _concerns(self, level: Level) -> bool:
        return level.is_insurers or not self.insurers_alone

    def _note_raises(self, decision: Decision, day: date) -> None:
        for one in decision.raises:
            known = self.found.get(one.level.name) or Expected(one.level, one.reached_on)
            self.found[one.level.name] = replace(
                known,
                on=one.reached_on,
                follows=False,
                cross_default=one.cross_default,
                becomes=RAISED,
                becomes_on=day,
            )
        for one in decision.raises:
            for name in one.skipped:
                level = self.policy.level(name)
                assert level is not None
                known = self.found.get(name) or self._reached(level, day)
                if known.becomes == WAITS:
                    self.found[name] = replace(
                        known, becomes=PASSED_OVER, becomes_on=day, by=one.level.name
                    )

    def _note(self, prospect: Prospect, day: date) -> None:
        """Note what a level waits for on a day."""
        known = self.found.get(prospect.level.name) or Expected(prospect.level, prospect.on)
        delays = known.delays
        if prospect.on <= day and not prospect.follows:
            # Under `backlog: step` a level that is reached and free waits for its turn.
            delay = self.delay(prospect.level, day) or Delay("raised one a day, the lowest first")
            delays = delays if delay in delays else (*delays, delay)
        self.found[prospect.level.name] = replace(
            known,
            # What follows is reckoned from the day of the look: the first one has the first day.
            on=known.on if prospect.follows else prospect.on,
            follows=prospect.follows,
            cross_default=prospect.cross_default,
            until=prospect.until,
            delays=delays,
        )

    def _note_gone(self, decision: Decision, day: date) -> None:
        """Note what can be raised no more, though it has been neither raised nor passed over."""
        left = {prospect.level.name for prospect, _waits in decision.outlook}
        for name, known in self.found.items():
            if known.becomes == WAITS and name not in left and self._concerns(known.level):
                self.found[name] = self._gone(known, decision, day)

    def _gone(self, known: Expected, decision: Decision, day: date) -> Expected:
        if known.until is not None and known.until < max(day, known.on):
            return replace(known, becomes=OVER, becomes_on=known.until + _DAY)
        raises = [one.level.name for one in decision.raises]
        by = [one for one in raises if self.policy.passes_over(one, known.level.name)]
        return replace(known, becomes=PASSED_OVER, becomes_on=day, by=by[-1] if by else None)

    def delay(self, level: Level, day: date) -> Delay | None:
        """Return what keeps a level back on a day, if it is reached by then."""
        hold = hold_of(level, holds_on(self.item, self.around.debtor, self.around.kept, day))
        if hold is not None:
            return Delay(f"held by {hold.label}", hold.since, hold.until)
        short = shortfall(level, self.item, self.policy, self.on(day).overdue, day)
        return None if short is None else Delay(short)

    def _reached(self, level: Level, day: date) -> Expected:
        on, crossed = reached_on(level, self.item, self.around.debtor, self.policy, day)
        return Expected(level, on, cross_default=crossed)

    def past(self, level: Level, today: date) -> Expected | None:
        """Return what was neither raised nor passed over and can be raised no more."""
        known = self._reached(level, today)
        until = self.policy.last_on(level, self.item.due_on)
        if until is not None and until < max(today, known.on):
            return replace(known, until=until, becomes=OVER, becomes_on=until + _DAY)
        above = [one for one in self.item.raised if self.policy.passes_over(one.level, level.name)]
        if not above:
            return None
        first = min(above, key=lambda one: one.raised_on)
        return replace(known, becomes=PASSED_OVER, becomes_on=first.raised_on, by=first.level)


def forecast(
    item: Item,
    policy: Policy,
    today: date,
    around: Circumstances,
    open_items: Sequence[Item] = (),
) -> tuple[Expected, ...]:
    """Return what becomes of each level that does not stand raised, in the policy's order.

    `open_items` are the account's. Raised today is what the next look raises. Promises are taken to
    bring no money, disputes not to end, and other accounts to stay as they are.
    """
    if item.open <= 0:
        return ()
    walk = _Walk(replace(item, raised=list(item.raised)), policy, around, open_items)
    passed = {name for one in item.raised for name in (one.level, *one.skipped)}
    day: date | None = today
    for _look in range(LOOKS_MAX):
        if day is None:
            break
        day = walk.look(day)
        walk.insurers_alone = item.dunnable <= 0
    found: list[Expected] = []
    insurance = insurance_of(item, around.debtor.covers.values())
    for level in policy.levels:
        if not exists(level, insurance):
            continue
        known = walk.found.get(level.name)
        if known is None and level.name not in passed:
            known = walk.past(level, today)
        if known is not None:
            found.append(_settled(walk, known, today))
    return tuple(found)


def _settled(walk: _Walk, known: Expected, today: date) -> Expected:
    """Say of a level that nothing but an event brings what it waits for."""
    if known.becomes != WAITS:
        return known
    delays = known.delays
    delay = walk.delay(known.level, max(known.on, today))
    if delay is not None and delay not in delays:
        delays = (*delays, delay)
    stands = (
        walk.policy.on_resolution == RESTART
        and DISPUTE in known.level.held_by
        and walk.item.dunnable <= 0
        and known.on > today
        and any(end is None for _first, end in walk.item.disputed_days)
    )
    if known.until is not None and not stands:
        return replace(known, delays=delays, becomes=OVER, becomes_on=known.until + _DAY)
    return replace(known, delays=delays, clock_stands=stands)
