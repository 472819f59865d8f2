"""Ratios of medians, and when a bar is reached."""

import pytest

from benchmarks.frame.bars import Bar


@pytest.mark.parametrize(
    ("above", "below", "bar", "direction", "ratio", "met"),
    [
        ([2.0, 4.0, 100.0], [8.0, 8.0, 8.0], 0.5, "at least", 0.5, True),
        ([2.0, 3.9, 100.0], [8.0, 8.0, 8.0], 0.5, "at least", 0.4875, False),
        ([2.0, 4.0, 4.0], [2.0, 2.0, 2.0], 2.0, "at most", 2.0, True),
        ([2.0, 4.1, 4.1], [2.0, 2.0, 2.0], 2.0, "at most", 2.05, False),
    ],
)
def test_a_bar_goes_by_the_medians(
    above: list[float], below: list[float], bar: float, direction: str, ratio: float, met: bool
) -> None:
    one = Bar(
        name="P",
        sentence="",
        above=("a", "rate"),
        below=("b", "rate"),
        bar=bar,
        direction=direction,
    )
    verdict = one.judge({"a": {"rate": above}, "b": {"rate": below}})
    assert verdict is not None
    assert (verdict.ratio, verdict.met) == (pytest.approx(ratio), met)


def test_the_range_is_that_of_the_repetitions_own_ratios() -> None:
    one = Bar(name="P", sentence="", above=("a", "rate"), below=("b", "rate"), bar=1.0)
    verdict = one.judge({"a": {"rate": [1.0, 9.0]}, "b": {"rate": [2.0, 3.0]}})
    assert verdict is not None
    assert (verdict.ratio_min, verdict.ratio_max) == (0.5, 3.0)


def test_what_was_not_measured_has_no_verdict() -> None:
    one = Bar(name="P", sentence="", above=("a", "rate"), below=("b", "rate"), bar=1.0)
    assert one.judge({"a": {"rate": [1.0]}}) is None
