"""The faults of a soak are drawn by a seed, lose nothing, and keep out of each other's way."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle, islice, pairwise
from types import SimpleNamespace
from typing import Any, Final

import pytest

from tests.faults.matrix import FAULTS, GREAT
from tests.faults.soak.nemesis import AHEAD, ELIGIBLE, Blow, Nemesis, drawn, fits, late_between
from tests.faults.striking.course import EVERYTHING, Course, Fault
from tests.faults.telling.workload import Size

#: Rows that cannot be judged at the end of a soak, or do not fit one.
LEFT_OUT: Final = {
    "broker loses records",
    "clocks",
    "database restored from a backup",
    "database's disk full",
    "poison",
    "relay behind",
}
ROUNDS: Final = 5
BEAT_SECONDS: Final = 0.01


def names(seed: int, count: int) -> list[str]:
    return [fault.name for fault in islice(drawn(seed), count)]


def test_the_same_seed_draws_the_same_faults_and_another_seed_others() -> None:
    assert names(3, 100) == names(3, 100)
    assert names(3, 100) != names(4, 100)


def test_every_row_has_its_turn_and_every_fault_comes_once_before_any_comes_again() -> None:
    rows = {fault.row for fault in ELIGIBLE}
    found = list(islice(drawn(7), ROUNDS * len(rows)))
    for start in range(0, len(found), len(rows)):
        assert {fault.row for fault in found[start : start + len(rows)]} == rows
    kills = [fault.name for fault in found if fault.row == "SIGKILL of monitor"]
    assert len(set(kills)) == len(kills) == ROUNDS


def test_what_loses_data_or_ends_a_generation_is_never_drawn() -> None:
    assert {fault.row for fault in (*FAULTS, *GREAT)} - {one.row for one in ELIGIBLE} == LEFT_OUT
    for fault in ELIGIBLE:
        assert not fault.order_may_be_broken, fault.name
        assert not fault.ends_generation, fault.name
        assert fault.size == Size(), fault.name
        assert set(fault.holds) <= set(EVERYTHING), fault.name
    assert "replayed from offset 0" not in {fault.name for fault in ELIGIBLE}


async def _nothing(_course: Course) -> None:
    """Strike at nothing."""


def fault(*holds: str, strike: Any = _nothing, **more: Any) -> Fault:
    return Fault("row", "/".join(holds), strike, holds=holds, **more)


@pytest.mark.parametrize(
    ("ahead", "held", "place"),
    [
        ([("monitor",), ("kafka",)], set(), 0),
        ([("monitor",), ("kafka",)], {"monitor"}, 1),
        ([("monitor", "kafka"), ("kafka",), ("ingest",)], {"kafka"}, 2),
        ([("monitor",), EVERYTHING], {"monitor", "mail"}, None),
    ],
    ids=["nothing is held", "the first is held", "one of two is held", "none fits"],
)
def test_the_first_that_fits_begins(
    ahead: Sequence[tuple[str, ...]], held: set[str], place: int | None
) -> None:
    assert fits([fault(*one) for one in ahead], held) == place


class Hands:
    """Faults that last longer than a beat, and note who else holds what they hold."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.clashes: list[str] = []
        self.most = 0

    @asynccontextmanager
    async def holding(self, holds: Sequence[str]) -> AsyncIterator[None]:
        self.clashes += [one for one in holds if one in self.held]
        self.held += holds
        self.most = max(self.most, len(self.held))
        yield
        for one in holds:
            self.held.remove(one)

    def fault(self, *holds: str) -> Fault:
        async def strike(course: Course) -> None:
            async with self.holding(holds):
                await asyncio.sleep(BEAT_SECONDS * 3)
                course.struck("held")

        return fault(*holds, strike=strike)


async def struck(faults: Iterator[Fault], seconds: float) -> list[Blow]:
    async def heal() -> None:
        """Heal nothing."""

    system: Any = SimpleNamespace(running=[], services={}, heal_servers=heal)
    said: list[Blow] = []
    nemesis = Nemesis(system, 1, deque(), said.append, faults=faults, beat_seconds=BEAT_SECONDS)
    await nemesis.run(asyncio.get_running_loop().time() + seconds)
    assert sorted(said, key=lambda blow: blow.number) == nemesis.blows
    return said


async def test_faults_overlap_and_never_hold_the_same() -> None:
    hands = Hands()
    faults = cycle([hands.fault("monitor"), hands.fault("kafka"), hands.fault(*EVERYTHING)] * AHEAD)
    blows = await struck(faults, 1.0)
    assert hands.clashes == []
    assert hands.most >= len(EVERYTHING)
    began = sorted(blows, key=lambda blow: blow.number)
    assert any(later.began_at < earlier.ended_at for earlier, later in pairwise(began))
    assert all(blow.strikes == 1 for blow in blows)


async def test_what_stops_a_fault_and_what_it_objects_to_are_violations() -> None:
    async def failing(_course: Course) -> None:
        raise RuntimeError("boom")

    async def objecting(course: Course) -> None:
        course.objections.append("all say they are ready")

    async def lasting(_course: Course) -> None:
        await asyncio.sleep(60)

    faults = [
        fault("kafka", strike=failing),
        fault("monitor", strike=objecting),
        fault("mail", strike=lasting, strike_seconds_max=0.01),
    ]
    blows = await struck(cycle(faults), 0.5)
    found = {blow.fault.name: blow.violations for blow in blows}
    assert found == {
        "kafka": ["RuntimeError: boom"],
        "monitor": ["all say they are ready"],
        "mail": ["TimeoutError: "],
    }


def test_letters_may_be_late_only_around_a_fault_that_keeps_them() -> None:
    blows = [
        Blow(1, fault("monitor"), began_at=10.0, ended_at=20.0),
        Blow(2, fault("mail", letters_may_be_late=True), began_at=30.0, ended_at=34.0),
    ]
    [(since, until)] = late_between(blows)
    assert since == 30.0
    assert 34.0 < until < 60.0
