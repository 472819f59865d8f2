"""`tasks` and `letters`: the work that escalations set in motion."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import (
    DATA_DEFAULT,
    Account,
    AsJson,
    Data,
    Level,
    Limit,
    account_id_of,
    example,
    given,
    id_of,
    one_of,
    pass_down,
)

if TYPE_CHECKING:
    from cli.show.listing import Listing

KINDS = (
    "dunning, legal, insurance_notice, insurance_claim, claim_withdrawal, promise_broken, "
    "cover_stopped or account_defaulted (others of its group are)."
)
Kind = Annotated[str | None, typer.Option("--kind", help=KINDS)]
TaskStatus = Annotated[
    str | None, typer.Option("--status", help="open, taken, completed or closed.")
]
LetterStatus = Annotated[
    str | None,
    typer.Option("--status", help="planned, sending, sent, unknown, failed or recalled."),
]
Assignee = Annotated[str | None, typer.Option("--assignee", metavar="NAME", help="Whose tasks.")]
Id = Annotated[str, typer.Argument(metavar="ID")]
As = Annotated[str, typer.Option("--as", metavar="NAME", help="Who does it.")]
Outcome = Annotated[str, typer.Option("--outcome", metavar="TEXT", help="What came of it.")]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="More about it.")]
LetterOutcome = Annotated[
    str, typer.Option("--outcome", help="sent: it did go out; resend: it did not, send it again.")
]

TASKS = (
    "task_id:Task kind:Kind account_id:Account item_ids:Items status:Status due_on:Due "
    "held_by:On_hold_by held_until:Until opened_on:Opened closed_on:Closed assignee:Assignee "
    "outcome:Outcome"
)
LETTERS = (
    "letter_id:Letter account_id:Account level:Level status:Status recipient:To locale:Language "
    "item_ids:Items planned_on:Planned held_until:On_hold_until sent_at:Sent reason:Reason"
)
LETTER_OUTCOMES = ("sent", "resend")
LETTER_INSTANTS = ("sent_at",)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="List tasks; take and complete them.", invoke_without_command=True)
    group.callback()(tasks)
    group.command("show", epilog=example("arrears tasks show ID"))(show_task)
    group.command("take", epilog=example("arrears tasks take ID --as li.na"))(take)
    group.command("complete", epilog=example('arrears tasks complete ID --outcome "paid"'))(
        complete
    )
    app.add_typer(group, name="tasks", epilog=example("arrears tasks --kind legal --status open"))
    post = typer.Typer(help="List letters; read one.", invoke_without_command=True)
    post.callback()(letters)
    post.command("show", epilog=example("arrears letters show ID"))(show_letter)
    post.command("resolve", epilog=example("arrears letters resolve ID --outcome sent"))(resolve)
    app.add_typer(post, name="letters", epilog=example("arrears letters --status sent"))


def tasks(
    context: typer.Context,
    *,
    account: Account = None,
    kind: Kind = None,
    status: TaskStatus = None,
    assignee: Assignee = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List tasks: what people have to do, with all the figures in `--json`."""
    if pass_down(context, data=data, as_json=as_json):
        return
    from cli.show.listing import show_list

    params = given(account_id=account_id_of(account), kind=kind, status=status, assignee=assignee)
    show_list(_listing("tasks", TASKS), data, params, limit=limit, as_json=as_json)


def show_task(task_id: Id, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Show one task with its figures."""
    from cli.show.things import ask, path_of

    _show_task(
        ask(data, "GET", "notifier", path_of("tasks", id_of(task_id, "arrears tasks"))),
        data,
        as_json=as_json,
    )


def take(task_id: Id, assignee: As, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Take a task, so that others see who works on it."""
    from cli.show.things import ask, path_of

    path = path_of("tasks", id_of(task_id, "arrears tasks"), "take")
    task = ask(data, "POST", "notifier", path, json={"assignee": assignee})
    _show_task(task, data, as_json=as_json)


def complete(
    task_id: Id,
    outcome: Outcome,
    note: Note = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Complete a task, saying what came of it."""
    from cli.show.things import ask, path_of

    path = path_of("tasks", id_of(task_id, "arrears tasks"), "complete")
    body = given(outcome=outcome, note=note)
    _show_task(ask(data, "POST", "notifier", path, json=body), data, as_json=as_json)


def _show_task(task: dict[str, Any], data: Path, *, as_json: bool) -> None:
    from cli.show.tasks import show_task
    from cli.show.things import show_thing, time_zone_of

    if as_json:
        show_thing(task, as_json=True)
    else:
        show_task(task, time_zone_of(data))


def letters(
    context: typer.Context,
    *,
    account: Account = None,
    level: Level = None,
    status: LetterStatus = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List letters: planned, sent, called back."""
    if pass_down(context, data=data, as_json=as_json):
        return
    from cli.show.listing import show_list

    params = given(account_id=account_id_of(account), level=level, status=status)
    show_list(
        _listing("letters", LETTERS, LETTER_INSTANTS), data, params, limit=limit, as_json=as_json
    )


def show_letter(letter_id: Id, data: Data = DATA_DEFAULT, as_json: AsJson = False) -> None:
    """Show one letter as it was or would be sent."""
    from cli.show.things import ask, path_of

    _show_letter(
        ask(data, "GET", "notifier", path_of("letters", id_of(letter_id, "arrears letters"))),
        data,
        as_json=as_json,
    )


def resolve(
    letter_id: Id, outcome: LetterOutcome, data: Data = DATA_DEFAULT, as_json: AsJson = False
) -> None:
    """Decide about a letter of which nobody knows whether it went out, or that failed."""
    from cli.show.things import ask, path_of

    path = path_of("letters", id_of(letter_id, "arrears letters"), "resolve")
    body = {"outcome": one_of(outcome, "--outcome", LETTER_OUTCOMES)}
    letter = ask(data, "POST", "notifier", path, json=body)
    _show_letter(letter, data, as_json=as_json)


def _show_letter(letter: dict[str, Any], data: Path, *, as_json: bool) -> None:
    """Show a letter, to people without its HTML, which says the same as its text."""
    from cli.show.things import by_local_clocks, show_thing

    if not as_json:
        shown = {name: letter[name] for name in letter if name != "html"}
        letter = by_local_clocks(shown, LETTER_INSTANTS, data)
    show_thing(letter, as_json=as_json, last=("plain",))


def _listing(noun: str, shown: str, instants: tuple[str, ...] = ()) -> "Listing":
    from cli.show.listing import Listing
    from cli.show.output import columns

    return Listing(
        service="notifier",
        path=f"/v1/{noun}",
        columns=columns(shown),
        noun=noun,
        instants=instants,
    )
