"""A policy's document: read from plain values; what is not known is refused by its path.

The format is Arrears' own (decision 8).
"""

from typing import Any, Final

from services.monitor.domain.escalation.holds import BLOCK, DISPUTE, INSOLVENCY, KINDS, PROMISE
from services.monitor.domain.interest.terms import read_terms
from services.monitor.domain.ledger import clearing
from services.monitor.domain.policy import policy as rules
from services.monitor.domain.policy.plain import (
    DAYS_MAX,
    amounts,
    days,
    mapping,
    one_of,
    text,
    whole,
    wrong,
)
from services.monitor.domain.policy.policy import Conditions, CrossDefault, Level, Policy, Scope
from shared.business_calendar import OWN_DAYS_MAX, BusinessCalendar, read_codes
from shared.calendar import zone
from shared.errors import RejectedError

#: The policy of everybody who has no other: 15, 30 and 60 calendar days mean exactly that, for any
#: amount; `minimum_open: {CNY: "100.00"}` in a policy of your own leaves small ones alone.
DEFAULT_DOCUMENT: Final = """\
policy: default
calendar: {time_zone: Asia/Shanghai, days: calendar, holidays: CN, on_holiday: none}
clearing: oldest_due_first
levels:
  - level: dunning
    after_days: 15
    action: dunning_letter
    held_by: [dispute, promise, block]
  - level: legal
    after_days: 30
    action: legal_handoff
    held_by: [dispute, promise, block]
  - level: insurance_claim
    after_days: 60
    action: insurance_claim
    held_by: [dispute]
backlog: highest
"""

LEVELS_MAX: Final = 50
MINIMUM_ITEMS_MAX: Final = 100_000

_TOP: Final = frozenset(
    {
        "applies_to",
        "backlog",
        "calendar",
        "clearing",
        "cross_default",
        "interest",
        "minimum_items",
        "minimum_open",
        "on_resolution",
        "scope",
    }
)
_CALENDAR: Final = frozenset(
    {"time_zone", "days", "holidays", "holidays_added", "holidays_removed", "on_holiday"}
)
_LEVEL: Final = frozenset(
    {
        "held_by",
        "min_days_after_previous",
        "minimum_items",
        "minimum_open",
        "not_after_days",
        "on_holiday",
    }
)
#: What can hold no claim on the insurance, and why.
_HOLDS_NO_CLAIM: Final = {
    INSOLVENCY: "raises {} at once and cannot hold it",
    PROMISE: "is the debtor's word; {} keeps the insurer's days",
    BLOCK: "spares the debtor letters; {} keeps the insurer's days",
}
#: What more can hold no notice to the insurer: its last day passes all the same.
_HOLDS_NO_NOTICE: Final = _HOLDS_NO_CLAIM | {
    DISPUTE: "leaves the insurer's last day where it is; {} is given by then"
}
_SHIFTS: Final = (rules.NONE, rules.FOLLOWING, rules.PRECEDING)


def read_policy(document: Any, version: int) -> Policy:
    """Read a policy from plain values; a `RejectedError` names the path of what is wrong."""
    top = mapping(document, "", required={"policy", "levels"}, optional=_TOP)
    calendar = mapping(top.get("calendar", {}), "calendar", optional=_CALENDAR)
    name = text(top["policy"], "policy")
    scope = _scope(top.get("applies_to"))
    if (name == "default") != (scope == Scope()):
        raise wrong(
            "applies_to",
            "the policy named default applies to everybody; any other one needs applies_to: "
            "{creditor: ID}, {segment: NAME}, {grade: NAME} or {account: ID}",
        )
    levels = _levels(top, calendar)
    return Policy(
        name=name,
        version=version,
        scope=scope,
        time_zone=_time_zone(calendar),
        clearing_rule=one_of(
            top.get("clearing", clearing.OLDEST_DUE_FIRST), "clearing", clearing.RULES
        ),
        levels=levels,
        backlog=one_of(top.get("backlog", rules.HIGHEST), "backlog", (rules.HIGHEST, rules.STEP)),
        days=one_of(
            calendar.get("days", rules.CALENDAR_DAYS),
            "calendar.days",
            (rules.CALENDAR_DAYS, rules.BUSINESS_DAYS),
        ),
        calendar=_calendar(calendar),
        on_resolution=one_of(
            top.get("on_resolution", rules.CONTINUE),
            "on_resolution",
            (rules.CONTINUE, rules.RESTART),
        ),
        minimum_scope=one_of(top.get("scope", rules.ITEM), "scope", (rules.ITEM, rules.ACCOUNT)),
        interest=read_terms(top["interest"], "interest") if "interest" in top else None,
        cross_default=_cross_default(top.get("cross_default"), levels),
    )


