"""What is valid in a policy and most likely not meant: sentences for whoever checks or sets it."""

from difflib import get_close_matches
from fractions import Fraction
from typing import Final

from services.monitor.domain.policy.policy import (
    CALENDAR_DAYS,
    DO_NOTHING,
    FOLLOWING,
    INSURANCE_CLAIM,
    INSURANCE_NOTICE,
    PRECEDING,
    Level,
    Policy,
)
from shared.contracts.interest import CN_LPR_1Y

#: What more than a task of its own name comes of; any other action is the creditor's own.
KNOWN_ACTIONS: Final = (
    "dunning_letter",
    "legal_handoff",
    INSURANCE_NOTICE,
    INSURANCE_CLAIM,
    DO_NOTHING,
)
#: Days off that every week has in a row.
WEEKEND_DAYS: Final = 2
#: How much a Chinese court grants where the contract names no rate: the loan prime rate and 30 % to
#: 50 % of it (Supreme People's Court, interpretation on sales contracts, article 18(4)).
LPR_FACTOR_MIN: Final = Fraction("1.3")
LPR_FACTOR_MAX: Final = Fraction("1.5")
LPR_FACTORS: Final = (
    "1.3 to 1.5, which a court grants where the contract names no rate (Supreme People's Court of "
    "China, interpretation on sales contracts, article 18(4))"
)


def doubts_of(policy: Policy) -> list[str]:
    """Return a sentence on each thing that a person should look at once more, by its path."""
    return [
        *_of_actions(policy),
        *_of_notice(policy),
        *_of_days_off(policy),
        *_of_interest(policy),
    ]


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


def _of_notice(policy: Policy) -> list[str]:
    """Doubt claims before which nobody is told to send the insurer its overdue notice."""
    if not any(level.is_claim for level in policy.levels):
        return []
    if any(level.is_notice for level in policy.levels):
        return []
    return [
        (
            "levels: there is an insurance_claim and no insurance_notice, so that nobody is told "
            "of the last day of the overdue notice, and cover may be lost where it is missed; "
            "where covers are kept here, add {level: overdue_notice, after_days: 20, "
            "action: insurance_notice}"
        )
    ]


def _of_days_off(policy: Policy) -> list[str]:
    """Doubt levels that any weekend takes to a day that nobody can have meant."""
    found: list[str] = []
    for index, level in enumerate(policy.levels):
        if level.is_insurers or (policy.days != CALENDAR_DAYS and level.after_days != 0):
            # What is for the insurer is not moved, and business days end on no day off.
            continue
        path = f"levels[{index}]"
        if level.on_holiday == PRECEDING and 0 <= level.after_days <= WEEKEND_DAYS:
            found.append(f"{path}.on_holiday: {_too_soon(level)}; following moves it to the next")
        last = level.not_after_days
        if level.on_holiday == FOLLOWING and last is not None:
            least = level.after_days + WEEKEND_DAYS
            if last < least:
                found.append(
                    f"{path}.not_after_days: a level at {level.after_days} that falls on a weekend "
                    f"moves beyond {last} and is never raised; give {least} or more, or leave it "
                    "out"
                )
    return found


def _too_soon(level: Level) -> str:
    if level.after_days == 0:
        return "where the due date is a day off, a level at 0 is raised before it"
    return (
        f"a level at {level.after_days} that falls on a weekend is raised on that day off, for the "
        "business day before it is not after the due date"
    )


def _of_interest(policy: Policy) -> list[str]:
    terms = policy.interest
    if terms is None or terms.reference != CN_LPR_1Y:
        return []
    if LPR_FACTOR_MIN <= terms.factor <= LPR_FACTOR_MAX:
        return []
    return [
        (
            f"interest.factor: {float(terms.factor):g} is outside {LPR_FACTORS}; a rate that was "
            "agreed stands in the invoice"
        )
    ]
