"""CloudEvents 1.0: the envelope an event comes in, and the canonical form it takes inside.

Source: the CloudEvents specification 1.0.2 and its JSON format, Kafka and HTTP bindings.
"""

import hashlib
import uuid
from datetime import datetime
from typing import Annotated, Final

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

SPEC_VERSION: Final = "1.0"
#: The source of all that the monitor says; nobody else may use it.
MONITOR_SOURCE: Final = "arrears/monitor"
JSON: Final = "application/json"
STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"

Attribute = Annotated[str, Meta(min_length=1, max_length=512, pattern=r"^[^\x00-\x1f]+(?!\n)$")]


class CloudEvent(Struct, kw_only=True, frozen=True, omit_defaults=True):
    """A structured CloudEvent as it arrives; `data` stays as it was sent."""

    specversion: str
    id: Attribute
    source: Attribute
    type: Attribute
    time: datetime | None = None
    subject: str | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None
    data: Raw | UnsetType = UNSET
    data_base64: str | None = None


class LedgerEvent(Struct, kw_only=True, frozen=True, omit_defaults=True):
    """The canonical event on `receivables.ledger`: validated, timed, keyed by its account."""

    specversion: str
    id: str
    source: str
    type: str
    time: datetime
    accountid: str
    #: The event's name in 128 bits, from (source, id), as 32 hexadecimal digits.
    eventname: str
    data: Raw
    datacontenttype: str = JSON
    subject: str | None = None
    dataschema: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None


def name_of(source: str, event_id: str) -> uuid.UUID:
    """Return what names an event once and for all, from `(source, id)`, in 128 bits."""
    text = f"{len(source)}:{source}{event_id}".encode()
    return uuid.UUID(bytes=hashlib.blake2b(text, digest_size=16).digest())
