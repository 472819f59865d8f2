"""`why`: the whole story of one item."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.errors import FailedError, UsageError
from cli.options import DATA_DEFAULT, Account, AsJson, Data, account_id_of, example, given

if TYPE_CHECKING:
    from cli.api.client import Client, Row

#: Items that a choice names; where there are more, it says so.
CHOICES_MAX: Final = 10

Item = Annotated[
    str,
    typer.Argument(
        metavar="ITEM", help="An invoice, or INVOICE/NUMBER for one of its instalments."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=example("arrears why INV-0017-003", "arrears why INV-1/2 --account C-0017"))(
        why
    )


def why(
    item: Item,
    account: Account = None,
    data: Data = DATA_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Tell all of an item: what happened to it, what was said, what stands and what comes next."""
    from cli.show.output import print_json
    from cli.show.story import show_story

    story, time_zone = asyncio.run(_read(data, item, account_id_of(account)))
    if as_json:
        print_json(story)
    else:
        show_story(story, time_zone)


async def _read(data: Path, item: str, account_id: str | None) -> "tuple[Row, str | None]":
    from cli.api.client import connect
    from cli.api.clocks import time_zone_if_told
    from cli.show.things import path_of

    async with connect(data) as client:
        found = _only(item, await candidates(client, item, account_id))
        path = path_of(
            "items", found["account_id"], found["invoice_id"], str(found["instalment"]), "why"
        )
        return await client.get("monitor", path), await time_zone_if_told(client)


async def candidates(client: "Client", item: str, account_id: str | None) -> "list[Row]":
    """Return the items that a name can mean: all of an invoice, or else one instalment of it."""

    async def of(invoice_id: str) -> "list[Row]":
        params = given(invoice_id=invoice_id, account_id=account_id)
        return await client.all_rows("monitor", "/v1/items", params)

    found = await of(item)
    invoice_id, _, number = item.rpartition("/")
    if not found and invoice_id and number.isdecimal():
        found = [one for one in await of(invoice_id) if one["instalment"] == int(number)]
    return found


def _only(item: str, found: "list[Row]") -> "Row":
    """Return the one item that is meant; of several the choice is the caller's."""
    if not found:
        message = f"there is no item {item!r}; those there are: arrears items"
        raise FailedError(message, code="not_found")
    if len(found) == 1:
        return found[0]
    choices = [
        f"  arrears why {one['item_id']} --account {one['account_id']}"
        for one in found[:CHOICES_MAX]
    ]
    more = len(found) - len(choices)
    if more:
        choices.append(f"  and {more} more: arrears items --invoice {found[0]['invoice_id']}")
    message = "\n".join([f"{item!r} means {len(found)} items; choose one:", *choices])
    raise UsageError(message)
