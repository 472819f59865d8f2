"""Plain values of a document, checked one by one; a refusal names the path of what is wrong."""

from datetime import date
from typing import Any, Final

from shared.errors import RejectedError
from shared.money import exponent_of, to_minor

TEXT_LENGTH_MAX: Final = 128
DAYS_MAX: Final = 3650


def mapping(
    value: Any,
    path: str,
    *,
    required: frozenset[str] | set[str] = frozenset(),
    optional: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Any]:
    """Return a mapping that has all that is required and nothing that is not known."""
    if not isinstance(value, dict):
        raise wrong(path, f"must be a mapping, not {value!r:.60}")
    known = required | optional
    for key in value:
        if key not in known:
            raise wrong(joined(path, key), f"is not known; known are {', '.join(sorted(known))}")
    for key in sorted(required):
        if key not in value:
            raise wrong(joined(path, key), "is missing")
    return value


def text(value: Any, path: str) -> str:
    """Return a short text."""
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_LENGTH_MAX:
        raise wrong(path, f"{value!r:.60} must be a text of 1 to {TEXT_LENGTH_MAX} characters")
    return value


def whole(value: Any, path: str, *, least: int, most: int = DAYS_MAX) -> int:
    """Return a whole number between two others."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(path, f"{value!r:.60} is no whole number")
    if not least <= value <= most:
        raise wrong(path, f"{value} is not between {least} and {most}")
    return value


def one_of(value: Any, path: str, choices: tuple[str, ...]) -> str:
    """Return one of some words."""
    if value not in choices:
        raise wrong(path, f"{value!r:.60} is not one of: {', '.join(choices)}")
    return str(value)


def listed(value: Any, path: str, *, most: int) -> list[Any]:
    """Return a list that is not too long."""
    if not isinstance(value, list):
        raise wrong(path, f"must be a list, not {value!r:.60}")
    if len(value) > most:
        raise wrong(path, f"has {len(value)} entries, more than {most}")
    return value


def days(value: Any, path: str, *, most: int) -> frozenset[date]:
    """Return a list of civil dates."""
    found = listed(value, path, most=most)
    for index, one in enumerate(found):
        if type(one) is not date:
            raise wrong(f"{path}[{index}]", f"{one!r:.60} is no date; write it as 2026-12-31")
    return frozenset(found)


def amounts(value: Any, path: str) -> dict[str, int]:
    """Return amounts in minor units by currency."""
    if not isinstance(value, dict):
        raise wrong(path, "must be a mapping of currency to amount")
    found: dict[str, int] = {}
    for currency, amount in value.items():
        where = f"{path}.{currency}"
        if not isinstance(amount, str):
            raise wrong(where, f'{amount!r} must stand in quotes, as in "100.00"')
        try:
            exponent_of(str(currency), where)
            found[str(currency)] = to_minor(amount, str(currency), where)
        except RejectedError as error:
            raise wrong(where, error.message.removeprefix(f"{where}: ")) from None
        if found[str(currency)] < 0:
            raise wrong(where, f"{amount!r} must not be negative")
    return found


def joined(path: str, key: Any) -> str:
    """Return the path of a member."""
    return f"{path}.{key}" if path else str(key)


def wrong(path: str, sentence: str) -> RejectedError:
    """Return the refusal of what stands at a path."""
    message = f"{path}: {sentence}" if path else sentence
    return RejectedError(message, code="bad_policy", field=path or None)
