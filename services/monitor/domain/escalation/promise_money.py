"""The money of promises: what has met their invoices, by day and item, and what has left them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What met an item on a day, net of what left it again, or payments that have met none."""

    #: The value date of a payment; of credits and write-offs, the day from which they count.
    on: date
    currency: str
    #: Minor units.
    amount: int
    #: Whether it is paid, and neither credited nor written off.
    is_payment: bool = True
    #: Whether it met the item until it was moved elsewhere, and never came back: it counts there,
    #: and here it shows that a promise was kept.
    is_moved: bool = False
    #: None: it met no item; the days are the item's.
    invoice_id: str | None = None
    issued_on: date = date.max
    due_on: date = date.max
    original_due_on: date = date.max


def moved_away(steps: Sequence[int], came: int, returned: int) -> int:
    """Return the minor units of a payment that left an invoice and are with the creditor still.

    `steps` are what met the invoice and, below zero, what left it. What was `returned` of what
    `came` counts as having left here, for nobody can say where else it was.
    """
    left = -sum(one for one in steps if one < 0) - returned
    return max(0, min(left, came - returned - sum(steps)))
