"""`audit` and `partition`: whether what is stored holds, and what goes on after a repair."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.errors import FailedError
from cli.options import DATA_DEFAULT, AsJson, Data, example, one_of

if TYPE_CHECKING:
    from cli.api.client import Client

Number = Annotated[int, typer.Argument(metavar="N", min=0)]
Partition = Annotated[
    int | None, typer.Option("--partition", metavar="N", min=0, help="One, instead of all.")
]
Chain = Annotated[
    bool, typer.Option("--chain", help="The journal's hash chain alone; prints its heads.")
]
Expect = Annotated[
    list[str] | None,
    typer.Option("--expect", metavar="HEAD", help="A head of earlier, kept elsewhere; repeatable."),
]
By = Annotated[str, typer.Option("--as", metavar="NAME", help="Who lets it go on.")]
Topic = Annotated[
    str | None, typer.Option("--topic", metavar="TOPIC", help="Another topic than the ledger.")
]
From = Annotated[
    int | None,
    typer.Option("--from", metavar="OFFSET", min=0, help="Read on from here: what was is lost."),
]

PARTITIONS = (
    "partition:Partition owner:Owner next_offset:Next_offset> stopped_at:Stopped "
    "stopped_reason:Why audited_at:Audited seals:Seals> sealed_offset:Sealed_to>"
)
RESUMING = (
    "arrears partition resume 3 --as li.na",
    "arrears partition resume 3 --topic receivables.invoices --from 1200 --as li.na",
)
INSTANTS = ("stopped_at", "audited_at")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=example("arrears audit", "arrears audit --chain"))(audit)
    group = typer.Typer(
        help="List ledger partitions; resume a stopped one of any topic.", no_args_is_help=True
    )
    group.command("list", epilog=example("arrears partition list"))(partitions)
    group.command("resume", epilog=example(*RESUMING))(resume)
    app.add_typer(group, name="partition", epilog=example("arrears partition list"))


def audit(
    *,
    partition: Partition = None,
    chain: Chain = False,
    expect: Expect = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Check all that must hold of what is stored; a violation stops its partition, and ends with 1.

    With --chain: that the journal's rows are those that were sealed.
    """
    results = asyncio.run(_audit(data, partition, chain=chain, expect=expect or []))
    show_results(results, chain=chain, as_json=as_json)


def show_results(results: Sequence[dict[str, Any]], *, chain: bool, as_json: bool) -> None:
    """Show what audits have found, and end with 1 where a partition was stopped."""
    from cli.show.output import print_json, print_line

    for result in results:
        if as_json:
            print_json(result)
            continue
        for violation in result["violations"]:
            print_line(f"partition {result['partition']}: {violation['sentence']}")
        if chain and result["head"]:
            print_line(f"head {result['head']}")
    broken = [result["partition"] for result in results if result["violations"]]
    if not as_json:
        rows = sum(result["rows"] for result in results)
        numbers = ", ".join(str(one) for one in broken)
        print_line(
            f"violations; stopped: partition {numbers}" if broken else f"well: {rows} rows hold"
        )
    if broken:
        raise typer.Exit(1)


async def _audit(
    data: Path, partition: int | None, *, chain: bool, expect: list[str]
) -> list[dict[str, Any]]:
    from cli.api.client import connect

    async with connect(data) as client:
        return await audit_all(client, partition, chain=chain, expect=expect)


async def audit_all(
    client: "Client", partition: int | None, *, chain: bool, expect: Sequence[str]
) -> list[dict[str, Any]]:
    """Audit one partition after the other, or the one that is named."""
    from cli.api.following import last_of
    from cli.show.output import progress_bar

    results: list[dict[str, Any]] = []
    numbers = [partition]
    if partition is None:
        rows = await client.all_rows("monitor", "/v1/partitions")
        numbers = [row["partition"] for row in rows]
    _refuse_unknown(expect, {str(number) for number in numbers})
    question = json.dumps({"chain_only": chain, "expected": list(expect)}).encode()
    with progress_bar() as bar:
        for number in numbers:
            task = bar.add_task(f"auditing partition {number}", total=None)
            path = f"/v1/partitions/{number}/audit"
            lines = client.lines("monitor", path, content=question, content_type="application/json")

            def show(done: int, total: int, task: Any = task) -> None:
                bar.update(task, completed=done, total=total)

            results.append(await last_of(lines, show))
    return results


def _refuse_unknown(expect: Sequence[str], numbers: set[str]) -> None:
    """Refuse heads of partitions that are not looked at: nothing would be said of them."""
    for head in expect:
        if head.partition(":")[0] not in numbers:
            message = (
                f"--expect: {head!r} is of none of the partitions {', '.join(sorted(numbers))}"
            )
            raise FailedError(message, code="unknown_partition")


def partitions(data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """List ledger partitions: how far each is, and why one is stopped."""
    from cli.show.listing import Listing, show_list
    from cli.show.output import columns

    listing = Listing(
        service="monitor",
        path="/v1/partitions",
        columns=columns(PARTITIONS),
        noun="partitions",
        instants=INSTANTS,
    )
    show_list(listing, data, {}, limit=None, as_json=as_json)


def resume(
    number: Number,
    by: By,
    topic: Topic = None,
    from_offset: From = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Let a stopped partition go on, once what was wrong is repaired.

    With --from: where its topic has lost records, from this offset on. What was read before is
    recognised, so that an earlier offset does no harm; a later one leaves out what lies between.
    """
    from cli.show.output import print_json, print_line
    from cli.show.things import ask, path_of

    topic, reader = reader_of(topic)
    path = path_of("partitions", str(number), "resume")
    body = {"by": by, "topic": topic, "from_offset": from_offset}
    answer = ask(data, "POST", reader, path, json=body)
    if as_json:
        print_json(answer)
    else:
        print_line(f"partition {number} of {topic} goes on from offset {answer['position']}")


def reader_of(topic: str | None) -> tuple[str, str]:
    """Return a topic, the ledger where none is named, and the service that reads it."""
    from shared.contracts.catalogue import ESCALATIONS, INBOUND_TOPICS, LEDGER

    readers = dict.fromkeys(INBOUND_TOPICS, "ingest") | {LEDGER: "monitor", ESCALATIONS: "notifier"}
    topic = LEDGER if topic is None else topic
    return topic, readers[one_of(topic, "--topic", tuple(readers))]
