"""`up`, `down`, `status`, `migrate`: the stack itself."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from cli.errors import UsageError
from cli.options import DATA_DEFAULT, AsJson, Data, example, parse_date


class ClockKind(StrEnum):
    """Which time the services go by."""

    system = "system"
    manual = "manual"


Clock = Annotated[
    ClockKind | None,
    typer.Option("--clock", help="The machine's time, or one that is moved by hand."),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="DATE", help="Where a manual clock starts."),
]
OneProcess = Annotated[
    bool, typer.Option("--one-process", help="All services in one process, for a small firm.")
]
Detach = Annotated[
    bool, typer.Option("--detach", help="Return when it is ready and leave it running.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=example("arrears up --detach --clock manual --at 2026-01-05"))(up)
    app.command(epilog=example("arrears down --data .arrears"))(down)
    app.command(epilog=example("arrears status --json"))(status)
    app.command(epilog=example("ARREARS_DATABASE_URL=postgresql://… arrears migrate"))(migrate)


def up(
    data: Data = DATA_DEFAULT,
    detach: Detach = False,
    clock: Clock = None,
    at: At = None,
    one_process: OneProcess = False,
) -> None:
    """Start Kafka, PostgreSQL, a mailbox and the services, and watch over them."""
    from cli.show.output import print_line
    from deploy.local.errors import ContradictionError
    from deploy.local.stack import UpOptions, refuse_contradiction
    from deploy.local.stack import up as start

    options = UpOptions(
        data=data,
        detach=detach,
        clock=clock.value if clock else None,
        at=parse_date(at, "--at") if at else None,
        one_process=one_process,
    )
    try:
        refuse_contradiction(options)
    except ContradictionError as error:
        raise UsageError(error.message) from None
    raise typer.Exit(asyncio.run(start(options, print_line)))


def down(data: Data = DATA_DEFAULT) -> None:
    """Stop the stack of the data folder; its data stay."""
    from cli.show.output import print_line
    from deploy.local.stack import down as stop

    if stop(data):
        print_line(f"the stack in {data} has stopped")
    else:
        print_line(f"no stack runs in {data}")


def status(data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Show every part's address and health, what still moves in it, and the clock.

    Ends with 1 when a part is not ready.
    """
    from cli.api.status import read_status
    from cli.show.instants import with_local
    from cli.show.output import columns, print_json, print_table

    rows, time_zone = asyncio.run(read_status(data))
    if as_json:
        for row in rows:
            print_json(row)
    else:
        print_table(
            columns(
                "name:Part pid:Process> address:Address ready:Ready lag:Lag> outbox:Outbox> "
                "due:Due> clock:Clock reason:Reason"
            ),
            (with_local(row, ("clock",), time_zone) for row in rows),
        )
    if not all(row["ready"] for row in rows):
        raise typer.Exit(1)


def migrate(data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Bring the database's schema to its head; `up` does this too."""
    from cli.database import database_url_of, migrate_to_head
    from cli.show.output import print_json, print_line

    revision = asyncio.run(migrate_to_head(database_url_of(data)))
    if as_json:
        print_json({"revision": revision})
    else:
        print_line(f"the schema is at revision {revision}")
