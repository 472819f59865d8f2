"""`clock show`, `clock set`, `clock advance`: the time of a stack whose clock is moved by hand."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import DATA_DEFAULT, AsJson, Data, example

Moment = Annotated[
    str,
    typer.Argument(
        metavar="INSTANT-OR-DATE",
        help="A date is the start of that day in the default creditor's time zone.",
    ),
]
Step = Annotated[str, typer.Argument(metavar="STEP", help="As in 3d, 12h, 1w or 2d12h.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Show or move the manual clock.", no_args_is_help=True)
    group.command(epilog=example("arrears clock show --json"))(show)
    group.command("set", epilog=example("arrears clock set 2026-02-20"))(set_to)
    group.command(epilog=example("arrears clock advance 3d"))(advance)
    app.add_typer(group, name="clock", epilog=example("arrears clock advance 3d"))


def show(data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Show the time the services go by."""
    from cli.api.client import connect
    from cli.api.clocks import read_clocks, read_time_zone

    async def run() -> dict[str, Any]:
        async with connect(data) as client:
            readings = await read_clocks(client)
            return _reading(
                max(reading.now for reading in readings),
                await read_time_zone(client),
                manual=all(reading.manual for reading in readings),
            )

    _print(asyncio.run(run()), as_json=as_json)


def set_to(moment: Moment, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Move the clock forward; returns when every service has done what is due by then."""
    from cli.api.clocks import parse_moment

    def target(_now: datetime, time_zone: str) -> datetime:
        return parse_moment(moment, time_zone)

    _print(asyncio.run(_move(data, target)), as_json=as_json)


def advance(step: Step, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Move the clock on by days, hours or weeks; returns when every service has followed."""
    from cli.api.clocks import parse_leap

    _print(asyncio.run(_move(data, parse_leap(step).after)), as_json=as_json)


async def _move(data: Path, target: Callable[[datetime, str], datetime]) -> dict[str, Any]:
    from cli.api.client import connect
    from cli.api.clocks import read_clocks, read_time_zone, refuse_unless_movable, set_clock
    from cli.show.instants import local
    from cli.show.output import progress_bar

    async with connect(data) as client:
        readings = await read_clocks(client)
        time_zone = await read_time_zone(client)
        instant = target(max(reading.now for reading in readings), time_zone)
        refuse_unless_movable(readings, instant, time_zone)
        with progress_bar() as bar:
            bar.add_task(f"moving the clock to {local(instant, time_zone)}", total=None)
            await set_clock(client, instant)
        return _reading(instant, time_zone, manual=True)


def _reading(instant: datetime, time_zone: str, *, manual: bool) -> dict[str, Any]:
    from shared.calendar import zone

    local = instant.astimezone(zone(time_zone))
    return {"now": local.isoformat(), "time_zone": time_zone, "manual": manual}


def _print(reading: dict[str, Any], *, as_json: bool) -> None:
    from cli.show.output import print_json, print_line

    if as_json:
        print_json(reading)
    else:
        kind = "moved by hand" if reading["manual"] else "the machine's"
        print_line(f"{reading['now']} ({reading['time_zone']}, {kind})")
