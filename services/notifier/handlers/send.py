"""Send planned letters, so that none leaves twice and none for a paid item.

A letter's way through a pass; each step is taken for several letters at once where it can be:

1. *claimed*: the oldest that may leave, each of another account, in one statement (`_fill`);
2. *asked for*: one question to the monitor says whether their items are still due, and what
   interest they bear on the letters' day; they wait in `_asked`;
3. *taken* by a connection to the mail server that is free (`_send_one`); where that had to be made
   first, or the letter has waited, it is asked for anew;
4. *begun*: those that are wanted at one moment are looked at for the last time, and `sending` is
   committed, in one transaction (`turns.py`, `last_look.py`); what is on hold is no part of a
   letter, and one about nothing else waits;
5. *handed over*: several connections work side by side, since the server's answers take longest;
6. *written down*: the result is committed together with the beginning of the next letter.

Between 4 and 6 a letter is `sending`: at most one for each connection. Whatever ends there leaves
`unknown`, which nobody resends unasked. Before 4 it is merely claimed, and nothing is lost.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

import structlog

from services.notifier.domain.delivery import Accepted, after
from services.notifier.domain.dispatch import letter_day
from services.notifier.handlers.lanes import side_by_side
from services.notifier.handlers.last_look import Asked
from services.notifier.handlers.limits import Limits
from services.notifier.handlers.ports import (
    Begun,
    Claimed,
    Ended,
    LetGo,
    LetterStore,
    Mailer,
    StandingReader,
    Writer,
)
from services.notifier.handlers.turns import Turns
from shared.calendar import local_date
from shared.clock import Clock
from shared.errors import TransientError

log = structlog.get_logger(__name__)

#: Letters that are claimed and asked for at once.
CLAIMED_AT_ONCE_MAX: Final = 32
#: A letter that waited longer for its connection is asked for anew.
FRESH_SECONDS_MAX: Final = 0.5


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
        self._mailers = mailers
        self._clock = clock
        self._limits = limits
        self._turns = Turns(letters, writer, limits)
        #: Claimed, asked for, and in nobody's hands; the oldest first.
        self._asked: deque[Asked] = deque()
        self._filling = asyncio.Lock()
        self._claims_more = True
        #: Whether the last claim found no more letters than these: another waits for some to leave.
        self._all_claimed = False

    async def recover(self, *, own: bool) -> None:
        """Give up on letters left in `sending`; `own` when nothing here can be sending."""
        await self._turns.write_down()
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
        self._claims_more = True
        lanes = [partial(self._send_one, mailer) for mailer in self._mailers]
        try:
            await side_by_side(lanes, stop)
        finally:
            await self._turns.write_down()
            await self._let_go_of_rest()

    async def _send_one(self, mailer: Mailer) -> bool:
        """Look after one letter; returns False when none may be sent now."""
        asked = await self._next()
        if asked is None:
            return False
        begun = await self._begin(asked, mailer)
        if begun is None:
            return True
        sent_at = max(self._clock.now(), begun.letter.planned_at)
        outcome = await mailer.deliver(begun.letter, begun.content, sent_at)
        state = after(outcome, begun.attempts, self._limits.patience)
        self._turns.ended(
            Ended(letter=begun.letter, state=state, sent_at=sent_at, attempts=begun.attempts)
        )
        if not isinstance(outcome, Accepted):
            # Nothing is to come between: the next letter may first need a new connection.
            await self._turns.write_down()
        return True

    async def _begin(self, asked: Asked, mailer: Mailer) -> Begun | None:
        """Make a letter `sending` as soon as the connection works."""
        try:
            is_new = await mailer.connect()
        except TransientError as error:
            # No fault of the letter's: another connection may take it at once.
            left = LetGo(letter_id=asked.claimed.letter_id, reason=error.message)
            await self._turns.let_go([left])
            raise
        age_seconds = asyncio.get_running_loop().time() - asked.asked_at_seconds
        if is_new or age_seconds > FRESH_SECONDS_MAX:
            # Much may have been paid while the letter waited.
            (asked,) = await self._ask([asked.claimed], asked.day)
        try:
            return await self._turns.begin(asked)
        except TransientError:
            self._asked.appendleft(asked)
            raise

    async def _next(self) -> Asked | None:
        """Return the next letter; more are claimed before the last ones are taken."""
        few = 0 if self._all_claimed else len(self._mailers)
        if self._asked and (len(self._asked) > few or self._filling.locked()):
            return self._asked.popleft()
        # What has left frees its account's next letter; and to claim and to ask may take long.
        await self._turns.write_down()
        async with self._filling:
            if len(self._asked) <= few and self._claims_more:
                await self._fill()
        return self._asked.popleft() if self._asked else None

    async def _fill(self) -> None:
        """Claim letters, and ask the monitor about them."""
        claimed = await self._letters.claim(
            self._limits.instance,
            local_date(self._clock.now(), self._limits.time_zone),
            seconds=self._limits.claim_seconds,
            letters_max=CLAIMED_AT_ONCE_MAX,
        )
        self._all_claimed = len(claimed) < CLAIMED_AT_ONCE_MAX
        days: defaultdict[date, list[Claimed]] = defaultdict(list)
        # One day for the question and for the letter, even where midnight comes in between.
        today = local_date(self._clock.now(), self._limits.time_zone)
        for one in claimed:
            days[letter_day(one.planned_on, today)].append(one)
        for day, together in days.items():
            self._asked += await self._ask(together, day)

    async def _ask(self, claimed: Sequence[Claimed], day: date) -> list[Asked]:
        asked_at_seconds = asyncio.get_running_loop().time()
        names = [name for one in claimed for name in one.escalation_ids]
        try:
            answers = await self._standing.ask(names, day)
        except TransientError as error:
            # The others end as well, after what they have: each would wait for the same silence.
            self._claims_more = False
            left = [LetGo(letter_id=one.letter_id, reason=error.message) for one in claimed]
            await self._turns.let_go(left)
            raise
        return [
            Asked(
                claimed=one,
                day=day,
                answers={name: answers[name] for name in one.escalation_ids if name in answers},
                asked_at_seconds=asked_at_seconds,
            )
            for one in claimed
        ]

    async def _let_go_of_rest(self) -> None:
        """Free the claims of letters that nobody took; kept in memory until that has worked."""
        await self._turns.let_go([LetGo(letter_id=one.claimed.letter_id) for one in self._asked])
        self._asked.clear()
