"""The part of an account that a batch of events works on, and what came of it.

The store loads what the events name and whatever hangs on it (see `needs`); the folds change it in
place; the account collects clearing records, lifted and changed escalations and touched rows, for
the shell to write. It reads no time: a fold's dates come from its event.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from services.monitor.domain.ledger import clearing
from services.monitor.domain.ledger.balance import Balance
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.funds import Funds, FundsKey, FundsKind
from services.monitor.domain.ledger.invoice import Invoice, Item, Match, NamedFunds, Raised
from shared.contracts.cover import CoverUpdated
from shared.contracts.customer import CustomerUpdated
from shared.errors import BrokenInvariantError


@dataclass(frozen=True, slots=True)
class Told:
    """A word about a raised level: a fold lifted it, or changed its amount."""

    item: Item
    raised: Raised
    cycle: int
    #: Why it was lifted; None when only the amount changed.
    lifted_because: str | None


@dataclass(frozen=True, slots=True)
class Cover:
    """The newest word on one insurance policy of the customer, and when it was said."""

    said_at: datetime
    event_name: str
    terms: CoverUpdated


@dataclass(slots=True)
class Account:
    """One debtor of one creditor, as far as it is loaded."""

    account_id: str
    #: Whether every open item of the account is loaded, so that the clearing rule may run.
    has_all_open: bool = False
    invoices: dict[str, Invoice] = field(default_factory=dict)
    funds: dict[FundsKey, Funds] = field(default_factory=dict)
    customer: CustomerUpdated | None = None
    covers: dict[str, Cover] = field(default_factory=dict)

    clearings: list[Clearing] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    balances: dict[str, Balance] = field(default_factory=dict)
    touched_invoices: set[str] = field(default_factory=set)
    touched_funds: set[FundsKey] = field(default_factory=set)
    touched_customer: bool = False
    touched_covers: set[str] = field(default_factory=set)
    #: What the present event changed: open amounts before and after by item, and remarks.
    changes: dict[str, Any] = field(default_factory=dict)
    _maybe_free: set[FundsKey] = field(default_factory=set)
    _items_loaded: dict[str, int] = field(default_factory=dict)

    def admit(self, invoices: list[Invoice], funds: list[Funds]) -> None:
        """Take in what the store has loaded."""
        self.invoices.update((invoice.invoice_id, invoice) for invoice in invoices)
        self._items_loaded.update((one.invoice_id, len(one.items)) for one in invoices)
        for one in funds:
            self.funds[one.key] = one
            if one.free > 0:
                self._maybe_free.add(one.key)
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
        return self.invoices.setdefault(invoice_id, Invoice(invoice_id))

    def funds_of(self, kind: FundsKind, funds_id: str) -> Funds:
        """Return funds to change, made when nothing was known of them."""
        self.touched_funds.add((kind, funds_id))
        self._maybe_free.add((kind, funds_id))
        return self.funds.setdefault((kind, funds_id), Funds(kind, funds_id))

    def shrunk(self) -> list[tuple[str, int]]:
        """Return (invoice id, instalments left) where an amendment left fewer than were loaded."""
        return [
            (invoice_id, len(self.invoices[invoice_id].items))
            for invoice_id in sorted(self.touched_invoices)
            if len(self.invoices[invoice_id].items) < self._items_loaded.get(invoice_id, 0)
        ]

    def balance(self, currency: str) -> Balance:
        """Return the batch's changes to the account's totals in a currency."""
        return self.balances.setdefault(currency, Balance())

    def settle(self, invoice: Invoice, on: date, cause: str) -> None:
        """Bring an invoice's matches and items in line with its facts.

        `on` is the day clearing records bear; `cause` says why a level is lifted by it.
        """
        self.touched_invoices.add(invoice.invoice_id)
        before = {item.instalment: (item.open, item.amount) for item in invoice.items}
        old = {_match_key(match): match.amount for match in invoice.matches}
        invoice.matches = clearing.matches_of(invoice)
        new = {_match_key(match): match.amount for match in invoice.matches}
        for key in sorted(old.keys() | new.keys()):
            if new.get(key, 0) != old.get(key, 0):
                self._record(invoice, key, new.get(key, 0) - old.get(key, 0), on)
        removed = self._renew_items(invoice, cause)
        for item in removed:
            open_before, amount_before = before[item.instalment]
            self._note(item, open_before, 0)
            self.balance(item.currency).invoiced -= amount_before
        for item in invoice.items:
            open_before, amount_before = before.get(item.instalment, (0, 0))
            self._note(item, open_before, item.open)
            self.balance(item.currency).invoiced += item.amount - amount_before
            self._tell(item, open_before, cause)

    def apply_clearing_rule(self, on: date, rule: str) -> None:
        """Let free money meet open items, and take back what a reversal has left too much."""
        for key in sorted(self._maybe_free):
            self._take_back(self.funds[key], on)
        free = [self.funds[key] for key in sorted(self._maybe_free) if self.funds[key].free > 0]
        self._maybe_free = {funds.key for funds in free}
        if not free or rule != clearing.OLDEST_DUE_FIRST:
            return
        if not self.has_all_open:
            message = f"{self.account_id}: money is free but the open items were not loaded"
            raise BrokenInvariantError(message)
        for currency in sorted({str(funds.currency) for funds in free}):
            items = [
                item
                for invoice in self.invoices.values()
                if invoice.currency == currency
                for item in invoice.items
            ]
            same = [funds for funds in free if funds.currency == currency]
            changed: dict[str, Invoice] = {}
            for funds, item, amount in clearing.oldest_due_first(same, items):
                invoice = self.invoices[item.invoice_id]
                changed[invoice.invoice_id] = invoice
                clearing.add_rule_match(invoice, funds, item.instalment, amount)
                match = (funds.kind, funds.funds_id, item.instalment, False)
                self._record(invoice, match, amount, on)
            for invoice in changed.values():
                self.settle(invoice, on, "paid")

    def _take_back(self, funds: Funds, on: date) -> None:
        """Undo matches of the clearing rule, the newest first, until the funds cover them."""
        excess = -funds.free
        for invoice_id in reversed(list(funds.rule_invoices) if excess > 0 else []):
            invoice = self.invoices[invoice_id]
            old = list(invoice.matches)
            kept: list[Match] = []
            for match in reversed(old):
                take = 0
                if not match.named and (match.kind, match.funds_id) == funds.key:
                    take = min(excess, match.amount)
                excess -= take
                if take:
                    key = (match.kind, match.funds_id, match.instalment, False)
                    self._record(invoice, key, -take, on)
                if match.amount > take:
                    kept.append(
                        Match(
                            match.kind,
                            match.funds_id,
                            match.instalment,
                            match.amount - take,
                            match.named,
                        )
                    )
            kept.reverse()
            if kept != old:
                invoice.matches = kept
                self.settle(invoice, on, "reversed")
            if excess <= 0:
                return

    def _record(
        self, invoice: Invoice, key: tuple[FundsKind, str, int, bool], amount: int, on: date
    ) -> None:
        """Keep a clearing record, and both sides' running sums in step with it."""
        kind, funds_id, instalment, named = key
        assert invoice.currency is not None
        funds = self.funds_of(kind, funds_id)
        if named:
            funds.matched_named += amount
        else:
            funds.matched_on_account += amount
            if invoice.invoice_id not in funds.rule_invoices:
                funds.rule_invoices.append(invoice.invoice_id)
        rule = clearing.NAMED if named else clearing.OLDEST_DUE_FIRST
        self.clearings.append(
            Clearing(
                kind, funds_id, invoice.invoice_id, instalment, invoice.currency, amount, rule, on
            )
        )

    def _renew_items(self, invoice: Invoice, cause: str) -> list[Item]:
        """Bring the items in line with terms and matches; returns items that are no more."""
        present = {item.instalment: item for item in invoice.items}
        items: list[Item] = []
        for number, part in enumerate(invoice.terms(), start=1):
            item = present.pop(number, None)
            if item is None:
                item = _new_item(invoice, number, part.due_on)
            elif item.due_on != part.due_on:
                self._end_cycle(item, cause)
            item.due_on, item.amount = part.due_on, part.amount
            item.cleared = _matched(invoice, number, FundsKind.PAYMENT)
            item.credited = _matched(invoice, number, FundsKind.CREDIT_NOTE)
            if item.open < 0:
                message = f"{self.account_id} {item.item_id}: open would be {item.open}"
                raise BrokenInvariantError(message)
            items.append(item)
        for item in present.values():
            self._end_cycle(item, cause)
            invoice.first_cycle = max(invoice.first_cycle, item.cycle)
        invoice.items = items
        return list(present.values())

    def _end_cycle(self, item: Item, cause: str) -> None:
        for raised in item.raised:
            self.told.append(Told(_snapshot(item), raised, item.cycle, cause))
        item.raised = []
        item.cycle += 1

    def _tell(self, item: Item, open_before: int, cause: str) -> None:
        """Lift what was raised when the item is cleared; else say that its amount changed."""
        if open_before > 0 and item.open == 0:
            self._end_cycle(item, cause)
        elif open_before != item.open:
            for raised in item.raised:
                self.told.append(Told(_snapshot(item), raised, item.cycle, None))

    def _note(self, item: Item, before: int, after: int) -> None:
        if before != after:
            items = self.changes.setdefault("items", {})
            first = items[item.item_id][0] if item.item_id in items else before
            items[item.item_id] = [first, after]

    def name_funds(self, funds: Funds, on: date, cause: str) -> None:
        """Tell the invoices that funds name how much of the funds stands for them, and settle."""
        assert funds.currency is not None
        assert funds.value_on is not None
        by_invoice: dict[str, list[NamedFunds]] = {}
        for position, part in enumerate(funds.standing_allocations()):
            named = NamedFunds(
                funds.kind,
                funds.funds_id,
                funds.currency,
                funds.value_on,
                position,
                part.amount,
                part.instalment,
            )
            by_invoice.setdefault(part.invoice_id, []).append(named)
        for invoice_id, parts in by_invoice.items():
            invoice = self.invoice(invoice_id)
            others = [one for one in invoice.named if (one.kind, one.funds_id) != funds.key]
            invoice.named = others + [one for one in parts if one.amount]
            self.settle(invoice, on, cause)


