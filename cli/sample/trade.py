"""A whole trade: every customer's history, in order of time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from cli.sample.events import Event
from cli.sample.history import tell_history
from shared.contracts.catalogue import CATALOGUE

#: Senders repeat themselves now and then, word for word.
DUPLICATE_SHARE: Final = 0.005
CUSTOMERS_MAX: Final = 50_000
DAYS_MAX: Final = 3_660


@dataclass(frozen=True, kw_only=True)
class Trade:
    """How much trade to make up; the same values give the same events."""

    customers: int = 200
    days: int = 180
    seed: int = 7
    start: date = date(2026, 1, 5)


def generate(trade: Trade, types: Collection[str] = tuple(CATALOGUE)) -> Iterator[Event]:
    """Give the events in order of time, duplicates included, of the `types` that are known.

    Customers, invoices and payments are always told of. What cannot be told consistently without a
    type that is left out does not happen.
    """
    events: list[Event] = []
    for number in range(1, trade.customers + 1):
        events += tell_history(
            number, start=trade.start, days=trade.days, seed=trade.seed, types=types
        )
    # A sort that is stable keeps what one customer does within the same second in its order.
    events.sort(key=lambda event: event.at)
    random = Random(f"{trade.seed}/duplicates")  # noqa: S311  (a story, no secret)
    for event in events:
        yield event
        if random.random() < DUPLICATE_SHARE:
            yield event
