"""Policies that the tests decide by."""

from dataclasses import replace
from typing import Any, Final

import yaml

from services.monitor.domain.policy.document import DEFAULT_DOCUMENT, read_policy
from services.monitor.domain.policy.policy import HIGHEST, STEP, Conditions, Level, Policy, Scope

#: What holds every level but a claim in the default policy.
COMMON_HOLDS: Final = frozenset({"dispute", "promise", "block"})


def policy(
    *levels: tuple[str, int, str] | Level,
    backlog: str = HIGHEST,
    minimum: dict[str, int] | None = None,
    minimum_items: int = 1,
    time_zone: str = "Asia/Shanghai",
    **more: Any,
) -> Policy:
    """Return a policy of (name, after days, action), with the minimum in minor units.

    The minimums are for levels that have no conditions of their own, and none of the insurer's.
    """
    common = Conditions(minimum or {}, minimum_items)
    made = [one if isinstance(one, Level) else Level(*one) for one in levels]
    return Policy(
        name="tests",
        version=1,
        scope=Scope(creditor_id="default"),
        time_zone=time_zone,
        clearing_rule="oldest_due_first",
        levels=tuple(
            replace(one, conditions=common)
            if one.conditions == Conditions() and not one.is_insurers
            else one
            for one in made
        ),
        backlog=backlog,
        **more,
    )


def level(name: str, after_days: int, action: str = "letter", **more: Any) -> Level:
    """Return a level; what holds it may be given as text: `held_by="dispute promise"`."""
    held_by = more.pop("held_by", frozenset())
    if isinstance(held_by, str):
        held_by = frozenset(held_by.split())
    return Level(name, after_days, action, held_by=held_by, **more)


def document(**more: Any) -> dict[str, Any]:
    """Return a policy document that is right, changed in a few places."""
    levels = [{"level": "dunning", "after_days": 15, "action": "dunning_letter"}]
    return {"policy": "default", "levels": levels} | more


def default_policy() -> Policy:
    """Return the policy of the code base as it is read from its document."""
    return read_policy(yaml.safe_load(DEFAULT_DOCUMENT), 1)


THREE: Final = (
    ("dunning", 15, "dunning_letter"),
    ("legal", 30, "legal_handoff"),
    ("insurance_claim", 60, "insurance_claim"),
)
CLAIM_IN_THE_MIDDLE: Final = (
    ("reminder", -5, "reminder"),
    ("dunning", 10, "dunning_letter"),
    ("insurance_claim", 20, "insurance_claim"),
    ("legal", 30, "legal_handoff"),
)
STANDARD: Final = policy(*THREE)
STEPWISE: Final = policy(*THREE, backlog=STEP)
WITH_CLAIM_EARLY: Final = policy(*CLAIM_IN_THE_MIDDLE)
WITH_CLAIM_EARLY_STEPWISE: Final = policy(*CLAIM_IN_THE_MIDDLE, backlog=STEP)
WITH_MINIMUM: Final = policy(*THREE, minimum={"EUR": 3500, "JPY": 35})
#: Raises a level for whatever is owed, long before it is due.
EAGER: Final = policy(("early", -3650, "reminder"))
#: The default's levels with the default's holds.
HELD: Final = policy(
    level("dunning", 15, "dunning_letter", held_by=COMMON_HOLDS),
    level("legal", 30, "legal_handoff", held_by=COMMON_HOLDS),
    level("insurance_claim", 60, "insurance_claim", held_by="dispute"),
)
EVERY: Final = (
    EAGER,
    STANDARD,
    STEPWISE,
    WITH_CLAIM_EARLY,
    WITH_CLAIM_EARLY_STEPWISE,
    WITH_MINIMUM,
    HELD,
)
