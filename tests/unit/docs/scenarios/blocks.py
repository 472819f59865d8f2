"""The blocks of a document that tell a scenario, and what each of their lines is made of.

A line is a policy, an event, or, after an arrow, what must hold; an indented line continues the one
before it. A line begins with its day, unless that is the day of the line before, and with who it is
about, unless that is the only customer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

ARROW: Final = "→"
_FENCE: Final = "```"
_OPENING: Final = "```scenario"
_DAY: Final = r"\d{4}-\d\d-\d\d"
_HEAD: Final = re.compile(
    rf"(?:(?P<at>{_DAY}(?:T\d\d:\d\dZ)?)\s+)?"
    rf"(?:\(of (?P<of>{_DAY})\)\s+)?"
    r"(?:(?P<who>[\w.-]+(?::[\w.-]+)?): )?"
    r"(?P<what>.*)",
    re.DOTALL,
)


class ScenarioError(AssertionError):
    """A scenario's line cannot be read, or does not hold."""


@dataclass(frozen=True)
class Line:
    """One line with those that continue it."""

    #: Its place in the document.
    number: int
    text: str

    @property
    def is_claim(self) -> bool:
        """Whether it says what must hold."""
        return self.text.startswith(ARROW)


@dataclass(frozen=True)
class Block:
    """A scenario: the heading it stands under, and its lines."""

    title: str
    number: int
    lines: list[Line]


@dataclass(frozen=True)
class Head:
    """What a line begins with, and the rest of it."""

    #: A day, which begins at midnight in the creditor's zone, or an instant; None: as before.
    at: date | datetime | None
    #: The day it happened on, where that is an earlier one than the day it came.
    of: date | None
    who: str | None
    what: str


def blocks(document: Path) -> list[Block]:
    """Return a document's scenarios in order."""
    return list(_blocks(document.read_text(encoding="utf-8")))


def _blocks(text: str) -> Iterator[Block]:
    title, opened, lines = "", 0, list[Line]()
    for number, row in enumerate(text.splitlines(), start=1):
        if opened and row.startswith(_FENCE):
            yield Block(title, opened, lines)
            opened, lines = 0, []
        elif opened and row.strip():
            _append(lines, number, row)
        elif row.startswith(_OPENING):
            opened = number
        elif row.startswith("#"):
            title = row.lstrip("# ")


def _append(lines: list[Line], number: int, row: str) -> None:
    if row[0].isspace() and lines:
        last = lines.pop()
        lines.append(Line(last.number, f"{last.text}\n{row}"))
    else:
        lines.append(Line(number, row))


def head(text: str) -> Head:
    """Take a line's beginning apart."""
    found = _HEAD.fullmatch(text.removeprefix(ARROW).strip())
    assert found is not None
    at = found["at"]
    return Head(
        at=None if at is None else _moment(at),
        of=None if found["of"] is None else date.fromisoformat(found["of"]),
        who=found["who"],
        what=found["what"],
    )


def _moment(text: str) -> date | datetime:
    if "T" not in text:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
