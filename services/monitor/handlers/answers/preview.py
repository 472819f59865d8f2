"""What a policy would do if it were in force now: raise, hold, let go on, lift, and to interest.

Nothing is written. Items come account by account, so that an account is decided as a whole and is
counted once; what is kept in memory does not grow with the ledger. What would follow from a new
level in other accounts of a group is no part of it.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from services.monitor.domain.escalation.conditions import overdue_of
from services.monitor.domain.escalation.decision import Circumstances, Decision, decide
from services.monitor.domain.escalation.telling import address_of
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policies import Policies, select
from services.monitor.domain.policy.policy import Policy
from services.monitor.handlers.ports import AccountKey, Known

RAISE: Final = "raise"
HOLD: Final = "hold"
RESUME: Final = "resume"
LIFT: Final = "lift"
#: What a policy can do to an item's level, in the order in which it is shown.
DEEDS: Final = (RAISE, HOLD, RESUME, LIFT)
#: Customers that are named for each deed, level and currency.
LARGEST_MAX: Final = 10
#: Items decided about before others have their turn.
ITEMS_A_TURN: Final = 500


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account that a policy may be for, with all of its open items."""

    key: AccountKey
    known: Known
    items: Sequence[Item]


class Books(Protocol):
    """A snapshot of the open items."""

    async def count(self) -> int:
        """Return how many open items there are."""

    def accounts(self) -> AsyncIterator[Sequence[OpenAccount]]:
        """Give every account with something open, a bounded number of items at a time."""


@dataclass(frozen=True, slots=True)
class Largest:
    """A customer among those with most at stake: what is open of the items concerned."""

    open: int
    account_id: str
    name: str | None
    items: int


@dataclass(slots=True)
class Stake:
    """What one deed at one level comes to in one currency."""

    deed: str
    level: str
    currency: str
    items: int = 0
    #: Minor units open of these items.
    open: int = 0
    customers: int = 0
    #: A heap of (open, account id, name, items), the smallest first.
    _largest: list[tuple[int, str, str | None, int]] = field(default_factory=list)

    def add(self, account_id: str, name: str | None, items: int, open_minor: int) -> None:
        """Add all that concerns one account."""
        self.items += items
        self.open += open_minor
        self.customers += 1
        entry = (open_minor, account_id, name, items)
        if len(self._largest) < LARGEST_MAX:
            heapq.heappush(self._largest, entry)
        else:
            heapq.heappushpop(self._largest, entry)

    @property
    def largest(self) -> list[Largest]:
        """The customers with most open, the largest first."""
        ordered = sorted(self._largest, key=lambda one: (-one[0], one[1]))
        return [Largest(*entry) for entry in ordered]


@dataclass(slots=True)
class InterestChange:
    """The terms of interest that a policy would put in the place of another one's, from today."""

    #: The policy that is in force so far.
    present: Policy
    #: Accounts with something open that it has been for.
    accounts: int = 0


@dataclass(slots=True)
class Preview:
    """What a policy would do today."""

    policy: Policy
    #: Open items that were looked at, and those of them that the policy would be for.
    looked_at: int = 0
    concerned: int = 0
    accounts: int = 0
    _stakes: dict[tuple[str, str, str], Stake] = field(default_factory=dict)
    _presents: dict[str, InterestChange] = field(default_factory=dict)

    @property
    def interest(self) -> list[InterestChange]:
        """The present policies whose terms of interest are others, by their labels."""
        return [
            one
            for _label, one in sorted(self._presents.items())
            if one.present.interest != self.policy.interest
        ]

    def replaces(self, present: Policy, accounts: int) -> None:
        """Note a policy that would be no longer in force for so many accounts."""
        known = self._presents.setdefault(present.label, InterestChange(present))
        known.accounts += accounts

    @property
    def stakes(self) -> list[Stake]:
        """What would be done, deed by deed, in the order of the policy's levels."""
        return sorted(
            self._stakes.values(),
            key=lambda one: (
                DEEDS.index(one.deed),
                self.policy.index(one.level),
                one.level,
                one.currency,
            ),
        )

    async def look(self, account: OpenAccount, now: datetime) -> None:
        """Decide about every item of an account that the policy would be for."""
        self.accounts += 1
        self.concerned += len(account.items)
        today = self.policy.today(now)
        around = _around(account, self.policy, today)
        sums: dict[tuple[str, str, str], tuple[int, int]] = {}
        for first in range(0, len(account.items), ITEMS_A_TURN):
            for item in account.items[first : first + ITEMS_A_TURN]:
                for deed, level in _deeds(decide(item, self.policy, today, around)):
                    key = (deed, level, item.currency)
                    items, open_minor = sums.get(key, (0, 0))
                    sums[key] = (items + 1, open_minor + item.open)
            # Events are folded by the same process: they have their turn in between.
            await asyncio.sleep(0)
        customer = account.known.debtor.customer
        name = None if customer is None else customer.name
        for key, (items, open_minor) in sums.items():
            stake = self._stakes.setdefault(key, Stake(*key))
            stake.add(account.key[1], name, items, open_minor)


async def preview(
    books: Books,
    policy: Policy,
    present: Policies,
    now: datetime,
) -> AsyncIterator[tuple[int, Preview]]:
    """Look at every open item that a policy would be for, beside the present policies.

    Yields (items in all, what was found so far) as the work goes on; the last one is the answer.
    """
    coming = with_policy(present, policy)
    found = Preview(policy)
    if policy.scope in present.by_scope:
        found.replaces(present.by_scope[policy.scope], 0)
    total = await books.count()
    yield total, found
    async for accounts in books.accounts():
        for account in accounts:
            found.looked_at += len(account.items)
            if account.known.policy(account.key, coming) is policy:
                await found.look(account, now)
                found.replaces(account.known.policy(account.key, present), 1)
        yield total, found


def with_policy(present: Policies, policy: Policy) -> Policies:
    """Return the policies as they would be: one version newer, or one policy more."""
    others = [one for one in present.by_scope.values() if one.scope != policy.scope]
    return select([*others, policy])


def _around(account: OpenAccount, policy: Policy, today: date) -> Circumstances:
    known = account.known
    return Circumstances(
        known.debtor,
        known.said.kept,
        overdue_of(account.items, today) if policy.needs_account else None,
        address_of(known.debtor.customer),
    )


def _deeds(decision: Decision) -> Iterator[tuple[str, str]]:
    """Give (deed, level) of all that would be said of an item today."""
    for raised in decision.raises:
        yield RAISE, raised.level.name
    for held, _hold in decision.held:
        yield HOLD, held.level
    for resumed in decision.resumed:
        yield RESUME, resumed.level
    for lifted, _why in decision.lifts:
        yield LIFT, lifted.level
