"""A trade without end, week by week: as many customers as ever, each new one after one that left.

What is told of a week is told badly, as in a run: with repeats, poison, and in no strict order.
"""

from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from cli.sample.history import tell_history
from shared.calendar import start_of_day
from shared.contracts.catalogue import CATALOGUE
from tests.faults.telling.workload import Message, Size, sent_badly

#: Who trades at the same time: so many that a week of theirs fills about ten seconds.
CUSTOMERS: Final = 12_000
#: How long one of them trades; those of the beginning leave sooner, one after another.
STORY_DAYS: Final = 240
STORY_DAYS_MIN: Final = 30
#: How long before the first day the trade begins: that is told in one go.
OPENING_DAYS: Final = 28
WEEK: Final = timedelta(days=7)


class Trade:
    """Gives what is told of the next stretch of time; the same arguments give the same messages."""

    def __init__(self, seed: int, first_day: date, zone: str, customers: int = CUSTOMERS) -> None:
        self._random = Random(f"trade/{seed}")
        self._stories_seed = self._random.randrange(1_000_000)
        self._zone = zone
        self._customers = customers
        self._number = 0
        #: When one leaves, another comes.
        self._leaving: list[date] = []
        #: What has not been told yet, by its instant and its place.
        self._waiting: list[tuple[datetime, int, list[Message]]] = []
        self._places = 0
        #: Everything before this day has been given.
        self.day = first_day - timedelta(days=OPENING_DAYS)

    def opening(self) -> list[Message]:
        """Return what is told of the time before the first day."""
        begins = self.day
        for _ in range(self._customers):
            coming = begins + timedelta(days=self._random.randrange(OPENING_DAYS))
            self._comes(coming, self._random.randint(STORY_DAYS_MIN, STORY_DAYS))
        return self._until(begins + timedelta(days=OPENING_DAYS))

    def week(self) -> list[Message]:
        """Return what is told of the next week."""
        end = self.day + WEEK
        for leaving in [day for day in self._leaving if day < end]:
            self._leaving.remove(leaving)
            self._comes(leaving, STORY_DAYS)
        return self._until(end)

    def _comes(self, start: date, days: int) -> None:
        self._number += 1
        self._leaving.append(start + timedelta(days=days))
        size = Size()
        story = tell_history(
            self._number, start=start, days=days, seed=self._stories_seed, types=tuple(CATALOGUE)
        )
        for event in story:
            at = event.at + size.shuffled_within * self._random.random()
            self._places += 1
            self._waiting.append((at, self._places, sent_badly(self._random, event, size)))

    def _until(self, day: date) -> list[Message]:
        self.day = day
        end = start_of_day(day, self._zone)
        told = sorted(one for one in self._waiting if one[0] < end)
        self._waiting = [one for one in self._waiting if one[0] >= end]
        return [message for _at, _place, sent in told for message in sent]
