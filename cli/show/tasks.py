"""A task as people see it: what is to be done, then the figures of its items in small tables."""

from collections.abc import Iterator
from typing import Any, Final

from cli.api.client import Row
from cli.show.instants import with_local
from cli.show.output import columns, print_line, print_table
from cli.show.things import show_thing

ITEMS: Final = columns(
    "item_id:Item due_on:Due days_overdue:Days_overdue> currency:Currency amount:Amount> "
    "open:Open> disputed:Disputed> interest:Interest> held_by:On_hold_by held_until:Until why:Why "
    "lifted_on:Called_back lifted_why:Because"
)
HISTORY: Final = columns(
    "item_id:Item level:Level raised_on:Raised lifted_on:Called_back letter_sent_at:Letter_sent"
)
HISTORY_INSTANTS: Final = ("letter_sent_at",)
CLAIMS: Final = columns(
    "item_id:Item policy_no:Policy insurer:Insurer currency:Currency amount:Claim> "
    "notify_by:Tell_by eligible_on:Claim_from mep_on:Insured_deliveries_until "
    "discretionary:Own_limit manual_review:Manual_review"
)


def show_task(task: Row, time_zone: str | None) -> None:
    """Show a task to people, its instants by the clocks of the zone."""
    shown = {name: task[name] for name in task if name not in {"figures", "facts"}}
    # What a task is about, beside items, as lines like any other of it.
    facts = {name: value for name, value in (task.get("facts") or {}).items() if value is not None}
    show_thing({**shown, **facts}, as_json=False)
    figures: list[Row] = task["figures"]
    if figures:
        print_table(ITEMS, [_item(figure) for figure in figures], "Items")
    if before := list(_history(figures, time_zone)):
        print_table(HISTORY, before, "What was escalated before")
    claims = [figure for figure in figures if figure.get("claim")]
    if claims:
        rows = ({**item["claim"], "item_id": item["item_id"]} for item in claims)
        print_table(CLAIMS, rows, "Claims on the insurance")
    for item in claims:
        review = item["claim"]["manual_review"]
        what = "the claim is for manual review" if review else "how the claim comes about"
        print_line(f"{item['item_id']}, {what}:")
        for step in item["claim"]["why"]:
            print_line(f"  {step}")


def _item(figure: Row) -> Row:
    """Return an item's figures with the interest that is owed, as one amount."""
    interest = figure.get("interest")
    owed = f"{interest['open']} {interest['currency']}" if interest else None
    return {**figure, "interest": owed}


def _history(figures: list[Row], time_zone: str | None) -> Iterator[dict[str, Any]]:
    for item in figures:
        for entry in item.get("history") or []:
            yield with_local({**entry, "item_id": item["item_id"]}, HISTORY_INSTANTS, time_zone)
