"""What stands in for the neighbours of sending: a store, the monitor, a mail server."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from services.notifier.domain.delivery import Accepted, Outcome, Patience
from services.notifier.domain.dispatch import Standing
from services.notifier.domain.work import Escalation, Letter, LetterStatus
from services.notifier.handlers.limits import Limits
from services.notifier.handlers.ports import Begun, Claimed, Content, Draft, Ended, LetGo
from services.notifier.handlers.send import SendLetters
from shared.errors import TransientError

NOON = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)
LIMITS = Limits(
    instance="a",
    time_zone="Asia/Shanghai",
    letters_per_customer_per_day=3,
    patience=Patience(pause_seconds_first=5.0, pause_seconds_max=60.0, attempts_max=8),
    claim_seconds=60,
    lease_seconds=600,
)


class Clock:
    """Stands still."""

    def now(self) -> datetime:
        return NOON


@dataclass
class Row:
    """A letter as the store has it."""

    letter: Letter
    item: Escalation
    is_claimed: bool = False
    #: What was let go with a pause, a day or a hold is not claimed again.
    waits: bool = False

    @property
    def status(self) -> LetterStatus:
        return self.letter.status

    def become(self, status: LetterStatus, reason: str | None = None) -> None:
        self.letter = replace(self.letter, status=status, reason=reason)


@dataclass
class Store:
    """Letters in memory; a transaction that fails changes nothing."""

    rows: dict[uuid.UUID, Row] = field(default_factory=dict)
    #: How many transactions there were, and how many letters were in `sending` at most.
    turns: int = 0
    claims: int = 0
    sending_most: int = 0
    #: Raised before, or after, the commit of the next transaction that lets letters begin.
    fails_before: Exception | None = None
    fails_after: Exception | None = None
    #: Letters at which a transaction fails.
    poison: set[uuid.UUID] = field(default_factory=set)

    async def recover(self, instance: str, *, own: bool, lease_seconds: float) -> int:
        del instance, own, lease_seconds
        return 0

    async def look_again(self) -> None:
        return

    async def claim(
        self, instance: str, today: date, *, seconds: float, letters_max: int
    ) -> list[Claimed]:
        del instance, today, seconds
        await asyncio.sleep(0)
        self.claims += 1
        looked_after = {
            row.letter.account_id
            for row in self.rows.values()
            if row.is_claimed or row.status is LetterStatus.SENDING
        }
        found = []
        for row in self.rows.values():
            free = row.status is LetterStatus.PLANNED and not row.waits
            if free and row.letter.account_id not in looked_after and len(found) < letters_max:
                looked_after.add(row.letter.account_id)
                row.is_claimed = True
                found.append(
                    Claimed(
                        letter_id=row.letter.letter_id,
                        planned_on=row.letter.planned_on,
                        escalation_ids=(row.item.escalation_id,),
                        attempts=0,
                    )
                )
        return found

    @asynccontextmanager
    async def turn(self, instance: str) -> AsyncIterator["Turn"]:
        del instance
        await asyncio.sleep(0)
        turn = Turn(self)
        yield turn
        if turn.begins and self.fails_before is not None:
            error, self.fails_before = self.fails_before, None
            raise error
        await asyncio.sleep(0)
        self.turns += 1
        for change in turn.changes:
            change()
        sending = sum(row.status is LetterStatus.SENDING for row in self.rows.values())
        self.sending_most = max(self.sending_most, sending)
        if turn.begins and self.fails_after is not None:
            error, self.fails_after = self.fails_after, None
            raise error

    def statuses(self) -> list[str]:
        return [row.status.value for row in self.rows.values()]


class Turn:
    """One transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.changes: list[Callable[[], None]] = []
        self.begins = False

    async def record(self, ended: Sequence[Ended]) -> None:
        for one in ended:
            row = self._store.rows[one.letter.letter_id]
            if row.status is LetterStatus.SENDING:
                self.changes.append(lambda row=row, one=one: self._record(row, one))

    def _record(self, row: Row, one: Ended) -> None:
        row.become(one.state.status, one.state.reason)
        row.is_claimed, row.waits = False, one.state.pause_seconds is not None

    async def open(self, letter_ids: Sequence[uuid.UUID]) -> list[Draft]:
        rows = [self._store.rows[name] for name in letter_ids]
        return [
            Draft(letter=row.letter, items=(row.item,))
            for row in rows
            if row.is_claimed and row.status is LetterStatus.PLANNED
        ]

    async def count_sent_on(self, days: Mapping[str, date]) -> Mapping[str, int]:
        del days
        return {}

    async def begin(self, begun: Sequence[Begun]) -> None:
        self.begins = True
        for one in begun:
            name = one.letter.letter_id
            if name in self._store.poison:
                raise LookupError(name)
            row = self._store.rows[name]
            self.changes.append(lambda row=row: row.become(LetterStatus.SENDING))

    async def let_go(self, left: Sequence[LetGo]) -> None:
        for one in left:
            row = self._store.rows[one.letter_id]
            self.changes.append(lambda row=row, one=one: self._let_go(row, one))

    def _let_go(self, row: Row, one: LetGo) -> None:
        row.become(one.status or row.status, one.reason)
        row.is_claimed = False
        row.waits = row.waits or one.pause_seconds is not None


