"""`publish`, `sample`, `settle`: events in, and the rest after them."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cli.errors import UsageError
from cli.options import DATA_DEFAULT, AsJson, Data, example, parse_date

if TYPE_CHECKING:
    from cli.publishing import Published

SHOWN_BAD_LINES_MAX = 20

File = Annotated[str, typer.Argument(metavar="FILE|-", help="JSON lines; - is standard input.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0, metavar="SECONDS", help="How long to wait.")
]
Customers = Annotated[int, typer.Option("--customers", min=1, max=50_000, help="How many.")]
Days = Annotated[int, typer.Option("--days", min=1, max=3_660, help="How long they trade.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same events.")]
Start = Annotated[str, typer.Option("--start", metavar="DATE", help="The first day.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog=example("arrears publish events.jsonl", "arrears sample | arrears publish -")
    )(publish)
    app.command(epilog=example("arrears sample --customers 50 --days 90 > events.jsonl"))(sample)
    app.command(epilog=example("arrears settle --timeout 10 && arrears items"))(settle)


def publish(file: File, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Publish one structured CloudEvent a line to its inbound topic; waits for every ack.

    Lines that cannot be read are named and left out, and the command ends with 1; everything else
    is ingest's to judge.
    """
    from cli.show.output import count_of, print_json, print_line, say

    with _opened(file) as source:
        done = asyncio.run(_publish(source, data))
    if as_json:
        print_json(done.as_json())
    else:
        print_line(f"published {count_of(done.published, 'event')}")
    for bad in done.bad[:SHOWN_BAD_LINES_MAX]:
        say(f"line {bad.line}: {bad.reason}")
    if done.bad_count:
        lines, them = count_of(done.bad_count, "line"), "it" if done.bad_count == 1 else "them"
        say(f"not sent: {lines}; mend {them} and publish {them} again")
        raise typer.Exit(1)


async def _publish(source: BinaryIO, data: Path) -> "Published":
    from cli.lines import read_pieces, size_of
    from cli.publishing import connect_publisher
    from cli.show.output import count_of, progress_bar
    from deploy.local.stack import read_stack

    stack = read_stack(data)
    async with connect_publisher(stack.kafka_bootstrap_servers) as publisher:
        with progress_bar() as bar:
            task = bar.add_task("publishing", total=size_of(source))

            def report(read_bytes: int, events: int) -> None:
                bar.update(
                    task, advance=read_bytes, description=f"{count_of(events, 'event')}, bytes"
                )

            return await publisher.publish(read_pieces(source), report)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(file).open("rb")  # noqa: SIM115  (the block below closes it)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; give a file of JSON lines, or -"
        raise UsageError(message) from None
    with source:
        yield source


def sample(
    customers: Customers = 200,
    days: Days = 180,
    seed: Seed = 7,
    start: Start = "2026-01-05",
    data: Data = DATA_DEFAULT,
) -> None:
    """Print made-up trade between businesses as JSON lines: late and part payers, bounces, covers.

    The same numbers give the same bytes. It needs no stack; one refuses payments, promises and the
    like that lie ahead of its clock.
    """
    from cli.sample import Trade, generate

    _ = data
    trade = Trade(customers=customers, days=days, seed=seed, start=parse_date(start, "--start"))
    for event in generate(trade):
        sys.stdout.buffer.write(event.as_line() + b"\n")
    sys.stdout.buffer.flush()


def settle(timeout: Timeout = 60, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Wait until nothing moves: all lags 0, all outboxes empty, no work due.

    Ends with 1 when something still moves after the time, and says what.
    """
    from dataclasses import asdict

    from cli.api.client import connect
    from cli.api.settling import Progress
    from cli.api.settling import settle as wait
    from cli.show.output import print_json, print_line, progress_bar

    async def run() -> list[Progress]:
        async with connect(data) as client:
            with progress_bar() as bar:
                task = bar.add_task("settling", total=None)
                return await wait(
                    client,
                    seconds_max=timeout,
                    report=lambda progress: bar.update(task, description=str(progress)),
                )

    moving = asyncio.run(run())
    if as_json:
        print_json({"settled": not moving, "moving": [asdict(part) for part in moving]})
    else:
        for part in moving:
            print_line(str(part) if part.away else f"still moves: {part}")
        if not moving:
            print_line("at rest")
    if moving:
        raise typer.Exit(1)
