"""The program `arrears`: puts the commands together and turns failures into one sentence."""

import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated

import typer

from cli.commands import (
    audit,
    clock,
    demo,
    events,
    journal,
    lists,
    policy,
    rejected,
    stack,
    why,
    work,
)
from cli.errors import UsageError
from shared.errors import ArrearsError

EXIT_FAILED = 1
EXIT_USAGE = 2


def make_app() -> typer.Typer:
    """Put every command in its place; what a command needs is imported when it runs."""
    app = typer.Typer(
        name="arrears",
        help="Watch a company's receivables: balances, dunning, legal, insurance claims.",
        epilog="Begin with: arrears demo",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_with_version)
    for part in (stack, events, clock, lists, why, work, rejected, policy, audit, journal, demo):
        part.add_to(app)
    return app


def _print_version(asked: bool) -> None:
    if not asked:
        return
    from cli.program import NAME, version

    print(f"{NAME} {version()}")  # noqa: T201
    raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version),
]


def _with_version(version: Version = False) -> None:
    _ = version  # answered before any command runs


def run() -> None:
    """Run one command and end the process: 0 well, 1 failed, 2 wrongly asked."""
    try:
        make_app()()
    except UsageError as error:
        _end(error.message, EXIT_USAGE)
    except ArrearsError as error:
        _end(error.message, EXIT_FAILED)
    except Exception:  # noqa: BLE001  (the edge of the program: nobody is shown a trace)
        log = _keep_trace()
        _end(f"this should not have happened; the details are in {log}", EXIT_FAILED)


def _end(message: str, status: int) -> None:
    print(f"arrears: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(status)


def _keep_trace() -> Path:
    """Write the trace to a file of its own, readable by its owner alone."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="arrears-", suffix=".log", delete=False
    ) as file:
        file.write(f"{' '.join(sys.argv)}\n{traceback.format_exc()}")
    return Path(file.name)


if __name__ == "__main__":
    run()
