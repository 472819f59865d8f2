"""The part of an account that a batch of events works on, and what came of it.

The store loads what the events name and whatever hangs on it (see `needs`); the folds change it in
place, by way of `settling`; the account collects clearing records, lifted and changed escalations
and touched rows, for the shell to write. It reads no time: a fold's dates come from its event.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.monitor.domain.invoice.invoice import Invoice, RuleStep
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.balance import Balance
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.funds import Funds, FundsKey, FundsKind
from services.monitor.domain.ledger.group import Group
from services.monitor.domain.ledger.waiting import WaitingItems
from shared.contracts.group import AccountCured, AccountDefaulted, MemberChanged
from shared.errors import BrokenInvariantError


@dataclass(frozen=True, slots=True)
class Told:
    """A word about a raised level: a fold lifted it, or changed its amount."""

    item: Item
    raised: Raised
    #: Why it was lifted; None when only the amount changed.
    lifted_because: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """What the ledger says to another account or group, by way of the ledger topic."""

    #: The ledger key it goes to.
    key: str
    type: str
    data: MemberChanged | AccountDefaulted | AccountCured

    @property
    def name(self) -> str:
        """Name the message among all of the monitor's, the same at every repeat."""
        data = self.data
        return f"{self.type}/{data.group_id}/{data.account_id}/{data.turn}"


