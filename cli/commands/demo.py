"""`rebuild` and `demo`: proof that the state follows from the journal, and half a year to see."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UsageError
from cli.options import DATA_DEFAULT, AsJson, Data, example

DEMO_DATA_DEFAULT = Path(".arrears-demo")

Check = Annotated[bool, typer.Option("--check", help="Compare; nothing is changed.")]
Once = Annotated[bool, typer.Option("--once", help="End after the report instead of staying up.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=example("arrears rebuild --check"))(rebuild)
    app.command(epilog=example("arrears demo --once"))(demo)


def rebuild(check: Check = False, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Fold the journal from nothing and compare with what is stored; ends with 1 if they differ."""
    if not check:
        message = "rebuild only compares for now; ask for it with: arrears rebuild --check"
        raise UsageError(message)
    from cli.database import database_url_of
    from cli.show.output import print_json, print_line, progress_bar
    from services.monitor.rebuild import check as compare

    with progress_bar() as bar:
        task = bar.add_task("rebuilding", total=None)
        differences = asyncio.run(
            compare(
                database_url_of(data),
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        )
    if as_json:
        print_json({"equal": not differences, "differences": differences})
    else:
        for difference in differences:
            print_line(difference)
        print_line("they differ" if differences else "equal: the journal gives what is stored")
    if differences:
        raise typer.Exit(1)


def demo(once: Once = False, data: Data = DEMO_DATA_DEFAULT) -> None:
    """Start a stack of its own, replay half a year of made-up trade, and show what came of it."""
    from cli.demo.show import run_demo
    from cli.sample import Trade

    raise typer.Exit(asyncio.run(run_demo(data, once=once, trade=Trade())))
