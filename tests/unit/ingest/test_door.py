"""The use cases with small fakes: what happens, in which order, and what a failure leaves."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.naming import Outcome
from services.ingest.handlers.door import Door, Limits
from services.ingest.handlers.inbound import take_forever
from services.ingest.handlers.refused import RAW_PUBLISHED_BYTES_MAX, Refused
from shared.contracts.catalogue import LEDGER, REJECTED
from shared.contracts.rejected import Rejected
from shared.errors import TransientError
from tests.unit.ingest.cases import EVENT_BYTES_MAX, NOW, arrival, event


@dataclass
class World:
    """Fakes of every port; `says` is what was done, in order, and `broken` what fails."""

    batches: list[list[Arrival]] = field(default_factory=list)
    broken: str = ""
    says: list[str] = field(default_factory=list)
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    names: dict[bytes, bytes] = field(default_factory=dict)
    rows: list[Rejected] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def _do(self, what: str) -> None:
        if what == self.broken:
            raise TransientError(what)
        self.says.append(what)

    async def gather(self) -> Sequence[Arrival]:
        batch = self.batches.pop(0)
        if not self.batches:
            self.stop.set()
        return batch

    async def done(self) -> None:
        self._do("commit")

    async def claim(self, digests: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        self._do("names")
        already = {name: self.names[name] for name in digests if name in self.names}
        self.names = {**digests, **self.names}
        return already

    async def publish(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        self._do(topic)
        self.sent += [(topic, value) for _key, value in records]

    async def keep(self, refused: Sequence[Rejected]) -> None:
        self._do("rows")
        self.rows += refused

    def took(self, _arrivals: Sequence[Arrival], _outcomes: Sequence[Outcome]) -> None:
        self.says.append("counted")

    def timed(self, seconds: float) -> None:
        assert seconds >= 0

    async def run(self) -> None:
        limits = Limits(event_bytes_max=EVENT_BYTES_MAX)
        door = Door(self, self, self, now, limits)
        await take_forever(self, door, Refused(self, self, now), self.stop, lambda: None)


def now() -> datetime:
    return NOW


async def test_offsets_are_committed_after_everything_else() -> None:
    world = World([[arrival(event()), arrival(b"?")]])
    await world.run()
    assert world.says == ["names", LEDGER, "counted", "rows", REJECTED, "commit"]


async def test_a_clean_batch_costs_no_word_about_refusals() -> None:
    world = World([[arrival(event())]])
    await world.run()
    assert world.says == ["names", LEDGER, "counted", "commit"]


async def test_an_idle_turn_does_nothing() -> None:
    world = World([[], []])
    await world.run()
    assert world.says == []


@pytest.mark.parametrize("broken", ["names", LEDGER, "rows", REJECTED])
async def test_when_a_dependency_fails_nothing_is_committed(broken: str) -> None:
    world = World([[arrival(event()), arrival(b"?")]], broken=broken)
    with pytest.raises(TransientError):
        await world.run()
    assert "commit" not in world.says


async def test_after_a_failed_publication_the_same_batch_is_published_again() -> None:
    world = World([[arrival(event())]], broken=LEDGER)
    with pytest.raises(TransientError):
        await world.run()
    world.broken, world.batches, world.stop = "", [[arrival(event())]], asyncio.Event()
    await world.run()
    assert [topic for topic, _value in world.sent] == [LEDGER]
    assert world.rows == []


class Faulty(dict[str, str]):
    """Headers that a check stumbles over, as over a bug."""

    def get(self, *_arguments: object) -> None:  # type: ignore[override]
        raise ZeroDivisionError


async def test_a_bug_in_a_check_costs_that_event_alone() -> None:
    stumbling = Arrival(topic="t", partition=0, offset=1, headers=Faulty(), value=b"{}")
    world = World([[arrival(event(id="1")), stumbling, arrival(event(id="2"))]])
    await world.run()
    assert [row.code for row in world.rows] == ["check_failed"]
    assert [topic for topic, _value in world.sent] == [LEDGER, LEDGER, REJECTED]
    assert world.says[-1] == "commit"


async def test_a_refusal_too_large_for_its_topic_is_kept_whole_and_published_cut() -> None:
    raw = b"\xff" * (RAW_PUBLISHED_BYTES_MAX + 1_000_000)
    headers = {f"header-{number}": "x" * 5_000 for number in range(500)}
    big = Arrival(topic="t", partition=0, offset=1, headers=headers, value=raw)
    world = World([[big]])
    await world.run()
    [(_topic, value)] = world.sent
    assert len(value) < 3_500_000
    assert world.rows[0].raw == raw
    assert world.rows[0].headers == headers


async def test_a_record_is_refused_under_the_same_id_each_time() -> None:
    world = World([[arrival(b"?")], [arrival(b"?")]])
    await world.run()
    assert world.rows[0].rejected_id == world.rows[1].rejected_id
