"""Asks on a beat whether what a service needs is there, so that an idle service knows as well."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from shared.runtime.health import Health
from shared.runtime.loops import wait_for_stop

#: Answers: nothing, or an error that says what is wrong.
Check = Callable[[], Awaitable[object]]

PROBE_EVERY_SECONDS: Final = 3.0
PROBE_SECONDS_MAX: Final = 8.0


async def probe_forever(health: Health, stop: asyncio.Event, checks: Mapping[str, Check]) -> None:
    """Keep the health page's parts of these names true until `stop` is set."""
    while not stop.is_set():
        await asyncio.gather(*(_probe(health, name, check) for name, check in checks.items()))
        await wait_for_stop(stop, PROBE_EVERY_SECONDS)


async def _probe(health: Health, name: str, check: Check) -> None:
    try:
        async with asyncio.timeout(PROBE_SECONDS_MAX):
            await check()
    except TimeoutError:
        health.ill(name, f"no answer within {PROBE_SECONDS_MAX:g} s")
    except Exception as error:  # noqa: BLE001 - whatever a check raises is the reason to show
        health.ill(name, f"{type(error).__name__}: {error}")
    else:
        health.well(name)
