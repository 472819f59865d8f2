"""What sending letters needs of the world: where they are kept, who is asked, who carries them."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from services.notifier.domain.delivery import NextState, Outcome
from services.notifier.domain.dispatch import Standing
from services.notifier.domain.holds import Hold
from services.notifier.domain.work import Escalation, Letter
from shared.errors import ArrearsError


class UnwritableError(ArrearsError):
    """A letter's text cannot be made from its figures."""

    code = "unwritable_letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A letter as it is, or would be, sent."""

    subject: str
    plain: str
    html: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A planned letter that this instance alone looks after for a while."""

    letter_id: uuid.UUID
    planned_on: date
    escalation_ids: tuple[uuid.UUID, ...]
    #: Attempts made before; while it had no address, looks that found none.
    attempts: int


class Draft(Protocol):
    """A claimed letter, locked in a transaction: its last moment as `planned`."""

    letter: Letter
    items: tuple[Escalation, ...]

    async def count_sent_on(self, day: date) -> int:
        """Return how many letters the account has had on a day; others wait while this counts."""

    async def recall(self, reason: str) -> None:
        """Make it `recalled`."""

    async def fail(self, reason: str) -> None:
        """Make it `failed`."""

    async def wait_until(self, day: date) -> None:
        """Leave it planned, for a later day."""

    async def pause(self, hold: Hold) -> None:
        """Leave it planned, on hold until a word on one of its items ends that."""

    async def begin(
        self, letter: Letter, items: Sequence[Escalation], content: Content, day: date
    ) -> None:
        """Make it `sending`, to whom `letter` names, about these items and no others.

        The account's waiting tasks bear the same name from then on.
        """


class LetterStore(Protocol):
    """Where letters are kept."""

    async def recover(self, instance: str, *, own: bool, lease_seconds: float) -> int:
        """Make `unknown` what was left in `sending`; returns how many there were.

        By others longer ago than the lease; with `own`, by this instance at any time, and its
        claims are freed too.
        """

    async def claim(self, instance: str, today: date, seconds: float) -> Claimed | None:
        """Claim the oldest letter that may be sent now, or return None."""

    async def release(
        self,
        claimed: Claimed,
        instance: str,
        *,
        reason: str | None,
        pause_seconds: float | None,
        counted: bool = True,
    ) -> None:
        """Let go of a claimed letter; with a pause, try no sooner, and count it where `counted`."""

    def draft(self, claimed: Claimed, instance: str) -> AbstractAsyncContextManager["Draft | None"]:
        """Lock a claimed letter; None when it is no longer planned or in other hands."""

    async def look_again(self) -> None:
        """End the pauses of letters that wait for an address."""

    async def finish(
        self,
        letter_id: uuid.UUID,
        instance: str,
        state: NextState,
        *,
        sent_at: datetime,
        attempts: int,
    ) -> None:
        """Write down what became of a letter that was being sent, for the how many-th time."""


class StandingReader(Protocol):
    """The way to the monitor."""

    async def ask(
        self, escalation_ids: Sequence[uuid.UUID], day: date
    ) -> Mapping[uuid.UUID, Standing]:
        """Return what the monitor says about escalations, with the interest to the end of a day.

        Raises `TransientError` if it is away.
        """


class Writer(Protocol):
    """Makes a letter's text."""

    def write(self, letter: Letter, items: Sequence[Escalation], day: date) -> Content:
        """Return the letter; raises `UnwritableError` when its figures make no text."""


class Mailer(Protocol):
    """The way to the mail server."""

    async def connect(self) -> None:
        """Make sure of a working connection; raises `TransientError` when there is none."""

    async def deliver(self, letter: Letter, content: Content, dated: datetime) -> Outcome:
        """Hand a message over and say how that ended."""
