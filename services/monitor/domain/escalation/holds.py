"""What holds an item's levels on a day: disputes, promises, blocks, insolvency, enforcement off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Level, Policy

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

    @property
    def label(self) -> str:
        """As in `promise P-17`."""
        return f"{self.kind} {self.hold_id}".rstrip()


def holds_on(item: Item, debtor: Debtor, kept: Collection[str], today: date) -> list[Hold]:
    """Return what holds an item on the creditor's day.

    A dispute holds what is wholly disputed: of the rest the undisputed part is dunned. A promise
    holds to the end of its day, unless it is `kept` (by promise id) or withdrawn; a block to the
    end of its last day, or until it is lifted.
    """
    holds: list[Hold] = []
    if item.open > 0 and item.dunnable <= 0:
        holds.append(Hold(DISPUTE, ""))
    for promise_id, promise in sorted(debtor.promises.items()):
        if promise.promised_on is None or promise.is_withdrawn or promise_id in kept:
            continue
        if promise.promised_on >= today and promise.covers(item.invoice_id):
            holds.append(Hold(PROMISE, promise_id, promise.promised_on))
    for block_id, block in sorted(debtor.blocks.items()):
        if block.blocked_on is None or block.unblocked_on is not None:
            continue
        is_over = block.until is not None and block.until < today
        if not is_over and block.invoice_id in (None, item.invoice_id):
            holds.append(Hold(BLOCK, block_id, block.until))
    if debtor.insolvent_on is not None:
        holds.append(Hold(INSOLVENCY, ""))
    if debtor.enforcement is not None and not debtor.enforcement.enforced:
        holds.append(Hold(ENFORCEMENT, ""))
    return holds


def hold_of(level: Level | None, holds: Sequence[Hold]) -> Hold | None:
    """Return what holds a level: of several, the one that lasts longest."""
    found = [
        hold
        for hold in holds
        if hold.kind == ENFORCEMENT or (level is not None and hold.kind in level.held_by)
    ]
    return max(found, key=lambda hold: hold.until or date.max, default=None)


def free_on(hold: Hold) -> date | None:
    """Return the first day without the hold; None where only an event ends it."""
    return None if hold.until is None else hold.until + timedelta(days=1)


def days_back(item: Item, policy: Policy, today: date) -> int:
    """Return how many of the policy's days since the due date the item was in dispute.

    A dispute that still runs stops the clock only where nothing else can be dunned: for the rest
    of what is open the item goes on, or a small objection would be time for all of it.
    """
    total = 0
    for first, end in item.disputed_days:
        if end is not None or item.dunnable <= 0:
            total += policy.days_in(max(first, item.due_on), end or today)
    return total
