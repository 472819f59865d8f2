"""What a soak was asked for, and what came of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults.soak.memory import Memory
from tests.faults.soak.nemesis import Blow


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for; with the same one a soak repeats itself as far as time allows."""

    seed: int
    minutes: float
    #: Events a second; half of the top rate when left out.
    rate: float | None = None


@dataclass(slots=True)
class Outcome:
    """What came of it."""

    order: Order
    #: Events a second: what the system folds when as much is sent as goes, what it was to be told
    #: afterwards, and what it was told.
    top_rate: float = 0.0
    rate: float = 0.0
    told_rate: float = 0.0
    #: Messages in all, those of the opening with them, and the days that passed.
    told: int = 0
    days: int = 0
    letters: int = 0
    blows: list[Blow] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    violations: dict[str, list[str]] = field(default_factory=dict)
    #: From the end of all faults until everything was ready.
    ready_seconds: float = 0.0
    #: What each phase took, in seconds.
    phases: dict[str, float] = field(default_factory=dict)

    def object(self, name: str, *sentences: str) -> None:
        """Add violations."""
        if sentences:
            self.violations.setdefault(name, []).extend(sentences)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Take the time of a phase."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.phases[name] = time.monotonic() - began
