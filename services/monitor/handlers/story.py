"""The whole story of one item: each event that touched it, what stands now, and what comes next.

The past is told from the journal, folded again event by event; what was said and what stands comes
from the stored state; what comes next is decided anew, as a sweep would decide it today.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Protocol

import msgspec

from services.monitor.domain.escalation.clock import Prospect
from services.monitor.domain.escalation.conditions import overdue_of
from services.monitor.domain.escalation.decision import Circumstances, Decision, decide
from services.monitor.domain.escalation.holds import Hold, holds_on
from services.monitor.domain.escalation.telling import address_of
from services.monitor.domain.invoice.invoice import INTEREST
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.policy.policy import Policies, Policy
from services.monitor.handlers.batch import Entry, decode
from services.monitor.handlers.figures import Figures
from services.monitor.handlers.interest import InvoiceInterest, interest_on
from services.monitor.handlers.ports import AccountKey, Known
from services.monitor.handlers.replay import JournalRow, Replay, happened_on
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.contracts.customer import CustomerInsolvent, CustomerUpdated
from shared.contracts.dunning import (
    DunningBlocked,
    DunningUnblocked,
    EnforcementSet,
    PromiseMade,
    PromiseWithdrawn,
)
from shared.contracts.envelope import LedgerEvent
from shared.contracts.escalation import Claim, EscalationEvent
from shared.contracts.fields import Inbound
from shared.contracts.group import AccountCured, AccountDefaulted
from shared.contracts.payment import PaymentAllocated, PaymentReceived
from shared.errors import NotFoundError
from shared.money import to_text

#: What concerns every item of an account.
OF_EVERY_ITEM: Final = (
    AccountCured,
    AccountDefaulted,
    CoverUpdated,
    CoverWithdrawn,
    CustomerInsolvent,
    CustomerUpdated,
    EnforcementSet,
)
_ENVELOPE: Final = msgspec.json.Decoder(LedgerEvent)


class Sources(Protocol):
    """One snapshot of all that a story is told from."""

    async def policies(self) -> tuple[Policies, int]:
        """Return the newest policies, and how many versions there are in all."""

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        """Return what is known of accounts besides their items."""

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        """Return all open items of accounts."""

    async def claims(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[EscalationEvent]]:
        """Return the claims on the insurance that stand raised for accounts."""

    async def items(self, key: AccountKey, invoice_id: str) -> list[Item]:
        """Return the items of an invoice, in the order of their instalments."""

    def journal(self, key: AccountKey) -> AsyncIterator[JournalRow]:
        """Give the account's entries, in the order of the ledger."""

    async def words(
        self, key: AccountKey, invoice_id: str, instalment: int
    ) -> list[dict[str, Any]]:
        """Return what was said about an item and about its account as a whole, in order."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changed of the item: `open`, `amount`, `disputed` or `due_on`.

    Amounts are decimal strings of the item's currency; before the item was there, it is None.
    """

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """An event that touched the item."""

    #: The creditor's day.
    happened_on: date
    recorded_at: datetime
    type: str
    event_id: str
    source: str
    #: What the event says, as it was accepted.
    data: Mapping[str, Any]
    changes: tuple[Change, ...]
    #: What met the item, or left it again, by which rule.
    clearings: tuple[Clearing, ...]
    #: Why the event did not do what it says.
    remark: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """All that can be said of an item today."""

    key: AccountKey
    item: Item
    policy: Policy
    #: The creditor's day.
    today: date
    chapters: Sequence[Chapter]
    words: Sequence[Mapping[str, Any]]
    #: What holds it, whatever its levels are held by.
    holds: Sequence[Hold]
    decision: Decision
    #: None where nothing is open, or no level claims and nothing is insured.
    claim: Claim | None
    interest: InvoiceInterest | None

    @property
    def outlook(self) -> tuple[tuple[Prospect, str | None], ...]:
        """What may still be raised, when, and what holds it back."""
        return self.decision.outlook


