"""An item marked with what was decided about it: which levels stand, and what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.monitor.domain.escalation.decision import (
    NOTHING_KNOWN,
    Circumstances,
    Decision,
    as_raised,
)
from services.monitor.domain.escalation.holds import Hold
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.policy.policy import Policy


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
    what stands keeps the cycle in which it was raised. Levels stand in the policy's order, as
    `Item.level` has it.
    """
    item.next_attention_on = decision.next_attention_on
    if not decision.says:
        if len(item.raised) > 1:
            item.raised = _in_order(item.raised, policy)
        return UNCHANGED
    gone = {raised.level for raised, _why in decision.lifts}
    holds = {raised.level: hold for raised, hold in decision.held}
    freed = {raised.level for raised in decision.resumed}
    if gone:
        item.cycle += 1
        item.turns += 1
    fresh = [
        replace(one, addressed=around.addressed)
        for one in as_raised(decision.raises, item, policy, today, decision.insurance)
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
    item.raised = _in_order([*standing, *fresh], policy)
    by_level = {raised.level: raised for raised in standing}
    return Applied(
        raised=fresh,
        lifted=list(decision.lifts),
        held=[(by_level[level], hold) for level, hold in holds.items()],
        resumed=[by_level[level] for level in by_level if level in freed],
        readdressed=[by_level[one.level] for one in decision.readdressed],
    )


def _in_order(raised: Sequence[Raised], policy: Policy) -> list[Raised]:
    """Return levels as the policy has them, lowest first; what it no longer has comes before."""
    return sorted(raised, key=lambda one: policy.index(one.level))
