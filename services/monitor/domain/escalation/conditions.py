"""What must hold beside age before a level is raised: enough open, and enough items overdue.

Sources: SAP, "Effect of Minimum Amounts and Percentage Rates on Dunning Levels": equal is enough;
Kill Bill's `totalUnpaidInvoiceBalanceEqualsOrExceeds` and `numberOfUnpaidInvoicesEqualsOrExceeds`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policy import ACCOUNT, Level, Policy


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is overdue and dunnable of an account on a day: minor units by currency, and items."""

    by_currency: dict[str, int]
    items: int

    def with_item(self, item: Item, today: date) -> "Overdue":
        """Return the sum with an item that is not overdue yet."""
        if item.due_on < today:
            return self
        own = self.by_currency.get(item.currency, 0) + item.dunnable
        return Overdue(self.by_currency | {item.currency: own}, self.items + 1)


def overdue_of(items: Sequence[Item], today: date) -> Overdue:
    """Sum up what is overdue and dunnable of an account's open items."""
    late = [item for item in items if item.due_on < today and item.dunnable > 0]
    sums: dict[str, int] = {}
    for item in late:
        sums[item.currency] = sums.get(item.currency, 0) + item.dunnable
    return Overdue(sums, len(late))


def shortfall(
    level: Level, item: Item, policy: Policy, overdue: Overdue | None, today: date
) -> str | None:
    """Say which condition of a level does not hold; None when all do.

    A reminder before the due date has no overdue amount: it goes by the item's own. The item itself
    counts among the account's from its due date on. What is disputed counts for the insurer:
    whether it is paid for is the insurer's word, and the notice must not be missed.
    """
    amount = dunnable = item.dunnable
    if dunnable <= 0 and not level.is_insurers:
        return "all that is open is disputed"
    conditions = level.conditions
    items = conditions.minimum_items
    if overdue is not None and level.after_days >= 0:
        itself = overdue.with_item(item, today) if dunnable > 0 else overdue
        items = itself.items
        if policy.minimum_scope == ACCOUNT:
            amount = itself.by_currency.get(item.currency, 0)
    if level.is_insurers:
        amount += item.disputed
        items += dunnable <= 0
    if items < conditions.minimum_items:
        return f"fewer than {conditions.minimum_items} overdue items: {items}"
    if amount < conditions.minimum_open.get(item.currency, 0):
        return "below the minimum"
    return None


def shortfalls(item: Item, policy: Policy, overdue: Overdue | None, today: date) -> dict[str, str]:
    """Return by name the levels of which a condition does not hold, and which one."""
    whys = {one.name: shortfall(one, item, policy, overdue, today) for one in policy.levels}
    return {name: why for name, why in whys.items() if why is not None}
