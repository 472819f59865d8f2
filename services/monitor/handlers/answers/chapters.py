"""An item's past, chapter by chapter: each event folded again, and what it changed."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final

import msgspec

from services.monitor.domain.invoice.invoice import INTEREST
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.policy.policies import ALWAYS, Policies
from services.monitor.domain.policy.policy import Policy
from services.monitor.domain.story.facts import Change, Facts, changes_of, facts_of
from services.monitor.handlers.answers.replay import JournalPart, Opening, Replay, happened_on
from services.monitor.handlers.batch import decode
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
from shared.contracts.fields import Inbound
from shared.contracts.group import AccountCured, AccountDefaulted
from shared.contracts.payment import PaymentAllocated, PaymentReceived

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
#: The type of a chapter on a policy that came into force; it is no event of the journal.
POLICY_SET: Final = "policy.set"
_ENVELOPE: Final = msgspec.json.Decoder(LedgerEvent)


@dataclass(frozen=True, slots=True)
class Chapter:
    """An event that touched the item, or a policy that came into force for it."""

    #: The creditor's day.
    happened_on: date
    recorded_at: datetime
    type: str
    #: Of a policy its name and version.
    event_id: str
    #: Empty for a policy.
    source: str
    #: What the event says, as it was accepted.
    data: Mapping[str, Any]
    changes: tuple[Change, ...]
    #: What met the item, or left it again, by which rule.
    clearings: tuple[Clearing, ...]
    #: Why the event did not do what it says.
    remark: str | None


@dataclass(slots=True)
class Teller:
    """Folds an account's journal again and notes what touches one item, in the order of time."""

    account_id: str
    invoice_id: str
    instalment: int
    policies: Policies
    #: See `remembered.kept_from`.
    kept: Sequence[tuple[datetime, frozenset[str]]]
    replay: Replay = field(init=False)
    chapters: list[Chapter] = field(default_factory=list)
    #: Until when what was recorded is in volumes, and not told; None where all of it is told.
    in_volumes_until: datetime | None = None
    #: Which of the policies' history are in force.
    _place: int = 0
    #: What counted for the item since an event last touched it, by the day, the policies in force
    #: and the promises that were kept: most of an account's events are about other items.
    _known: dict[tuple[date, int, int], Facts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.replay = Replay(self.account_id)

    def read(self, row: JournalPart) -> None:
        """Fold the next entry, after the policies that came into force before it."""
        if isinstance(row, Opening):
            self._begin(row)
            return
        self._set_policies(row.recorded_at)
        entry = decode(row.record)
        day = happened_on(entry, self._policy().time_zone)
        before = self._facts(day, row.recorded_at)
        made = self.replay.add(row, entry)
        changes: tuple[Change, ...] = ()
        if self._is_touched():
            self._known.clear()
            changes = changes_of(before, self._facts(day, row.recorded_at))
        cleared = tuple(
            one
            for one in made
            if one.invoice_id == self.invoice_id and one.instalment in (self.instalment, INTEREST)
        )
        if changes or cleared or concerns(entry.data, self.invoice_id, self.replay.account):
            envelope = _ENVELOPE.decode(row.record.value)
            self.chapters.append(
                Chapter(
                    happened_on=day,
                    recorded_at=row.recorded_at,
                    type=envelope.type,
                    event_id=envelope.id,
                    source=envelope.source,
                    data=msgspec.json.decode(envelope.data),
                    changes=changes,
                    clearings=cleared,
                    remark=self.replay.account.changes.get("remark"),
                )
            )

    def _begin(self, opening: Opening) -> None:
        """Begin where volumes end: what is in them is not told, nor the policies of that time."""
        self.replay.begin(opening)
        self.in_volumes_until = opening.recorded_until
        instants = [one.since or ALWAYS for one in self.policies.history[1:]]
        self._place = bisect_right(instants, opening.recorded_until)

    def end(self) -> None:
        """Tell of the policies that came into force after the last entry."""
        self._set_policies(None)

    def _set_policies(self, until: datetime | None) -> None:
        """Put in force what was set by an instant, or (None) all of it."""
        for coming in self.policies.history[self._place + 1 :]:
            at = coming.since
            assert at is not None
            if until is not None and at > until:
                return
            day = self._policy().today(at)
            before = self._facts(day, at)
            self._place += 1
            changes = changes_of(before, self._facts(day, at))
            if changes:
                label = self._policy().label
                self.chapters.append(Chapter(day, at, POLICY_SET, label, "", {}, changes, (), None))

    def _is_touched(self) -> bool:
        """Say whether the last event touched the invoice or the debtor, as the store hears it."""
        account = self.replay.account
        is_touched = account.touched_debtor or self.invoice_id in account.touched_invoices
        account.touched_debtor = False
        account.touched_invoices.clear()
        return is_touched

    def _policy(self) -> Policy:
        policies = self.policies.history[self._place]
        customer = self.replay.account.debtor.customer
        if customer is None:
            return policies.of(self.account_id)
        return policies.of(self.account_id, customer.grade, customer.segment)

    def _facts(self, day: date, at: datetime) -> Facts:
        account = self.replay.account
        place = bisect_right(self.kept, at, key=itemgetter(0))
        key = (day, self._place, place)
        found = self._known.get(key)
        if found is None:
            invoice = account.invoices.get(self.invoice_id)
            kept = self.kept[place - 1][1] if place else frozenset[str]()
            found = self._known[key] = facts_of(
                account.debtor, invoice, self.instalment, self._policy(), kept, day
            )
        return found


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
