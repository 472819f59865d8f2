"""The sending loop: a pass over the planned letters whenever somebody wakes it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from services.notifier.handlers.send import SendLetters

#: How long a sweep waits for its pass; the loop goes on with it afterwards all the same.
SWEEP_SECONDS_MAX: Final = 60.0
#: Goes over the letters even when nobody wakes it: retries come due, other instances end.
PASS_EVERY_SECONDS: Final = 5.0


class Sender:
    """Makes passes; whoever wants letters to leave wakes it, and may wait for the pass."""

    def __init__(
        self, send: SendLetters, *, stop: asyncio.Event, swept: Callable[[], None]
    ) -> None:
        """`swept` is called after each pass that came to its end."""
        self._send = send
        self._stop = stop
        self._swept = swept
        self._awake = asyncio.Event()
        self._begun = 0
        self._ended = 0
        self._pass_ended = asyncio.Condition()

    def wake(self) -> None:
        """Ask for a pass."""
        self._awake.set()

    async def run(self, well: Callable[[], None]) -> None:
        """Make passes until `stop`; raises `TransientError` when a dependency is away."""
        # Nothing else in this process sends: what is still in `sending` was left there.
        await self._counted(lambda: self._send.recover(own=True))
        while not self._stop.is_set():
            self._awake.clear()
            await self._counted(self._pass)
            well()
            await self._sleep()

    async def sweep(self) -> None:
        """Return when a pass that began after this call has ended, well or not."""
        wanted = self._begun + 1
        self.wake()
        try:
            async with asyncio.timeout(SWEEP_SECONDS_MAX), self._pass_ended:
                await self._pass_ended.wait_for(lambda: self._ended >= wanted)
        except TimeoutError:
            return

    async def _pass(self) -> None:
        await self._send.recover(own=False)
        while not self._stop.is_set() and await self._send.send_one():
            pass
        self._swept()

    async def _counted(self, work: Callable[[], Awaitable[None]]) -> None:
        self._begun += 1
        try:
            await work()
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
