"""What is valid in a policy and most likely not meant: sentences for whoever checks or sets it."""

from difflib import get_close_matches
from typing import Final

from services.monitor.domain.policy.policy import DO_NOTHING, INSURANCE_CLAIM, Policy

#: What more than a task of its own name comes of; any other action is the creditor's own.
KNOWN_ACTIONS: Final = ("dunning_letter", "legal_handoff", INSURANCE_CLAIM, DO_NOTHING)


def doubts_of(policy: Policy) -> list[str]:
    """Return a sentence on each thing that a person should look at once more, by its path."""
    return _of_actions(policy)


def _of_actions(policy: Policy) -> list[str]:
    found: list[str] = []
    for index, level in enumerate(policy.levels):
        if level.action in KNOWN_ACTIONS:
            continue
        near = get_close_matches(level.action, KNOWN_ACTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(KNOWN_ACTIONS)}"
        found.append(
            f"levels[{index}].action: {level.action!r} opens a task of that name and does nothing "
            f"else, such as send a letter; {hint}"
        )
    return found
