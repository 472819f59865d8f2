"""Send planned letters, so that none leaves twice and none for a paid item.

Several connections to the mail server work side by side, since its answers take longest; over each,
one letter follows the other. A letter is claimed, the monitor is asked whether its items are still
due and what interest they bear on the letter's day, the connection is made, `sending` is committed,
the message is handed over, and the result is committed. Whatever ends in the middle of the handing
over leaves `unknown`, which nobody resends unasked. What is on hold is no part of a letter; one
about nothing else waits.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

import structlog

from services.notifier.domain.delivery import NextState, Patience, after, pause_seconds
from services.notifier.domain.dispatch import (
    AwaitWord,
    Pause,
    Recall,
    Send,
    Standing,
    Verdict,
    WaitUntil,
    addressed,
    judge,
    letter_day,
)
from services.notifier.domain.recipients import WAITS_FOR_ADDRESS, why_unreachable, without
from services.notifier.domain.work import Letter
from services.notifier.handlers.lanes import side_by_side
from services.notifier.handlers.ports import (
    Claimed,
    Content,
    Draft,
    LetterStore,
    Mailer,
    StandingReader,
    UnwritableError,
    Writer,
)
from shared.calendar import local_date
from shared.clock import Clock
from shared.errors import TransientError

log = structlog.get_logger(__name__)

#: The reason of a letter that waits because the monitor has put an item of it on hold.
AWAITS_WORD: Final = "an item of it is on hold, says the monitor; waits for its word on that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The settings of sending."""

    instance: str
    time_zone: str
    letters_per_customer_per_day: int
    patience: Patience
    #: How long a claimed letter may be looked after before another instance takes it.
    claim_seconds: float
    #: After how long in `sending` nobody is working on a letter any more.
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class _Begun:
    letter: Letter
    content: Content
    #: Attempts to send it to its address, this one included.
    attempts: int


@dataclass(frozen=True, slots=True)
class _Ended:
    letter: Letter
    state: NextState
    sent_at: datetime
    attempts: int


