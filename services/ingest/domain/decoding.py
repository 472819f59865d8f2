"""JSON into structs, with every failure said in our own words: the field, the value, the remedy."""

import re
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

from shared.errors import RejectedError
from shared.money import EXPONENTS

#: Characters of a value that a message repeats.
VALUE_CHARACTERS_MAX: Final = 60
#: Objects and lists inside of each other; more serves no receivable and would exhaust the stack.
DEPTH_MAX: Final = 32

T = TypeVar("T")

_MESSAGE: Final = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_TYPES: Final = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<given>[^`]*)`")
_STEPS: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
#: Half of a character beyond 16 bits; the decoder takes the rest of the text for its other half.
_HALF_A_PAIR: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_anything: Final = msgspec.json.Decoder()


def decode(decoder: "msgspec.json.Decoder[T]", raw: bytes, root: str) -> T:
    """Decode JSON; refuses it with the path below `root` (`data` or, for attributes, empty).

    Codes: `not_utf8`, `nul_character`, `not_json`, `too_deep`, `number_out_of_range`,
    `missing_attribute`, `missing_field`, `wrong_type`, `unknown_currency`, `invalid_value`.
    """
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), raw, root, decoder.type) from None
    except UnicodeDecodeError:
        raise not_utf8(root) from None
    except RecursionError:
        raise too_deep(root) from None
    except msgspec.DecodeError as error:
        raise _malformed(str(error), raw, root) from None


def decode_anything(raw: bytes, root: str) -> Any:
    """Decode JSON whatever it says; every string and number in it is read."""
    return decode(_anything, raw, root)


def shown(value: object) -> str:
    """Write a value as a message may repeat it: shortened, with nothing unprintable."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    if len(text) > VALUE_CHARACTERS_MAX:
        return f"{text[:VALUE_CHARACTERS_MAX]}…"
    return text


def depth_of(value: Any) -> int:
    """Return how many objects and lists stand inside of each other, at most one above the limit."""
    depth = 0
    layer = _containers([value])
    while layer and depth <= DEPTH_MAX:
        depth += 1
        layer = [
            inner
            for outer in layer
            for inner in _containers(outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth


def too_deep(root: str) -> RejectedError:
    """Say that a value is nested beyond the limit."""
    field = root or "the event"
    message = f"{field}: objects and lists are nested more than {DEPTH_MAX} deep; flatten them"
    return RejectedError(message, code="too_deep", field=root or None)


def not_utf8(root: str) -> RejectedError:
    """Say that the bytes are no text."""
    message = f"{root or 'the event'}: the bytes are no UTF-8 text; send JSON in UTF-8"
    return RejectedError(message, code="not_utf8", field=root or None)


def nul_character(field: str | None) -> RejectedError:
    """Say that a NUL is in the text: PostgreSQL cannot hold one, nor can a letter print it."""
    message = f"{field or 'the event'}: there is a NUL character (\\u0000) in it; leave it out"
    return RejectedError(message, code="nul_character", field=field)


def _malformed(reason: str, raw: bytes, root: str) -> RejectedError:
    try:
        text = bytes(raw).decode()
    except UnicodeDecodeError:
        return not_utf8(root)
    if "\x00" in text:
        return nul_character(root or None)
    hint = "; leave out the byte order mark" if text.startswith("\ufeff") else ""
    what = reason.removeprefix("JSON is malformed: ")
    if _HALF_A_PAIR.search(text):
        what = "half of a surrogate pair in an escape"
    begin = f", it begins with {shown(text[:VALUE_CHARACTERS_MAX])}"
    message = f"{root or 'the event'}: this is no JSON ({what}){hint}{begin}"
    return RejectedError(message, code="not_json", field=root or None)


def _invalid(reason: str, raw: bytes, root: str, kind: Any) -> RejectedError:
    match = _MESSAGE.fullmatch(reason)
    assert match is not None
    what, path = match["what"], match["path"] or ""
    field = (root + path).removeprefix(".")
    missing = _MISSING.fullmatch(what)
    if missing:
        return _missing(f"{field}.{missing['name']}".removeprefix("."), root)
    if "out of range" in what:
        field = field.partition("[...]")[0]
        message = f"{field or 'the event'}: a number in it is larger than JSON readers can hold"
        return RejectedError(message, code="number_out_of_range", field=field or None)
    value = _value_at(raw, path)
    types = _TYPES.fullmatch(what)
    if types:
        wanted, given = types["wanted"].replace(" | ", " or "), types["given"]
        message = f"{field or 'the event'}: expected {wanted}, got {given} {shown(value)}"
        return RejectedError(message, code="wrong_type", field=field or None)
    if field.rpartition(".")[2] == "currency" and str(value) not in EXPONENTS:
        return _unknown_currency(str(value), field)
    remedy = _remedy(what, _kind_at(kind, path))
    message = f"{field or 'the event'}: {shown(value)} is not valid; {remedy}"
    return RejectedError(message, code="invalid_value", field=field or None)


def _missing(field: str, root: str) -> RejectedError:
    if root:
        return RejectedError(f"{field}: it is missing", code="missing_field", field=field)
    message = f"{field}: the CloudEvents attribute is missing"
    return RejectedError(message, code="missing_attribute", field=field)


def _unknown_currency(value: str, field: str) -> RejectedError:
    message = f"{field}: {shown(value)} is no ISO 4217 currency code; give one such as CNY or EUR"
    return RejectedError(message, code="unknown_currency", field=field)


def _remedy(what: str, kind: Any) -> str:
    if what.startswith("Invalid RFC3339 encoded date"):
        example = "2026-01-05T09:00:00+08:00" if "datetime" in what else "2026-01-05"
        return f"write it as in {example}"
    if isinstance(kind, inspect.LiteralType):
        return f"give one of {', '.join(str(value) for value in kind.values)}"
    if isinstance(kind, inspect.Metadata) and kind.extra_json_schema:
        return f"expected: {kind.extra_json_schema.get('description', what)}"
    return what.replace("`", "").replace("str of length", "a text of length").lower()


def _kind_at(kind: Any, path: str) -> Any:
    """Return what is known of the member at a path of msgspec's, None left out of its kinds."""
    info: Any = inspect.type_info(kind)
    for name, index in _STEPS.findall(path):
        if isinstance(info, inspect.StructType):
            kinds = [field.type for field in info.fields if field.encode_name == name]
        else:
            kinds = [info.item_type] if index and isinstance(info, inspect.ListType) else []
        if not kinds:
            return None
        info = kinds[0]
        if isinstance(info, inspect.UnionType):
            info = next(one for one in info.types if not isinstance(one, inspect.NoneType))
    return info


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]


def _value_at(raw: bytes, path: str) -> Any:
    """Return the value at a path of msgspec's, as far as it can be followed."""
    try:
        value: Any = _anything.decode(raw)
    except (ValueError, RecursionError):
        return None
    for name, index in _STEPS.findall(path):
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and index and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value
