"""What is valid in a policy and most likely not meant: sentences for whoever checks or sets it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from difflib import get_close_matches
from fractions import Fraction
from functools import partial
from itertools import count
from typing import Final

from services.monitor.domain.policy.policy import (
    DO_NOTHING,
    INSURANCE_CLAIM,
    INSURANCE_NOTICE,
    PRECEDING,
    Level,
    Policy,
)
from shared.business_calendar import DAYS_OFF_MAX
from shared.contracts.interest import CN_LPR_1Y

#: What more than a task of its own name comes of; any other action is the creditor's own.
KNOWN_ACTIONS: Final = (
    "dunning_letter",
    "legal_handoff",
    INSURANCE_NOTICE,
    INSURANCE_CLAIM,
    DO_NOTHING,
)
#: Before the last day that insurers give, which is 30 or more days after the due date.
NOTICE_DAYS: Final = 20
#: Due dates of every weekday, by which a policy's own calendar is asked for what it does.
_WEEKS: Final = 52
_DUE_DATES: Final = tuple(date(2026, 1, 1) + timedelta(days=days) for days in range(7 * _WEEKS))
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
    claimed = [level.after_days for level in policy.levels if level.is_claim]
    if not claimed or any(level.is_notice for level in policy.levels):
        return []
    taken = {level.after_days for level in policy.levels}
    days = count(min(NOTICE_DAYS, claimed[0] - 1), -1)
    return [
        (
            "levels: there is an insurance_claim and no insurance_notice, so that nobody is told "
            "of the last day of the overdue notice, and cover may be lost where it is missed; "
            "where covers are kept here, add {level: overdue_notice, after_days: "
            f"{next(one for one in days if one not in taken)}, action: insurance_notice}}"
        )
    ]


def _of_days_off(policy: Policy) -> list[str]:
    """Doubt levels that a weekend of the policy's calendar takes where nobody can have meant."""
    found: list[str] = []
    for index, level in enumerate(policy.levels):
        if level.is_insurers:
            # What is for the insurer is not moved.
            continue
        path = f"levels[{index}]"
        if level.on_holiday == PRECEDING and _on_some_weekday(partial(_is_too_soon, policy, level)):
            found.append(f"{path}.on_holiday: {_too_soon(level)}; following moves it to the next")
        if _is_never_raised(policy, level, level.not_after_days):
            found.append(
                f"{path}.not_after_days: a level at {level.after_days} that falls on a weekend "
                f"moves beyond {level.not_after_days} and is never raised; {_later(policy, level)}"
            )
    return found


def _on_some_weekday(is_hit: Callable[[date], bool]) -> bool:
    """Say whether due dates on some weekday are hit in most weeks: not by holidays alone."""
    hits = Counter(due_on.weekday() for due_on in _DUE_DATES if is_hit(due_on))
    return any(2 * times > _WEEKS for times in hits.values())


def _is_too_soon(policy: Policy, level: Level, due_on: date) -> bool:
    """Say whether a level is raised before the due date that it is for, or on a day off."""
    on = policy.level_on(level, due_on)
    if level.after_days == 0:
        return on < due_on
    return level.after_days > 0 and not policy.calendar.is_business_day(on)


def _is_never_raised(policy: Policy, level: Level, not_after_days: int | None) -> bool:
    """Say whether a level is moved beyond a last day that is so many days after the due date."""
    if not_after_days is None:
        return False
    timely = replace(level, not_after_days=not_after_days)

    def is_late(due_on: date) -> bool:
        last_on = policy.last_on(timely, due_on)
        return last_on is not None and policy.level_on(timely, due_on) > last_on

    return _on_some_weekday(is_late)


def _later(policy: Policy, level: Level) -> str:
    """Say which last day no weekend moves a level beyond; a reminder's lies before the due date."""
    assert level.not_after_days is not None
    days = range(level.not_after_days + 1, level.not_after_days + DAYS_OFF_MAX)
    least = next((one for one in days if not _is_never_raised(policy, level, one)), None)
    if least is None or (level.after_days < 0 <= least):
        return "leave it out"
    if level.after_days < 0:
        return f"give {least}{'' if least == -1 else ' to -1'}, or leave it out"
    return f"give {least} or more, or leave it out"


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
