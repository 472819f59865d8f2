"""Options that mean the same wherever they stand."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from cli.errors import UsageError

DATA_DEFAULT: Final = Path(".arrears")

Data = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="The stack's data folder.", file_okay=False),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="JSON lines on standard output, and nothing else.")
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Stop after N rows.")
]
Account = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="ID",
        help="CREDITOR:CUSTOMER, or a customer of the default creditor.",
    ),
]
Invoice = Annotated[str | None, typer.Option("--invoice", metavar="ID", help="One invoice.")]
Level = Annotated[
    str | None, typer.Option("--level", metavar="NAME", help="A level of the policy, as in legal.")
]


def account_id_of(account: str | None) -> str | None:
    """Complete a customer's id to the account it has at the default creditor."""
    return account if account is None or ":" in account else f"default:{account}"


def id_of(text: str, command: str) -> str:
    """Return an id as the services write it; `command` lists those there are."""
    try:
        return str(UUID(text))
    except ValueError:
        message = f"{text!r} is no id, which is a UUID; those there are: {command}"
        raise UsageError(message) from None


def one_of(text: str, option: str, choices: Sequence[str]) -> str:
    """Return what was chosen."""
    if text in choices:
        return text
    message = f"{option}: {text!r} is none of: {', '.join(choices)}"
    raise UsageError(message)


def given(**values: str | None) -> dict[str, str | int | list[str]]:
    """Return the values that were given."""
    return {name: value for name, value in values.items() if value is not None}


def parse_date(text: str, option: str) -> date:
    """Read a date as in 2026-01-05."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a civil date)
    except ValueError:
        message = f"{option}: {text!r} is no date; write it as in 2026-01-05"
        raise UsageError(message) from None


def parse_instant(text: str, option: str) -> datetime:
    """Read an instant as in 2026-07-01T00:00:00+08:00; without an offset it names no moment."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        message = (
            f"{option}: {text!r} is no instant; write date, time and offset, "
            "as in 2026-07-01T00:00:00+08:00"
        )
        raise UsageError(message)
    return instant


def example(*commands: str) -> str:
    """Return the last lines of a command's help."""
    return "Example: " + "  ·  ".join(commands)


def pass_down(context: typer.Context, **values: object) -> bool:
    """Make the options of a group the defaults of its commands; say whether one of them runs.

    So that `arrears tasks --data DIR take ID` and `arrears tasks take ID --data DIR` mean the same.
    """
    if context.invoked_subcommand is None:
        return False
    context.default_map = {context.invoked_subcommand: values}
    return True
