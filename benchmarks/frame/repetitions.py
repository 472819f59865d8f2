"""Repetitions, interleaved: each goes through all subjects, so that a bad minute hits all alike."""

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter

from benchmarks.frame.contender import Subject


async def repeat(
    subjects: Sequence[Subject], repetitions: int, say: Callable[[str], None]
) -> dict[str, dict[str, list[float]]]:
    """Measure each subject so many times; returns figures by subject and name.

    Every repetition begins with the next subject, so that none is always the first.
    """
    figures: dict[str, dict[str, list[float]]] = {one.name: {} for one in subjects}
    for repetition in range(repetitions):
        turn = repetition % max(1, len(subjects))
        for subject in (*subjects[turn:], *subjects[:turn]):
            started = perf_counter()
            found = await subject.measure(repetition)
            for name, value in found.items():
                figures[subject.name].setdefault(name, []).append(value)
            name, value = next(iter(found.items()))
            say(
                f"  {repetition + 1}/{repetitions} {subject.name}: {value:,.4g} "
                f"{name.replace('_', ' ')} ({perf_counter() - started:.1f} s)"
            )
    return figures


def medians(figures: dict[str, dict[str, list[float]]]) -> list[tuple[str, str, float, float]]:
    """Return (subject, figure, median, half of the range by the median) of each."""
    return [
        (subject, name, median(values), (max(values) - min(values)) / 2 / median(values))
        for subject, named in figures.items()
        for name, values in named.items()
        if values and median(values)
    ]
