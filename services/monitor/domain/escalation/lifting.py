"""What stands raised and is called back though the item is still due.

What is paid, cancelled, written off or agreed anew is lifted where that is folded, in the ledger.
Arrears' own rule (decision 8); the cure of a default ends what it alone had brought.
"""

from datetime import date

from services.monitor.domain.escalation.clock import crossed_on, exists, own_on, was_reached
from services.monitor.domain.insurance.clocks import Insurance
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Level, Policy


def lifts_of(
    item: Item, policy: Policy, debtor: Debtor, insurance: Insurance | None, today: date
) -> tuple[tuple[Raised, str], ...]:
    """Return what stands raised and no longer should, and why.

    A new policy lifts a level that the item has not reached by it, today or when it was raised; a
    default's cure what it alone had brought; the due date a reminder of before it that is on hold.
    `insurance` is what insures the item.
    """
    found: list[tuple[Raised, str]] = []
    for raised in item.raised:
        level = policy.level(raised.level)
        if level is None:
            found.append((raised, f"policy {policy.label} has no such level"))
            continue
        if not exists(level, insurance):
            found.append((raised, "no cover insures it any more"))
            continue
        late = None if raised.held_by is None else too_late(level, item.due_on, today)
        if late is not None:
            found.append((raised, late))
            continue
        on = own_on(level, item, debtor, insurance, policy, today)
        if on <= today or crossed_on(level, item, debtor, policy) is not None:
            continue
        if raised.cross_default and debtor.cross_defaulted_on is None:
            found.append((raised, _cured(debtor)))
        elif raised.policy != policy.label and not was_reached(
            raised, level, item, debtor, insurance, policy
        ):
            found.append((raised, f"not due before {on} by policy {policy.label}"))
    return tuple(found)


def too_late(level: Level, due_on: date, today: date) -> str | None:
    """Say why a level that is raised has nothing to say to the customer any more; None: it has.

    A reminder of before the due date, from that date on.
    """
    if not level.is_reminder or today < due_on:
        return None
    return f"it reminds of the due date, and that is {due_on}"


def _cured(debtor: Debtor) -> str:
    known = debtor.group_default
    if known is not None and known.group_id != debtor.group_id:
        return f"the account has left group {known.group_id}, of which others are in default"
    return "no other account of the group is in default any more"
