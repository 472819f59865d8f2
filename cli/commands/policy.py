"""`policy show`, `set`, `validate`, `preview`: the rules of escalation."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.errors import FailedError, UsageError
from cli.options import DATA_DEFAULT, AsJson, Data, example

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="All of them when left out.")]
File = Annotated[str, typer.Argument(metavar="FILE|-", help="A policy in YAML.")]

YAML = "application/yaml"


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Show, check, try out and change the policies.", no_args_is_help=True)
    group.command("show", epilog=example("arrears policy show default"))(show)
    group.command("set", epilog=example("arrears policy set policy.yaml"))(set_to)
    group.command("validate", epilog=example("arrears policy validate policy.yaml"))(validate)
    group.command("preview", epilog=example("arrears policy preview policy.yaml"))(preview)
    app.add_typer(group, name="policy", epilog=example("arrears policy show"))


def show(name: Name = None, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Show the policies in force, or one; what is shown of one can be set again as it is."""
    from cli.show.output import print_json
    from cli.show.things import ask, path_of

    answer: Any = ask(data, "GET", "monitor", path_of("policies", *([name] if name else [])))
    policies = answer.get("rows", [answer])
    if as_json:
        for policy in policies:
            print_json(policy)
    else:
        _print(policies)


def set_to(file: File, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Put a new version of a policy in force; items are timed by it from then on."""
    from cli.show.output import print_json, print_line
    from cli.show.preview import say_warnings

    answer = _send(file, data, "policies")
    if as_json:
        print_json(answer)
    else:
        say_warnings(answer)
        print_line(f"{answer['policy']} is at version {answer['version']}")


def validate(file: File, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Check a policy without changing anything; a fault is told with its line and path."""
    from cli.show.output import print_json, print_line
    from cli.show.preview import say_warnings

    answer = _send(file, data, "policies", "validate")
    if as_json:
        print_json(answer)
    else:
        say_warnings(answer)
        print_line(f"{file} is a valid policy")


def preview(file: File, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Show what a policy would raise, hold, resume and lift today; nothing is changed."""
    from cli.errors import RefusedError
    from cli.show.output import print_json
    from cli.show.preview import show_preview

    content = _content(file)
    try:
        answer = asyncio.run(_preview(data, content))
    except RefusedError as error:
        raise FailedError(f"{file}: {error.message}", code=error.code) from None
    if as_json:
        print_json(answer)
    else:
        show_preview(answer)


async def _preview(data: Path, content: bytes) -> dict[str, Any]:
    from cli.api.client import connect
    from cli.api.following import last_of
    from cli.show.output import progress_bar

    async with connect(data) as client:
        with progress_bar() as bar:
            task = bar.add_task("looking at open items", total=None)
            lines = client.lines(
                "monitor", "/v1/policies/preview", content=content, content_type=YAML
            )

            def show(looked_at: int, items: int) -> None:
                bar.update(task, completed=looked_at, total=items)

            return await last_of(lines, show)


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; give a policy in YAML, or -"
        raise UsageError(message) from None


def _send(file: str, data: Path, *path: str) -> dict[str, Any]:
    from cli.errors import RefusedError
    from cli.show.things import ask, path_of

    content = _content(file)
    try:
        return ask(data, "POST", "monitor", path_of(*path), content=content, content_type=YAML)
    except RefusedError as error:
        raise FailedError(f"{file}: {error.message}", code=error.code) from None


def _print(policies: list[dict[str, Any]]) -> None:
    """Print policies for people: each one's own text, several as documents of one YAML stream.

    What is not of the text is said beside it, so that `arrears policy show > FILE` holds no more
    than what was once set.
    """
    from cli.show.output import print_line, say

    for number, policy in enumerate(policies):
        if number:
            print_line("---")
        head = f"{policy['policy']} at version {policy['version']}, since {policy['created_at']}"
        say(f"# {head}")
        print_line(str(policy["document"]).rstrip())
