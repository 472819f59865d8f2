"""Bars: ratios of two figures, and whether they are reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

#: Figures of every repetition, by subject and name.
Figures = Mapping[str, Mapping[str, Sequence[float]]]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One ratio: the median of a subject's figure by the median of another's."""

    #: As the page of bars names it, as in P1.
    name: str
    sentence: str
    #: (subject, figure) above and below the line.
    above: tuple[str, str]
    below: tuple[str, str]
    bar: float
    direction: Literal["at least", "at most"] = "at least"

    def judge(self, figures: Figures) -> "Verdict | None":
        """Return what came of it, None where one of the two was not measured."""
        above = figures.get(self.above[0], {}).get(self.above[1])
        below = figures.get(self.below[0], {}).get(self.below[1])
        if not above or not below:
            return None
        ratio = median(above) / median(below)
        pairs = [one / other for one, other in zip(above, below, strict=True)]
        met = ratio >= self.bar if self.direction == "at least" else ratio <= self.bar
        return Verdict(
            bar=self,
            ratio=ratio,
            ratio_min=min(pairs),
            ratio_max=max(pairs),
            met=met,
            above=above,
            below=below,
        )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of a bar; the range is that of the repetitions' own ratios."""

    bar: Bar
    ratio: float
    ratio_min: float
    ratio_max: float
    met: bool
    above: Sequence[float]
    below: Sequence[float]

    def as_json(self) -> dict[str, Any]:
        """Return it as `latest.json` has it."""
        bar = self.bar
        return {
            "ratio": round(self.ratio, 4),
            "bar": bar.bar,
            "direction": bar.direction,
            "met": self.met,
            "range": [round(self.ratio_min, 4), round(self.ratio_max, 4)],
            "sentence": bar.sentence,
            "figures": {
                f"{bar.above[0]}: {bar.above[1]}": [round(one, 3) for one in self.above],
                f"{bar.below[0]}: {bar.below[1]}": [round(one, 3) for one in self.below],
            },
        }
