"""`accounts`, `items`, `promises`, `escalations` and the other lists of what is known."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.errors import UsageError
from cli.options import (
    DATA_DEFAULT,
    Account,
    AsJson,
    Data,
    Invoice,
    Level,
    Limit,
    account_id_of,
    example,
    given,
    parse_date,
    parse_instant,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cli.api.client import Row
    from cli.show.listing import Listing

Status = Annotated[
    str | None,
    typer.Option("--status", metavar="NAME", help="open, cleared, cancelled or written_off."),
]
PromiseStatus = Annotated[
    str | None,
    typer.Option(
        "--status", metavar="NAME", help="open, kept, partially_kept, broken or withdrawn."
    ),
]
Type = Annotated[
    str | None,
    typer.Option("--type", metavar="TYPE", help="As in raised, held or promise.broken."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="What had happened by the end of that day."),
]
KnownBy = Annotated[
    str | None,
    typer.Option(
        "--known-by",
        metavar="INSTANT",
        help="What was recorded by then, as in 2026-07-01T00:00:00+08:00.",
    ),
]
Anomalies = Annotated[
    bool, typer.Option("--anomalies", help="What a person should look at, and nothing else.")
]
Ageing = Annotated[bool, typer.Option("--ageing", help="The ageing buckets instead of the sums.")]

ACCOUNTS = (
    "account_id:Account name:Name level:Level currency:Currency invoiced:Invoiced> open:Open> "
    "overdue:Overdue> disputed:Disputed> unapplied:Unapplied> notes:Notes"
)
AGEING = (
    "account_id:Account currency:Currency open:Open> current:Current> 1-30:1-30> 31-60:31-60> "
    "61-90:61-90> 91-120:91-120> 121+:121+>"
)
ANOMALIES = "account_id:Account subject:Subject sentence:What_is_to_be_seen"
INVOICES = (
    "invoice_id:Invoice account_id:Account issued_on:Issued due_on:Due items:Items> "
    "currency:Currency amount:Amount> open:Open> overdue:Overdue> disputed:Disputed> "
    "status:Status level:Level"
)
INTEREST = (
    "invoice_id:Invoice account_id:Account as_of:To_the_end_of currency:Currency accrued:Accrued> "
    "paid:Paid> overpaid:Paid_beyond> waived:Waived> open:Owed> terms:Terms"
)
ITEMS = (
    "item_id:Item account_id:Account due_on:Due days_overdue:Days_overdue> currency:Currency "
    "amount:Amount> open:Open> disputed:Disputed> status:Status level:Level held_by:Held_by "
    "next_attention_on:Next_attention"
)
CLEARINGS = (
    "cleared_on:Day account_id:Account item_id:Item kind:Kind funds_id:Money currency:Currency "
    "amount:Amount> rule:Rule"
)
PROMISES = (
    "promise_id:Promise account_id:Account made_on:Made promised_on:Promised_for amount:Amount> "
    "currency:Currency invoice_ids:Invoices paid:Paid> status:Status"
)
ESCALATIONS = (
    "on:Day type:Type level:Level item_id:Item account_id:Account "
    "days_overdue:Days_overdue> currency:Currency open:Open> why:Why"
)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=example("arrears accounts --account C-0017 --json"))(accounts)
    app.command(epilog=example("arrears invoices --account C-0017"))(invoices)
    app.command(epilog=example("arrears items --level legal --status open"))(items)
    app.command(epilog=example("arrears interest --account C-0017 --as-of 2026-06-30"))(interest)
    app.command(epilog=example("arrears clearings --invoice INV-0017-003"))(clearings)
    app.command(epilog=example("arrears promises --account C-0017 --status open"))(promises)
    app.command(epilog=example("arrears escalations --type raised --level dunning"))(escalations)


def accounts(
    *,
    account: Account = None,
    ageing: Ageing = False,
    anomalies: Anomalies = False,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List the debtors: what each was invoiced, owes, owes too long, and has paid in advance."""
    from cli.show.accounts import by_currency
    from cli.show.listing import show_list

    params = given(account_id=account_id_of(account))
    if anomalies:
        if ageing or as_of or known_by:
            message = "--anomalies is a list of its own: leave out --ageing, --as-of and --known-by"
            raise UsageError(message)
        listing = _listing("anomalies", ANOMALIES)
    else:
        listing = _listing("accounts", AGEING if ageing else ACCOUNTS, expand=by_currency)
        params |= _then(as_of, known_by)
    show_list(listing, data, params, limit=limit, as_json=as_json)


