"""Lanes work side by side until nothing is left, and none is kept by another."""

import asyncio

import pytest

from services.notifier.handlers.lanes import side_by_side


async def test_what_comes_while_one_lane_takes_long_is_done_by_the_other() -> None:
    slow_may_end, fast_is_done = asyncio.Event(), asyncio.Event()
    waiting = ["slow"]
    done: list[str] = []

    async def lane() -> bool:
        if not waiting:
            return False
        piece = waiting.pop()
        if piece == "slow":
            await slow_may_end.wait()
        done.append(piece)
        if piece == "fast":
            fast_is_done.set()
        return True

    working = asyncio.create_task(side_by_side([lane, lane], asyncio.Event()))
    await asyncio.sleep(0)
    waiting.append("fast")
    async with asyncio.timeout(10):
        await fast_is_done.wait()
        assert done == ["fast"]
        slow_may_end.set()
        await working
    assert done == ["fast", "slow"]


async def test_where_one_lane_fails_the_other_goes_on_to_its_end() -> None:
    left = 3

    async def fails() -> bool:
        message = "away"
        raise LookupError(message)

    async def works() -> bool:
        nonlocal left
        await asyncio.sleep(0)
        left -= 1
        return left > 0

    with pytest.raises(LookupError, match="away"):
        await side_by_side([fails, works], asyncio.Event())
    assert left == 0


async def test_with_stop_what_has_begun_ends_and_nothing_more_begins() -> None:
    stop, begun, ended = asyncio.Event(), 0, 0

    async def lane() -> bool:
        nonlocal begun, ended
        begun += 1
        await asyncio.sleep(0)
        stop.set()
        ended += 1
        return True

    await side_by_side([lane, lane], stop)
    assert (begun, ended) == (2, 2)
