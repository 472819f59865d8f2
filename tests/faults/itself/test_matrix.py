"""The matrix repeats itself by its seed, leaves no row out, and gives every pair its turn."""

from collections import Counter

import pytest

from tests.faults.matrix import FAULTS, GREAT, SHORT_RUNS, STATES, long_matrix, short_matrix


@pytest.mark.parametrize("seed", range(20))
def test_a_short_matrix_has_every_row(seed: int) -> None:
    plans = short_matrix(seed)
    assert len(plans) == SHORT_RUNS
    assert {plan.fault.row for plan in plans} == {fault.row for fault in FAULTS}
    assert len({plan.fault.name for plan in plans}) == SHORT_RUNS


def test_the_same_seed_makes_the_same_matrix_and_another_seed_another() -> None:
    assert short_matrix(3) == short_matrix(3)
    assert long_matrix(3, 50) == long_matrix(3, 50)
    assert short_matrix(3) != short_matrix(4)


def test_a_long_matrix_gives_every_fault_its_turn_in_every_state() -> None:
    pairs = len(FAULTS) * len(STATES)
    counts = Counter(
        (plan.fault.name, plan.state) for plan in long_matrix(1, 2 * pairs + len(GREAT))
    )
    great = [counts.pop(one) for one in list(counts) if one[0] in {fault.name for fault in GREAT}]
    assert great == [1] * len(GREAT)
    assert len(counts) == pairs
    assert set(counts.values()) == {2}


def test_a_longer_matrix_begins_as_a_shorter_one() -> None:
    assert long_matrix(5, 500)[:100] == long_matrix(5, 100)


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len({fault.name for fault in (*FAULTS, *GREAT)}) == len(FAULTS) + len(GREAT)
