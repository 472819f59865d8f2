"""What is shown: JSON lines for programs, tables and bars for people.

Standard output carries the answer alone; everything said on the way goes to standard error.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

#: The width of tables that no terminal limits.
PIPE_COLUMNS: Final = 200


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: `key` names the value in a row; amounts stand to the right."""

    title: str
    key: str
    right: bool = False


def columns(names: str) -> tuple[Column, ...]:
    """Read columns as in `item_id:Item open:Open>`; `>` puts them to the right."""
    return tuple(
        Column(title=title.rstrip(">").replace("_", " "), key=key, right=title.endswith(">"))
        for key, _, title in (name.partition(":") for name in names.split())
    )


def print_json(row: Any) -> None:
    """Print one JSON line."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def print_line(text: str) -> None:
    """Print one line of the answer for people."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """Say something on the way, to whoever watches."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def answer_console() -> Console:
    """Return the console of the answer: as wide as the terminal, or wide enough for a file."""
    return Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS, soft_wrap=False)


def print_table(shown: Sequence[Column], rows: Iterable[dict[str, Any]], title: str = "") -> None:
    """Print rows as a table."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in shown:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=column.right,
        )
    for row in rows:
        table.add_row(*(Text(as_text(row.get(column.key))) for column in shown))
    console = answer_console()
    if title:
        console.print(f"\n{title}", style="bold", markup=False, highlight=False)
    console.print(table)


def count_of(count: int, noun: str) -> str:
    """Write a number of things, as in `1 event` and `2 events`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def as_text(value: Any) -> str:
    """Write one value of a row for people."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(as_text(part) for part in value)
    return str(value)


@contextmanager
def progress_bar(*, hidden: bool = False) -> Iterator[Progress]:
    """Show a bar on a terminal's standard error; elsewhere nothing is drawn."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=hidden or not console.is_terminal,
    ) as progress:
        yield progress
