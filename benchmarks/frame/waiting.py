"""Waiting for a condition, with a limit."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final

PAUSE_SECONDS: Final = 0.05


async def wait_for(condition: Callable[[], Awaitable[bool]], seconds_max: float, what: str) -> None:
    """Return when a condition holds; raises `TimeoutError` that says what did not come about."""
    started = perf_counter()
    while not await condition():
        if perf_counter() - started > seconds_max:
            message = f"not within {seconds_max:g} s: {what}"
            raise TimeoutError(message)
        await asyncio.sleep(PAUSE_SECONDS)
