"""An arrival into a CloudEvent: structured or binary mode, JSON data of the right kind.

Source: CloudEvents 1.0.2, sections 3 (attributes) of the specification and of the JSON format.
"""

import base64
import binascii
import re
from typing import Final

import msgspec
from msgspec import UNSET, Raw

from services.ingest.domain.arrival import (
    ATTRIBUTE_PREFIX,
    CONTENT_TYPE,
    REPLACEMENT,
    Arrival,
    media_type,
)
from services.ingest.domain.content import check_attributes
from services.ingest.domain.decoding import decode, not_utf8, nul_character, shown
from shared.contracts.envelope import BATCH, SPEC_VERSION, STRUCTURED, CloudEvent
from shared.errors import RejectedError

CLOUDEVENTS: Final = "application/cloudevents"
_CHARSET: Final = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
#: Both are the same bytes for JSON that is valid UTF-8.
_CHARSETS: Final = frozenset({"utf-8", "utf8", "us-ascii"})

_envelope: Final = msgspec.json.Decoder(CloudEvent)
_batch: Final = msgspec.json.Decoder(list[Raw])
_encoder: Final = msgspec.json.Encoder()


def open_envelope(arrival: Arrival) -> CloudEvent:
    """Return the CloudEvent that an arrival carries, its data as sent.

    Structured mode by its content type, else binary mode by its `ce_` headers, else structured
    again: many producers publish the whole event without saying so. Refuses what it cannot read.
    """
    if not arrival.value:
        message = "the event is empty: the record or request has no value"
        raise RejectedError(message, code="null_value")
    content_type = arrival.headers.get(CONTENT_TYPE)
    kind = media_type(content_type)
    if kind.startswith(CLOUDEVENTS):
        if kind == BATCH:
            raise _broken_batch(arrival.value)
        if kind != STRUCTURED:
            raise _unsupported(CONTENT_TYPE, kind)
        _check_charset(content_type)
        event = _from_json(arrival.value)
    elif any(name.startswith(ATTRIBUTE_PREFIX) for name in arrival.headers):
        event = _from_headers(arrival)
    else:
        if kind and not is_json(kind):
            raise _unsupported(CONTENT_TYPE, kind)
        event = _from_json(arrival.value)
    if event.specversion != SPEC_VERSION:
        message = f"specversion: {shown(event.specversion)} is not supported; send {SPEC_VERSION}"
        raise RejectedError(message, code="unsupported_specversion", field="specversion")
    if event.datacontenttype is not None:
        if not is_json(media_type(event.datacontenttype)):
            raise _unsupported("datacontenttype", event.datacontenttype)
        _check_charset(event.datacontenttype)
    return event


def data_of(event: CloudEvent) -> Raw:
    """Return the event's data as JSON, decoded where it came as base64."""
    if event.data is not UNSET:
        if event.data_base64 is not None:
            message = "data_base64: give either data or data_base64, and not both"
            raise RejectedError(message, code="invalid_value", field="data_base64")
        assert isinstance(event.data, Raw)
        return event.data
    if event.data_base64 is None:
        message = "data: it is missing"
        raise RejectedError(message, code="missing_field", field="data")
    try:
        return Raw(base64.b64decode(event.data_base64, validate=True))
    except (binascii.Error, ValueError):
        message = f"data_base64: {shown(event.data_base64)} is no base64"
        raise RejectedError(message, code="invalid_value", field="data_base64") from None


def is_json(kind: str) -> bool:
    """Whether a media type (lower case, without parameters) is JSON."""
    return kind in {"application/json", "text/json"} or kind.endswith("+json")


def _from_json(value: bytes) -> CloudEvent:
    event = decode(_envelope, value, "")
    check_attributes(value)
    return event


def _from_headers(arrival: Arrival) -> CloudEvent:
    attributes = {
        name.removeprefix(ATTRIBUTE_PREFIX): text
        for name, text in arrival.headers.items()
        if name.startswith(ATTRIBUTE_PREFIX)
    }
    for name, text in attributes.items():
        if "\x00" in text:
            raise nul_character(name)
        if REPLACEMENT in text:
            raise not_utf8(name)
    # The two bindings give these no header of their own.
    for name in ("data", "data_base64", "datacontenttype"):
        attributes.pop(name, None)
    if CONTENT_TYPE in arrival.headers:
        attributes["datacontenttype"] = arrival.headers[CONTENT_TYPE]
    # Attributes are few and short: to go by way of JSON keeps one path, and one set of messages.
    event = decode(_envelope, _encoder.encode(attributes), "")
    return msgspec.structs.replace(event, data=Raw(arrival.value or b""))


def _broken_batch(value: bytes) -> RejectedError:
    """Say what is wrong with a batch: one that could be taken apart does not come here by HTTP."""
    try:
        decode(_batch, value, "")
    except RejectedError as error:
        return error
    message = "content-type: a Kafka record carries one event; send batches over HTTP"
    return RejectedError(message, code="unsupported_content_type", field=CONTENT_TYPE)


def _check_charset(content_type: str | None) -> None:
    match = _CHARSET.search(content_type or "")
    if match and match[1].lower() not in _CHARSETS:
        message = f"content-type: the charset {shown(match[1])} is not supported; send UTF-8"
        raise RejectedError(message, code="unsupported_content_type", field=CONTENT_TYPE)


def _unsupported(field: str, kind: str) -> RejectedError:
    message = (
        f"{field}: {shown(kind)} is not supported; send JSON, as {STRUCTURED} or with ce_ headers"
    )
    return RejectedError(message, code="unsupported_content_type", field=field)
