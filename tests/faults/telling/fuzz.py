"""Bad events without end: good ones, changed at places that know their structure.

Whether one is bad is asked of the pure judgement, at two instants far apart, so that no clock of a
service can make it good; what must hold is that each is refused and none ends a service.
"""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from cli.sample.events import Event
from services.ingest.domain.bindings import from_kafka
from services.ingest.domain.judgement import Refusal, judge
from shared.contracts.catalogue import topic_of
from tests.faults.telling.poison import EACH_ALONE
from tests.faults.telling.workload import POISON_HEADER, Message

#: One event in so many is larger than ingest takes: each is kept whole in two places.
OVERSIZE_EVERY: Final = 5_000
OVERSIZE_BYTES: Final = 300 * 1024
EVENT_BYTES_MAX: Final = 256 * 1024
#: One in so many is spoiled in a way that has a name.
NAMED_EVERY: Final = 4
CHANGES_MAX: Final = 3
#: Three times this and a little is what the encoder of JSON can write.
DEPTH: Final = 250
NO_HEADERS: Final[tuple[tuple[str, bytes], ...]] = ()
AGES: Final = timedelta(days=36_500)
HOSTILE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, 1e308, -1e-308, 10**40, -(2**63) - 1),
    *("", " ", "\x00", "a\x00b", "\ud800", "\u202e", "x" * 5_000, "NaN", "-0.00", "1e3", "١٢٣"),
    *("0.001", "99999999999999999999.99", "-5.00", "2026-02-30", "0000-00-00", "9999-12-31"),
    *("2026-01-01T25:61:00Z", "24:00", "null", "<script>", "'; DROP TABLE ingest.names; --"),
    *([], {}, [[]], [None], {"": ""}, [{}] * 50, ["a", 1, None], {"a": {"b": {"c": []}}}),
)


def fuzz(random: Random, events: Sequence[Event], now: datetime) -> Iterator[Message]:
    """Give bad events for ever; the same arguments give the same ones."""
    lines = [event.as_line() for event in events]
    number = 0
    while True:
        envelope = json.loads(random.choice(lines))
        topic = topic_of(envelope["type"])
        envelope["id"] = f"fuzz/{random.getrandbits(64)}"
        number += 1
        if number % OVERSIZE_EVERY == 0:
            envelope["data"]["memo"] = "x" * OVERSIZE_BYTES
            value, headers = json.dumps(envelope).encode(), NO_HEADERS
        elif random.randrange(NAMED_EVERY) == 0:
            value, headers = random.choice(EACH_ALONE)(random, envelope)
        else:
            value, headers = _changed(random, envelope), _headers(random)
        if not _is_bad(topic, value, headers, now):
            continue
        yield Message(
            topic,
            random.choice((None, b"", b"key", random.randbytes(8))) if value else b"key",
            value,
            random.randrange(1000),
            (*headers, (POISON_HEADER, b"")),
            is_poison=True,
        )


def _is_bad(
    topic: str, value: bytes | None, headers: tuple[tuple[str, bytes], ...], now: datetime
) -> bool:
    arrival = from_kafka(topic, 0, 0, headers, value)
    return all(
        isinstance(judge(arrival, now=at, event_bytes_max=EVENT_BYTES_MAX), Refusal)
        for at in (now, now + AGES)
    )


def _changed(random: Random, envelope: dict[str, Any]) -> bytes:
    """Change an event at one place or some, and at times its bytes."""
    for _ in range(random.randint(1, CHANGES_MAX)):
        holder, key = _place(random, envelope)
        _CHANGES[random.randrange(len(_CHANGES))](random, holder, key)
    text = json.dumps(envelope, ensure_ascii=random.random() < 0.5)
    value = bytearray(text.encode(errors="surrogatepass"))
    if random.randrange(4) == 0:
        value[random.randrange(len(value))] = random.randrange(256)
    if random.randrange(16) == 0:
        del value[random.randrange(len(value)) :]
    return bytes(value)


def _place(random: Random, thing: Any) -> tuple[Any, Any]:
    """Return a container somewhere in an event, and a key of it that is there."""
    holder, key = thing, random.choice(list(thing))
    while random.random() < 0.7:
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner:
            break
        holder = inner
        key = (
            random.choice(list(inner)) if isinstance(inner, dict) else random.randrange(len(inner))
        )
    return holder, key


def _replace(random: Random, holder: Any, key: Any) -> None:
    holder[key] = deepcopy(random.choice(HOSTILE))


def _delete(_random: Random, holder: Any, key: Any) -> None:
    if len(holder) > 1:
        del holder[key]


def _wrap(random: Random, holder: Any, key: Any) -> None:
    holder[key] = random.choice(([holder[key]], {"value": holder[key]}, [holder[key]] * 3))


def _nest(_random: Random, holder: Any, key: Any) -> None:
    for _ in range(DEPTH):
        holder[key] = [holder[key]]


def _turn(_random: Random, holder: Any, key: Any) -> None:
    """Say a number as a text, and anything else as the text of its JSON."""
    value = holder[key]
    holder[key] = float(len(value)) if isinstance(value, str) else json.dumps(value)


_CHANGES: Final = (_replace, _replace, _replace, _delete, _wrap, _nest, _turn)


def _headers(random: Random) -> tuple[tuple[str, bytes], ...]:
    """Mostly none; else garbage beside the event, of which some look like attributes."""
    if random.randrange(4):
        return ()
    names = ("ce_id", "ce_type", "ce_specversion", "content-type", "CE_SOURCE", "x", "ce_\u00e9")
    values = (b"", b"\xff\xfe", b"a\x00b", b"1.0", random.randbytes(20), b"application/json")
    return tuple((random.choice(names), random.choice(values)) for _ in range(random.randint(1, 4)))