def invoices(
    account: Account = None,
    invoice: Invoice = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List the invoices, each with the sums and the status of its items."""
    from cli.show.listing import show_list

    params = given(account_id=account_id_of(account), invoice_id=invoice)
    show_list(_listing("invoices", INVOICES), data, params, limit=limit, as_json=as_json)


def items(
    *,
    account: Account = None,
    invoice: Invoice = None,
    level: Level = None,
    status: Status = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List the open items: one for each invoice or instalment, settled ones too."""
    from cli.show.listing import show_list

    params = given(
        account_id=account_id_of(account), invoice_id=invoice, level=level, status=status
    )
    params |= _then(as_of, known_by)
    show_list(_listing("items", ITEMS), data, params, limit=limit, as_json=as_json)


def interest(
    *,
    account: Account = None,
    invoice: Invoice = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List what late payment has cost by invoice: a claim of its own beside what is open.

    With --invoice every step of the arithmetic follows.
    """
    from cli.show.listing import show_list

    params = given(account_id=account_id_of(account), invoice_id=invoice)
    params |= _then(as_of, known_by)
    listing = _listing("interest", INTEREST, below=_arithmetic if invoice else None)
    show_list(listing, data, params, limit=limit, as_json=as_json)


def _arithmetic(row: dict[str, Any]) -> Iterator[str]:
    """Give the steps from the principal to what is owed."""
    yield f"\n{row['invoice_id']} of {row['account_id']}:"
    for step in row["why"]:
        yield f"  {step}"


def _then(as_of: str | None, known_by: str | None) -> dict[str, str | int | list[str]]:
    """Return the past day that is asked for, checked before anybody is asked."""
    if as_of is not None:
        parse_date(as_of, "--as-of")
    if known_by is not None:
        parse_instant(known_by, "--known-by")
    return given(as_of=as_of, known_by=known_by)


def clearings(
    *,
    account: Account = None,
    invoice: Invoice = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List which money met which item, when, and by which rule."""
    from cli.show.listing import show_list

    params = given(account_id=account_id_of(account), invoice_id=invoice)
    params |= _then(as_of, known_by)
    show_list(_listing("clearings", CLEARINGS), data, params, limit=limit, as_json=as_json)


def promises(
    account: Account = None,
    status: PromiseStatus = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List the promises to pay: for which day, of what, what was paid so far, how each stands."""
    from cli.show.listing import show_list

    params = given(account_id=account_id_of(account), status=status)
    show_list(_listing("promises", PROMISES), data, params, limit=limit, as_json=as_json)


def escalations(
    *,
    account: Account = None,
    invoice: Invoice = None,
    level: Level = None,
    event_type: Type = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List what was said of items and accounts, in the order in which it was said."""
    from cli.show.listing import show_list

    params = given(
        account_id=account_id_of(account),
        invoice_id=invoice,
        level=level,
        type=full_type(event_type),
    )
    listing = _listing("escalations", ESCALATIONS, expand=_with_day)
    show_list(listing, data, params, limit=limit, as_json=as_json)


def full_type(name: str | None) -> str | None:
    """Complete the name of a word: `raised`, `promise.kept` and `promise.kept.v1` are enough."""
    if name is None or name.endswith(".v1"):
        return name
    return f"{name}.v1" if "." in name else f"escalation.{name}.v1"


def _with_day(word: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Show a word with the day on which it was said; item words of older code know the raise's."""
    yield {**word, "on": word.get("said_on") or word.get("raised_on")}


def _listing(
    noun: str,
    shown: str,
    *,
    expand: "Callable[[Row], Iterable[Row]] | None" = None,
    below: "Callable[[Row], Iterable[str]] | None" = None,
) -> "Listing":
    from cli.show.listing import Listing
    from cli.show.output import columns

    return Listing(
        service="monitor",
        path=f"/v1/{noun}",
        columns=columns(shown),
        noun=noun,
        expand=expand,
        below=below,
    )
