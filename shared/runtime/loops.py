"""Loops that end only when they are told to: failures are logged, counted, and slept off.

A dependency that is away makes a loop wait with growing pauses and say so in the health page; the
process never exits because of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter

from shared.errors import FencedError, TransientError
from shared.postgres.pool import is_lost
from shared.runtime.health import Health

log = structlog.get_logger(__name__)

PAUSE_SECONDS_FIRST: Final = 0.2
PAUSE_SECONDS_MAX: Final = 5.0

#: What a dependency's absence looks like; anything else is a bug and logged with its trace.
EXPECTED: Final = (TransientError, FencedError, OSError, TimeoutError)


class Supervisor:
    """Runs a service's loops side by side until `stop` is set."""

    def __init__(self, health: Health, stop: asyncio.Event, registry: CollectorRegistry) -> None:
        self._health = health
        self._stop = stop
        self._failures = Counter(
            "arrears_loop_failures_total",
            "Failures that a loop recovered from",
            ["loop", "kind"],
            registry=registry,
        )

    async def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` until it returns with `stop` set; start it again whenever it fails.

        `work` says `health.well(name)` itself once it has got hold of what it needs.
        """
        self._health.expect(name)
        pause = PAUSE_SECONDS_FIRST
        while not self._stop.is_set():
            started = asyncio.get_running_loop().time()
            try:
                await work()
            except EXPECTED as error:
                _say_waiting(name, error, pause)
                self._failed(name, error)
            except asyncio.CancelledError as error:
                # The Kafka client lets cancelled futures of its own out; only a cancellation of
                # this task may end it, or the loop would be gone without a word.
                if _is_cancelled():
                    raise
                log.exception("A loop was cut off; trying again.", action="loop_cut", loop=name)
                self._failed(name, error)
            except Exception as error:
                if is_lost(error):
                    _say_waiting(name, error, pause)
                else:
                    log.exception("A loop failed; trying again.", action="loop_failed", loop=name)
                self._failed(name, error)
            else:
                continue
            if asyncio.get_running_loop().time() - started > PAUSE_SECONDS_MAX:
                pause = PAUSE_SECONDS_FIRST
            await wait_for_stop(self._stop, pause)
            pause = min(pause * 2, PAUSE_SECONDS_MAX)

    def _failed(self, name: str, error: BaseException) -> None:
        self._failures.labels(name, type(error).__name__).inc()
        self._health.ill(name, f"{type(error).__name__}: {error}")


def _say_waiting(name: str, error: Exception, pause_seconds: float) -> None:
    log.warning(
        "A dependency is away; trying again.",
        action="loop_waits",
        loop=name,
        reason=f"{type(error).__name__}: {error}",
        pause_seconds=pause_seconds,
    )


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def wait_for_stop(stop: asyncio.Event, seconds: float) -> bool:
    """Wait until `stop` is set or the time is over; say whether it was set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
