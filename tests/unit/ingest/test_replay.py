"""What was refused goes through as it was, once nothing stands against it any more."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.judgement import Refusal
from services.ingest.domain.naming import Outcome
from services.ingest.handlers.door import Door, Limits
from services.ingest.handlers.replay import Kept, Replay
from shared.errors import RejectedError
from tests.unit.ingest.cases import EVENT_BYTES_MAX, NOW, arrival, changed, event
from tests.unit.ingest.valid import PAYMENT

ROW = uuid.UUID(int=1)


@dataclass
class World:
    """One refused arrival, a clock, and fakes of every port."""

    refused: Arrival
    time: datetime = NOW
    sent: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    is_waiting: bool = True

    def now(self) -> datetime:
        return self.time

    async def claim(self, digests: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        del digests
        return {}

    async def publish(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        self.sent += [topic for _record in records]

    def took(self, _arrivals: Sequence[Arrival], _outcomes: Sequence[Outcome]) -> None: ...

    def timed(self, _seconds: float) -> None: ...

    async def find(self, rejected_id: uuid.UUID) -> Kept | None:
        return (
            Kept(arrival=self.refused, is_waiting=self.is_waiting) if rejected_id == ROW else None
        )

    async def mark_replayed(self, _rejected_id: uuid.UUID, _now: datetime) -> None:
        self.is_waiting = False

    async def still_refused(self, _rejected_id: uuid.UUID, refusal: Refusal) -> None:
        self.reasons.append(refusal.code)

    async def replay(self) -> None:
        limits = Limits(event_bytes_max=EVENT_BYTES_MAX)
        await Replay(Door(self, self, self, self.now, limits), self, self.now)(ROW, b"")


async def test_what_was_reported_too_early_goes_through_when_its_day_is_near() -> None:
    world = World(arrival(event("payment.received.v1", changed(PAYMENT, received_on="2026-08-10"))))
    with pytest.raises(RejectedError, match="2026-08-10 is more than 7 days after today"):
        await world.replay()
    assert (world.reasons, world.sent, world.is_waiting) == (["day_in_the_future"], [], True)
    world.time += timedelta(days=2)
    await world.replay()
    assert (world.sent, world.is_waiting) == (["receivables.ledger"], False)
