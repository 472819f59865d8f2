"""The whole story of one item: each event that touched it, what stands now, and what comes next.

The past is told from the journal, folded again event by event (`chapters`); what was said and what
stands comes from the stored state; what comes next is walked through, as sweeps would decide it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import msgspec

from services.monitor.domain.escalation.claimed import stopped_of
from services.monitor.domain.escalation.conditions import overdue_of
from services.monitor.domain.escalation.decision import Circumstances, Decision, decide
from services.monitor.domain.escalation.holds import Hold, holds_on
from services.monitor.domain.escalation.telling import address_of
from services.monitor.domain.interest.in_force import terms_in_force
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Policy
from services.monitor.domain.story.forecast import Expected, forecast
from services.monitor.handlers.answers.chapters import Chapter, Teller
from services.monitor.handlers.answers.interest import InvoiceInterest, interest_on
from services.monitor.handlers.answers.remembered import Word, kept_from
from services.monitor.handlers.answers.replay import JournalPart
from services.monitor.handlers.collector import collector_paused
from services.monitor.handlers.figures import Figures
from services.monitor.handlers.ports import AccountKey, Known
from shared.contracts.escalation import Claim
from shared.errors import NotFoundError


class Sources(Protocol):
    """One snapshot of all that a story is told from."""

    async def policies(self) -> tuple[Policies, int]:
        """Return the policies with their history, and how many versions there are in all."""

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        """Return what is known of accounts besides their items."""

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        """Return all open items of accounts."""

    async def items(self, key: AccountKey, invoice_id: str) -> list[Item]:
        """Return the items of an invoice, in the order of their instalments."""

    def journal(self, key: AccountKey) -> AsyncIterator[JournalPart]:
        """Give the account's opening, if any, and its entries, in the order of the ledger."""

    async def words(
        self, key: AccountKey, invoice_id: str, instalment: int
    ) -> list[dict[str, Any]]:
        """Return what was said about an item and about its account as a whole, in order."""


@dataclass(frozen=True, slots=True)
class Story:
    """All that can be said of an item today."""

    key: AccountKey
    item: Item
    policy: Policy
    #: The creditor's day.
    today: date
    chapters: Sequence[Chapter]
    #: Until when what was recorded of the account is in volumes, and not told.
    in_volumes_until: datetime | None
    words: Sequence[Mapping[str, Any]]
    #: What holds it, whatever its levels are held by.
    holds: Sequence[Hold]
    decision: Decision
    #: What becomes of each level that does not stand raised, in the policy's order.
    outlook: Sequence[Expected]
    #: None where nothing is open, or no level claims and nothing is insured.
    claim: Claim | None
    interest: InvoiceInterest | None


async def tell(
    sources: Sources, key: AccountKey, invoice_id: str, instalment: int, now: datetime
) -> Story:
    """Return the story of an item; `NotFoundError` names the items that there are instead."""
    item = await _find(sources, key, invoice_id, instalment)
    known = (await sources.known([key]))[key]
    policies, _versions = await sources.policies()
    policy = known.policy(key, policies)
    today = policy.today(now)
    words = await sources.words(key, invoice_id, instalment)
    kept = kept_from(msgspec.convert(words, list[Word]))
    teller = Teller(key[1], invoice_id, instalment, policies, kept)
    with collector_paused():
        async for row in sources.journal(key):
            teller.read(row)
    teller.end()
    needs_others = policy.needs_account or (item.open > 0 and known.debtor.covers)
    open_items = (await sources.open_items([key]))[key] if needs_others else []
    around = _around(item, known, open_items, policy, today)
    invoice = teller.replay.account.invoices[invoice_id]
    return Story(
        key=key,
        item=item,
        policy=policy,
        today=today,
        chapters=teller.chapters,
        in_volumes_until=teller.in_volumes_until,
        words=words,
        holds=holds_on(item, known.debtor, known.said.kept, today) if item.open else [],
        decision=decide(item, policy, today, around),
        outlook=forecast(item, policy, today, around, open_items),
        claim=_claim(key, item, known, open_items, policy, today),
        interest=interest_on(
            invoice,
            teller.replay.clearings_of(invoice_id),
            terms_in_force(key[1], known.debtor, policies),
            today,
        ),
    )


async def _find(sources: Sources, key: AccountKey, invoice_id: str, instalment: int) -> Item:
    items = await sources.items(key, invoice_id)
    for item in items:
        if item.instalment == instalment:
            return item
    if items:
        there = ", ".join(item.item_id for item in items)
        message = (
            f"{key[1]} has no item {invoice_id}/{instalment}; of that invoice there is {there}"
        )
    else:
        message = f"{key[1]} has no invoice {invoice_id!r}; look for it with: arrears items"
    raise NotFoundError(message)


def _around(
    item: Item, known: Known, open_items: Sequence[Item], policy: Policy, today: date
) -> Circumstances:
    return Circumstances(
        known.debtor,
        known.said.kept,
        overdue_of(open_items, today) if policy.needs_account else None,
        address_of(known.debtor.customer) if item.open else "",
    )


def _claim(
    key: AccountKey,
    item: Item,
    known: Known,
    open_items: list[Item],
    policy: Policy,
    today: date,
) -> Claim | None:
    """Return the claim as it stands, else as it would be today, with its arithmetic."""
    claims = any(level.is_claim for level in policy.levels)
    if not item.open or not (claims or known.debtor.covers):
        return None
    figures = Figures({key: open_items}, {}, {}, {}, {key: stopped_of(known.said.claims)})
    return figures.outlook(key, item, known.debtor, today)
