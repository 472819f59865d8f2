"""What takes part: a contender folds the whole stream, a subject is whatever is measured once.

A contender is told where the stream is and says how much of it is safe; the bench does the rest: it
takes the time between two of those answers, and compares the balances before it believes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.stream.mix import Stream


@dataclass(frozen=True, kw_only=True)
class Course:
    """What one repetition of a contender is given."""

    stream: Stream
    #: The broker, `host:port`; `topic` holds the whole stream, keyed by account, in order.
    kafka: str
    topic: str
    partitions: int
    #: A database of this repetition alone; with the product's schema, and nothing in it.
    database_url: str
    #: A folder of this repetition alone, empty.
    folder: Path
    #: Unique to the repetition: for groups, topics and instances of a contender's own.
    run: str
    #: Events after which the clock starts, so that the start of a process does not count.
    warm_up_events: int


class Contender(Protocol):
    """Keeps balances from the stream of events, by its own promise of what is safe."""

    #: Unique, and as it stands in tables.
    name: str

    async def start(self, course: Course) -> None:
        """Begin with the stream; returns when it has begun, or earlier."""

    async def done(self) -> int:
        """Return how many events' effects are safe by now, by the contender's own promise."""

    async def balances(self) -> Mapping[str, int]:
        """Return each account's balance (open less unapplied) in minor units, when all is done."""

    async def stop(self) -> None:
        """End everything that was started, at whatever point."""


class Subject(Protocol):
    """Something that is measured once a repetition."""

    #: Unique, and as it stands in tables.
    name: str

    async def measure(self, repetition: int) -> Mapping[str, float]:
        """Measure once; returns figures by name, with their unit last in the name."""
