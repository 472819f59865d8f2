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
from services.notifier.domain.work import Escalation, Letter, LetterStatus
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A claimed letter, locked in a transaction: its last moment as `planned`."""

    letter: Letter
    items: tuple[Escalation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A letter that is `sending`: to whom, what it says, about which items and on which day."""

    letter: Letter
    content: Content
    items: tuple[Escalation, ...]
    day: date
    #: Items it was to be about that are no longer due, or on hold.
    dropped: tuple[uuid.UUID, ...]
    #: Attempts to send it to its address, this one included.
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """What becomes of a claimed letter that does not leave now; what is None stays as it was."""

    letter_id: uuid.UUID
    #: `recalled` or `failed`; else it stays planned.
    status: LetterStatus | None = None
    reason: str | None = None
    #: It waits for this day,
    not_before_on: date | None = None
    #: for a word that ends its hold,
    hold: Hold | None = None
    #: or so long.
    pause_seconds: float | None = None
    #: Whether that counts among its attempts, by which pauses grow.
    counted: bool = False
    #: Items it is about no more.
    dropped: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of a letter that was being sent, for the how many-th time."""

    letter: Letter
    state: NextState
    sent_at: datetime
    attempts: int


class Turn(Protocol):
    """One transaction over several letters, none of whose statements is for one alone."""

    async def record(self, ended: Sequence[Ended]) -> None:
        """Write down what became of letters that were being sent."""

    async def open(self, letter_ids: Sequence[uuid.UUID]) -> list[Draft]:
        """Lock claimed letters; those no longer planned or in other hands are left out."""

    async def count_sent_on(self, days: Mapping[str, date]) -> Mapping[str, int]:
        """Return how many letters each account has had on its day; nobody else counts meanwhile.

        Until the transaction ends, others who would send to one of the accounts wait.
        """

    async def begin(self, begun: Sequence[Begun]) -> None:
        """Make opened letters `sending`.

        The waiting tasks of their accounts bear the same names from then on.
        """

    async def let_go(self, left: Sequence[LetGo]) -> None:
        """Give up the claims of letters that do not leave now."""


class LetterStore(Protocol):
    """Where letters are kept."""

    async def recover(self, instance: str, *, own: bool, lease_seconds: float) -> int:
        """Make `unknown` what was left in `sending`; returns how many there were.

        By others longer ago than the lease; with `own`, by this instance at any time, and its
        claims are freed too.
        """

    async def claim(
        self, instance: str, today: date, *, seconds: float, letters_max: int
    ) -> list[Claimed]:
        """Claim the oldest letters that may be sent now, each of another account."""

    def turn(self, instance: str) -> AbstractAsyncContextManager[Turn]:
        """Begin a transaction over claimed letters; it is committed when the block ends well."""

    async def look_again(self) -> None:
        """End the pauses of letters that wait for an address."""


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

    async def connect(self) -> bool:
        """Make sure of a working connection; returns whether it had to be made.

        Raises `TransientError` when there is none.
        """

    async def deliver(self, letter: Letter, content: Content, dated: datetime) -> Outcome:
        """Hand a message over and say how that ended."""
