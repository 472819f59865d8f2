"""Days of trade played to a stack with a manual clock: the clock, the day's events, rest."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from cli.api.client import Client
from cli.api.clocks import set_clock
from cli.api.settling import settle
from cli.errors import FailedError
from cli.publishing import Publisher
from cli.sample.events import Event
from shared.calendar import start_of_day

#: One day of trade takes well under a second to come to rest; this is for a machine under load.
SETTLE_SECONDS_MAX: Final = 120.0


@dataclass(frozen=True, kw_only=True)
class Day:
    """One civil day and the lines that are published on it."""

    day: date
    lines: tuple[bytes, ...]


def days_of(events: Iterable[Event]) -> Iterator[Day]:
    """Cut events, which are in order of time, into the days on which there are any."""
    for day, found in groupby(events, key=lambda event: event.at.date()):
        yield Day(day=day, lines=tuple(event.as_line() for event in found))


async def replay(
    client: Client,
    publisher: Publisher,
    days: Iterable[Day],
    time_zone: str,
    report: Callable[[Day], None],
) -> int:
    """Play the days and return how many events were published; `report` hears of each day's end.

    Raises `FailedError` when a line cannot be sent or a day does not come to rest.
    """
    published = 0
    for day in days:
        await set_clock(client, start_of_day(day.day, time_zone))
        done = await publisher.publish_all(day.lines)
        if done.bad:
            message = f"{day.day}: line {done.bad[0].line} cannot be sent: {done.bad[0].reason}"
            raise FailedError(message)
        moving = await settle(client, seconds_max=SETTLE_SECONDS_MAX)
        if moving:
            said = "; ".join(str(progress) for progress in moving)
            message = f"{day.day} did not come to rest in {SETTLE_SECONDS_MAX:g} s: {said}"
            raise FailedError(message)
        published += done.published
        report(day)
    return published
