"""Strikes the running system every so many seconds, each time with a fault that a seed draws.

A fault may outlast the beat: the next then begins in its time all the same, if the two have nothing
in their hands together; of those that are drawn the first that fits begins, and what has to wait
stays at their head. Left out are the faults that hold nothing: those that lose data, restore old
databases, fill the disk, set clocks wrong or end a generation, that only tell otherwise than the
stream does, and the replay of everything, which would fill the rest of any soak.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.faults.matrix import FAULTS
from tests.faults.rest import restore, until_ready
from tests.faults.striking.course import Course, Fault
from tests.faults.system import System
from tests.faults.telling.workload import Message

#: From the beginning of a fault to the next.
BEAT_SECONDS: Final = 20.0
#: So many are drawn ahead, to find one that fits.
AHEAD: Final = 12
#: The system is ready for a moment at least within this after a fault, though others follow.
RECOVERY_SECONDS_MAX: Final = 180.0
#: How long after its end a fault may still be the reason why a letter was under way.
AFTERMATH_SECONDS: Final = 10.0

ELIGIBLE: Final = tuple(fault for fault in FAULTS if fault.holds)


def drawn(seed: int) -> Iterator[Fault]:
    """Give faults for ever: every row by turns, and each of a row's before any comes again."""
    random = Random(f"soak/{seed}")
    rows: dict[str, list[Fault]] = defaultdict(list)
    for fault in ELIGIBLE:
        rows[fault.row].append(fault)
    left: dict[str, list[Fault]] = {row: [] for row in rows}
    while True:
        for row in random.sample(list(rows), len(rows)):
            if not left[row]:
                left[row] = random.sample(rows[row], len(rows[row]))
            yield left[row].pop()


@dataclass(slots=True)
class Blow:
    """One fault of a soak, and what came of it."""

    number: int
    fault: Fault
    #: Seconds since the epoch.
    began_at: float
    ended_at: float = 0.0
    strikes: int = 0
    notes: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    #: From its end until everything was ready; a later fault may have been in the way of it.
    ready_seconds: float = 0.0
    expects: list[Callable[[], Awaitable[list[str]]]] = field(default_factory=list)


class Nemesis:
    """Strikes until a moment of the loop's clock, and keeps what it did in `blows`."""

    def __init__(
        self,
        system: System,
        seed: int,
        told: deque[Message],
        say: Callable[[Blow], None],
        *,
        faults: Iterator[Fault] | None = None,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        """`told` is what the stream has said of late; `say` takes each blow that is over."""
        self.blows: list[Blow] = []
        self._system = system
        self._seed = seed
        self._told = told
        self._say = say
        self._drawn = faults or drawn(seed)
        self._beat_seconds = beat_seconds
        self._ahead = [next(self._drawn) for _ in range(AHEAD)]
        self._striking: dict[asyncio.Task[None], Fault] = {}

    async def run(self, until: float) -> None:
        """Strike, and return when every blow is over and what it struck has recovered."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._beat_seconds
        async with asyncio.TaskGroup() as recovering:
            while due < until:
                await asyncio.sleep(due - loop.time())
                if (fault := await self._fitting(until)) is None:
                    break
                blow = Blow(len(self.blows) + 1, fault, began_at=time.time())
                self.blows.append(blow)
                striking = asyncio.create_task(self._strike(blow))
                self._striking[striking] = fault
                recovering.create_task(self._recovery(blow, striking))
                due = loop.time() + self._beat_seconds

    async def _fitting(self, until: float) -> Fault | None:
        """Return the first of those drawn that can begin, once one can; None beyond the end."""
        while asyncio.get_running_loop().time() < until:
            held = {thing for fault in self._striking.values() for thing in fault.holds}
            if (place := fits(self._ahead, held)) is not None:
                self._ahead.append(next(self._drawn))
                return self._ahead.pop(place)
            await asyncio.wait(self._striking, return_when=asyncio.FIRST_COMPLETED)
            # Those that are over take themselves out in their next turn.
            await asyncio.sleep(0)
        return None

    async def _strike(self, blow: Blow) -> None:
        random = Random(f"soak/{self._seed}/{blow.number}")
        course = Course(self._system, random, told=list(self._told))
        try:
            async with asyncio.timeout(blow.fault.strike_seconds_max):
                await blow.fault.strike(course)
        except Exception as error:  # noqa: BLE001 - whatever stops a fault is a finding
            blow.violations.append(f"{type(error).__name__}: {error}")
            await restore(self._system)
        finally:
            blow.ended_at = time.time()
            blow.strikes, blow.notes, blow.expects = course.strikes, course.notes, course.expects
            blow.violations += course.objections

    async def _recovery(self, blow: Blow, striking: asyncio.Task[None]) -> None:
        try:
            await striking
        finally:
            striking.cancel()
            self._striking.pop(striking)
        try:
            blow.ready_seconds = await until_ready(self._system, RECOVERY_SECONDS_MAX)
        except TimeoutError as error:
            blow.ready_seconds = RECOVERY_SECONDS_MAX
            blow.violations.append(str(error))
        self._say(blow)


def fits(ahead: Sequence[Fault], held: set[str]) -> int | None:
    """Return the place of the first fault that wants nothing of what is held."""
    return next((at for at, fault in enumerate(ahead) if not held & set(fault.holds)), None)


def late_between(blows: Sequence[Blow]) -> list[tuple[float, float]]:
    """Return when faults have kept letters under way themselves."""
    return [
        (blow.began_at, blow.ended_at + AFTERMATH_SECONDS)
        for blow in blows
        if blow.fault.letters_may_be_late
    ]
