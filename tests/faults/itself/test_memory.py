"""Memory that rises is found, within a life or over lives; what a new process fills is not."""

from collections.abc import Sequence
from typing import Final

import pytest

from tests.faults.soak.memory import Sample, rising

SECONDS: Final = 1_800
BEAT: Final = 2
BASE_MIB: Final = 100.0


def lives(
    lengths: Sequence[float],
    *,
    base: float = BASE_MIB,
    within: float = 0.0,
    over: float = 0.0,
    filling: float = 0.0,
) -> list[Sample]:
    """Make samples of processes that live so long, one after another.

    `within` and `over` are MiB a minute, by the age of a process and by the soak's; `filling` is
    what a process gains in its first forty seconds.
    """
    found: list[Sample] = []
    born = 0.0
    for pid, length in enumerate(lengths):
        for age in range(0, int(length), BEAT):
            at = born + age
            noise = (age // BEAT) % 3
            mib = base + within * age / 60 + over * at / 60 + filling * min(age / 40, 1.0) + noise
            found.append(Sample(at, float(age), pid, mib))
        born += length
    return found


ONE: Final = (SECONDS,)
MANY: Final = (240.0,) * 8
#: what happens, samples, how it rises
CASES: Final = (
    ("flat", lives(ONE), ()),
    ("flat over many lives", lives(MANY), ()),
    ("a process fills its caches", lives(MANY, filling=60.0), ()),
    ("it creeps within the limit", lives(ONE, within=0.5), ()),
    ("it rises as long as it lives", lives(ONE, within=4.0), ("while it lived", "over the soak")),
    ("it rises and is killed often", lives(MANY, within=4.0), ("while it lived",)),
    (
        "each life begins with more",
        lives((150.0,) * 12, over=4.0),
        ("over the soak",),
    ),
    ("it creeps over the soak", lives(MANY, over=2.0), ("over the soak",)),
    ("too short to tell", lives((150.0,), within=9.0), ()),
    ("too short to be judged", lives((300.0,), within=9.0), ()),
    ("it shrinks", lives(ONE, within=-4.0), ()),
    ("nothing was seen", [], ()),
)


@pytest.mark.parametrize(("samples", "how"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_memory_that_rises_is_found(samples: list[Sample], how: tuple[str, ...]) -> None:
    found = rising({"monitor-1": samples})
    assert len(found) == len(how)
    for sentence, part in zip(found, how, strict=True):
        assert sentence.startswith("monitor-1 gained ")
        assert part in sentence
