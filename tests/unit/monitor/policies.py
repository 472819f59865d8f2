"""Policies that the tests decide by."""

from typing import Any, Final

import yaml

from services.monitor.domain.policy.document import DEFAULT_DOCUMENT, read_policy
from services.monitor.domain.policy.policy import HIGHEST, STEP, Level, Policy, Scope


def policy(
    *levels: tuple[str, int, str],
    backlog: str = HIGHEST,
    minimum: dict[str, int] | None = None,
    time_zone: str = "Asia/Shanghai",
) -> Policy:
    """Return a policy of (name, after days, action), with the minimum in minor units."""
    return Policy(
        name="tests",
        version=1,
        scope=Scope(creditor_id="default"),
        time_zone=time_zone,
        clearing_rule="oldest_due_first",
        levels=tuple(Level(*one) for one in levels),
        backlog=backlog,
        minimum_open=minimum or {},
    )


def document(**more: Any) -> dict[str, Any]:
    """Return a policy document that is right, changed in a few places."""
    levels = [{"level": "dunning", "after_days": 15, "action": "dunning_letter"}]
    return {"policy": "default", "levels": levels} | more


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
EVERY: Final = (
    EAGER,
    STANDARD,
    STEPWISE,
    WITH_CLAIM_EARLY,
    WITH_CLAIM_EARLY_STEPWISE,
    WITH_MINIMUM,
)


def default_policy() -> Policy:
    """Return the policy of the code base as it is read from its document."""
    return read_policy(yaml.safe_load(DEFAULT_DOCUMENT), 1)
