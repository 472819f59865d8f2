"""What becomes of a letter after the mail server's answer, or the lack of one."""

from dataclasses import dataclass

from services.notifier.domain.work import LetterStatus


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the message: it is its business now."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """The server certainly did not take it, and may do so later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said that it will never take it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """The dialogue broke off after the message had begun to flow: the server may have it."""

    reason: str


Outcome = Accepted | Deferred | Refused | Unsure


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a deferred letter is tried, and how long it waits in between."""

    pause_seconds_first: float
    pause_seconds_max: float
    attempts_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextState:
    """Where a letter goes after an attempt; `pause_seconds` is how long a planned one waits."""

    status: LetterStatus
    reason: str | None = None
    pause_seconds: float | None = None


def after(outcome: Outcome, attempts: int, patience: Patience) -> NextState:
    """Return a letter's next state; `attempts` counts the one that just ended."""
    match outcome:
        case Accepted():
            return NextState(status=LetterStatus.SENT)
        case Refused(reason):
            return NextState(status=LetterStatus.FAILED, reason=reason)
        case Unsure(reason):
            return NextState(status=LetterStatus.UNKNOWN, reason=reason)
        case Deferred(reason) if attempts >= patience.attempts_max:
            given_up = f"given up after {attempts} attempts: {reason}"
            return NextState(status=LetterStatus.FAILED, reason=given_up)
        case Deferred(reason):
            return NextState(
                status=LetterStatus.PLANNED,
                reason=reason,
                pause_seconds=pause_seconds(attempts, patience),
            )


def pause_seconds(attempts: int, patience: Patience) -> float:
    """Return how long to wait after so many attempts: twice as long each time, up to the cap."""
    doublings = min(max(attempts, 1) - 1, 60)
    return float(min(patience.pause_seconds_first * 2**doublings, patience.pause_seconds_max))
