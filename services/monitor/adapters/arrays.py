"""Arrays as PostgreSQL writes them in text, which statements unnest."""

from collections.abc import Sequence
from datetime import date, datetime
from types import NoneType
from typing import Any, Final

#: Between texts: JSON writes it as an escape, and identifiers cannot hold it.
_MARK: Final = "\x1f"


def columns(records: Sequence[Sequence[Any]], width: int) -> list[str]:
    """Turn rows into the arrays that an unnest takes, as PostgreSQL writes arrays in text.

    The driver's own way asks of each single element whether it is a list in turn, which took a
    fifth of a batch's time.
    """
    if not records:
        return ["{}"] * width
    return [_array(column) for column in zip(*records, strict=True)]


def _array(values: Sequence[Any]) -> str:
    """Write a column by the one kind of value in it; a mixed one value by value."""
    kinds = set(map(type, values))
    if len(kinds) == 1:
        [kind] = kinds
        if kind is int:
            return "{" + str(values)[1:-1].rstrip(",") + "}"
        if issubclass(kind, str):
            return _text_array(values)
        if kind is date or kind is datetime:
            return "{" + ",".join([value.isoformat() for value in values]) + "}"
        if kind is NoneType:
            return "{NULL" + ",NULL" * (len(values) - 1) + "}"
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _text_array(values: Sequence[str]) -> str:
    """Quote all texts at once, by a mark that stands in none of them."""
    joined = _MARK.join(values)
    if joined.count(_MARK) != len(values) - 1:
        return "{" + ",".join([_element(value) for value in values]) + "}"
    if "\\" in joined:
        joined = joined.replace("\\", "\\\\")
    if '"' in joined:
        joined = joined.replace('"', '\\"')
    return '{"' + joined.replace(_MARK, '","') + '"}'


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, date):  # an instant is one too
        return value.isoformat()
    return str(value)
