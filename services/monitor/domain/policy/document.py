"""A policy's document: read from plain values; what is not known is refused by its path."""

from typing import Any, Final

from services.monitor.domain.ledger import clearing
from services.monitor.domain.policy.policy import HIGHEST, STEP, Level, Policy, Scope
from shared.calendar import zone
from shared.errors import RejectedError
from shared.money import exponent_of, to_minor

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

#: What can hold a level.
HOLDS: Final = ("dispute", "promise", "block")
LEVELS_MAX: Final = 50
AFTER_DAYS_MAX: Final = 3650
TEXT_LENGTH_MAX: Final = 128


def read_policy(document: Any, version: int) -> Policy:
    """Read a policy from plain values; a `RejectedError` names the path of what is wrong."""
    top = _mapping(
        document,
        "",
        required={"policy", "levels"},
        optional={"applies_to", "calendar", "clearing", "backlog", "minimum_open"},
    )
    calendar = _mapping(
        top.get("calendar", {}),
        "calendar",
        optional={"time_zone", "days", "holidays", "on_holiday"},
    )
    # Days are calendar days and no holiday moves one: `holidays` names a country for later rules.
    for key, only in (("days", "calendar"), ("on_holiday", "none")):
        _one_of(calendar.get(key, only), f"calendar.{key}", (only,))
    _text(calendar.get("holidays", "CN"), "calendar.holidays")
    time_zone = _text(calendar.get("time_zone", "Asia/Shanghai"), "calendar.time_zone")
    try:
        zone(time_zone)
    except RejectedError as error:
        raise _wrong("calendar.time_zone", error.message) from None
    name = _text(top["policy"], "policy")
    scope = _scope(top.get("applies_to"))
    if (name == "default") != (scope == Scope()):
        raise _wrong(
            "applies_to",
            "the policy named default applies to everybody; any other one needs "
            "applies_to: {creditor: ID} or {account: ID}",
        )
    return Policy(
        name=name,
        version=version,
        scope=scope,
        time_zone=time_zone,
        clearing_rule=_one_of(
            top.get("clearing", clearing.OLDEST_DUE_FIRST), "clearing", clearing.RULES
        ),
        levels=_levels(top["levels"]),
        backlog=_one_of(top.get("backlog", HIGHEST), "backlog", (HIGHEST, STEP)),
        minimum_open=_minimum_open(top.get("minimum_open", {})),
    )


def _scope(value: Any) -> Scope:
    if value is None:
        return Scope()
    found = _mapping(value, "applies_to", optional={"account", "creditor"})
    if len(found) != 1:
        raise _wrong("applies_to", "give either account or creditor")
    if "account" in found:
        account_id = _text(found["account"], "applies_to.account")
        if ":" not in account_id:
            raise _wrong("applies_to.account", f"{account_id!r} is not <creditor>:<customer>")
        return Scope(account_id=account_id)
    return Scope(creditor_id=_text(found["creditor"], "applies_to.creditor"))


def _levels(value: Any) -> tuple[Level, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= LEVELS_MAX:
        raise _wrong("levels", f"must be a list of 1 to {LEVELS_MAX} levels")
    levels: list[Level] = []
    for index, entry in enumerate(value):
        path = f"levels[{index}]"
        found = _mapping(
            entry, path, required={"level", "after_days", "action"}, optional={"held_by"}
        )
        _held_by(found.get("held_by", []), f"{path}.held_by")
        after_days = found["after_days"]
        if isinstance(after_days, bool) or not isinstance(after_days, int):
            raise _wrong(f"{path}.after_days", f"{after_days!r} is no whole number of days")
        if abs(after_days) > AFTER_DAYS_MAX:
            raise _wrong(f"{path}.after_days", f"{after_days} is beyond {AFTER_DAYS_MAX} days")
        level = Level(
            _text(found["level"], f"{path}.level"),
            after_days,
            _text(found["action"], f"{path}.action"),
        )
        if any(level.name == earlier.name for earlier in levels):
            raise _wrong(f"{path}.level", f"{level.name!r} stands twice; levels need names")
        if levels and level.after_days <= levels[-1].after_days:
            raise _wrong(f"{path}.after_days", "levels must stand in the order of their days")
        levels.append(level)
    return tuple(levels)


def _held_by(value: Any, path: str) -> None:
    """Check what holds a level; no inbound type places a hold yet, so none is ever held."""
    if not isinstance(value, list):
        raise _wrong(path, f"must be a list of: {', '.join(HOLDS)}")
    for index, hold in enumerate(value):
        _one_of(hold, f"{path}[{index}]", HOLDS)


def _minimum_open(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        raise _wrong("minimum_open", "must be a mapping of currency to amount")
    minimums: dict[str, int] = {}
    for currency, text in value.items():
        path = f"minimum_open.{currency}"
        if not isinstance(text, str):
            raise _wrong(path, f'{text!r} must stand in quotes, as in "100.00"')
        try:
            exponent_of(str(currency), path)
            minimums[str(currency)] = to_minor(text, str(currency), path)
        except RejectedError as error:
            raise _wrong(path, error.message.removeprefix(f"{path}: ")) from None
        if minimums[str(currency)] < 0:
            raise _wrong(path, f"{text!r} must not be negative")
    return minimums


def _mapping(
    value: Any,
    path: str,
    *,
    required: frozenset[str] | set[str] = frozenset(),
    optional: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, f"must be a mapping, not {value!r:.60}")
    known = required | optional
    for key in value:
        if key not in known:
            raise _wrong(_join(path, key), f"is not known; known are {', '.join(sorted(known))}")
    for key in sorted(required):
        if key not in value:
            raise _wrong(_join(path, key), "is missing")
    return value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_LENGTH_MAX:
        raise _wrong(path, f"{value!r:.60} must be a text of 1 to {TEXT_LENGTH_MAX} characters")
    return value


def _one_of(value: Any, path: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise _wrong(path, f"{value!r:.60} is not one of: {', '.join(choices)}")
    return str(value)


def _join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)


def _wrong(path: str, sentence: str) -> RejectedError:
    message = f"{path}: {sentence}" if path else sentence
    return RejectedError(message, code="bad_policy", field=path or None)
