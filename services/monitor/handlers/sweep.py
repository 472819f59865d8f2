"""Look at every item whose time has come, in transactions of a bounded size."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from services.monitor.handlers.attention import attend
from services.monitor.handlers.ports import Ownership, Store
from shared.contracts.escalation import EscalationEvent

#: Items a sweep decides about in one transaction.
SWEEP_ITEMS_MAX: Final = 1000


async def sweep(
    store: Store,
    owned: Ownership,
    now: datetime,
    *,
    retime: bool,
    said: Callable[[list[EscalationEvent]], Awaitable[None]],
) -> None:
    """Decide about all due items of one partition; a fired timer is checked against its item.

    With `retime` every open item is made due first: the policies have changed. `said` is called
    after each transaction with what it raised.
    """
    if retime:
        async with store.unit() as unit:
            await unit.hold(owned)
            _policies, versions = await unit.policies()
            await unit.retime(owned.partition, now, versions)
    while True:
        async with store.unit() as unit:
            await unit.hold(owned)
            due = await unit.due_items(owned.partition, now, SWEEP_ITEMS_MAX)
            policies, _versions = await unit.policies()
            items = [((owned.partition, one.account_id), one.item) for one in due]
            events = await attend(unit, items, policies, now, live={owned.partition})
            await unit.tell(events, now)
        await said([event for _partition, event in events])
        if len(due) < SWEEP_ITEMS_MAX:
            return
