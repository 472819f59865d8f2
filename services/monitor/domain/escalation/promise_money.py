"""The money of promises: what has met their invoices, by day and item, and what has left them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """That money left an invoice which it had met, in minor units of its payment."""

    payment_id: str
    #: What of the payment went back, from wherever it was.
    returned: int
    #: What of it the creditor has, but for what meets the invoice still.
    there: int


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
    #: Set of what met the invoice and has left it: it counts elsewhere, if anywhere, and here it
    #: shows that a promise was kept.
    left: Left | None = None
    #: None: it met no item; the days are the item's.
    invoice_id: str | None = None
    issued_on: date = date.max
    due_on: date = date.max
    original_due_on: date = date.max


def still_there(moved: Iterable[Money]) -> list[Money]:
    """Return of what left invoices what the creditor has still, elsewhere.

    What came back of a payment is taken off once, off what is due last: nobody can say where else
    it was.
    """
    back: dict[str, int] = {}
    found: list[Money] = []
    for one in sorted(moved, key=lambda one: (one.due_on, one.invoice_id or ""), reverse=True):
        left = one.left
        if left is None or left.there <= 0:
            continue
        returned = back.get(left.payment_id, left.returned)
        taken = min(returned, one.amount)
        back[left.payment_id] = returned - taken
        found.append(replace(one, amount=min(one.amount - taken, left.there)))
    return found
