"""The trade of a soak repeats itself by its seed, tells each story whole, and keeps its size."""

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Final

from shared.contracts.catalogue import CATALOGUE
from tests.faults.soak.outcome import Order, Outcome
from tests.faults.soak.run import hold_to_rate
from tests.faults.system import FIRST_DAY, TIME_ZONE
from tests.faults.telling.trade import OPENING_DAYS, Trade
from tests.faults.telling.workload import Message

CUSTOMERS: Final = 60
MANY: Final = 250
WEEKS: Final = 40


def trade(seed: int, customers: int = CUSTOMERS) -> Trade:
    return Trade(seed, FIRST_DAY, TIME_ZONE, customers)


def weeks(one: Trade, count: int = WEEKS) -> list[list[Message]]:
    return [one.opening(), *(one.week() for _ in range(count))]


def events(messages: list[Message]) -> list[dict[str, str]]:
    return [json.loads(one.value or b"") for one in messages if not one.is_poison]


def test_the_same_seed_tells_the_same_and_another_seed_another() -> None:
    assert weeks(trade(3), 5) == weeks(trade(3), 5)
    assert weeks(trade(3), 5) != weeks(trade(4), 5)


def test_a_stretch_tells_what_happened_in_it_and_the_next_begins_where_it_ends() -> None:
    one = trade(1)
    days = [one.day]
    for tell in (one.opening, *[one.week] * 10):
        told = tell()
        days.append(one.day)
        late = str(one.day + timedelta(days=1))
        assert all(event["time"] < late for event in events(told))
    assert days[1] == FIRST_DAY == days[0] + timedelta(days=OPENING_DAYS)
    assert {later - earlier for earlier, later in pairwise(days[1:])} == {timedelta(days=7)}


def test_every_type_is_told_with_repeats_and_poison_and_the_trade_keeps_its_size() -> None:
    told = weeks(trade(3, MANY))
    messages = [message for week in told for message in week]
    assert {event["type"] for event in events(messages)} == set(CATALOGUE)
    assert any(message.is_poison for message in messages)
    ids = Counter((event["source"], event["id"]) for event in events(messages))
    assert {1, 2} <= set(ids.values())
    sizes = [len(week) for week in told[-20:]]
    assert max(sizes) < 2.5 * min(sizes), sizes


def test_a_soak_that_was_told_much_less_than_asked_for_has_failed() -> None:
    for told, is_right in ((1_000 + 6_000, True), (1_000 + 4_000, False)):
        outcome = Outcome(Order(seed=1, minutes=1), rate=100.0, told=told)
        hold_to_rate(outcome, opening=1_000)
        assert ("told_steadily" not in outcome.violations) is is_right
