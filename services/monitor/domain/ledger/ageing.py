"""Ageing: how long what is open has been due, in the buckets the trade uses.

Current is not past due, today included; then 1-30, 31-60, 61-90, 91-120 and 121+ days.

Source: the aged receivable reports of the trade, Odoo's among them.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

CURRENT: Final = "current"
#: Upper ends of the buckets in days past due, with their names.
BUCKETS: Final = ((0, CURRENT), (30, "1-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"))
LAST: Final = "121+"
NAMES: Final = (*(name for _days, name in BUCKETS), LAST)


def bucket(due_on: date, today: date) -> str:
    """Return the bucket of a due date on a day."""
    days = (today - due_on).days
    return next((name for days_max, name in BUCKETS if days <= days_max), LAST)


def age(open_by_due: Iterable[tuple[date, int]], today: date) -> dict[str, int]:
    """Sum minor units by bucket; every bucket is there, and together they are the open total."""
    sums = dict.fromkeys(NAMES, 0)
    for due_on, minor in open_by_due:
        sums[bucket(due_on, today)] += minor
    return sums
