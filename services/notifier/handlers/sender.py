"""The sending loop: a pass over the planned letters whenever somebody wakes it."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from shared.errors import ArrearsError, TransientError

#: How long a sweep waits for its pass; the loop goes on with it afterwards all the same, and
#: whoever asked is told to ask again.
SWEEP_SECONDS_MAX: Final = 60.0
#: Goes over the letters even when nobody wakes it: retries come due, other instances end.
PASS_EVERY_SECONDS: Final = 5.0


class Passes(Protocol):
    """What a pass is made of."""

    async def recover(self, *, own: bool) -> None:
        """Give up on letters left in `sending`."""

    async def look_again(self) -> None:
        """Have letters that wait for an address looked at in the next pass."""

    async def send_all(self, stop: asyncio.Event) -> None:
        """Look after all letters that may be sent now; with `stop`, end after those begun."""


class Sender:
    """Makes passes; whoever wants letters to leave wakes it, and may wait for the pass."""

    def __init__(
        self,
        send: Passes,
        *,
        stop: asyncio.Event,
        swept: Callable[[], None],
        seconds_max: float = SWEEP_SECONDS_MAX,
    ) -> None:
        """`swept` is called after each pass that came to its end; a sweep waits `seconds_max`."""
        self._seconds_max = seconds_max
        self._send = send
        self._stop = stop
        self._swept = swept
        self._awake = asyncio.Event()
        self._begun = 0
        self._ended = 0
        #: The newest pass that went over all letters, and what was in the way of the newest one.
        self._complete = 0
        self._obstacle = "the sender has not begun"
        self._pass_ended = asyncio.Condition()

    def wake(self) -> None:
        """Ask for a pass."""
        self._awake.set()

    async def run(self, well: Callable[[], None]) -> None:
        """Make passes until `stop`; raises `TransientError` when a dependency is away."""
        # Nothing else in this process sends: what is still in `sending` was left there.
        own = True
        while not self._stop.is_set():
            self._awake.clear()
            await self._counted(own=own)
            own = False
            well()
            await self._sleep()

    async def sweep(self) -> None:
        """Return when a pass that began after this call has gone over all letters.

        Raises `TransientError` when that pass failed or did not end in time: letters may not have
        been looked at.
        """
        await self._send.look_again()
        wanted = self._begun + 1
        self.wake()
        try:
            async with asyncio.timeout(self._seconds_max), self._pass_ended:
                await self._pass_ended.wait_for(lambda: self._ended >= wanted)
        except TimeoutError:
            message = f"the letters were not all looked at within {self._seconds_max:g} seconds"
            raise TransientError(message) from None
        if self._complete < wanted:
            message = f"the letters were not all looked at: {self._obstacle}"
            raise TransientError(message)

    async def _pass(self, *, own: bool) -> None:
        await self._send.recover(own=own)
        await self._send.send_all(self._stop)
        if self._stop.is_set():
            self._obstacle = "the notifier is ending"
            return
        self._complete = self._begun
        self._swept()

    async def _counted(self, *, own: bool) -> None:
        """Make a pass, and tell those who wait for it how it ended."""
        self._begun += 1
        self._obstacle = "the pass was broken off"
        try:
            await self._pass(own=own)
        except ArrearsError as error:
            self._obstacle = error.message
            raise
        except Exception as error:
            self._obstacle = f"a fault of the notifier: {type(error).__name__}"
            raise
        finally:
            async with self._pass_ended:
                self._ended = self._begun
                self._pass_ended.notify_all()

    async def _sleep(self) -> None:
        waiting = [
            asyncio.ensure_future(self._awake.wait()),
            asyncio.ensure_future(self._stop.wait()),
        ]
        _done, left = await asyncio.wait(
            waiting, timeout=PASS_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
