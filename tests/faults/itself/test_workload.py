"""The workload is seeded, of every type, and its poison is refused and nothing else."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from itertools import islice
from random import Random

import pytest

from cli.sample.history import tell_history
from services.ingest.domain.bindings import from_kafka
from services.ingest.domain.judgement import Accepted, Refusal, judge
from services.ingest.domain.naming import first_digests, settle
from shared.contracts.catalogue import CATALOGUE
from tests.faults.telling.fuzz import fuzz
from tests.faults.telling.poison import SPOILED
from tests.faults.telling.workload import Message, Size, make_workload

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
#: How many codes a short flood has at least.
CODES_MIN = 15


def judged(messages: list[Message]) -> list[bool]:
    """Say of each message whether it is accepted, as a duplicate or not."""
    arrivals = [
        judge(
            from_kafka(one.topic, 0, place, one.headers, one.value), now=NOW, event_bytes_max=2**18
        )
        for place, one in enumerate(messages)
    ]
    digests = first_digests(arrivals)
    outcomes = settle(arrivals, fresh=set(digests), kept=digests)
    return [isinstance(one, Accepted) or hasattr(one, "accepted") for one in outcomes]


@pytest.mark.parametrize("seed", range(5))
def test_poison_is_refused_and_nothing_else(seed: int) -> None:
    workload = make_workload(seed, 3, TODAY, Size(poison=0.5))
    messages = [*workload.before, *workload.after, *workload.last]
    assert judged(messages) == [not one.is_poison for one in messages]


@pytest.mark.parametrize("spoil", SPOILED, ids=[one.__name__ for one in SPOILED])
def test_every_way_of_spoiling_is_refused(spoil: object) -> None:
    story = tell_history(5, start=TODAY, days=90, seed=1, types=tuple(CATALOGUE))
    random = Random(7)
    good = [Message("t", None, event.as_line()) for event in story]
    bad = []
    for _ in range(10):
        for event in story:
            value, headers = spoil(random, json.loads(event.as_line()))  # type: ignore[operator]
            bad.append(Message("t", None, value, headers=headers, is_poison=True))
    assert judged(good + bad) == [True] * len(good) + [False] * len(bad)


def test_the_same_seed_makes_the_same_messages_and_another_run_other_customers() -> None:
    first = make_workload(7, 1, TODAY, Size())
    assert first == make_workload(7, 1, TODAY, Size())
    customers = [
        {
            json.loads(one.value or b"")["data"]["customer_id"]
            for one in workload.before
            if not one.is_poison
        }
        for workload in (first, make_workload(7, 2, TODAY, Size()))
    ]
    assert not customers[0] & customers[1]


@pytest.mark.parametrize("seed", range(5))
def test_every_inbound_type_occurs(seed: int) -> None:
    workload = make_workload(seed, 1, TODAY, Size())
    types = {
        json.loads(one.value or b"")["type"]
        for one in (*workload.before, *workload.after, *workload.last)
        if not one.is_poison
    }
    assert types == set(CATALOGUE)


def test_what_is_fuzzed_is_refused_in_many_ways() -> None:
    story = tell_history(5, start=TODAY, days=90, seed=1, types=tuple(CATALOGUE))
    bad = list(islice(fuzz(Random(7), story, NOW), 3_000))
    assert judged(bad) == [False] * len(bad)
    assert bad == list(islice(fuzz(Random(7), story, NOW), 3_000))
    found = [
        judge(from_kafka(one.topic, 0, 0, one.headers, one.value), now=NOW, event_bytes_max=2**18)
        for one in bad
    ]
    codes = Counter(one.code for one in found if isinstance(one, Refusal))
    assert len(codes) >= CODES_MIN, codes
