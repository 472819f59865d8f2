"""What one word of the monitor means for the work at hand: a pure function to decision values.

`decide` looks at an event and at the work it touches; the handler carries the decisions out. The
rules themselves stand in `deciding`, one kind of word a file.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from services.notifier.domain.deciding import following, raising
from services.notifier.domain.deciding.values import Decision, Present, Rules
from shared.contracts.escalation import HELD, LIFTED, RAISED, RESUMED, UPDATED, EscalationEvent

_RULES: Final[Mapping[str, Callable[[EscalationEvent, Present, Rules], tuple[Decision, ...]]]] = (
    MappingProxyType(
        {
            RAISED: raising.raised,
            UPDATED: following.updated,
            HELD: following.held,
            RESUMED: following.resumed,
            LIFTED: following.lifted,
        }
    )
)


def decide(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    """Return what is to be done about an event; nothing for one that changes nothing.

    Types that are not known yet mean nothing to the work. Amounts that are no money of their
    currency raise `RejectedError`.
    """
    rule = _RULES.get(event.type)
    return rule(event, present, rules) if rule else ()
