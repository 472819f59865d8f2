"""`policy show`, `policy set`, `policy validate`: the rules of escalation."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.errors import UsageError
from cli.options import DATA_DEFAULT, AsJson, Data, example

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="All of them when left out.")]
File = Annotated[str, typer.Argument(metavar="FILE|-", help="A policy in YAML.")]

YAML = "application/yaml"


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Show, check and change the policies.", no_args_is_help=True)
    group.command("show", epilog=example("arrears policy show default"))(show)
    group.command("set", epilog=example("arrears policy set policy.yaml"))(set_to)
    group.command("validate", epilog=example("arrears policy validate policy.yaml"))(validate)
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

    answer = _send(file, data, "policies")
    if as_json:
        print_json(answer)
    else:
        print_line(f"{answer['policy']} is at version {answer['version']}")


def validate(file: File, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Check a policy without changing anything; a fault is told with its line and path."""
    from cli.show.output import print_json, print_line

    answer = _send(file, data, "policies", "validate")
    if as_json:
        print_json(answer)
    else:
        print_line(f"{file} is a valid policy")


def _send(file: str, data: Path, *path: str) -> dict[str, Any]:
    from cli.errors import FailedError, RefusedError
    from cli.show.things import ask, path_of

    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; give a policy in YAML, or -"
        raise UsageError(message) from None
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
