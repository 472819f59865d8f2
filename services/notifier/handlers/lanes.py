"""Work that several do side by side, until there is none left for any of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

#: What one works on may take long; meanwhile the others look this often whether more has come.
LOOK_AGAIN_SECONDS: Final = 0.2


async def side_by_side(lanes: Sequence[Callable[[], Awaitable[bool]]], stop: asyncio.Event) -> None:
    """Call each lane again and again until every one says, by False, that nothing is left.

    With `stop`, what has begun ends and nothing more begins. Where one fails the others go on to
    their end, and the first failure is raised then.
    """
    at_work = 0
    at_rest = asyncio.Event()

    async def work(lane: Callable[[], Awaitable[bool]]) -> bool:
        nonlocal at_work
        at_work += 1
        at_rest.clear()
        try:
            return await lane()
        finally:
            at_work -= 1
            if at_work == 0:
                at_rest.set()

    async def go_on(lane: Callable[[], Awaitable[bool]]) -> None:
        while not stop.is_set():
            if await work(lane):
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await at_rest.wait()
                    return

    ends = await asyncio.gather(*map(go_on, lanes), return_exceptions=True)
    for end in ends:
        if end is not None:
            raise end