@dataclass(slots=True)
class Account:
    """One debtor of one creditor, as far as it is loaded; or a group of them (see `group`)."""

    account_id: str
    #: Whether every open item is loaded that the clearing rule can reach, so that it may run.
    has_open_in_reach: bool = False
    invoices: dict[str, Invoice] = field(default_factory=dict)
    funds: dict[FundsKey, Funds] = field(default_factory=dict)
    debtor: Debtor = field(default_factory=Debtor)
    group: Group | None = None

    clearings: list[Clearing] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    balances: dict[str, Balance] = field(default_factory=dict)
    touched_invoices: set[str] = field(default_factory=set)
    touched_funds: set[FundsKey] = field(default_factory=set)
    touched_debtor: bool = False
    #: Whether every open item of the account must be looked at: what holds it has changed.
    retimed: bool = False
    #: Invoices whose open items must be looked at, where that is not all of them.
    retimed_invoices: set[str] = field(default_factory=set)
    #: Whether its group has told it something new.
    heard_of_group: bool = False
    #: The day on which the present event happened.
    event_on: date = date.min
    #: The day on which it was said, or happened: what is dated later lies ahead.
    today: date = date.min
    #: What the present event changed: open amounts before and after by item, and remarks.
    changes: dict[str, Any] = field(default_factory=dict)
    maybe_free: set[FundsKey] = field(default_factory=set)
    _items_loaded: dict[str, int] = field(default_factory=dict)
    #: None until the clearing rule has asked.
    _waiting: WaitingItems | None = field(default=None, repr=False, compare=False)

    def admit(self, invoices: list[Invoice], funds: list[Funds]) -> None:
        """Take in what the store has loaded."""
        self._waiting = None
        self.invoices.update((invoice.invoice_id, invoice) for invoice in invoices)
        self._items_loaded.update((one.invoice_id, len(one.items)) for one in invoices)
        for one in funds:
            self.funds[one.key] = one
            if one.free > 0:
                self.maybe_free.add(one.key)
        for currency, open_minor, unapplied_minor in _standing(invoices, funds):
            balance = self.balance(currency)
            balance.open -= open_minor
            balance.unapplied -= unapplied_minor

    def close(self) -> None:
        """End the batch: the changes of the totals are complete; raises when money was not kept."""
        everything = _standing(self.invoices.values(), self.funds.values())
        for currency, open_minor, unapplied_minor in everything:
            balance = self.balance(currency)
            balance.open += open_minor
            balance.unapplied += unapplied_minor
        for currency, balance in self.balances.items():
            if balance.difference:
                message = (
                    f"{self.account_id}: money is not conserved in {currency}: "
                    f"{balance.difference} minor units between {balance}"
                )
                raise BrokenInvariantError(message)

    def invoice(self, invoice_id: str) -> Invoice:
        """Return an invoice to change, made when nothing was known of it."""
        self.touched_invoices.add(invoice_id)
        known = self.invoices.get(invoice_id)
        if known is None:
            known = self.invoices[invoice_id] = Invoice(invoice_id)
        return known

    def funds_of(self, kind: FundsKind, funds_id: str) -> Funds:
        """Return funds to change, made when nothing was known of them."""
        self.touched_funds.add((kind, funds_id))
        self.maybe_free.add((kind, funds_id))
        known = self.funds.get((kind, funds_id))
        if known is None:
            known = self.funds[kind, funds_id] = Funds(kind, funds_id)
        return known

    def waiting_items(self, currency: str) -> Iterator[Item]:
        """Give open items of a currency, oldest due first; those that money meets are settled.

        What is dated ahead comes last.
        """
        if self._waiting is None:
            self._waiting = WaitingItems(self.invoices.values())
        return self._waiting.oldest(currency, self.invoices, self.today)

    def waits(self, item: Item) -> None:
        """Let the clearing rule know of an item that was settled anew."""
        if self._waiting is not None:
            self._waiting.add(item)

    def debtor_to_change(self) -> Debtor:
        """Return the debtor to change."""
        self.touched_debtor = True
        return self.debtor

    def came(self, invoice: Invoice) -> None:
        """Let what is said of the debtor know that an invoice has come."""
        debtor, currency = self.debtor, invoice.currency
        assert currency is not None
        if currency not in debtor.currencies:
            currencies = sorted([*debtor.currencies, currency])
            self.debtor_to_change().currencies = currencies
        if invoice.invoice_id in debtor.named:
            self.debtor_to_change().named[invoice.invoice_id] = currency

    def retime(self, invoice_ids: Iterable[str] | None = None) -> None:
        """Have open items looked at again: those of some invoices, or (None) all of them."""
        if invoice_ids is None:
            self.retimed = True
        else:
            self.retimed_invoices.update(invoice_ids)

    def shrunk(self) -> list[tuple[str, int]]:
        """Return (invoice id, instalments left) where an amendment left fewer than were loaded."""
        return [
            (invoice_id, len(self.invoices[invoice_id].items))
            for invoice_id in sorted(self.touched_invoices)
            if len(self.invoices[invoice_id].items) < self._items_loaded.get(invoice_id, 0)
        ]

    def balance(self, currency: str) -> Balance:
        """Return the batch's changes to the account's totals in a currency."""
        known = self.balances.get(currency)
        if known is None:
            known = self.balances[currency] = Balance()
        return known

    def record(
        self,
        invoice: Invoice,
        key: tuple[FundsKind, str, int, bool],
        amount: int,
        rule: str,
        on: date,
    ) -> None:
        """Keep a clearing record, and the funds' running sums in step with it."""
        kind, funds_id, instalment, named = key
        assert invoice.currency is not None
        if kind is not FundsKind.WRITE_OFF:
            funds = self.funds_of(kind, funds_id)
            if named:
                funds.matched_named += amount
            else:
                funds.matched_on_account += amount
                # A bounce is recorded on its money's day, but the rule's match stood until its own.
                step_on = max(on, self.event_on)
                told_on = None
                if amount > 0:
                    step_on = invoice.rule_meets_on(step_on)
                    if funds.told_on is not None:
                        told_on = invoice.rule_meets_on(funds.told_on)
                invoice.rule_steps.append(
                    RuleStep(kind, funds_id, instalment, amount, step_on, on, told_on)
                )
                if invoice.invoice_id not in funds.rule_invoices:
                    funds.rule_invoices.append(invoice.invoice_id)
        self.clearings.append(
            Clearing(
                kind, funds_id, invoice.invoice_id, instalment, invoice.currency, amount, rule, on
            )
        )

    def note(self, item: Item, before: int, after: int) -> None:
        """Note in the journal's changes what an event did to an item's open amount."""
        if before != after:
            items, item_id = self.changes.setdefault("items", {}), item.item_id
            first = items[item_id][0] if item_id in items else before
            items[item_id] = [first, after]

    def remark(self, sentence: str) -> None:
        """Note in the journal's changes why an event did not do what it says."""
        self.changes["remark"] = sentence


def _standing(invoices: Iterable[Invoice], funds: Iterable[Funds]) -> list[tuple[str, int, int]]:
    """Return (currency, open, unapplied) of each invoice and each funds, in minor units."""
    owed = [(item.currency, item.open, 0) for invoice in invoices for item in invoice.items]
    return owed + [(one.currency, 0, one.unapplied) for one in funds if one.currency is not None]
