"""Bad events that are nearly good ones: each must be refused with a reason, and block nothing."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

from cli.sample.events import Event

#: What a bad record is made of: its value and its headers.
Bad = tuple[bytes | None, tuple[tuple[str, bytes], ...]]
#: Beyond what ingest takes by its default.
OVERSIZE_BYTES: Final = 300 * 1024


def poisoned(random: Random, event: Event) -> Bad:
    """Spoil an event in one of many ways; whatever comes out can never be accepted."""
    return random.choice(SPOILED)(random, json.loads(event.as_line()))


def _encoded(envelope: dict[str, Any]) -> Bad:
    return json.dumps(envelope).encode(), ()


def _without_attribute(random: Random, envelope: dict[str, Any]) -> Bad:
    del envelope[random.choice(("specversion", "id", "source", "type", "data"))]
    return _encoded(envelope)


def _without_member(_random: Random, envelope: dict[str, Any]) -> Bad:
    envelope["id"] += "/bad"
    del envelope["data"]["customer_id"]
    return _encoded(envelope)


def _with_wrong_member(random: Random, envelope: dict[str, Any]) -> Bad:
    envelope["id"] += "/bad"
    envelope["data"]["customer_id"] = random.choice((None, 7, "", [], {}, "a\x00b", 1.5, "x" * 999))
    return _encoded(envelope)


def _of_unknown_type(random: Random, envelope: dict[str, Any]) -> Bad:
    envelope["type"] = random.choice(("invoice.issed.v1", "invoice.issued.v9", "", "escalation"))
    return _encoded(envelope)


def _in_conflict(random: Random, envelope: dict[str, Any]) -> Bad:
    """Use the name of an event that has been sent for other content."""
    envelope["data"]["memo"] = random.random()
    return _encoded(envelope)


def _cut_off(random: Random, envelope: dict[str, Any]) -> Bad:
    text = json.dumps(envelope).encode()
    return text[: random.randrange(1, len(text) - 1)], ()


def _in_another_encoding(random: Random, envelope: dict[str, Any]) -> Bad:
    return json.dumps(envelope).encode(random.choice(("utf-16", "utf-32-be", "utf-16-le"))), ()


def _oversize(random: Random, envelope: dict[str, Any]) -> Bad:
    envelope["id"] += "/bad"
    envelope["data"]["memo"] = "x" * (OVERSIZE_BYTES + random.randrange(100))
    return _encoded(envelope)


def _twice(_random: Random, envelope: dict[str, Any]) -> Bad:
    """Say one member twice, with two values."""
    text = json.dumps(envelope)
    return text.replace('"data": {', '"data": {"customer_id": "other", ', 1).encode(), ()


def _noise(random: Random, _envelope: dict[str, Any]) -> Bad:
    return random.choice((None, b"", b"\xff\xfe", b"[]", b"null", random.randbytes(64))), ()


def _in_bad_headers(random: Random, envelope: dict[str, Any]) -> Bad:
    """Send binary mode with headers that are no attributes."""
    name = random.choice((b"\xff\xff", b"", b"a\x00b", b"2.0"))
    data = json.dumps(envelope["data"]).encode()
    return data, (
        ("ce_specversion", name),
        ("ce_id", b"bad"),
        ("ce_type", envelope["type"].encode()),
    )


SPOILED: Final[tuple[Callable[[Random, dict[str, Any]], Bad], ...]] = (
    _without_attribute,
    _without_member,
    _with_wrong_member,
    _of_unknown_type,
    _in_conflict,
    _cut_off,
    _in_another_encoding,
    _oversize,
    _twice,
    _noise,
    _in_bad_headers,
)
#: Those of them that are bad whatever came before, and small.
EACH_ALONE: Final = tuple(one for one in SPOILED if one not in {_in_conflict, _oversize})
