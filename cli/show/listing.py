"""One way to show any list of the APIs: JSON lines as the pages come, or a table."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.api.client import Params, Row, connect
from cli.api.clocks import time_zone_if_told
from cli.show.instants import with_local
from cli.show.output import Column, print_json, print_line, print_table, progress_bar


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of one service and how people see it."""

    service: str
    path: str
    columns: Sequence[Column]
    #: What its rows are, for a line under an empty table.
    noun: str
    #: Its instants, which people read in the default creditor's time zone.
    instants: tuple[str, ...] = ()
    #: Turns one row of the API into the rows of the table, where they differ.
    expand: Callable[[Row], Iterable[Row]] | None = None
    #: Gives the lines that stand below the table for one row of the API, where there are any.
    below: Callable[[Row], Iterable[str]] | None = None


def show_list(
    listing: Listing, data: Path, params: Params, *, limit: int | None, as_json: bool
) -> None:
    """Show a list to its end, or to `limit` rows."""
    asyncio.run(_show(listing, data, params, limit=limit, as_json=as_json))


async def _show(
    listing: Listing, data: Path, params: Params, *, limit: int | None, as_json: bool
) -> None:
    async with connect(data) as client:
        rows = client.rows(listing.service, listing.path, params, limit)
        if as_json:
            async for row in rows:
                print_json(row)
            return
        time_zone = await time_zone_if_told(client) if listing.instants else None
        found: list[Row] = []
        lines: list[str] = []
        with progress_bar() as bar:
            task = bar.add_task(f"reading {listing.noun}", total=None)
            async for row in rows:
                shown = with_local(row, listing.instants, time_zone)
                found += listing.expand(shown) if listing.expand else [shown]
                lines += listing.below(shown) if listing.below else []
                bar.advance(task)
    if found:
        print_table(listing.columns, found)
        for line in lines:
            print_line(line)
    else:
        print_line(f"no {listing.noun}")