@dataclass(slots=True)
class _Teller:
    """Folds the journal again and notes what touches one item."""

    invoice_id: str
    instalment: int
    time_zone: str
    replay: Replay
    chapters: list[Chapter] = field(default_factory=list)

    def read(self, row: JournalRow) -> None:
        entry = decode(row.record)
        before = self._item()
        shown = _shown(before)
        made = self.replay.add(row, entry)
        after = _shown(self._item())
        changes = tuple(
            Change(name, shown.get(name), after.get(name))
            for name in ("amount", "due_on", "open", "disputed")
            if shown.get(name) != after.get(name)
        )
        cleared = tuple(
            one
            for one in made
            if one.invoice_id == self.invoice_id and one.instalment in (self.instalment, INTEREST)
        )
        if changes or cleared or self._concerns(entry.data):
            self.chapters.append(self._chapter(row, entry, changes, cleared))

    def _item(self) -> Item | None:
        invoice = self.replay.account.invoices.get(self.invoice_id)
        items = [] if invoice is None else invoice.items
        return next((one for one in items if one.instalment == self.instalment), None)

    def _concerns(self, data: Inbound) -> bool:
        return concerns(data, self.invoice_id, self.replay.account)

    def _chapter(
        self,
        row: JournalRow,
        entry: Entry,
        changes: tuple[Change, ...],
        cleared: tuple[Clearing, ...],
    ) -> Chapter:
        envelope = _ENVELOPE.decode(row.record.value)
        return Chapter(
            happened_on=happened_on(entry, self.time_zone),
            recorded_at=row.recorded_at,
            type=envelope.type,
            event_id=envelope.id,
            source=envelope.source,
            data=msgspec.json.decode(envelope.data),
            changes=changes,
            clearings=cleared,
            remark=self.replay.account.changes.get("remark"),
        )


def _shown(item: Item | None) -> dict[str, str]:
    if item is None:
        return {}
    amounts = {"amount": item.amount, "open": item.open, "disputed": item.disputed}
    shown = {name: to_text(minor, item.currency) for name, minor in amounts.items()}
    return {**shown, "due_on": item.due_on.isoformat()}


def concerns(data: Inbound, invoice_id: str, account: Account) -> bool:
    """Say whether an event is about an invoice, by its name or since it is about all of them."""
    if isinstance(data, OF_EVERY_ITEM):
        return True
    if isinstance(data, PromiseMade | PromiseWithdrawn):
        promise = account.debtor.promises.get(data.promise_id)
        return promise is not None and promise.covers(invoice_id)
    if isinstance(data, DunningBlocked | DunningUnblocked):
        block = account.debtor.blocks.get(data.block_id)
        return block is not None and block.invoice_id in (None, invoice_id)
    if isinstance(data, PaymentReceived | PaymentAllocated):
        return any(part.invoice_id == invoice_id for part in data.allocations or ())
    return getattr(data, "invoice_id", None) == invoice_id


async def tell(
    sources: Sources, key: AccountKey, invoice_id: str, instalment: int, now: datetime
) -> Story:
    """Return the story of an item; `NotFoundError` names the items that there are instead."""
    item = await _find(sources, key, invoice_id, instalment)
    known = (await sources.known([key]))[key]
    policies, _versions = await sources.policies()
    policy = known.policy(key, policies)
    today = policy.today(now)
    teller = _Teller(invoice_id, instalment, policy.time_zone, Replay(key[1]))
    async for row in sources.journal(key):
        teller.read(row)
    open_items = (await sources.open_items([key]))[key]
    invoice = teller.replay.account.invoices[invoice_id]
    return Story(
        key=key,
        item=item,
        policy=policy,
        today=today,
        chapters=teller.chapters,
        words=await sources.words(key, invoice_id, instalment),
        holds=holds_on(item, known.debtor, known.said.kept, today) if item.open else [],
        decision=_decided(item, known, open_items, policy, today),
        claim=await _claim(sources, key, item, known, open_items, policy, today),
        interest=interest_on(invoice, teller.replay.clearings_of(invoice_id), policy, today),
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


def _decided(
    item: Item, known: Known, open_items: Sequence[Item], policy: Policy, today: date
) -> Decision:
    around = Circumstances(
        known.debtor,
        known.said.kept,
        overdue_of(open_items, today) if policy.needs_account else None,
        address_of(known.debtor.customer) if item.open else "",
    )
    return decide(item, policy, today, around)


async def _claim(
    sources: Sources,
    key: AccountKey,
    item: Item,
    known: Known,
    open_items: list[Item],
    policy: Policy,
    today: date,
) -> Claim | None:
    """Return the claim as it would be today, with its arithmetic."""
    claims = any(level.is_claim for level in policy.levels)
    if not item.open or not (claims or known.debtor.covers):
        return None
    standing = (await sources.claims([key])).get(key, [])
    earlier = {one.item_id: (one.raised_on, one.claim) for one in standing if one.claim is not None}
    figures = Figures({key: open_items}, {key: earlier}, {}, {})
    return figures.claim(key, item, known.debtor, today)
