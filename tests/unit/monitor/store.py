"""A store in memory that loads an account the way the real one does: as little as is needed.

It keeps encoded copies, so that nothing an account holds leaks into the next batch, and writes only
what the account says it has touched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec

from services.monitor.domain.folds.event import Event
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.balance import Balance
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.funds import Funds, FundsKey
from services.monitor.domain.ledger.group import Group
from services.monitor.domain.ledger.needs import Needs
from services.monitor.domain.ledger.oldest import OpenItem, reached
from tests.unit.monitor.builders import ACCOUNT_ID

_encode = msgspec.json.encode
#: So few that histories have more open items.
OLDEST_MAX = 2


class MemoryStore:
    """Rows of one account: invoices, items by instalment, funds, totals, debtor, group."""

    def __init__(self) -> None:
        self._invoices: dict[str, bytes] = {}
        self._items: dict[tuple[str, int], bytes] = {}
        self._funds: dict[FundsKey, bytes] = {}
        self._debtor: bytes | None = None
        self._group: bytes | None = None
        self.balances: dict[str, Balance] = {}

    def load(self, events: Sequence[Event], rule: str = OLDEST_DUE_FIRST) -> Account:
        """Load what the events name and what hangs on it, as `Needs` says; nothing else."""
        needs = Needs()
        for event in events:
            needs.add(event.data)
        account = self._account()
        if needs.group and self._group is not None:
            account.group = msgspec.json.decode(self._group, type=Group)
        funds = {key: self.funds(key) for key in needs.funds if key in self._funds}
        for name in needs.cancelled & self._invoices.keys():
            funds |= {key: self.funds(key) for key in self.invoice(name).payments()}
        names = needs.invoices | {name for one in funds.values() for name in one.invoice_ids()}
        if rule == OLDEST_DUE_FIRST:
            free = {key: one for key, one in self.all_funds().items() if one.free > 0}
            funds |= free
            names |= {name for one in free.values() for name in one.invoice_ids()}
            paid = (self.invoice(one) for one in needs.paid & self._invoices.keys())
            if needs.may_free or free or any(one.cancelled_on is not None for one in paid):
                account.has_open_in_reach = True
                names |= self._in_reach(needs, free.values())
        invoices = {name: self.invoice(name) for name in names if name in self._invoices}
        hanging = {key for one in invoices.values() for key in one.funds_keys()}
        funds |= {key: self.funds(key) for key in hanging - funds.keys()}
        account.admit(list(invoices.values()), list(funds.values()))
        return account

    def _in_reach(self, needs: Needs, free: Iterable[Funds]) -> set[str]:
        items = [item for key in self._items if (item := self._item(key)).open > 0]
        oldest = [
            OpenItem(one.invoice_id, one.currency, one.open, one.due_on, one.issued_on)
            for one in sorted(items, key=lambda one: one.due_on)[:OLDEST_MAX]
        ]
        found = reached(oldest, OLDEST_MAX, needs.money(free), needs.since)
        return {one.invoice_id for one in items} if found is None else found

    def load_everything(self) -> Account:
        """Load the whole account."""
        account = self._account()
        account.has_open_in_reach = True
        if self._group is not None:
            account.group = msgspec.json.decode(self._group, type=Group)
        account.admit([self.invoice(name) for name in self._invoices], [*self.all_funds().values()])
        return account

    def save(self, account: Account) -> None:
        """Close the batch and write what it touched."""
        account.close()
        for invoice_id, kept in account.shrunk():
            gone = [key for key in self._items if key[0] == invoice_id and key[1] > kept]
            for key in gone:
                del self._items[key]
        for invoice_id in account.touched_invoices:
            invoice = account.invoices[invoice_id]
            self._items |= {(invoice_id, one.instalment): _encode(one) for one in invoice.items}
            self._invoices[invoice_id] = _encode(replace(invoice, items=[]))
        self._funds |= {key: _encode(account.funds[key]) for key in account.touched_funds}
        if account.touched_debtor:
            self._debtor = _encode(account.debtor)
        if account.group is not None:
            self._group = _encode(account.group)
        for currency, change in account.balances.items():
            total = self.balances.setdefault(currency, Balance())
            for name in Balance.__slots__:
                setattr(total, name, getattr(total, name) + getattr(change, name))

    def invoice(self, invoice_id: str) -> Invoice:
        """Decode an invoice with its items."""
        invoice = msgspec.json.decode(self._invoices[invoice_id], type=Invoice)
        keys = sorted(key for key in self._items if key[0] == invoice_id)
        invoice.items = [self._item(key) for key in keys]
        return invoice

    def funds(self, key: FundsKey) -> Funds:
        """Decode funds."""
        return msgspec.json.decode(self._funds[key], type=Funds)

    def all_funds(self) -> dict[FundsKey, Funds]:
        """Decode every funds of the account."""
        return {key: self.funds(key) for key in self._funds}

    def _item(self, key: tuple[str, int]) -> Item:
        return msgspec.json.decode(self._items[key], type=Item)

    def _account(self) -> Account:
        account = Account(ACCOUNT_ID)
        if self._debtor is not None:
            account.debtor = msgspec.json.decode(self._debtor, type=Debtor)
        return account
