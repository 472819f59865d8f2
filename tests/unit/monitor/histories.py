"""Generated histories: events in any order, twice, in batches, on days of their own."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from hypothesis import strategies as st

from services.monitor.domain.folds.event import Event
from shared.contracts.fields import Inbound
from tests.unit.monitor.builders import SAID_AT, amended, issued, paid, reversed_
from tests.unit.monitor.drawing import (
    FIRST_DAY,
    any_event,
    business_key,
    issued_invoice,
    paid_and_moved,
    parts_due,
)

EVENTS_MAX: Final = 14
#: Events arrive on one of so many days after the first.
ARRIVAL_DAYS: Final = 75


def _named(facts: list[Inbound]) -> list[Event]:
    """Give events names and times of their own."""
    return [
        Event(f"e{number}", SAID_AT + timedelta(minutes=number), data)
        for number, data in enumerate(facts)
    ]


@st.composite
def _facts(draw: st.DrawFn, *, only_named: bool) -> list[Inbound]:
    """Draw at least two invoices and whatever else, in any order."""
    count = draw(st.integers(0, EVENTS_MAX))
    more = [draw(any_event(only_named=only_named)) for _ in range(count)]
    return draw(st.permutations([draw(issued_invoice("A")), draw(issued_invoice("B")), *more]))


@st.composite
def consistent(draw: st.DrawFn, *, only_named: bool = False) -> list[Event]:
    """Draw events that do not contradict each other: one content for each business key.

    With `only_named`, all money names its invoices, to the last unit, in the end.
    """
    facts = draw(_facts(only_named=only_named))
    if only_named and draw(st.booleans()):
        came, *moves = draw(paid_and_moved())
        others = [one for one in facts if business_key(one) != business_key(came)]
        facts = draw(st.permutations([*others, came, *moves]))
    kept: dict[tuple[object, ...], Inbound] = {}
    for number, data in enumerate(facts):
        kept[business_key(data) or (number,)] = data
    return _named(list(kept.values()))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Draw any events in any order: said twice, contradicting each other, all of it."""
    return _named(draw(_facts(only_named=False)))


@st.composite
def shuffled(draw: st.DrawFn, events: list[Event]) -> list[Event]:
    """Draw another order of arrival, with some events arriving again."""
    again = draw(st.lists(st.sampled_from(events), max_size=4))
    return draw(st.permutations(events + again))


@st.composite
def batched(draw: st.DrawFn, events: list[Event]) -> list[list[Event]]:
    """Draw a way to cut events into batches."""
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(events) - 1)))))
    edges = [0, *cuts, len(events)]
    return [events[start:end] for start, end in pairwise(edges)]


@dataclass(frozen=True)
class Arrival:
    """Events that arrive on one day, in order."""

    on: date
    events: list[Event]


@st.composite
def calendars(draw: st.DrawFn) -> list[Arrival]:
    """Draw a history spread over days."""
    events = draw(histories())
    offsets = sorted(draw(st.integers(0, ARRIVAL_DAYS)) for _ in events)
    by_day: dict[int, list[Event]] = {}
    for offset, event in zip(offsets, events, strict=True):
        by_day.setdefault(offset, []).append(event)
    return [Arrival(FIRST_DAY + timedelta(days), arrived) for days, arrived in by_day.items()]


@st.composite
def one_invoice(draw: st.DrawFn) -> list[Arrival]:
    """Draw the days of one invoice that is amended again and again, paid and bounced between."""
    steps: list[Inbound] = [issued("A", *draw(parts_due((1, 2, 3))))]
    for number in range(1, draw(st.integers(2, 8))):
        terms = amended("A", number, *draw(parts_due((1, 2, 3))))
        money = paid(f"P{number}", "100")
        bounce = reversed_("R", f"P{number - 1}")
        steps += [draw(st.sampled_from((terms, terms, terms, money, bounce)))]
    on = (FIRST_DAY + timedelta(7 * number) for number in range(len(steps)))
    return [Arrival(today, [event]) for today, event in zip(on, _named(steps), strict=True)]