@dataclass
class Monitor:
    """Says of everything that it stands, and counts the questions."""

    questions: list[int] = field(default_factory=list)
    paid: set[uuid.UUID] = field(default_factory=set)
    away: bool = False

    async def ask(
        self, escalation_ids: Sequence[uuid.UUID], day: date
    ) -> Mapping[uuid.UUID, Standing]:
        del day
        await asyncio.sleep(0)
        self.questions.append(len(escalation_ids))
        if self.away:
            message = "the monitor does not answer"
            raise TransientError(message)
        return {name: Standing(standing=name not in self.paid) for name in escalation_ids}


class Writer:
    """Writes next to nothing."""

    def write(self, letter: Letter, items: Sequence[Escalation], day: date) -> Content:
        del items, day
        return Content(subject="s", plain="p", html="h", message_id=str(letter.letter_id))


@dataclass
class Mailer:
    """Takes letters; `outcomes` by letter, the others are accepted."""

    sent: list[uuid.UUID]
    outcomes: dict[uuid.UUID, Outcome] = field(default_factory=dict)
    away: bool = False
    #: Called with each letter that is handed over.
    handed_over: Callable[[Letter], None] = lambda _letter: None
    waits_for: asyncio.Event | None = None
    #: Awaited before each letter.
    connects: Callable[[], Awaitable[None]] | None = None
    is_connected: bool = True
    at_once: int = 0

    async def connect(self) -> bool:
        if self.connects is not None:
            await self.connects()
        if self.away:
            message = "the mail server does not answer"
            raise TransientError(message)
        was_connected, self.is_connected = self.is_connected, True
        return not was_connected

    async def deliver(self, letter: Letter, content: Content, dated: datetime) -> Outcome:
        del content, dated
        self.sent.append(letter.letter_id)
        self.handed_over(letter)
        assert self.at_once == 0, "two letters over one connection"
        self.at_once += 1
        await (self.waits_for.wait() if self.waits_for else asyncio.sleep(0))
        self.at_once -= 1
        return self.outcomes.get(letter.letter_id, Accepted())


@dataclass
class Sending:
    """A pass over letters, with all that it needs."""

    store: Store = field(default_factory=Store)
    monitor: Monitor = field(default_factory=Monitor)
    sent: list[uuid.UUID] = field(default_factory=list)
    mailers: list[Mailer] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def use_case(self) -> SendLetters:
        return SendLetters(
            letters=self.store,
            standing=self.monitor,
            writer=Writer(),
            mailers=self.mailers,
            clock=Clock(),
            limits=LIMITS,
        )
