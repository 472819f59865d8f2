"""One repetition of a contender: the time between two of its answers, and whether it is right."""

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Final

from benchmarks.frame.contender import Contender, Course
from benchmarks.frame.servers import Servers
from benchmarks.frame.usage import read_usage
from benchmarks.stream.mix import Stream

#: How often a contender is asked how far it is.
ASK_SECONDS: Final = 0.02
#: A contender that does not move on for so long has failed.
STANDSTILL_SECONDS_MAX: Final = 60.0
#: The figure that bars compare.
EVENTS_PER_SECOND: Final = "events_per_second"


class WrongBalancesError(RuntimeError):
    """A contender came to other balances than the events do: it is not comparable."""


class Folding:
    """A contender as a subject: events per second, after its balances have been compared."""

    def __init__(
        self, contender: Contender, servers: Servers, stream: Stream, warm_up_events: int
    ) -> None:
        self.name = contender.name
        self._contender = contender
        self._servers = servers
        self._stream = stream
        self._warm_up_events = warm_up_events

    async def measure(self, repetition: int) -> Mapping[str, float]:
        """Fold the whole stream once."""
        del repetition
        async with self._servers.course(self._stream, self._warm_up_events) as course:
            try:
                await self._contender.start(course)
                figures = await self._watch(course)
                _compare(self.name, await self._contender.balances(), self._stream.balances)
            finally:
                await self._contender.stop()
        return figures

    async def _watch(self, course: Course) -> dict[str, float]:
        """Return the rate, and costs by event, from the first answer past the warm-up to the last.

        Raises `TimeoutError` when the contender stands still.
        """
        wanted = len(course.stream.events)
        done, started_at = await self._reach(course.warm_up_events)
        before = await read_usage(self._servers)
        if done >= wanted:
            message = f"{self.name} did all {done} events at once: too few to take the time"
            raise ValueError(message)
        last, ended_at = await self._reach(wanted)
        after = await read_usage(self._servers)
        events = last - done
        rate = events / (ended_at - started_at)
        return {EVENTS_PER_SECOND: rate, **after.per_event(before, events)}

    async def _reach(self, wanted: int) -> tuple[int, float]:
        """Return how many events were done, and when, as soon as they were as many as wanted."""
        done, moved_at = 0, perf_counter()
        while True:
            found, now = await self._contender.done(), perf_counter()
            if found > done:
                done, moved_at = found, now
            if done >= wanted:
                return done, now
            if now - moved_at > STANDSTILL_SECONDS_MAX:
                message = f"{self.name} stands at {done} of {wanted} events"
                raise TimeoutError(message)
            await asyncio.sleep(ASK_SECONDS)


def _compare(name: str, found: Mapping[str, int], expected: Mapping[str, int]) -> None:
    """Raise `WrongBalancesError` that names the first account where they differ."""
    for account_id in sorted(found.keys() | expected.keys()):
        if found.get(account_id, 0) != expected.get(account_id, 0):
            message = (
                f"{name}: {account_id} has {found.get(account_id, 0)}, "
                f"the events come to {expected.get(account_id, 0)}"
            )
            raise WrongBalancesError(message)
