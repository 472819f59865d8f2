"""Transactions that several letters share: results are written, and the next letters begin.

Whoever comes while a transaction is under way shares the next one. What the mail server has said is
kept in memory until a transaction has written it; that is the very one in which the same connection
begins its next letter, so that no more letters are in `sending` than there are connections.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from services.notifier.domain.delivery import NextState
from services.notifier.domain.recipients import without
from services.notifier.domain.work import LetterStatus
from services.notifier.handlers.last_look import Asked, last_look, put_off
from services.notifier.handlers.limits import Limits
from services.notifier.handlers.ports import Begun, Draft, Ended, LetGo, LetterStore, Turn, Writer
from shared.errors import TransientError

log = structlog.get_logger(__name__)

#: What the monitor said may be so old when a letter begins to leave, where the database or this
#: process takes long; else the letter is let go of. It bounds how late a payment may come.
ANSWER_SECONDS_MAX: Final = 5.0


@dataclass(slots=True)
class _Wanted:
    """A letter that somebody wants to begin."""

    asked: Asked
    is_done: bool = False
    begun: Begun | None = None
    error: Exception | None = None


class Turns:
    """Results and beginnings of letters, in as few transactions as it takes."""

    def __init__(self, letters: LetterStore, writer: Writer, limits: Limits) -> None:
        self._letters = letters
        self._writer = writer
        self._limits = limits
        self._one_at_a_time = asyncio.Lock()
        self._wanted: list[_Wanted] = []
        #: What the mail server has said but the database has not taken yet.
        self._unrecorded: dict[uuid.UUID, Ended] = {}

    def ended(self, ended: Ended) -> None:
        """Take an attempt's result; the next transaction writes it."""
        self._unrecorded[ended.letter.letter_id] = ended

    async def begin(self, asked: Asked) -> Begun | None:
        """Commit that a letter is being sent; None when something else has become of it.

        Raises what went wrong; without harm to the letters that wanted to begin beside it.
        """
        wanted = _Wanted(asked)
        self._wanted.append(wanted)
        async with self._one_at_a_time:
            if not wanted.is_done:
                together, self._wanted = self._wanted, []
                await self._take(together)
        if wanted.error is not None:
            raise wanted.error
        return wanted.begun

    async def write_down(self) -> None:
        """Commit every result that has not been written yet."""
        async with self._one_at_a_time:
            if self._unrecorded:
                await self._transact([])

    async def let_go(self, left: Sequence[LetGo]) -> None:
        """Give up claims."""
        if left:
            async with self._letters.turn(self._limits.instance) as turn:
                await turn.let_go(left)

    async def _take(self, together: Sequence[_Wanted]) -> None:
        """Have letters begin; what goes wrong is kept for those it is about."""
        try:
            await self._transact(together)
        except Exception as error:  # noqa: BLE001 - whoever wanted the letter raises it
            await self._take_apart(together, error)
        for one in together:
            one.is_done = True

    async def _take_apart(self, together: Sequence[_Wanted], error: Exception) -> None:
        """After a failure: try the results alone, then each letter alone, to find what is wrong."""
        if isinstance(error, TransientError):
            for one in together:
                one.error = error
        elif self._unrecorded:
            try:
                await self._transact([])
            except Exception as fault:  # noqa: BLE001 - as above
                for one in together:
                    one.error = fault
            else:
                await self._take(together)
        elif len(together) > 1:
            for one in together:
                await self._take([one])
        else:
            await self._set_aside(together[0], error)

    async def _set_aside(self, wanted: _Wanted, error: Exception) -> None:
        """Put off a letter that the notifier fails at, so that it does not hold up the others."""
        wanted.error = error
        reason = f"a fault of the notifier: {type(error).__name__}"
        with suppress(TransientError):
            await self.let_go([put_off(wanted.asked.claimed, reason, self._limits.patience)])

    async def _transact(self, together: Sequence[_Wanted]) -> None:
        results = list(self._unrecorded.values())
        beginning: dict[uuid.UUID, Begun] = {}
        try:
            async with self._letters.turn(self._limits.instance) as turn:
                if results:
                    await turn.record([_shown(one) for one in results])
                if together:
                    beginning = await self._look(turn, together)
        except TransientError:
            self._doubt(beginning, together)
            raise
        for ended in results:
            self._written(ended)
        for one in together:
            # A letter that was claimed anew, since its claim had run out, may come twice.
            one.begun = beginning.pop(one.asked.claimed.letter_id, None)

    async def _look(self, turn: Turn, together: Sequence[_Wanted]) -> dict[uuid.UUID, Begun]:
        asked = {one.asked.claimed.letter_id: one.asked for one in together}
        drafts = await turn.open(list(asked))
        days = {draft.letter.account_id: asked[draft.letter.letter_id].day for draft in drafts}
        sent = await turn.count_sent_on(days) if days else {}
        begun: dict[uuid.UUID, Begun] = {}
        left: list[LetGo] = []
        for draft in drafts:
            found = self._decide(asked[draft.letter.letter_id], draft, sent, begun)
            if isinstance(found, Begun):
                begun[draft.letter.letter_id] = found
            else:
                left.append(found)
        if begun:
            await turn.begin(list(begun.values()))
        if left:
            await turn.let_go(left)
        return begun

    def _decide(
        self,
        asked: Asked,
        draft: Draft,
        sent: Mapping[str, int],
        begun: Mapping[uuid.UUID, Begun],
    ) -> Begun | LetGo:
        letter = draft.letter
        age_seconds = asyncio.get_running_loop().time() - asked.asked_at_seconds
        beside = {one.letter.account_id for one in begun.values()}
        if age_seconds > ANSWER_SECONDS_MAX or letter.account_id in beside:
            return LetGo(letter_id=letter.letter_id)
        return last_look(
            asked,
            draft,
            writer=self._writer,
            sent_that_day=sent.get(letter.account_id, 0),
            letters_per_day_max=self._limits.letters_per_customer_per_day,
            patience=self._limits.patience,
        )

    def _doubt(self, beginning: Mapping[uuid.UUID, Begun], together: Sequence[_Wanted]) -> None:
        """Have letters planned again that may be `sending` now, though nobody hands them over.

        What failed may have been the answer to a commit that took place.
        """
        for one in together:
            begun = beginning.get(one.asked.claimed.letter_id)
            if begun is not None:
                self.ended(
                    Ended(
                        letter=begun.letter,
                        state=NextState(status=LetterStatus.PLANNED),
                        sent_at=begun.letter.planned_at,
                        attempts=one.asked.claimed.attempts,
                    )
                )

    def _written(self, ended: Ended) -> None:
        name, status = ended.letter.letter_id, ended.state.status
        del self._unrecorded[name]
        log.info(
            "A letter's attempt ended.",
            action=f"letter_{status.value}",
            letter_id=str(name),
            reason=_shown(ended).state.reason,
        )


def _shown(ended: Ended) -> Ended:
    """Return a result without the address in its reason."""
    state = ended.state
    if state.reason is None:
        return ended
    reason = without(state.reason, ended.letter.recipient_email)
    shown = NextState(status=state.status, reason=reason, pause_seconds=state.pause_seconds)
    return Ended(letter=ended.letter, state=shown, sent_at=ended.sent_at, attempts=ended.attempts)
