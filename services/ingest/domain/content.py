"""What an event says, in one form whatever the way it was written; and that it says it once.

JSON leaves open what a member means that stands twice in one object: some readers take the first,
some the last, and two of them would know two amounts of one invoice. Such objects are refused.
Sources: RFC 8259, section 4 (names should be unique); RFC 7493, section 2.3 (they must be).

The usual event costs some counts of a byte. A colon follows each member's name and stands nowhere
else but within texts, so what a decoder has dropped is missing from the count. Only where the
counts differ, or a colon may be written as an escape, is the JSON read again, slowly.
"""

import hashlib
import json
from typing import Any, Final

import msgspec
from msgspec import Raw

from services.ingest.domain.decoding import decode, not_utf8, too_deep
from shared.errors import RejectedError

_COLON: Final = b":"
#: How every escape of a colon begins, and of a few other characters.
_ESCAPE: Final = b"\\u003"
_attributes: Final = msgspec.json.Decoder(dict[str, Raw])
_anything: Final = msgspec.json.Decoder()
_sorted: Final = msgspec.json.Encoder(order="sorted")


class _Object(list[tuple[str, Any]]):
    """An object with every member as it was written."""


def canonical(data: bytes) -> bytes:
    """Return JSON data without spaces, its members in order; reads every string and number.

    Refuses two members of one name in an object (`duplicate_member`). The data must not be nested
    beyond the limit. Raises what the decoder raises (`ValueError`) where it is no JSON.
    """
    written = _sorted.encode(_anything.decode(data))
    if written.count(_COLON) != data.count(_COLON) or _ESCAPE in data:
        path = _path_of_repeated(_read(data), "data")
        if path is not None:
            raise _duplicate(path)
    return written


def digest_of(event_type: str, written: bytes) -> bytes:
    """Return 16 bytes that are equal when the type and the canonical data are."""
    return hashlib.blake2b(event_type.encode() + b"\x00" + written, digest_size=16).digest()


def check_attributes(envelope: bytes) -> None:
    """Refuse a structured event, known to be JSON, with an attribute twice (`duplicate_member`).

    The objects within an attribute are not looked at: data has its own check, and what no
    attribute asks for is dropped.
    """
    members = decode(_attributes, envelope, "")
    if len(members) + b"".join(members.values()).count(_COLON) == envelope.count(_COLON):
        return
    try:
        repeated = _repeated(_read(envelope))
    except RecursionError:
        raise too_deep("") from None
    except UnicodeDecodeError:
        raise not_utf8("") from None
    if repeated is not None:
        raise _duplicate(repeated)


def _read(text: bytes) -> Any:
    """Read JSON with all members of its objects; numbers, of any length, stay texts."""
    return json.loads(text.decode(), object_pairs_hook=_Object, parse_int=str, parse_float=str)


def _path_of_repeated(value: Any, path: str) -> str | None:
    """Return where a member stands twice, by names and indexes; the depth is known to be small."""
    if isinstance(value, _Object):
        repeated = _repeated(value)
        if repeated is not None:
            return f"{path}.{repeated}"
        steps = [(f"{path}.{name}", inner) for name, inner in value]
    elif isinstance(value, list):
        steps = [(f"{path}[{index}]", inner) for index, inner in enumerate(value)]
    else:
        return None
    found = (_path_of_repeated(inner, step) for step, inner in steps)
    return next((one for one in found if one is not None), None)


def _repeated(members: _Object) -> str | None:
    """Return the first name that stands a second time."""
    seen: set[str] = set()
    for name, _value in members:
        if name in seen:
            return name
        seen.add(name)
    return None


def _duplicate(path: str) -> RejectedError:
    message = f"{path}: it stands twice in one object, and readers differ on which counts; keep one"
    return RejectedError(message, code="duplicate_member", field=path)
