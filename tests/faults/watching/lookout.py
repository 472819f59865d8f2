"""Waits at a link for one moment of a dialogue and springs a trap there, before it passes."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.faults.proxy import CutError

PASSED_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What is about to pass: the protocol's word, and what it is about (SQL, topics)."""

    word: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to wait for: a word about something, for the how many-th time from now."""

    word: str
    about: str = ""
    count: int = 1

    def __str__(self) -> str:
        """Write it as in: commit of UPDATE monitor.partitions, the 3rd."""
        about = f" of {self.about}" if self.about else ""
        return f"{self.word}{about}, number {self.count}"


@dataclass(slots=True)
class Trap:
    """What is done at a moment; afterwards the connection is cut, unless the trap lets go."""

    moment: Moment
    spring: Callable[[], Awaitable[None]]
    sprung: asyncio.Event = field(default_factory=asyncio.Event)
    left: int = 0
    #: Whether what was about to pass goes on once all is done.
    lets_go: bool = False
    is_taken: bool = False
    _springing: "asyncio.Task[None] | None" = None

    def __post_init__(self) -> None:
        """Count down from the moment's number."""
        self.left = self.moment.count

    async def saw(self, seen: Seen) -> None:
        """Spring when the moment has come; raises `CutError` then."""
        if self.is_taken or seen.word != self.moment.word or self.moment.about not in seen.about:
            return
        self.left -= 1
        if self.left > 0:
            return
        self.is_taken = True
        # A process that is killed closes its connections, and so ends whoever carries their bytes
        # and waits here.
        self._springing = asyncio.create_task(self._spring())
        await asyncio.shield(self._springing)
        if not self.lets_go:
            raise CutError

    async def _spring(self) -> None:
        await self.spring()
        self.sprung.set()


class Lookout:
    """Counts what passes one service's links, and holds at most one trap."""

    def __init__(self) -> None:
        self.trap: Trap | None = None
        #: By the protocol's word: how many seconds it is kept waiting before it passes.
        self.late: Mapping[str, float] = {}
        self.counts: Counter[str] = Counter()
        #: What has passed of late, the newest last.
        self.passed: deque[Seen] = deque(maxlen=PASSED_MAX)

    async def saw(self, seen: Seen) -> None:
        """Take note; raises `CutError` where the trap springs."""
        self.counts[seen.word] += 1
        self.passed.append(seen)
        if delay_seconds := self.late.get(seen.word):
            await asyncio.sleep(delay_seconds)
        if self.trap is not None:
            await self.trap.saw(seen)
