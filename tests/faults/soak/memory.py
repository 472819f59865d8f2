"""Whether the memory of each service stays flat: sampled all along, and judged like with like.

A process that was killed begins anew with little, so only samples of processes that have run for a
while are compared. Memory must neither rise while a process lives, nor from one life to the next.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tests.faults.parts.service import Service

#: What a process is given to fill its caches and pools.
WARM_UP_SECONDS: Final = 60.0
#: Warm samples that lie less than this apart tell no slope.
SPAN_SECONDS_MIN: Final = 120.0
#: A slope over less than this is told and not judged: pools and heaps find their size meanwhile.
JUDGED_SECONDS_MIN: Final = 600.0
#: While a process lives, and over the soak, where more may come together.
LIVING_MIB_PER_MINUTE_MAX: Final = 3.0
MIB_PER_MINUTE_MAX: Final = 1.0
SECONDS_PER_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Sample:
    """How much memory one process had."""

    #: Seconds since the soak began, and since the process was first seen.
    at: float
    age: float
    pid: int
    mib: float


class Memory:
    """Takes samples of services."""

    def __init__(self) -> None:
        self.samples: dict[str, list[Sample]] = defaultdict(list)
        self._seen_at: dict[int, float] = {}

    def sample(self, services: Iterable[Service], at: float) -> None:
        """Look at every process that runs."""
        for service in services:
            if mib := service.note_memory():
                assert service.child is not None
                pid = service.child.pid
                age = at - self._seen_at.setdefault(pid, at)
                self.samples[service.name].append(Sample(at, age, pid, mib))


@dataclass(frozen=True, slots=True)
class Slope:
    """How fast memory rises, over how long a time it was seen."""

    mib_per_minute: float
    seconds: float


def rising(samples: Mapping[str, Sequence[Sample]]) -> list[str]:
    """Return a sentence for each service whose memory is not flat."""
    return [
        f"{name} gained {slope.mib_per_minute:.1f} MiB a minute {how}, more than {most:g}"
        for name, found in samples.items()
        for how, measure, most in SLOPES
        if (slope := measure(found)) is not None
        and slope.seconds >= JUDGED_SECONDS_MIN
        and slope.mib_per_minute > most
    ]


def within_lives(samples: Sequence[Sample]) -> Slope | None:
    """Return how fast memory rose while a process lived, over all that lived long enough."""
    return _slope(
        [
            life
            for _pid, found in groupby(_warm(samples), key=lambda one: one.pid)
            if _seconds(life := list(found)) >= SPAN_SECONDS_MIN
        ]
    )


def over_all(samples: Sequence[Sample]) -> Slope | None:
    """Return how fast the memory of warm processes rose over the soak, whichever they were."""
    warm = _warm(samples)
    return _slope([warm] if _seconds(warm) >= SPAN_SECONDS_MIN else [])


SLOPES: Final[tuple[tuple[str, Callable[[Sequence[Sample]], Slope | None], float], ...]] = (
    ("while it lived", within_lives, LIVING_MIB_PER_MINUTE_MAX),
    ("over the soak", over_all, MIB_PER_MINUTE_MAX),
)


def _warm(samples: Sequence[Sample]) -> list[Sample]:
    return [one for one in samples if one.age >= WARM_UP_SECONDS]


def _seconds(samples: Sequence[Sample]) -> float:
    return samples[-1].at - samples[0].at if samples else 0.0


def _slope(lives: Sequence[Sequence[Sample]]) -> Slope | None:
    """Fit one slope to all lives, each with a level of its own."""
    above = below = 0.0
    for life in lives:
        at_mean = sum(one.at for one in life) / len(life)
        mib_mean = sum(one.mib for one in life) / len(life)
        above += sum((one.at - at_mean) * (one.mib - mib_mean) for one in life)
        below += sum((one.at - at_mean) ** 2 for one in life)
    seconds = sum(_seconds(life) for life in lives)
    return Slope(above / below * SECONDS_PER_MINUTE, seconds) if below else None
