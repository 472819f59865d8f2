"""A fault, and the course of one strike: what it may use, and what it leaves for the report."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.faults.system import System, why_not_ready
from tests.faults.telling.workload import Message, Size

#: An absence is shown within this by some service: a probe's beat and its limit.
NOTICED_SECONDS: Final = 12.0
#: What a fault can have in its hands.
EVERYTHING: Final = ("ingest", "monitor", "notifier", "kafka", "postgres", "mail")


@dataclass(slots=True)
class Course:
    """One strike under way: what a fault may use, and what it leaves for the report."""

    system: System
    random: Random
    #: What has been published so far.
    told: Sequence[Message] = ()
    #: How often it struck; a trap whose moment never came did not.
    strikes: int = 0
    notes: list[str] = field(default_factory=list)
    #: Set when the fault is in place, so that the load may begin.
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    #: What the system did wrong while the fault lasted.
    objections: list[str] = field(default_factory=list)
    #: What the fault itself expects once the system is at rest: each returns objections.
    expects: list[Callable[[], Awaitable[list[str]]]] = field(default_factory=list)

    def struck(self, note: str) -> None:
        """Count a strike."""
        self.strikes += 1
        self.notes.append(note)
        self.begun.set()

    async def outlast(self, seconds: float) -> None:
        """Wait while a server is away; where that takes long, somebody must say not ready."""
        await asyncio.sleep(seconds)
        if seconds >= NOTICED_SECONDS and await why_not_ready(self.system.running) is None:
            self.objections.append(f"all say they are ready after {seconds:g} s without a server")


Strike = Callable[[Course], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its row in the matrix and its name."""

    row: str
    name: str
    strike: Strike
    #: Whether it waits for work to pass, and so must be in place before there is any.
    is_trap: bool = False
    #: Whether it keeps the mail dialogue itself waiting.
    letters_may_be_late: bool = False
    #: Whether a topic loses records, which come again behind what followed them: `order_kept` says
    #: nothing then, and `words_published` nothing of the order.
    order_may_be_broken: bool = False
    #: Whether what it leaves would be in the way of other runs: the next begins a generation.
    ends_generation: bool = False
    #: How much is told, and how badly.
    size: Size = field(default_factory=Size)
    #: It heals itself within this, or the run has failed.
    strike_seconds_max: float = 150.0
    #: Whether one run of it belongs to the short matrix.
    is_short: bool = True
    #: What of `EVERYTHING` it has in its hands while it lasts, so that another fault that wants it
    #: waits; nothing where it does not fit a running stream or does what cannot be judged later.
    holds: tuple[str, ...] = ()
