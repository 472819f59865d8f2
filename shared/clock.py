"""The time, injected: the system's, or one that a person moves by hand.

Every rule takes the time as an argument; only a composition root decides which clock gives it.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from shared.errors import ConflictingStateError, RejectedError


class Clock(Protocol):
    """Where a service reads the time."""

    @property
    def is_manual(self) -> bool:
        """Whether `move` is allowed."""

    def now(self) -> datetime:
        """Return the instant, in UTC."""

    def move(self, instant: datetime) -> None:
        """Move the clock forward; refuses a system clock and a step back."""


class SystemClock:
    """The machine's clock."""

    is_manual = False

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)

    def move(self, instant: datetime) -> None:
        """Refuse: nobody moves the machine's clock through Arrears."""
        message = (
            f"the system clock cannot be set to {instant.isoformat()}; "
            "start the stack with: arrears up --clock manual --at DATE"
        )
        raise ConflictingStateError(message, code="clock_not_manual")


class ManualClock:
    """A clock that stands still until it is moved, for demonstrations and tests.

    The file holds one instant and outlives the process, so that a service that was killed comes
    back at the same time. Several services may share the file: each writes the same instant.
    """

    is_manual = True

    def __init__(self, file: Path) -> None:
        self._file = file
        self._now = parse_instant(file.read_text(encoding="utf-8").strip())

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self._now

    def move(self, instant: datetime) -> None:
        """Stand at the instant from now on; the same instant again changes nothing."""
        if instant < self._now:
            message = (
                f"the clock stands at {self._now.isoformat()} and only moves forward; "
                f"{instant.isoformat()} is before that"
            )
            raise ConflictingStateError(message, code="clock_backwards")
        self._now = instant
        write_instant(self._file, instant)


def write_instant(file: Path, instant: datetime) -> None:
    """Write the manual clock's file whole or not at all."""
    fresh = file.with_name(f".{file.name}.{id(instant)}")
    fresh.write_text(instant.isoformat(), encoding="utf-8")
    fresh.replace(file)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant; one without an offset is refused, for it names no moment."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no instant; write it as in 2026-01-05T09:00:00+08:00"
        raise RejectedError(message, code="not_an_instant") from None
    if instant.tzinfo is None:
        message = f"{text!r} has no offset; write it as in 2026-01-05T09:00:00+08:00"
        raise RejectedError(message, code="not_an_instant")
    return instant.astimezone(UTC)
