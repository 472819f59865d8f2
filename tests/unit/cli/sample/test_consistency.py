"""Whatever the seed, the length and the types asked for: nothing is told that cannot have been."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.sample import Trade, generate
from cli.sample.teller import CORE_TYPES
from shared.contracts.catalogue import CATALOGUE
from tests.unit.cli.sample.folds import FOLDS, faults_of

SEEDS = st.integers(0, 2**32)


def test_the_books_know_every_type_of_the_catalogue() -> None:
    assert set(FOLDS) == set(CATALOGUE)


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_half_a_year_of_two_hundred_customers_has_no_fault(seed: int) -> None:
    assert faults_of(generate(Trade(seed=seed))) == []


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(34, id="paid before a note on the wrong invoice is taken back"),
        pytest.param(886, id="insolvent while enforcement was off already"),
    ],
)
def test_what_once_came_out_wrong_has_no_fault(seed: int) -> None:
    assert faults_of(generate(Trade(customers=10, days=300, seed=seed))) == []


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, days=st.integers(1, 400), types=st.sets(st.sampled_from(sorted(CATALOGUE))))
def test_only_what_was_asked_for_is_told_and_it_holds_together(
    seed: int, days: int, types: set[str]
) -> None:
    trade = Trade(customers=10, days=days, seed=seed)
    events = list(generate(trade, types))
    assert {event.type for event in events} <= CORE_TYPES | types
    assert faults_of(events) == []


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, days=st.integers(1, 400))
def test_the_contracts_accept_every_event_of_any_seed(seed: int, days: int) -> None:
    for event in generate(Trade(customers=10, days=days, seed=seed)):
        data = msgspec.json.encode(event.data)
        msgspec.json.decode(data, type=CATALOGUE[event.type].struct).check()


def test_what_is_not_asked_for_changes_nothing_that_is_paid() -> None:
    silent = {*CATALOGUE} - {name for name in CATALOGUE if name.startswith(("promise", "dunning"))}
    trade = Trade(customers=60)

    def payments(types: set[str]) -> dict[str, dict[str, Any]]:
        events = generate(trade, types)
        return {event.key: event.data for event in events if event.type == "payment.received.v1"}

    assert payments(silent) == payments(set(CATALOGUE))
