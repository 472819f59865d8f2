"""`rejected`: what ingest refused, and how it goes through after all."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UsageError
from cli.options import DATA_DEFAULT, AsJson, Data, Limit, example, given, id_of, pass_down

Code = Annotated[
    str | None, typer.Option("--code", metavar="CODE", help="A reason, as in unknown_currency.")
]
Status = Annotated[str | None, typer.Option("--status", help="waiting or replayed.")]
Topic = Annotated[
    str | None, typer.Option("--topic", metavar="NAME", help="Where it came in; http for HTTP.")
]
Id = Annotated[str, typer.Argument(metavar="ID")]
With = Annotated[
    str | None,
    typer.Option("--with", metavar="FILE|-", help="The mended structured CloudEvent."),
]

REJECTED = (
    "rejected_id:Rejected code:Code message:Reason topic:Topic partition:Partition> "
    "offset:Offset> rejected_at:At status:Status"
)
INSTANTS = ("rejected_at", "replayed_at")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="List what was refused; replay it.", invoke_without_command=True)
    group.callback()(rejected)
    group.command("show", epilog=example("arrears rejected show ID"))(show)
    group.command("replay", epilog=example("arrears rejected replay ID --with mended.json"))(replay)
    app.add_typer(group, name="rejected", epilog=example("arrears rejected --status waiting"))


def rejected(
    context: typer.Context,
    *,
    code: Code = None,
    status: Status = None,
    topic: Topic = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List the messages that were refused, with the reason and where they came in."""
    if pass_down(context, data=data, as_json=as_json):
        return
    from cli.show.listing import Listing, show_list
    from cli.show.output import columns

    listing = Listing(
        service="ingest",
        path="/v1/rejected",
        columns=columns(REJECTED),
        noun="rejected messages",
        instants=INSTANTS,
    )
    params = given(code=code, status=status, topic=topic)
    show_list(listing, data, params, limit=limit, as_json=as_json)


def show(rejected_id: Id, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Show one refused message with its content."""
    from cli.show.things import ask, by_local_clocks, path_of, show_thing

    row = ask(data, "GET", "ingest", path_of("rejected", id_of(rejected_id, "arrears rejected")))
    if not as_json:
        row = by_local_clocks(row, INSTANTS, data)
    readable = row.get("raw_text") is not None and not as_json
    shown = {name: row[name] for name in row if not (readable and name == "raw_base64")}
    show_thing(shown, as_json=as_json, last=("raw_text",))


def replay(
    rejected_id: Id, mended: With = None, data: Data = DATA_DEFAULT, as_json: AsJson = False
) -> None:
    """Send a refused message through again, as it was or mended."""
    from cli.errors import FailedError, RefusedError
    from cli.show.output import print_json, print_line
    from cli.show.things import ask, path_of
    from shared.contracts.envelope import STRUCTURED

    content = None if mended is None else _read(mended)
    path = path_of("rejected", id_of(rejected_id, "arrears rejected"), "replay")
    try:
        answer = ask(
            data,
            "POST",
            "ingest",
            path,
            content=content,
            content_type=None if content is None else STRUCTURED,
        )
    except RefusedError as error:
        message = f"not replayed ({error.code}): {error.message}"
        raise FailedError(message, code=error.code) from None
    if as_json:
        print_json(answer)
    else:
        print_line(f"{rejected_id} went through")


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; give the mended event's file, or -"
        raise UsageError(message) from None
