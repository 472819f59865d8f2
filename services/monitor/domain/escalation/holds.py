"""What holds an item's levels on a day: disputes, promises, blocks, insolvency, enforcement off.

Sources: SAP, "Dunning Blocks and Dunning Keys", for a block of an item or of the account; § 320 BGB
for a dispute; § 87 InsO for insolvency. That a promise holds, and enforcement off, is Arrears' own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Level

DISPUTE: Final = "dispute"
PROMISE: Final = "promise"
BLOCK: Final = "block"
INSOLVENCY: Final = "insolvency"
#: Holds every level, whatever the policy says can hold it.
ENFORCEMENT: Final = "enforcement"
#: What a policy's level can be held by.
KINDS: Final = (DISPUTE, PROMISE, BLOCK, INSOLVENCY)


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing that holds, and the last day it does; None: until an event ends it."""

    kind: str
    hold_id: str
    until: date | None = None
    #: The day from which it holds; it tells no hold from another.
    since: date | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        """As in `promise P-17`."""
        return f"{self.kind} {self.hold_id}".rstrip()


def holds_on(item: Item, debtor: Debtor, kept: Collection[str], today: date) -> list[Hold]:
    """Return what holds an item on the creditor's day.

    A dispute holds what is wholly disputed: of the rest the undisputed part is dunned. A promise
    holds what is in its currency to the end of its day, unless it is `kept` (by promise id) or
    withdrawn; a block from its first day to the end of its last, or until it is lifted.
    """
    holds: list[Hold] = []
    if 0 < item.open <= item.disputed:
        since = item.disputed_days[-1][0] if item.disputed_days else None
        holds.append(Hold(DISPUTE, "", since=since))
    for promise_id, promise in sorted(debtor.promises.items()):
        if promise.promised_on is None or promise.is_withdrawn or promise_id in kept:
            continue
        if promise.currency not in (None, item.currency):
            continue
        if promise.promised_on >= today and promise.covers(item.invoice_id):
            holds.append(Hold(PROMISE, promise_id, promise.promised_on, promise.made_on))
    for block_id, block in sorted(debtor.blocks.items()):
        if block.holds_on(today) and block.invoice_id in (None, item.invoice_id):
            holds.append(Hold(BLOCK, block_id, block.last_on, block.blocked_on))
    if debtor.is_insolvent_on(today):
        holds.append(Hold(INSOLVENCY, "", since=debtor.insolvent_on))
    if not debtor.is_enforced_on(today):
        on_again = [one for one in debtor.switches if one.set_on > today and one.enforced]
        until = on_again[0].set_on - timedelta(days=1) if on_again else None
        off_on = max(one.set_on for one in debtor.switches if one.set_on <= today)
        holds.append(Hold(ENFORCEMENT, "", until, off_on))
    return holds


def next_hold_on(item: Item, debtor: Debtor, today: date) -> date | None:
    """Return the next day on which something begins to hold that was said ahead."""
    begins = [
        block.blocked_on
        for block in debtor.blocks.values()
        if block.blocked_on is not None
        and block.holds_on(block.blocked_on)
        and block.invoice_id in (None, item.invoice_id)
    ]
    begins += [one.set_on for one in debtor.switches if not one.enforced]
    begins += [] if debtor.insolvent_on is None else [debtor.insolvent_on]
    return min((day for day in begins if day > today), default=None)


def hold_of(level: Level | None, holds: Sequence[Hold]) -> Hold | None:
    """Return what holds a level: of several, the one that lasts longest."""
    if not holds:
        return None
    found = [
        hold
        for hold in holds
        if hold.kind == ENFORCEMENT or (level is not None and hold.kind in level.held_by)
    ]
    return max(found, key=lambda hold: hold.until or date.max, default=None)


def free_on(hold: Hold) -> date | None:
    """Return the first day without the hold; None where only an event ends it."""
    return None if hold.until is None else hold.until + timedelta(days=1)
