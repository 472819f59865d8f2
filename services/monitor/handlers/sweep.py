"""Look at everything whose time has come, in transactions of a bounded size and for a bounded time.

Under newer policies every open item is looked at once more, in the order of their keys; how far
that has come is kept beside the partition, so that whoever owns it next goes on from there.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policies import Policies
from services.monitor.handlers.attention import Look, attend
from services.monitor.handlers.ports import (
    AccountKey,
    DueItem,
    Ownership,
    Retiming,
    Store,
    Unit,
    Word,
)

#: Items a sweep decides about in one transaction.
SWEEP_ITEMS_MAX: Final = 1000
#: Accounts a sweep decides about as wholes in one transaction.
SWEEP_ACCOUNTS_MAX: Final = 200
#: Before every key.
START: Final = ("", "", 0)


async def sweep(
    store: Store,
    owned: Ownership,
    now: datetime,
    *,
    retime: bool,
    said: Callable[[list[Word]], Awaitable[None]],
    has_time: Callable[[], bool],
) -> bool:
    """Decide about all that is due of one partition; returns whether nothing is left.

    With `retime` the policies have changed, and every open item is looked at. `said` is called
    after each transaction with what it said.
    """
    # What is due today does not wait for millions of items to be looked at under a new policy.
    steps = [_accounts_due, _items_due, *([_retime_some] if retime else [])]
    for step in steps:
        while True:
            async with store.unit() as unit:
                await unit.hold(owned)
                policies, versions = await unit.policies()
                words, is_done = await step(unit, owned.partition, policies, versions, now)
                await unit.tell(words, now)
            await said(words)
            if is_done:
                break
            if not has_time():
                return False
    return True


async def _items_due(
    unit: Unit, partition: int, policies: Policies, _versions: int, now: datetime
) -> tuple[list[Word], bool]:
    """Look at items whose timer has fired."""
    due = await unit.due_items(partition, now, SWEEP_ITEMS_MAX)
    words = await _look(unit, partition, due, policies, now)
    return words, len(due) < SWEEP_ITEMS_MAX


async def _accounts_due(
    unit: Unit, partition: int, policies: Policies, _versions: int, now: datetime
) -> tuple[list[Word], bool]:
    """Look at accounts whose own timer has fired: a promise's day is over."""
    due = await unit.due_accounts(partition, now, SWEEP_ACCOUNTS_MAX)
    keys = [(partition, account_id) for account_id in due]
    look = Look(items=(), accounts=frozenset(keys))
    known = await unit.known(keys)
    words = await attend(unit, look, known, policies, now, live={partition})
    return words, len(due) < SWEEP_ACCOUNTS_MAX


async def _retime_some(
    unit: Unit, partition: int, policies: Policies, versions: int, now: datetime
) -> tuple[list[Word], bool]:
    """Look at the next open items under the newest policies; begin anew when those have changed."""
    retiming = await unit.retiming(partition)
    if retiming is None or retiming.versions != versions:
        retiming = Retiming(versions, START)
    found = await unit.items_after(partition, retiming.after, SWEEP_ITEMS_MAX)
    words = await _look(unit, partition, found, policies, now, retimed=True)
    is_done = len(found) < SWEEP_ITEMS_MAX
    if found:
        last = found[-1]
        retiming = replace(
            retiming, after=(last.account_id, last.item.invoice_id, last.item.instalment)
        )
    await unit.save_retiming(partition, retiming, done=is_done)
    return words, is_done


async def _look(
    unit: Unit,
    partition: int,
    found: Sequence[DueItem],
    policies: Policies,
    now: datetime,
    *,
    retimed: bool = False,
) -> list[Word]:
    """Look at items, and at the whole of accounts whose policies ask for it."""
    items = [((partition, one.account_id), one.item) for one in found]
    known = await unit.known(sorted({key for key, _item in items}))
    whole = frozenset(key for key in known if known[key].policy(key, policies).needs_account)
    if whole:
        items = _with_all(items, whole, await unit.open_items(sorted(whole)))
    grouped = (
        frozenset(key for key in known if known[key].debtor.group_id) if retimed else frozenset()
    )
    look = Look(items=items, whole=whole, accounts=grouped)
    return await attend(unit, look, known, policies, now, live={partition})


def _with_all(
    items: Sequence[tuple[AccountKey, Item]],
    whole: frozenset[AccountKey],
    open_items: Mapping[AccountKey, Sequence[Item]],
) -> list[tuple[AccountKey, Item]]:
    """Put all open items of `whole` accounts in the place of those that happened to be due.

    What is due and no longer open stays, so that its timer is cleared.
    """
    kept = [(key, item) for key, item in items if key not in whole or item.open == 0]
    return kept + [(key, item) for key in sorted(whole) for item in open_items.get(key, ())]
