"""Waiting for the system, by condition and with a limit: ready, at rest, at a later day."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Final

import asyncpg
import httpx

from shared.calendar import local_date, start_of_day
from tests.faults.evidence.collect import LETTERS
from tests.faults.parts.service import Service
from tests.faults.system import ALWAYS, TIME_ZONE, System, wait_for, why_not_ready

READY_SECONDS_MAX: Final = 60.0
REST_SECONDS_MAX: Final = 90.0
CLOCK_SECONDS_MAX: Final = 90.0
#: A question about progress asks the broker.
ASK_SECONDS_MAX: Final = 15.0
#: Two quiet rounds in a row are rest: one may fall between a commit and what follows it.
QUIET_ROUNDS: Final = 2
PAUSE_SECONDS: Final = 0.2
DUE_LETTERS: Final = f"SELECT count(*) AS n FROM ({LETTERS}) AS l WHERE is_due"
ORDER: Final = ("ingest", "monitor", "notifier")


async def until_ready(system: System, seconds_max: float = READY_SECONDS_MAX) -> float:
    """Return after how many seconds every service is ready; raises `TimeoutError`."""

    async def is_ready() -> bool:
        return await why_not_ready(system.running) is None

    return await wait_for(is_ready, seconds_max, "every service is ready")


async def until_at_rest(system: System, seconds_max: float = REST_SECONDS_MAX) -> None:
    """Return when nothing moves any more; raises `TimeoutError` that says what still does."""
    quiet = 0
    moving: str | None = None
    try:
        async with asyncio.timeout(seconds_max):
            while quiet < QUIET_ROUNDS:
                moving = await _moving(system)
                quiet = 0 if moving else quiet + 1
                if moving:
                    await asyncio.sleep(PAUSE_SECONDS)
    except TimeoutError:
        message = f"not at rest within {seconds_max:g} s: {moving}"
        raise TimeoutError(message) from None


async def _moving(system: System) -> str | None:
    """Return what moves first, in the order of the flow."""
    for kind in ORDER:
        for service in system.running:
            if service.kind == kind and (reason := await _moves(system, service)):
                return f"{service.name}: {reason}"
    try:
        today = local_date(system.now(), TIME_ZONE)
        letters = (await system.sql(DUE_LETTERS, today))[0]["n"]
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"the database does not answer: {error!r}"
    return f"{letters} letters are due" if letters else None


async def _moves(system: System, service: Service) -> str | None:
    try:
        answer = await system.http.get(f"{service.url}/v1/progress", timeout=ASK_SECONDS_MAX)
    except httpx.HTTPError as error:
        return f"does not answer: {error!r}"
    if not answer.is_success:
        return f"answers with status {answer.status_code}"
    counts = {name: answer.json()[name] for name in ("lag", "outbox", "due")}
    return f"{counts}" if any(counts.values()) else None


async def restore(system: System) -> None:
    """Let everything pass, start again what was killed, and stop what a fault has added."""
    await system.heal_servers()
    for name, service in system.services.items():
        await service.heal()
        if name in ALWAYS and not service.is_wanted:
            await service.launch()
        elif name not in ALWAYS and service.runs:
            await service.stop()


async def go_to(system: System, day: date) -> None:
    """Move every running service's clock to the start of a day; each sweeps, however long it takes.

    A service that does not answer is asked again: it may have been killed, or stopped as it swept.
    """
    instant = start_of_day(day, TIME_ZONE)
    for kind in ORDER:
        for service in system.running:
            if service.kind == kind:
                await _move(system, service, instant)


async def _move(system: System, service: Service, instant: datetime) -> None:
    async def is_moved() -> bool:
        if not service.is_wanted and system.now() >= instant:
            return True  # gone meanwhile: it reads the clock's file when it comes back
        try:
            answer = await system.http.put(
                f"{service.url}/v1/clock",
                json={"now": (instant + service.skew).isoformat()},
                timeout=CLOCK_SECONDS_MAX,
            )
        except httpx.HTTPError:
            return False
        if answer.is_server_error:
            return False
        # A clock that a fault has moved beyond stays there.
        return answer.is_success or answer.json().get("code") == "clock_backwards"

    await wait_for(is_moved, CLOCK_SECONDS_MAX, f"the clock of {service.name} is moved")


def days_on(system: System, days: int) -> date:
    """Return the day so many days after the services' own."""
    return local_date(system.now(), TIME_ZONE) + timedelta(days=days)
