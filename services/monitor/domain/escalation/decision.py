"""Escalation: which levels an item has reached, what is raised now, and when to look again.

The decision is made anew from the item's data every time, never from the last one; a level that
stands raised or was passed over in this cycle is never raised again in it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.monitor.domain.ledger.invoice import Item, Raised
from services.monitor.domain.policy.policy import INSURANCE_CLAIM, STEP, Level, Policy


@dataclass(frozen=True, slots=True)
class Raise:
    """A level to raise now."""

    level: Level
    #: Names of the levels that are passed over by it.
    skipped: list[str]
    #: The local date on which the item reached the level.
    reached_on: date


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about an item today, and the local date on which to look again."""

    raises: tuple[Raise, ...]
    next_attention_on: date | None


NOTHING: Final = Decision((), None)


def decide(item: Item, policy: Policy, today: date) -> Decision:
    """Decide about one item on the creditor's day.

    Under `backlog: highest` the highest of several reached levels is raised and names those it
    skips; under `step` one is raised a day, the lowest first. An insurance claim is raised beside
    them at once in either case.
    """
    dunnable = item.open - item.disputed
    if dunnable <= 0 or dunnable < policy.minimum_open.get(item.currency, 0):
        return NOTHING
    pending = _pending(item, policy)
    reached = [(on, level) for on, level in pending if on <= today]
    later = [on for on, _level in pending if on > today]
    if policy.backlog == STEP:
        chosen, waiting = _one_step(reached, item, today)
        skipped: list[str] = []
        if waiting:
            later.append(today + timedelta(days=1))
    else:
        chosen = [one for one in reached if one == reached[-1] or _is_claim(one)]
        skipped = [level.name for on, level in reached if (on, level) not in chosen]
    raises = tuple(
        Raise(level, skipped if (on, level) == chosen[-1] else [], on) for on, level in chosen
    )
    return Decision(raises, min(later, default=None))


def _is_claim(dated: tuple[date, Level]) -> bool:
    return dated[1].action == INSURANCE_CLAIM


def _one_step(
    reached: list[tuple[date, Level]], item: Item, today: date
) -> tuple[list[tuple[date, Level]], bool]:
    """Return the levels to raise one at a time, claims beside them, and whether more wait."""
    others = [one for one in reached if not _is_claim(one)]
    had_one_today = any(
        raised.raised_on >= today and raised.action != INSURANCE_CLAIM for raised in item.raised
    )
    step = [] if had_one_today else others[:1]
    return [one for one in reached if one in step or _is_claim(one)], len(others) > len(step)


def _pending(item: Item, policy: Policy) -> list[tuple[date, Level]]:
    """Return (date reached, level) of what may still be raised in this cycle, lowest first."""
    passed = {name for raised in item.raised for name in (raised.level, *raised.skipped)}
    highest = max(
        (
            index
            for index, level in enumerate(policy.levels)
            if any(level.name == raised.level for raised in item.raised)
            and level.action != INSURANCE_CLAIM
        ),
        default=-1,
    )
    return [
        (policy.level_on(level, item.due_on), level)
        for index, level in enumerate(policy.levels)
        if level.name not in passed and (index > highest or level.action == INSURANCE_CLAIM)
    ]


def apply(item: Item, decision: Decision, policy: Policy, today: date) -> list[Raised]:
    """Mark an item with what was decided; returns the newly raised levels."""
    fresh = [
        Raised(
            level=one.level.name,
            action=one.level.action,
            skipped=one.skipped,
            raised_on=today,
            policy=policy.label,
            days_overdue=item.days_overdue(today),
        )
        for one in decision.raises
    ]
    item.raised = [*item.raised, *fresh]
    item.next_attention_on = decision.next_attention_on
    return fresh


def level_of(item: Item) -> str | None:
    """Return the level an item stands at: the one raised last in this cycle."""
    return item.raised[-1].level if item.raised else None
