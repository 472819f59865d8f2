"""The end state that the inbound log calls for, by the pure core alone, in memory.

What came in and what was billed is the same for every order of arrival. Which items it met, and so
what was left to write off, is the same where all money names its invoices: only of such accounts
the whole state is expected.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

import msgspec

from services.ingest.domain.envelope import data_of
from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import CloudEvent

_DECODERS: Final = {
    name: msgspec.json.Decoder(contract.struct) for name, contract in CATALOGUE.items()
}
#: Orders of arrival in which the clearing rule must have had nothing to do.
ORDERS: Final = 3
#: The totals that no order of arrival can change.
ORDERLESS: Final = ("invoiced", "received", "credited", "reversed")
SAID_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)

Balances = dict[tuple[str, str], Mapping[str, int]]
Items = dict[str, Mapping[str, Any]]


class Folding:
    """Collects the events of the inbound log by account, each name once."""

    def __init__(self) -> None:
        self._accounts: dict[str, dict[uuid.UUID, Event]] = {}

    def add(self, name: uuid.UUID, event: CloudEvent) -> None:
        """Take an event."""
        data = _data(event)
        said_at = event.time or SAID_AT
        self._accounts.setdefault(_account_of(data), {})[name] = Event(name.hex, said_at, data)

    def results(self) -> tuple[Balances, Items]:
        """Fold all of it and return totals and items."""
        balances: Balances = {}
        items: Items = {}
        for account_id, named in self._accounts.items():
            events = list(named.values())
            folded = [_folded(account_id, order) for order in _orders(events)]
            is_named = not any(_rule_has_worked(account) for account in folded)
            for currency, balance in folded[0].balances.items():
                values = asdict(balance)
                if any(values.values()):
                    names = values if is_named else ORDERLESS
                    balances[account_id, currency] = {name: values[name] for name in names}
            if is_named:
                items |= _items(folded[0])
        return balances, items


def account_of(event: CloudEvent) -> str:
    """Return the account that an inbound event is about."""
    return _account_of(_data(event))


def _account_of(data: Any) -> str:
    return f"{data.creditor_id}:{data.customer_id}"


def _data(event: CloudEvent) -> Any:
    return _DECODERS[event.type].decode(data_of(event))


def _orders(events: Sequence[Event]) -> list[list[Event]]:
    random = Random(len(events))
    orders = [list(events), list(reversed(events))]
    while len(orders) < ORDERS:
        orders.append(random.sample(events, len(events)))
    return orders


def _folded(account_id: str, events: Sequence[Event]) -> Account:
    account = Account(account_id, has_all_open=True)
    for event in events:
        fold(account, event, OLDEST_DUE_FIRST)
    account.close()
    return account


def _rule_has_worked(account: Account) -> bool:
    return any(one.rule == OLDEST_DUE_FIRST for one in account.clearings) or any(
        balance.unapplied for balance in account.balances.values()
    )


def _items(account: Account) -> Items:
    return {
        f"{account.account_id} {item.item_id}": {
            "amount": item.amount,
            "cleared": item.cleared,
            "credited": item.credited,
            "written_off": item.written_off,
            "disputed": item.disputed,
            "due_on": item.due_on,
            "original_due_on": item.original_due_on,
        }
        for invoice in account.invoices.values()
        for item in invoice.items
    }
