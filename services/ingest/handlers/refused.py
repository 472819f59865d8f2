"""Keeping what was refused: a row to list, mend and replay, and a word on the rejected topic."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from services.ingest.domain.arrival import REPLACEMENT, Arrival
from services.ingest.domain.judgement import Refusal
from services.ingest.domain.naming import Outcome
from services.ingest.handlers.door import Publisher
from shared.contracts.catalogue import REJECTED
from shared.contracts.rejected import Rejected

#: Bytes of the original that the topic repeats; the row has all of them. In base64 and with the
#: headers below this stays under the topic's 4 MiB.
RAW_PUBLISHED_BYTES_MAX: Final = 2 * 1024 * 1024
HEADERS_PUBLISHED_MAX: Final = 50
HEADER_PUBLISHED_CHARACTERS_MAX: Final = 1_000

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "rejected.arrears")
_encoder: Final = msgspec.json.Encoder()


class RejectedRows(Protocol):
    """The rows of what was refused."""

    async def keep(self, refused: Sequence[Rejected]) -> None:
        """Write a row for each, unless it is there already. Raises `TransientError`."""


class Refused:
    """Keeps refusals."""

    def __init__(
        self, rows: RejectedRows, publisher: Publisher, now: Callable[[], datetime]
    ) -> None:
        self._rows = rows
        self._publisher = publisher
        self._now = now

    async def keep(
        self, arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]
    ) -> list[uuid.UUID | None]:
        """Keep every refused arrival; return the id it is kept under, None for the others.

        Returns when the rows are committed and the topic has acknowledged. Raises
        `TransientError` otherwise; then all of it is done again, and nothing is there twice.
        """
        now = self._now()
        kept = [
            refused_of(arrival, outcome, now) if isinstance(outcome, Refusal) else None
            for arrival, outcome in zip(arrivals, outcomes, strict=True)
        ]
        refused = [one for one in kept if one is not None]
        if refused:
            await self._rows.keep(refused)
            await self._publisher.publish(
                REJECTED, [(one.rejected_id.bytes, encode(one)) for one in refused]
            )
        return [one.rejected_id if one else None for one in kept]


def refused_of(arrival: Arrival, refusal: Refusal, now: datetime) -> Rejected:
    """Return what is kept of a refused arrival."""
    return Rejected(
        rejected_id=_id_of(arrival),
        code=refusal.code,
        message=refusal.message,
        field=refusal.field,
        topic=arrival.topic,
        partition=arrival.partition,
        offset=arrival.offset,
        # PostgreSQL's JSON cannot hold a NUL; the mark has the event refused on a replay as well.
        headers={
            name.replace("\x00", REPLACEMENT): text.replace("\x00", REPLACEMENT)
            for name, text in arrival.headers.items()
        },
        raw=arrival.value or b"",
        rejected_at=now,
    )


def encode(refused: Rejected) -> bytes:
    """Write a refusal for the topic, cut to what the topic can carry."""
    headers = list(refused.headers.items())[:HEADERS_PUBLISHED_MAX]
    cut = {
        name[:HEADER_PUBLISHED_CHARACTERS_MAX]: text[:HEADER_PUBLISHED_CHARACTERS_MAX]
        for name, text in headers
    }
    return _encoder.encode(replace(refused, headers=cut, raw=refused.raw[:RAW_PUBLISHED_BYTES_MAX]))


def _id_of(arrival: Arrival) -> uuid.UUID:
    """Name a refusal: a record read twice keeps its name, each request gets a new one."""
    if arrival.offset is None:
        return uuid.uuid4()
    return uuid.uuid5(_NAMESPACE, f"{arrival.topic}/{arrival.partition}/{arrival.offset}")
