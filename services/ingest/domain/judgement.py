"""Whether an arrival can be accepted, and the canonical event it becomes."""

import difflib
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.content import canonical, digest_of
from services.ingest.domain.decoding import (
    DEPTH_MAX,
    decode,
    decode_anything,
    depth_of,
    nul_character,
    shown,
    too_deep,
)
from services.ingest.domain.envelope import data_of, open_envelope
from shared.calendar import latest_date
from shared.contracts.asyncapi import OUTBOUND
from shared.contracts.catalogue import CATALOGUE, INTERNAL
from shared.contracts.envelope import MONITOR_SOURCE, CloudEvent, LedgerEvent, name_of
from shared.contracts.fields import YEAR_MAX, YEAR_MIN, Inbound
from shared.errors import RejectedError

#: Characters of a refusal's sentence; values in it may be as long as the event.
MESSAGE_CHARACTERS_MAX: Final = 500
#: Characters of a field's path; the names in it are the sender's, and may be as long as well.
FIELD_CHARACTERS_MAX: Final = 200
#: Types that only the monitor says, to others and, through the ledger, to itself.
MONITOR_TYPES: Final = frozenset({*OUTBOUND, *INTERNAL})

_decoders: Final = {
    contract.type: msgspec.json.Decoder(contract.struct) for contract in CATALOGUE.values()
}


class Accepted(Struct, kw_only=True, frozen=True):
    """A valid arrival as the canonical event; `name` and `digest` tell it from repeats."""

    event: LedgerEvent
    #: 16 bytes, from (source, id).
    name: bytes
    #: 16 bytes, from type and data.
    digest: bytes


class Refusal(Struct, kw_only=True, frozen=True):
    """Why an arrival cannot be accepted as it stands."""

    code: str
    message: str
    field: str | None = None


def judge(arrival: Arrival, *, now: datetime, event_bytes_max: int) -> Accepted | Refusal:
    """Decide on one arrival; nothing reported may have happened long after `now`.

    `now` also stands in for an event's time when it has none.

    Whether its name is taken is decided afterwards, for a whole batch.
    """
    try:
        return _accept(arrival, now, event_bytes_max)
    except RejectedError as error:
        return refusal_of(error)


def refusal_of(error: RejectedError) -> Refusal:
    """Turn what a check raised into a value that can be kept and listed."""
    return Refusal(
        code=error.code,
        message=_writable(error.message, MESSAGE_CHARACTERS_MAX),
        field=None if error.field is None else _writable(error.field, FIELD_CHARACTERS_MAX),
    )


def _writable(text: str, characters_max: int) -> str:
    """Return what a database takes: shortened, without lone surrogates or NUL."""
    if len(text) > characters_max:
        text = f"{text[:characters_max]}…"
    return text.encode(errors="backslashreplace").decode().replace("\x00", "\\x00")


def _accept(arrival: Arrival, now: datetime, event_bytes_max: int) -> Accepted:
    if arrival.size_bytes > event_bytes_max:
        message = (
            f"the event has {arrival.size_bytes} bytes, more than {event_bytes_max}; "
            "leave out what the contract does not ask for"
        )
        raise RejectedError(message, code="oversized")
    event = open_envelope(arrival)
    decoder = _decoders.get(event.type)
    if decoder is None:
        raise _unknown_type(event.type)
    if event.source == MONITOR_SOURCE:
        raise _reserved_source()
    raw = bytes(data_of(event))
    data: Inbound = decode(decoder, raw, "data")
    data.check_names()
    data.check()
    data.check_happened(latest_date(now))
    _check_text(event, raw)
    digest = _digest_of(event.type, raw)
    name = name_of(event.source, event.id)
    ledger_event = LedgerEvent(
        specversion=event.specversion,
        id=event.id,
        source=event.source,
        type=event.type,
        time=_time_of(event.time, now),
        accountid=data.account_id,
        eventname=name.hex,
        data=Raw(raw),
        subject=event.subject,
        dataschema=event.dataschema,
        traceparent=event.traceparent,
        tracestate=event.tracestate,
    )
    return Accepted(event=ledger_event, name=name.bytes, digest=digest)


def _check_text(event: CloudEvent, raw: bytes) -> None:
    """Refuse what the types do not see: unread members may hold anything.

    Two cheap looks at the bytes save nearly every event the slow one.
    """
    for name in ("id", "source", "subject", "dataschema", "traceparent", "tracestate"):
        if "\x00" in (getattr(event, name) or ""):
            raise nul_character(name)
    brackets = raw.count(b"{") + raw.count(b"[")
    if brackets > DEPTH_MAX and depth_of(decode_anything(raw, "data")) > DEPTH_MAX:
        raise too_deep("data")
    if b"\\u0000" in raw:
        path = _path_of_nul(decode_anything(raw, "data"), "data")
        if path is not None:
            raise nul_character(path)


def _digest_of(event_type: str, raw: bytes) -> bytes:
    """Return the content's digest, and so read every string and number, asked for or not."""
    try:
        return digest_of(event_type, canonical(raw))
    except (ValueError, RecursionError):
        decode_anything(raw, "data")  # says what is wrong in our words
        raise


def _path_of_nul(value: Any, path: str) -> str | None:
    """Return where a NUL is, by member names and indexes; the depth is known to be limited."""
    if isinstance(value, str):
        return path if "\x00" in value else None
    if isinstance(value, dict):
        for name, inner in value.items():
            found = path if "\x00" in name else _path_of_nul(inner, f"{path}.{name}")
            if found is not None:
                return found
    if isinstance(value, list):
        for index, inner in enumerate(value):
            found = _path_of_nul(inner, f"{path}[{index}]")
            if found is not None:
                return found
    return None


def _time_of(time: datetime | None, now: datetime) -> datetime:
    """Return the event's instant in UTC; one without an offset names no moment."""
    if time is None:
        return now
    if time.tzinfo is None:
        message = f"time: {time.isoformat()} has no offset; write it as in 2026-01-05T09:00:00Z"
        raise RejectedError(message, code="not_an_instant", field="time")
    # A day's distance from the ends leaves room for any offset.
    if not YEAR_MIN < time.year < YEAR_MAX:
        message = f"time: {time.isoformat()} is not between {YEAR_MIN + 1} and {YEAR_MAX - 1}"
        raise RejectedError(message, code="date_out_of_range", field="time")
    return time.astimezone(UTC)


def _unknown_type(event_type: str) -> RejectedError:
    if event_type in MONITOR_TYPES:
        message = (
            f"type: {shown(event_type)} is said by the monitor alone, and taken from nobody; "
            "send the event that brings it about"
        )
        return RejectedError(message, code="unknown_type", field="type")
    near = difflib.get_close_matches(event_type, CATALOGUE, n=1)
    families = ", ".join(sorted({known.partition(".")[0] for known in CATALOGUE}))
    hint = f"did you mean {near[0]}?" if near else f"known types are of {families}"
    message = f"type: {shown(event_type)} is not in the catalogue; {hint}"
    return RejectedError(message, code="unknown_type", field="type")


def _reserved_source() -> RejectedError:
    """Keep the monitor's names its own: who takes one first makes its own event a repeat."""
    message = f"source: {MONITOR_SOURCE!r} is the monitor's own; give the name of your system"
    return RejectedError(message, code="reserved_source", field="source")
