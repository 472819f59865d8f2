"""A task as people see it: what is to be done, then the figures of its items in small tables."""

from collections.abc import Iterator
from typing import Any, Final

from cli.api.client import Row
from cli.show.instants import with_local
from cli.show.output import columns, print_line, print_table
from cli.show.things import show_thing

ITEMS: Final = columns(
    "item_id:Item due_on:Due days_overdue:Days_overdue> currency:Currency amount:Amount> "
    "open:Open> why:Why lifted_on:Called_back lifted_why:Because"
)
HISTORY: Final = columns(
    "item_id:Item level:Level raised_on:Raised lifted_on:Called_back letter_sent_at:Letter_sent"
)
HISTORY_INSTANTS: Final = ("letter_sent_at",)
CLAIMS: Final = columns(
    "item_id:Item policy_no:Policy insurer:Insurer currency:Currency amount:Claim> "
    "manual_review:Manual_review"
)


def show_task(task: Row, time_zone: str | None) -> None:
    """Show a task to people, its instants by the clocks of the zone."""
    show_thing({name: task[name] for name in task if name != "figures"}, as_json=False)
    figures: list[Row] = task["figures"]
    print_table(ITEMS, figures, "Items")
    if before := list(_history(figures, time_zone)):
        print_table(HISTORY, before, "What was escalated before")
    claims = [figure for figure in figures if figure.get("claim")]
    if claims:
        rows = ({**item["claim"], "item_id": item["item_id"]} for item in claims)
        print_table(CLAIMS, rows, "Claims on the insurance")
    for item in claims:
        print_line(f"{item['item_id']}, how the claim comes about:")
        for step in item["claim"]["why"]:
            print_line(f"  {step}")


def _history(figures: list[Row], time_zone: str | None) -> Iterator[dict[str, Any]]:
    for item in figures:
        for entry in item.get("history") or []:
            yield with_local({**entry, "item_id": item["item_id"]}, HISTORY_INSTANTS, time_zone)
