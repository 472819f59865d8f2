"""One thing of an API: read or changed by its id, and shown."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli.api.client import Row, connect
from cli.api.clocks import time_zone_if_told
from cli.show.instants import with_local
from cli.show.output import answer_console, as_text, print_json


def path_of(*parts: str) -> str:
    """Join a path whose parts may hold any character."""
    return "/".join(["/v1", *(quote(part, safe="") for part in parts)])


def ask(
    data: Path,
    method: str,
    service: str,
    path: str,
    *,
    json: Any = None,
    content: bytes | None = None,
    content_type: str | None = None,
) -> Row:
    """Ask one service of the stack once; its answer is one JSON object."""

    async def run() -> Row:
        async with connect(data) as client:
            answer: Row = await client.request(
                method, service, path, json=json, content=content, content_type=content_type
            )
            return answer

    return asyncio.run(run())


def time_zone_of(data: Path) -> str | None:
    """Ask the stack in which time zone people read instants; None when it is not told at once."""

    async def run() -> str | None:
        async with connect(data) as client:
            return await time_zone_if_told(client)

    return asyncio.run(run())


def by_local_clocks(row: Row, names: tuple[str, ...], data: Path) -> Row:
    """Return the thing with its instants of these names as people read them."""
    if not any(row.get(name) for name in names):
        return row
    return with_local(row, names, time_zone_of(data))


def show_thing(row: Row, *, as_json: bool, last: tuple[str, ...] = ()) -> None:
    """Show one thing: each value on a line; those of `last` stand at the end as they are."""
    if as_json:
        print_json(row)
        return
    console = answer_console()
    width = max((len(name) for name in row), default=0)
    for name, value in row.items():
        if name in last:
            continue
        if isinstance(value, dict | list) and value:
            console.print(f"{name}:", markup=False, highlight=False)
            console.print_json(data=value)
        else:
            console.print(f"{name:<{width}}  {as_text(value)}", markup=False, highlight=False)
    for name in last:
        if row.get(name):
            console.print(f"\n{row[name]}", markup=False, highlight=False)
