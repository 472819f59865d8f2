"""What an audit of a partition has found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from services.monitor.domain.audit.chain import Head

#: Violations that are kept for people to read, of each invariant; the others are counted.
KEPT_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where an invariant does not hold."""

    invariant: str
    #: What should hold, in a sentence.
    claim: str
    #: The figures that contradict it, by name.
    row: Mapping[str, Any]

    def sentence(self) -> str:
        """Say it to a person."""
        row = ", ".join(f"{name} {value}" for name, value in self.row.items() if value is not None)
        return f"{self.invariant}: {row} (but {self.claim})"


@dataclass(slots=True)
class Findings:
    """What has been looked at so far, and what was wrong."""

    partition: int
    #: Rows in all, and those looked at so far: items, and journal rows under a seal.
    rows: int = 0
    looked_at: int = 0
    violations: list[Violation] = field(default_factory=list)
    #: By invariant, those that are not kept as well.
    counts: dict[str, int] = field(default_factory=dict)
    #: The end of the journal's chain; None when nothing is sealed yet.
    head: Head | None = None

    def add(self, found: Iterable[Violation]) -> None:
        """Count violations, and keep the first of each invariant."""
        for one in found:
            count = self.counts[one.invariant] = self.counts.get(one.invariant, 0) + 1
            if count <= KEPT_MAX:
                self.violations.append(one)

    def reason(self) -> str:
        """Say why the partition is stopped: the first violation, and how many there are."""
        total = sum(self.counts.values())
        more = f"; {total} violations in all" if total > 1 else ""
        return f"audit: {self.violations[0].sentence()}{more}"
