"""A seeded history of every inbound type, as upstream systems would send it: badly.

The events are the sample trade's own stories; this module adds repeats, reordering, the choice of
keys, and poison, and knows what must become of each record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from cli.sample.events import Event
from cli.sample.history import tell_history
from shared.contracts.catalogue import CATALOGUE, topic_of
from tests.faults.telling.poison import poisoned

#: A run's customers have numbers of their own, so that runs share a database.
NUMBERS_PER_RUN: Final = 10_000
HISTORY_DAYS: Final = 240
#: Where the history is cut: what comes before the fault, and what comes before the sweep.
PARTS: Final = (0.6, 0.9)
DUPLICATE_SHARE: Final = 0.05
POISON_SHARE: Final = 0.03
#: Marks, for the checks alone, what must be refused; ingest reads no such header.
POISON_HEADER: Final = "faults-poison"
#: How many customers are looked at for a type that none of the run's tells of.
LOOKED_AT_MAX: Final = 400
#: Keys upstream systems choose: none, the invoice's, the customer's.
KEYS: Final = ("", "invoice_id", "customer_id")


@dataclass(frozen=True, slots=True)
class Message:
    """One record for an inbound topic."""

    topic: str
    key: bytes | None
    value: bytes | None
    #: Says where a record without a key goes, so that what spoils an event comes behind it.
    chance: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()
    #: Whether it must be refused.
    is_poison: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    customers: int = 4
    duplicates: float = DUPLICATE_SHARE
    poison: float = POISON_SHARE
    #: Events arrive up to so much later than they happened.
    shuffled_within: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Workload:
    """A run's messages: told before the fault, while it lasts or after, and at a sweep."""

    before: Sequence[Message]
    after: Sequence[Message]
    last: Sequence[Message]

    @property
    def events(self) -> int:
        """How many messages there are."""
        return len(self.before) + len(self.after) + len(self.last)


def make_workload(seed: int, run: int, today: date, size: Size) -> Workload:
    """Make a run's messages; the same arguments give the same messages.

    The history ends the day before `today`.
    """
    random = Random(f"workload/{seed}/{run}")
    start = today - timedelta(days=HISTORY_DAYS)
    events = _stories(random, run, start, size)
    order = sorted(
        (event.at + size.shuffled_within * random.random(), number)
        for number, event in enumerate(events)
    )
    told = [events[number] for _at, number in order]
    first, second = (int(len(told) * part) for part in PARTS)
    return Workload(
        before=_messages(random, told[:first], size),
        after=_messages(random, told[first:second], size),
        last=_messages(random, told[second:], size),
    )


def _stories(random: Random, run: int, start: date, size: Size) -> list[Event]:
    """Tell of so many customers, and of those it takes for every type to occur."""
    first = run * NUMBERS_PER_RUN
    numbers = iter(range(first, first + LOOKED_AT_MAX))
    seed = random.randrange(1_000_000)
    missing = set(CATALOGUE)
    events: list[Event] = []
    for place, number in enumerate(numbers):
        story = tell_history(
            number, start=start, days=HISTORY_DAYS, seed=seed, types=tuple(CATALOGUE)
        )
        tells = {event.type for event in story}
        if place < size.customers or tells & missing:
            missing -= tells
            events += story
        if place >= size.customers and not missing:
            break
    return events


def _messages(random: Random, events: Sequence[Event], size: Size) -> list[Message]:
    """Send events with repeats and poison, some of which comes last in any case."""
    messages: list[Message] = []
    for event in events:
        sent = sent_badly(random, event, size)
        messages += sent
        if event is events[-1] and not sent[-1].is_poison:
            messages.append(_poison(random, sent[-1], event))
    return messages


def sent_badly(random: Random, event: Event, size: Size) -> list[Message]:
    """Send an event, at times twice, at times with something bad behind it."""
    messages = [_message(random, event)]
    if random.random() < size.duplicates:
        messages.append(_message(random, event))
    if random.random() < size.poison:
        messages.append(_poison(random, messages[0], event))
    return messages


def _message(random: Random, event: Event) -> Message:
    key = event.data.get(random.choice(KEYS))
    return Message(
        topic=topic_of(event.type),
        key=str(key).encode() if key is not None else None,
        value=event.as_line(),
        chance=random.randrange(1000),
    )


def _poison(random: Random, message: Message, event: Event) -> Message:
    value, headers = poisoned(random, event)
    if value is None and message.key is None:
        value = b""  # the client refuses to send a record of nothing at all
    return Message(
        message.topic,
        message.key,
        value,
        message.chance,
        (*headers, (POISON_HEADER, b"")),
        is_poison=True,
    )
