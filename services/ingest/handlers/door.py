"""The way of a batch through the door: judged, named, published; nothing is committed here.

What becomes of the refused, and when the sender may forget the batch, is its caller's business.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec
import structlog
from msgspec import Struct

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.judgement import Accepted, Refusal, judge
from services.ingest.domain.naming import Duplicate, Outcome, first_digests, settle
from shared.contracts.catalogue import LEDGER

log = structlog.get_logger(__name__)

_encoder: Final = msgspec.json.Encoder()


class Names(Protocol):
    """The names of every accepted event."""

    async def claim(self, digests: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """Write each name with its digest, unless it is there; return the digests that were.

        What it wrote itself is not among them. Raises `TransientError`.
        """


class Publisher(Protocol):
    """The way to Kafka."""

    async def publish(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Send `(key, value)` records; return when all are acknowledged, or `TransientError`."""


class Tally(Protocol):
    """Counts what comes and goes, for operations."""

    def took(self, arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]) -> None:
        """Count a batch that is judged and published."""

    def timed(self, seconds: float) -> None:
        """Note how long a batch took from its first look to its last acknowledgement."""


class Limits(Struct, kw_only=True, frozen=True):
    """What the door's settings allow."""

    event_bytes_max: int


class Door:
    """Takes arrivals, whatever way they came."""

    def __init__(
        self,
        names: Names,
        publisher: Publisher,
        tally: Tally,
        now: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self._names = names
        self._publisher = publisher
        self._tally = tally
        self._now = now
        self._limits = limits

    async def take(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """Publish what is acceptable and return each arrival's outcome, in order.

        Duplicates are published as well: the process may have died between writing the name and
        the first publication. Raises `TransientError` when anything was not acknowledged; then
        the whole batch is to be taken again.
        """
        started = time.perf_counter()
        now = self._now()
        judged = [self._judge(arrival, now) for arrival in arrivals]
        digests = first_digests(judged)
        already = await self._names.claim(digests) if digests else {}
        fresh = digests.keys() - already.keys()
        outcomes = settle(judged, fresh=fresh, kept={**digests, **already})
        records = [record_of(one) for one in outcomes if not isinstance(one, Refusal)]
        if records:
            await self._publisher.publish(LEDGER, records)
        self._tally.took(arrivals, outcomes)
        self._tally.timed(time.perf_counter() - started)
        return outcomes

    def _judge(self, arrival: Arrival, now: datetime) -> Accepted | Refusal:
        """Judge one arrival; a bug in a check costs that event and none behind it."""
        try:
            return judge(arrival, now=now, event_bytes_max=self._limits.event_bytes_max)
        except Exception:
            log.exception(
                "A check failed on an event, which is refused.",
                action="check_failed",
                topic=arrival.topic,
                partition=arrival.partition,
                offset=arrival.offset,
            )
            message = "a check failed on this event; it is kept, replay it after the next release"
            return Refusal(code="check_failed", message=message)


def record_of(outcome: Accepted | Duplicate) -> tuple[bytes, bytes]:
    """Return the ledger's record: the account's id, and the canonical event."""
    accepted = outcome.accepted if isinstance(outcome, Duplicate) else outcome
    return accepted.event.accountid.encode(), _encoder.encode(accepted.event)