class SendLetters:
    """The use case of one pass over the planned letters."""

    def __init__(
        self,
        *,
        letters: LetterStore,
        standing: StandingReader,
        writer: Writer,
        mailers: Sequence[Mailer],
        clock: Clock,
        limits: Limits,
    ) -> None:
        """`mailers` are the connections that work side by side."""
        self._letters = letters
        self._standing = standing
        self._writer = writer
        self._mailers = mailers
        self._clock = clock
        self._limits = limits
        #: One claim after the other, so that each sees whose letters are looked after.
        self._claiming = asyncio.Lock()
        #: What the mail server has said but the database has not taken yet.
        self._unrecorded: dict[uuid.UUID, _Ended] = {}

    async def recover(self, *, own: bool) -> None:
        """Give up on letters left in `sending`; `own` when nothing here can be sending."""
        for ended in list(self._unrecorded.values()):
            await self._record(ended)
        left = await self._letters.recover(
            self._limits.instance, own=own, lease_seconds=self._limits.lease_seconds
        )
        if left:
            log.warning(
                "Letters were left in the middle of being sent; a person must resolve them.",
                action="letters_unknown",
                count=left,
            )

    async def look_again(self) -> None:
        """Have letters that wait for an address looked at in the next pass."""
        await self._letters.look_again()

    async def send_all(self, stop: asyncio.Event) -> None:
        """Look after all letters that may be sent now; with `stop`, end after those begun.

        Raises `TransientError` when the monitor, the mail server or the database is away.
        """
        lanes = [partial(self._send_one, mailer) for mailer in self._mailers]
        await side_by_side(lanes, stop)

    async def _send_one(self, mailer: Mailer) -> bool:
        """Look after one letter; returns False when none may be sent now."""
        limits = self._limits
        async with self._claiming:
            claimed = await self._letters.claim(
                limits.instance, self._today(), seconds=limits.claim_seconds
            )
        if claimed is None:
            return False
        try:
            await self._look_after(claimed, mailer)
        except TransientError:
            raise
        except Exception as error:
            # The edge of one letter: a fault in it is logged by the loop, and must not hold up the
            # others. One that has begun to leave is not touched by this.
            await self._put_off(claimed, f"a fault of the notifier: {type(error).__name__}")
            raise
        return True

    async def _look_after(self, claimed: Claimed, mailer: Mailer) -> None:
        # One day for the question and for the letter, even where midnight comes in between.
        day = letter_day(claimed.planned_on, self._today())
        answers = await self._ask(claimed, day)
        if set(claimed.escalation_ids) - set(answers):
            await self._put_off(claimed, "the monitor does not know an escalation of it")
            return
        await self._connect(claimed, mailer)
        begun = await self._begin(claimed, answers, day)
        if begun is None:
            return
        sent_at = self._instant(begun.letter)
        outcome = await mailer.deliver(begun.letter, begun.content, sent_at)
        state = after(outcome, begun.attempts, self._limits.patience)
        ended = _Ended(begun.letter, state, sent_at, begun.attempts)
        self._unrecorded[begun.letter.letter_id] = ended
        await self._record(ended)

    async def _ask(self, claimed: Claimed, day: date) -> Mapping[uuid.UUID, Standing]:
        try:
            return await self._standing.ask(claimed.escalation_ids, day)
        except TransientError as error:
            await self._letters.release(
                claimed, self._limits.instance, reason=error.message, pause_seconds=None
            )
            raise

    async def _connect(self, claimed: Claimed, mailer: Mailer) -> None:
        try:
            await mailer.connect()
        except TransientError as error:
            await self._put_off(claimed, error.message)
            raise

    async def _put_off(self, claimed: Claimed, reason: str) -> None:
        await self._letters.release(
            claimed,
            self._limits.instance,
            reason=reason,
            pause_seconds=pause_seconds(claimed.attempts + 1, self._limits.patience),
        )

    async def _begin(
        self, claimed: Claimed, answers: Mapping[uuid.UUID, Standing], day: date
    ) -> _Begun | None:
        """Commit that the letter is being sent, or what else becomes of it."""
        async with self._letters.draft(claimed, self._limits.instance) as draft:
            if draft is None:
                return None
            verdict = await self._judged(draft, answers, day)
            match verdict:
                case Recall(reason):
                    await draft.recall(reason)
                case WaitUntil(day):
                    await draft.wait_until(day)
                case Pause(hold):
                    await draft.pause(hold)
                case Send():
                    letter = addressed(draft.letter, answers)
                    if letter.recipient_email:
                        # Looks at a letter without an address were no attempts to send it.
                        before = claimed.attempts if draft.letter.recipient_email else 0
                        content = await self._write(draft, letter, verdict)
                        return _Begun(letter, content, before + 1) if content else None
        await self._let_go(claimed, verdict)
        return None

    async def _judged(
        self, draft: Draft, answers: Mapping[uuid.UUID, Standing], day: date
    ) -> Verdict:
        return judge(
            draft.items,
            answers,
            day=day,
            sent_that_day=await draft.count_sent_on(day),
            letters_per_day_max=self._limits.letters_per_customer_per_day,
        )

    async def _let_go(self, claimed: Claimed, verdict: Verdict) -> None:
        """Give up the claim of a letter that does not leave now."""
        if isinstance(verdict, Send):
            await self._put_off(claimed, WAITS_FOR_ADDRESS)
            return
        # A hold is no failure to send, so it counts as no attempt.
        waits = isinstance(verdict, AwaitWord)
        await self._letters.release(
            claimed,
            self._limits.instance,
            reason=AWAITS_WORD if waits else None,
            pause_seconds=pause_seconds(1, self._limits.patience) if waits else None,
            counted=False,
        )

    async def _write(self, draft: Draft, letter: Letter, send: Send) -> Content | None:
        unreachable = why_unreachable(letter.recipient_email)
        if unreachable is not None:
            await draft.fail(unreachable)
            return None
        try:
            content = self._writer.write(letter, send.items, send.day)
        except UnwritableError as error:
            await draft.fail(error.message)
            return None
        await draft.begin(letter, send.items, content, send.day)
        return content

    async def _record(self, ended: _Ended) -> None:
        """Commit what became of a letter; kept in memory until that has worked."""
        state = ended.state
        if state.reason is not None:
            reason = without(state.reason, ended.letter.recipient_email)
            state = NextState(status=state.status, reason=reason, pause_seconds=state.pause_seconds)
        await self._letters.finish(
            ended.letter.letter_id,
            self._limits.instance,
            state,
            sent_at=ended.sent_at,
            attempts=ended.attempts,
        )
        del self._unrecorded[ended.letter.letter_id]
        log.info(
            "A letter's attempt ended.",
            action=f"letter_{state.status.value}",
            letter_id=str(ended.letter.letter_id),
            reason=state.reason,
        )

    def _today(self) -> date:
        return local_date(self._clock.now(), self._limits.time_zone)

    def _instant(self, letter: Letter) -> datetime:
        return max(self._clock.now(), letter.planned_at)