def _time_zone(calendar: dict[str, Any]) -> str:
    time_zone = text(calendar.get("time_zone", "Asia/Shanghai"), "calendar.time_zone")
    try:
        zone(time_zone)
    except RejectedError as error:
        raise wrong("calendar.time_zone", error.message) from None
    return time_zone


def _calendar(calendar: dict[str, Any]) -> BusinessCalendar:
    """Read whose days off count: codes of countries or markets, and days of the creditor's own.

    Left out it is China's; null or an empty list is no calendar, so that weekends alone are off.
    """
    added, removed = (
        days(calendar.get(key, []), f"calendar.{key}", most=OWN_DAYS_MAX)
        for key in ("holidays_added", "holidays_removed")
    )
    try:
        return BusinessCalendar(read_codes(calendar.get("holidays", "CN")), added, removed)
    except RejectedError as error:
        sentence = error.message.removeprefix(f"{error.field}: ")
        raise wrong(f"calendar.{error.field or 'holidays'}", sentence) from None


def _scope(value: Any) -> Scope:
    if value is None:
        return Scope()
    found = mapping(value, "applies_to", optional={"account", "grade", "segment", "creditor"})
    if len(found) != 1:
        raise wrong("applies_to", "give one of account, grade, segment and creditor")
    ((key, name),) = found.items()
    wanted = text(name, f"applies_to.{key}")
    if key == "account" and ":" not in wanted:
        raise wrong("applies_to.account", f"{wanted!r} is not <creditor>:<customer>")
    return Scope(
        account_id=wanted if key == "account" else None,
        grade=wanted if key == "grade" else None,
        segment=wanted if key == "segment" else None,
        creditor_id=wanted if key == "creditor" else None,
    )


def _levels(top: dict[str, Any], calendar: dict[str, Any]) -> tuple[Level, ...]:
    value = top["levels"]
    if not isinstance(value, list) or not 1 <= len(value) <= LEVELS_MAX:
        raise wrong("levels", f"must be a list of 1 to {LEVELS_MAX} levels")
    minimum_open = amounts(top.get("minimum_open", {}), "minimum_open")
    minimum_items = whole(
        top.get("minimum_items", 1), "minimum_items", least=1, most=MINIMUM_ITEMS_MAX
    )
    common = Conditions(minimum_open, minimum_items)
    shift = one_of(calendar.get("on_holiday", rules.NONE), "calendar.on_holiday", _SHIFTS)
    levels: list[Level] = []
    for index, entry in enumerate(value):
        path = f"levels[{index}]"
        level = _level(entry, path, common, shift)
        if any(level.name == earlier.name for earlier in levels):
            raise wrong(f"{path}.level", f"{level.name!r} stands twice; levels need names")
        if levels and level.after_days <= levels[-1].after_days:
            raise wrong(f"{path}.after_days", "levels must stand in the order of their days")
        if level.min_days_after_previous is not None and all(one.is_insurers for one in levels):
            raise wrong(
                f"{path}.min_days_after_previous",
                "there is no level before the first; those for the insurer are none to wait for",
            )
        levels.append(level)
    return tuple(levels)


