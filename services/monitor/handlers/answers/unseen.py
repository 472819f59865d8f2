"""Sentences of today on what the insurer must hear while an account's enforcement is off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.monitor.domain.escalation.unseen import held_from_insurer
from services.monitor.domain.invoice.item import Item
from services.monitor.handlers.answers import interest
from services.monitor.handlers.ports import AccountKey


class Reading(interest.Reading, Protocol):
    """One snapshot of the stored state, open items among it."""

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        """Return all open items of accounts."""


async def unseen_now(
    reading: Reading, keys: Sequence[AccountKey], now: datetime
) -> dict[AccountKey | None, list[str]]:
    """Return the sentences on the insurer's levels that enforcement holds today, by account.

    They depend on the creditor's day and policy: see `interest.beyond_now`.
    """
    if not keys:
        return {}
    policies, _versions = await reading.policies()
    known = await reading.known(keys)
    items = await reading.open_items(keys)
    found: dict[AccountKey | None, list[str]] = {}
    for key in keys:
        policy = known[key].policy(key, policies)
        found[key] = held_from_insurer(
            known[key].debtor, items.get(key, ()), policy, policy.today(now)
        )
    return found
