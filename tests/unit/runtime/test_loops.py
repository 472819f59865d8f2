"""What a supervised loop survives, and what ends it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import TransientError
from shared.runtime.health import Health
from shared.runtime.loops import Supervisor


async def keep(failures: list[BaseException]) -> tuple[int, Health]:
    """Run a loop that fails in each of these ways and then is told to stop; count its runs."""
    stop, health = asyncio.Event(), Health()
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if failures:
            raise failures.pop(0)
        health.well("loop")
        stop.set()

    await asyncio.wait_for(Supervisor(health, stop, CollectorRegistry()).keep("loop", work), 30)
    return runs, health


@pytest.mark.parametrize(
    "failure",
    [
        TransientError("away"),
        OSError("away"),
        ZeroDivisionError(),
        pytest.param(asyncio.CancelledError(), id="a cancelled future of a library"),
    ],
)
async def test_a_failed_loop_is_started_again_and_is_well(failure: BaseException) -> None:
    runs, health = await keep([failure])
    assert (runs, health.parts) == (2, {"loop": "ok"})


async def test_a_loop_that_is_cancelled_itself_ends() -> None:
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(_keep_forever(work))
    await asyncio.wait_for(started.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)


async def _keep_forever(work: Callable[[], Awaitable[None]]) -> None:
    await Supervisor(Health(), asyncio.Event(), CollectorRegistry()).keep("loop", work)
