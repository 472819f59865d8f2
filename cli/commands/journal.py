"""`journal`: what is old leaves the journal in volumes that prove themselves, and comes back."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli.errors import UsageError
from cli.options import DATA_DEFAULT, AsJson, Data, example

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from services.monitor.volumes import Done

Before = Annotated[
    str, typer.Option("--before", metavar="MONTH", help="As in 2026-01; it begins in UTC.")
]
To = Annotated[Path, typer.Option("--to", metavar="DIR", help="Where volumes are written.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False)]
By = Annotated[str, typer.Option("--as", metavar="NAME", help="Who answers for it.")]

_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Bind old months into volumes, drop them, read them back.", no_args_is_help=True
    )
    group.command("archive", epilog=example("arrears journal archive --before 2026-01 --to DIR"))(
        archive
    )
    group.command("verify", epilog=example("arrears journal verify DIR/*.jsonl.gz"))(verify)
    group.command("drop", epilog=example("arrears journal drop DIR/*.jsonl.gz --as li.na"))(drop)
    group.command("restore", epilog=example("arrears journal restore DIR/*.jsonl.gz"))(restore)
    app.add_typer(group, name="journal", epilog=example("arrears journal archive --help"))


def archive(before: Before, to: To, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Write all months before one into volumes; the journal keeps them."""
    from services.monitor import volumes

    instant = _begin_of(before)
    _show(data, lambda url: volumes.archive(url, to, instant), "written", as_json=as_json)


def verify(files: Files, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Prove volumes, row by row, by the seals that the database has."""
    from services.monitor import volumes

    _show(data, lambda url: volumes.verify(url, files), "holds what was sealed", as_json=as_json)


def drop(files: Files, by: By, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Take what volumes hold out of the journal, once they are proved as they are kept.

    What accounts looked like before is then known from the volumes alone.
    """
    from services.monitor import volumes

    now = datetime.now(UTC)
    _show(
        data, lambda url: volumes.drop(url, files, by, now), "has left the journal", as_json=as_json
    )


def restore(files: Files, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Put all volumes of a partition back into the journal: each past day can be asked again."""
    from cli.database import database_url_of
    from cli.show.output import print_json, print_line
    from services.monitor import volumes

    async def run() -> None:
        async for partition, rows in volumes.restore(database_url_of(data), files):
            if as_json:
                print_json({"partition": partition, "rows": rows})
            elif rows:
                print_line(f"partition {partition}: {rows} rows are in the journal again")
            else:
                print_line(f"partition {partition}: no volume has left the journal")

    asyncio.run(run())


def _show(
    data: Path,
    work: "Callable[[str], AsyncIterator[Done]]",
    done: str,
    *,
    as_json: bool,
) -> None:
    from cli.database import database_url_of
    from cli.show.output import print_json, print_line

    async def run() -> int:
        count = 0
        async for path, volume in work(database_url_of(data)):
            count += 1
            if as_json:
                print_json(_row((path, volume)))
            else:
                until = volume.recorded_until.isoformat(timespec="seconds")
                print_line(f"{path}: {done}; {volume.rows} rows until {until}; head {volume.head}")
        return count

    if not asyncio.run(run()) and not as_json:
        print_line("nothing: no seal is as old")


def _row(done: "Done") -> dict[str, Any]:
    path, volume = done
    return {
        "file": str(path),
        "partition": volume.partition,
        "rows": volume.rows,
        "first_offset": volume.first_offset,
        "last_offset": volume.last_offset,
        "recorded_until": volume.recorded_until.isoformat(),
        "head": str(volume.head),
    }


def _begin_of(month: str) -> datetime:
    found = _MONTH.fullmatch(month)
    try:
        if found is not None:
            return datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)
    except ValueError:
        pass
    message = f"--before: {month!r} is no month; write it as in 2026-01"
    raise UsageError(message)
