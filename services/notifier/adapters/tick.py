"""APScheduler's tick wakes the sender, and figures for the metrics are taken from time to time.

Nothing more: what is due stands in the table.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

TICK_SECONDS: Final = 1
MEASURE_EVERY_SECONDS: Final = 15.0


async def tick(
    stop: asyncio.Event,
    *,
    wake: Callable[[], None],
    measure: Callable[[], Awaitable[None]],
    well: Callable[[], None],
) -> None:
    """Wake the sender each second, and measure from time to time, until `stop`."""
    scheduler = AsyncIOScheduler(timezone="UTC")

    async def call() -> None:
        wake()

    scheduler.add_job(
        call, "interval", seconds=TICK_SECONDS, coalesce=True, misfire_grace_time=TICK_SECONDS
    )
    scheduler.start()
    try:
        while not stop.is_set():
            await measure()
            well()
            try:
                await asyncio.wait_for(stop.wait(), MEASURE_EVERY_SECONDS)
            except TimeoutError:
                continue
    finally:
        scheduler.shutdown(wait=False)
