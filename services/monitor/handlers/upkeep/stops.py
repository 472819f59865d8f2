"""Stop a partition: in the store, so that it stays stopped whoever owns it next, and loudly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.monitor.domain.audit.findings import Violation
from shared.kafka.positions import read_again

log = structlog.get_logger(__name__)

#: What a person is told to do about partition `{0}`.
WHAT_TO_DO: Final = (
    "repair what is wrong, look again with: arrears audit --partition {0}, and let it go on with: "
    "arrears partition resume {0} --as NAME"
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A partition that is stopped, and why."""

    partition: int
    reason: str
    at: datetime
    #: What an audit found; a batch that cannot be folded has its reason alone.
    violations: Sequence[Violation] = ()


def told(stopped: Mapping[int, str]) -> str:
    """Say on the health page what is stopped, what to do, and why; nothing where none is."""
    if not stopped:
        return ""
    numbers = ", ".join(str(one) for one in sorted(stopped))
    reasons = "; ".join(f"{one}: {stopped[one]}" for one in sorted(stopped))
    return (
        f"stopped, the others go on: {numbers}; repair what is wrong, then: "
        f"arrears partition resume N --as NAME; {reasons}"
    )


def told_again(repeated: Mapping[int, int]) -> str:
    """Say on the health page what a restored database reads again, and up to which offset."""
    if not repeated:
        return ""
    until = ", ".join(f"{one} until offset {end}" for one, end in sorted(repeated.items()))
    return read_again(f"partition {until}")


class Stopping(Protocol):
    """Where stops are stored."""

    async def stop(self, partition: int, reason: str, at: datetime, *, epoch: int | None) -> None:
        """Stop a partition; the first reason is kept.

        With an epoch only its owner may: `FencedError` when there is another one by now.
        """


class Evidence(Protocol):
    """Where what a person needs for the repair is kept."""

    def keep(self, stop: Stop) -> None:
        """Keep it; a disk that is full must not keep a partition from being stopped."""


async def stop_partition(
    store: Stopping, evidence: Evidence, stop: Stop, *, epoch: int | None = None
) -> None:
    """Stop a partition and say so; the others go on."""
    await store.stop(stop.partition, stop.reason, stop.at, epoch=epoch)
    log.error(
        "A partition is stopped; the others go on.",
        action="partition_stopped",
        partition=stop.partition,
        reason=stop.reason,
        violations=[one.sentence() for one in stop.violations],
        what_to_do=WHAT_TO_DO.format(stop.partition),
    )
    evidence.keep(stop)