def _level(entry: Any, path: str, common: Conditions, shift: str) -> Level:
    found = mapping(entry, path, required={"level", "after_days", "action"}, optional=_LEVEL)
    after_days = whole(found["after_days"], f"{path}.after_days", least=-DAYS_MAX)
    action = text(found["action"], f"{path}.action")
    if action in (rules.INSURANCE_CLAIM, rules.INSURANCE_NOTICE):
        # What spares debtors small letters is no reason to miss the insurer's notice.
        common = Conditions()
    not_after_days = _optional_days(found, path, "not_after_days", least=after_days)
    if not_after_days is not None and after_days < 0 <= not_after_days:
        raise wrong(
            f"{path}.not_after_days",
            "a reminder before the due date goes out before it or not at all; leave it out",
        )
    minimum_open = found.get("minimum_open")
    minimum_items = found.get("minimum_items")
    level = Level(
        name=text(found["level"], f"{path}.level"),
        after_days=after_days,
        action=action,
        held_by=_held_by(found.get("held_by", []), f"{path}.held_by"),
        on_holiday=one_of(found.get("on_holiday", shift), f"{path}.on_holiday", _SHIFTS),
        min_days_after_previous=_optional_days(found, path, "min_days_after_previous", least=1),
        not_after_days=not_after_days,
        conditions=Conditions(
            common.minimum_open
            if minimum_open is None
            else amounts(minimum_open, f"{path}.minimum_open"),
            common.minimum_items
            if minimum_items is None
            else whole(minimum_items, f"{path}.minimum_items", least=1, most=MINIMUM_ITEMS_MAX),
        ),
    )
    if level.is_insurers:
        noun = "an insurance claim" if level.is_claim else "a notice to the insurer"
        for key in ("on_holiday", "min_days_after_previous", "not_after_days"):
            if key in found:
                raise wrong(f"{path}.{key}", f"{noun} keeps the insurer's days; leave it out")
        for kind, why in (_HOLDS_NO_NOTICE if level.is_notice else _HOLDS_NO_CLAIM).items():
            if kind in level.held_by:
                raise wrong(f"{path}.held_by", f"{kind} {why.format(noun)}; leave it out")
    if level.is_notice and level.conditions.minimum_items > 1:
        raise wrong(
            f"{path}.minimum_items",
            "the insurer is told of each item by its last day, however few there are; leave it out",
        )
    return level


def _optional_days(found: dict[str, Any], path: str, key: str, *, least: int) -> int | None:
    value = found.get(key)
    return None if value is None else whole(value, f"{path}.{key}", least=least)


def _held_by(value: Any, path: str) -> frozenset[str]:
    if not isinstance(value, list):
        raise wrong(path, f"must be a list of: {', '.join(KINDS)}")
    return frozenset(one_of(hold, f"{path}[{index}]", KINDS) for index, hold in enumerate(value))


def _cross_default(value: Any, levels: tuple[Level, ...]) -> CrossDefault | None:
    if value is None:
        return None
    found = mapping(value, "cross_default", required={"at"}, optional={"threshold", "raise"})
    by_name = {level.name: level for level in levels}
    raised = found.get("raise")
    if raised is not None:
        level = by_name[one_of(raised, "cross_default.raise", tuple(by_name))]
        if level.is_insurers:
            raise wrong(
                "cross_default.raise",
                "a level for the insurer keeps the insurer's days; choose another level",
            )
        if level.after_days < 0:
            raise wrong(
                "cross_default.raise",
                "what is raised is overdue, and a reminder is for before; choose another level",
            )
    at_level = one_of(found["at"], "cross_default.at", tuple(by_name))
    if by_name[at_level].is_notice:
        raise wrong(
            "cross_default.at", "a notice to the insurer is no default yet; choose another level"
        )
    if by_name[at_level].after_days < 0:
        raise wrong(
            "cross_default.at",
            "before its due date nothing is in default; choose another level",
        )
    return CrossDefault(
        at_level=at_level,
        threshold=amounts(found.get("threshold", {}), "cross_default.threshold"),
        raise_level=raised,
    )
