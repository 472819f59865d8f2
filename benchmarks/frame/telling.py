"""How a run is told: on the terminal, in `latest.json`, and as a plot."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from benchmarks.frame.bars import Verdict

SVG: Final = "http://www.w3.org/2000/svg"
WIDTH: Final = 860
ROW: Final = 34
LEFT: Final = 330
SCALE: Final = 200
TOP: Final = 60


def table(verdicts: Sequence[Verdict]) -> str:
    """Return the bars in lines: ratio, range, bar, and whether it is reached."""
    lines = [f"{'':4} {'ratio':>7}  {'range':>15}  {'bar':>15}"]
    for one in verdicts:
        told = f"{one.ratio_min:.2f} to {one.ratio_max:.2f}"
        bar = f"{one.bar.direction} {one.bar.bar:g}"
        met = "met" if one.met else "NOT MET"
        name, sentence = one.bar.name, one.bar.sentence
        lines.append(f"{name:4} {one.ratio:7.2f}  {told:>15}  {bar:>15}  {met:8} {sentence}")
    return "\n".join(lines)


def write_json(
    file: Path,
    verdicts: Sequence[Verdict],
    figures: Mapping[str, Mapping[str, Sequence[float]]],
    about: Mapping[str, Any],
) -> None:
    """Write the verdicts by name, then all figures and what they were measured on."""
    content: dict[str, Any] = {one.bar.name: one.as_json() for one in verdicts}
    content["figures"] = {
        subject: {name: [round(value, 3) for value in values] for name, values in named.items()}
        for subject, named in figures.items()
    }
    content["about"] = dict(about)
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_plot(file: Path, verdicts: Sequence[Verdict], caption: str) -> None:
    """Draw each ratio by its bar, which is the line at 1: what is right of it is reached."""
    height = TOP + ROW * len(verdicts) + 40
    bottom = TOP + ROW * len(verdicts)
    parts = [
        f'<svg xmlns="{SVG}" width="{WIDTH}" height="{height}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        '<text x="16" y="24" font-size="16">Each ratio by its bar; 1 is reached</text>',
        f'<text x="16" y="44" fill="#555">{escape(caption)}</text>',
        *(line for number, one in enumerate(verdicts) for line in _row(one, TOP + ROW * number)),
        f'<line x1="{LEFT + SCALE}" x2="{LEFT + SCALE}" y1="{TOP}" y2="{bottom}" stroke="#333"/>',
        "</svg>",
    ]
    file.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _row(verdict: Verdict, y: int) -> list[str]:
    """Draw one ratio: its name, a bar, its range and its figures."""
    bar = verdict.bar
    reached = _reached(verdict, verdict.ratio)
    low, high = sorted((_reached(verdict, verdict.ratio_min), _reached(verdict, verdict.ratio_max)))
    colour = "#2a7" if verdict.met else "#c53"
    end = LEFT + _x(max(reached, high)) + 8
    told = escape(f"{verdict.ratio:.2f} ({bar.direction} {bar.bar:g})")
    x1, x2 = LEFT + _x(low), LEFT + _x(high)
    return [
        f'<text x="16" y="{y + 18}">{escape(_short(f"{bar.name}  {bar.sentence}"))}</text>',
        f'<rect x="{LEFT}" y="{y + 5}" width="{_x(reached):.0f}" height="16" fill="{colour}"/>',
        f'<line x1="{x1:.0f}" x2="{x2:.0f}" y1="{y + 13}" y2="{y + 13}" stroke="black"/>',
        f'<text x="{end:.0f}" y="{y + 18}">{told}</text>',
    ]


def _reached(verdict: Verdict, ratio: float) -> float:
    """Return how far a ratio is from its bar: above 1 is reached, whatever the direction."""
    bar = verdict.bar
    return ratio / bar.bar if bar.direction == "at least" else bar.bar / ratio


def _x(reached: float) -> float:
    return min(reached, 2.0) * SCALE


def _short(text: str) -> str:
    return text if len(text) <= 46 else f"{text[:45]}…"  # noqa: PLR2004
