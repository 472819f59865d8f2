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
    "changed_on:Changed was:Was> notify_by:Tell_by eligible_on:Claim_from "
    "mep_on:Insured_deliveries_until discretionary:Own_limit manual_review:Manual_review"
)
#: What the insurer is told of an overdue item.
NOTICES: Final = columns(
    "item_id:Item policy_no:Policy insurer:Insurer notify_by:Tell_by currency:Currency open:Open> "
    "insured:Insured> amount:Claim> eligible_on:Claim_from"
)
NOTICE: Final = "insurance_notice"


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
    _show_claims([figure for figure in figures if figure.get("claim")], task["kind"] == NOTICE)


def _show_claims(claims: list[Row], is_notice: bool) -> None:
    if not claims:
        return
    if is_notice:
        print_table(NOTICES, map(_notice, claims), "What the insurer is told")
    else:
        rows = ({**item["claim"], "item_id": item["item_id"]} for item in claims)
        print_table(CLAIMS, rows, "Claims on the insurance")
    for item in claims:
        claim = item["claim"]
        what = "for manual review" if claim["manual_review"] else "how the claim comes about"
        if is_notice:
            what = f"as things stood on {item['raised_on']}, {what}"
        elif claim.get("changed_on"):
            was = claim.get("was") or "for manual review"
            what = f"changed on {claim['changed_on']} (it was {was}), {what}"
        print_line(f"{item['item_id']}, {what}:")
        for step in claim["why"]:
            print_line(f"  {step}")


def _notice(figure: Row) -> Row:
    """Return what the insurer is told of an item, in one row."""
    own = ("item_id", "currency", "open")
    return {**figure["claim"], **{name: figure[name] for name in own}}


def _item(figure: Row) -> Row:
    """Return an item's figures with the interest that is owed, as one amount."""
    interest = figure.get("interest")
    owed = f"{interest['open']} {interest['currency']}" if interest else None
    return {**figure, "interest": owed}


def _history(figures: list[Row], time_zone: str | None) -> Iterator[dict[str, Any]]:
    for item in figures:
        for entry in item.get("history") or []:
            yield with_local({**entry, "item_id": item["item_id"]}, HISTORY_INSTANTS, time_zone)
