"""A sweep is done when every letter was looked at, and says so when one was not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from services.notifier.handlers.sender import Sender
from shared.errors import TransientError


class Letters:
    """Stands in for the passes: so many letters, then what a test has set."""

    def __init__(self, stop: asyncio.Event) -> None:
        self.stop = stop
        self.planned = 0
        self.looked_at = 0
        self.error: Exception | None = None
        self.endless = False
        self.recovered: list[bool] = []
        self.looks_again = 0
        self.stops_after: int | None = None

    async def recover(self, *, own: bool) -> None:
        self.recovered.append(own)

    async def look_again(self) -> None:
        self.looks_again += 1

    async def send_all(self, stop: asyncio.Event) -> None:
        if self.endless:
            await stop.wait()
        if self.error is not None:
            raise self.error
        while self.looked_at < self.planned and not stop.is_set():
            self.looked_at += 1
            if self.looked_at == self.stops_after:
                stop.set()


@asynccontextmanager
async def running(
    letters: Letters, swept: list[int], seconds_max: float = 20.0
) -> AsyncIterator[Sender]:
    sender = Sender(
        letters,
        stop=letters.stop,
        swept=lambda: swept.append(letters.looked_at),
        seconds_max=seconds_max,
    )
    loop = asyncio.create_task(sender.run(lambda: None))
    try:
        yield sender
    finally:
        letters.stop.set()
        with suppress(TransientError, LookupError):
            await loop


async def test_a_sweep_returns_when_every_letter_was_looked_at() -> None:
    letters, swept = Letters(asyncio.Event()), list[int]()
    letters.planned = 3
    async with running(letters, swept) as sender:
        await sender.sweep()
        letters.planned = 5
        await sender.sweep()
        assert (letters.looked_at, letters.looks_again) == (5, 2)
    assert swept[-1] == 5


async def test_what_an_ended_instance_left_is_looked_for_in_the_first_pass_alone() -> None:
    letters = Letters(asyncio.Event())
    async with running(letters, []) as sender:
        await sender.sweep()
        await sender.sweep()
    assert letters.recovered[:2] == [True, False]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TransientError("the monitor does not answer"), "the monitor does not answer"),
        (LookupError("a secret"), "a fault of the notifier: LookupError"),
    ],
)
async def test_a_sweep_says_why_its_pass_failed(error: Exception, reason: str) -> None:
    letters, swept = Letters(asyncio.Event()), list[int]()
    letters.error = error
    async with running(letters, swept) as sender:
        with pytest.raises(TransientError) as told:
            await sender.sweep()
    assert told.value.message == f"the letters were not all looked at: {reason}"
    assert swept == []


async def test_a_sweep_that_does_not_end_in_time_is_not_done() -> None:
    letters = Letters(asyncio.Event())
    letters.endless = True
    async with running(letters, [], seconds_max=0.05) as sender:
        with pytest.raises(TransientError, match=r"within 0\.05 seconds"):
            await sender.sweep()


async def test_a_sweep_cut_short_by_the_end_of_the_service_is_not_done() -> None:
    letters, swept = Letters(asyncio.Event()), list[int]()
    letters.planned, letters.stops_after = 9, 4
    async with running(letters, swept) as sender:
        with pytest.raises(TransientError, match="the notifier is ending"):
            await sender.sweep()
    assert (letters.looked_at, swept) == (4, [])
