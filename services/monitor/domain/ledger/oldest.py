"""Which open invoices the clearing rule can reach: the oldest ones, as far as the money goes.

An account may have a hundred thousand open items, and a payment meets a few of them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open item as far as the order of the clearing rule goes by it; minor units."""

    invoice_id: str
    currency: str
    open: int
    due_on: date
    issued_on: date


def reached(
    oldest: Sequence[OpenItem], items_max: int, money: Mapping[str, int] | None, since: date
) -> set[str] | None:
    """Return the invoices that so much money can reach at most; None where it may be others.

    `oldest` are the items that are due first, `items_max` of them or all there are; `money` is by
    currency, in minor units, None where it may be any amount. What is dated after `since` may come
    last, so it is not counted on.
    """
    if len(oldest) < items_max:
        return {one.invoice_id for one in oldest}
    if money is None:
        return None
    # More items than these may be due on the last day, and be older by their issue.
    before = [one for one in oldest if one.due_on < oldest[-1].due_on]
    room = Counter[str]()
    for one in before:
        if one.issued_on <= since:
            room[one.currency] += one.open
    if any(room[currency] < amount for currency, amount in money.items()):
        return None
    return {one.invoice_id for one in before}
