"""`accounts`, `items`, `clearings`, `escalations`: what the monitor knows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
)

if TYPE_CHECKING:
    from cli.show.listing import Listing

Status = Annotated[
    str | None, typer.Option("--status", metavar="NAME", help="As in open or cleared.")
]
Type = Annotated[
    str | None,
    typer.Option("--type", metavar="TYPE", help="As in escalation.raised.v1, or just raised."),
]
Ageing = Annotated[bool, typer.Option("--ageing", help="The ageing buckets instead of the sums.")]

ACCOUNTS = (
    "account_id:Account name:Name level:Level currency:Currency invoiced:Invoiced> open:Open> "
    "overdue:Overdue> unapplied:Unapplied>"
)
AGEING = (
    "account_id:Account currency:Currency open:Open> current:Current> 1-30:1-30> 31-60:31-60> "
    "61-90:61-90> 91-120:91-120> 121+:121+>"
)
ITEMS = (
    "item_id:Item account_id:Account due_on:Due days_overdue:Days_overdue> currency:Currency "
    "amount:Amount> open:Open> status:Status level:Level next_attention_on:Next_attention"
)
CLEARINGS = (
    "cleared_on:Day account_id:Account item_id:Item kind:Kind funds_id:Money currency:Currency "
    "amount:Amount> rule:Rule"
)
ESCALATIONS = (
    "raised_on:Raised_on type:Type level:Level item_id:Item account_id:Account "
    "days_overdue:Days_overdue> currency:Currency open:Open> why:Why"
)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=example("arrears accounts --account C-0017 --json"))(accounts)
    app.command(epilog=example("arrears items --level legal --status open"))(items)
    app.command(epilog=example("arrears clearings --invoice INV-0017-003"))(clearings)
    app.command(epilog=example("arrears escalations --type raised --level dunning"))(escalations)


def accounts(
    account: Account = None,
    ageing: Ageing = False,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List the debtors: what each was invoiced, owes, owes too long, and has paid in advance."""
    from cli.show.listing import show_list

    listing = _listing("accounts", AGEING if ageing else ACCOUNTS, by_currency=True)
    params = given(account_id=account_id_of(account))
    show_list(listing, data, params, limit=limit, as_json=as_json)


def items(
    *,
    account: Account = None,
    invoice: Invoice = None,
    level: Level = None,
    status: Status = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List the open items: one for each invoice or instalment, settled ones too."""
    from cli.show.listing import show_list

    params = given(
        account_id=account_id_of(account), invoice_id=invoice, level=level, status=status
    )
    show_list(_listing("items", ITEMS), data, params, limit=limit, as_json=as_json)


def clearings(
    account: Account = None,
    invoice: Invoice = None,
    limit: Limit = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List which money met which item, when, and by which rule."""
    from cli.show.listing import show_list

    params = given(account_id=account_id_of(account), invoice_id=invoice)
    show_list(_listing("clearings", CLEARINGS), data, params, limit=limit, as_json=as_json)


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
    """List what was raised, updated and lifted, in the order in which it was said."""
    from cli.show.listing import show_list

    if event_type and "." not in event_type:
        event_type = f"escalation.{event_type}.v1"
    params = given(
        account_id=account_id_of(account), invoice_id=invoice, level=level, type=event_type
    )
    show_list(_listing("escalations", ESCALATIONS), data, params, limit=limit, as_json=as_json)


def _listing(noun: str, shown: str, *, by_currency: bool = False) -> "Listing":
    from cli.show.listing import Listing
    from cli.show.output import columns

    return Listing(
        service="monitor",
        path=f"/v1/{noun}",
        columns=columns(shown),
        noun=noun,
        expand=_by_currency if by_currency else None,
    )


def _by_currency(account: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Show an account once for each of its currencies, its buckets as columns."""
    for sums in account.get("currencies") or [{}]:
        yield {**account, **sums, **sums.get("ageing", {})}
