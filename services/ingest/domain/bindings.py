"""Kafka's and HTTP's ways of carrying a CloudEvent, turned into arrivals.

Source: the Kafka and HTTP protocol bindings of CloudEvents 1.0.2.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Raw

from services.ingest.domain.arrival import (
    ATTRIBUTE_PREFIX,
    CONTENT_TYPE,
    HTTP_TOPIC,
    Arrival,
    media_type,
)
from services.ingest.domain.decoding import decode
from shared.contracts.envelope import BATCH, STRUCTURED
from shared.errors import RejectedError

HTTP_ATTRIBUTE_PREFIX: Final = "ce-"
#: Events in one HTTP batch; more are refused whole, so that a request stays one short transaction.
BATCH_EVENTS_MAX: Final = 1_000

_batch: Final = msgspec.json.Decoder(list[Raw])


def from_kafka(
    topic: str,
    partition: int,
    offset: int,
    headers: Iterable[tuple[str, bytes | None]],
    value: bytes | None,
) -> Arrival:
    """Return a record as an arrival; bytes that are no UTF-8 are marked, and refused later."""
    texts = {name.lower(): (text or b"").decode(errors="replace") for name, text in headers}
    return Arrival(topic=topic, partition=partition, offset=offset, headers=texts, value=value)


def from_http(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> list[Arrival]:
    """Return the arrivals of one request, in the batch's order.

    A batch that cannot be taken apart is one arrival, to be refused and kept whole. Raises
    `RejectedError` (`batch_too_large`) when it has more than `BATCH_EVENTS_MAX` events.
    """
    texts = _attributes_of_http(headers)
    if media_type(texts.get(CONTENT_TYPE)) == BATCH:
        try:
            events = decode(_batch, body, "")
        except RejectedError:
            return [Arrival(topic=HTTP_TOPIC, headers=texts, value=body)]
        if len(events) > BATCH_EVENTS_MAX:
            message = f"a batch of {len(events)} events is more than {BATCH_EVENTS_MAX}; split it"
            raise RejectedError(message, code="batch_too_large")
        return [structured(HTTP_TOPIC, bytes(event)) for event in events]
    return [Arrival(topic=HTTP_TOPIC, headers=texts, value=body)]


def structured(topic: str, value: bytes) -> Arrival:
    """Return an arrival of one structured CloudEvent without headers of its own."""
    return Arrival(topic=topic, headers={CONTENT_TYPE: STRUCTURED}, value=value)


def _attributes_of_http(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Keep what belongs to the event: never the bearer token or a cookie."""
    texts = {}
    for raw_name, raw_text in headers:
        name = raw_name.decode("latin-1").lower()
        if name == CONTENT_TYPE:
            texts[name] = raw_text.decode("latin-1")
        elif name.startswith(HTTP_ATTRIBUTE_PREFIX):
            attribute = name.removeprefix(HTTP_ATTRIBUTE_PREFIX)
            text = unquote_to_bytes(raw_text).decode(errors="replace")
            texts[ATTRIBUTE_PREFIX + attribute] = text
    return texts
