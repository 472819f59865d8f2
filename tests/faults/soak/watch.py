"""Looks at a soak while it lasts: the memory all along, and once a minute how it stands."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import httpx

from tests.faults.soak.outcome import Outcome
from tests.faults.system import ALWAYS, System

SAMPLE_SECONDS: Final = 2.0
MINUTE_SECONDS: Final = 60.0
FOLDED: Final = "SELECT count(*) AS n FROM monitor.journal"
LETTERS: Final = (
    "SELECT status, count(*) AS n FROM notifier.letters GROUP BY status ORDER BY status"
)


@asynccontextmanager
async def watched(
    system: System, outcome: Outcome, told: Callable[[], int], say: Callable[[str], None]
) -> AsyncIterator[None]:
    """Take samples of every service's memory, and say a line every minute."""
    looking = [
        asyncio.create_task(_sample(system, outcome)),
        asyncio.create_task(_say_each_minute(system, told, say)),
    ]
    try:
        yield
    finally:
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)


async def _sample(system: System, outcome: Outcome) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        outcome.memory.sample(system.services.values(), loop.time() - began)
        await asyncio.sleep(SAMPLE_SECONDS)


async def _say_each_minute(
    system: System, told: Callable[[], int], say: Callable[[str], None]
) -> None:
    minute = 0
    while True:
        await asyncio.sleep(MINUTE_SECONDS)
        minute += 1
        progress = [f"{name} {await _progress(system, name)}" for name in ALWAYS]
        say(
            f"minute {minute}: {told():,} told, {await _counts(system)}; behind: "
            f"{', '.join(progress)}; {system.now():%Y-%m-%d}"
        )


async def _progress(system: System, name: str) -> str:
    """Return what a service has before it, and its memory."""
    mib = system.services[name].note_memory()
    try:
        answer: dict[str, Any] = await system.get(name, "/v1/progress")
    except httpx.HTTPError:
        return f"away ({mib} MiB)"
    counts = " ".join(f"{answer[what]} {what}" for what in ("lag", "outbox", "due") if answer[what])
    return f"{counts or 'nothing'} ({mib} MiB)"


async def _counts(system: System) -> str:
    try:
        folded = (await system.sql(FOLDED))[0]["n"]
        letters = [f"{row['n']:,} {row['status']}" for row in await system.sql(LETTERS)]
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return "the database is away"
    return f"{folded:,} folded, letters {', '.join(letters) or 'none'}"
