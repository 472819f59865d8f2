"""What a policy would do, as people read it: sums by level, then who is concerned most."""

from typing import Final

from cli.api.client import Row
from cli.show.output import columns, count_of, print_line, print_table, say

SUMS: Final = columns(
    "deed:What level:Level currency:Currency items:Items> open:Open> customers:Customers>"
)
LARGEST: Final = columns(
    "deed:What level:Level account_id:Account name:Name items:Items> currency:Currency open:Open>"
)


def say_warnings(answer: Row) -> None:
    """Say beside the answer what is valid in a policy and most likely not meant."""
    for warning in answer["warnings"]:
        say(f"warning: {warning}")


def show_preview(answer: Row) -> None:
    """Show what a policy would do today; nothing of it has happened."""
    say_warnings(answer)
    accounts, items = (
        count_of(answer["accounts"], "account"),
        count_of(answer["items"], "open item"),
    )
    print_line(
        f"{answer['policy']} as version {answer['version']}, on {answer['today']}: it would be for "
        f"{items} of {accounts}"
    )
    for one in answer["interest"]:
        print_line(
            f"interest from {answer['today']} on: {one['after']} instead of {one['before']} "
            f"({one['policy']}, {count_of(one['accounts'], 'account')} with open items); what has "
            "accrued stays owed, and contracts' own terms stay as they are"
        )
    rows = answer["rows"]
    if not rows:
        print_line("it would raise, hold, resume and lift nothing today")
        return
    print_table(SUMS, rows, "What it would do today")
    largest = [{**row, **customer} for row in rows for customer in row["largest"]]
    print_table(LARGEST, largest, "The largest customers of each")
    print_line("nothing has been changed; to put it in force: arrears policy set FILE")