def _standing(invoices: Iterable[Invoice], funds: Iterable[Funds]) -> list[tuple[str, int, int]]:
    """Return (currency, open, unapplied) of each invoice and each funds, in minor units."""
    owed = [(item.currency, item.open, 0) for invoice in invoices for item in invoice.items]
    return owed + [(one.currency, 0, one.unapplied) for one in funds if one.currency is not None]


def _match_key(match: Match) -> tuple[FundsKind, str, int, bool]:
    return match.kind, match.funds_id, match.instalment, match.named


def _matched(invoice: Invoice, instalment: int, kind: FundsKind) -> int:
    return sum(
        match.amount
        for match in invoice.matches
        if match.instalment == instalment and match.kind is kind
    )


def _new_item(invoice: Invoice, number: int, due_on: date) -> Item:
    assert invoice.currency is not None
    assert invoice.issued_on is not None
    # A part that an amendment added was due, as issued, with the last one: so it does not matter
    # which amendment came first.
    original = invoice.parts[min(number, len(invoice.parts)) - 1].due_on
    return Item(
        invoice_id=invoice.invoice_id,
        instalment=number,
        currency=invoice.currency,
        amount=0,
        issued_on=invoice.issued_on,
        due_on=due_on,
        original_due_on=original,
        cycle=invoice.first_cycle,
    )


def _snapshot(item: Item) -> Item:
    return replace(item, raised=[])
