"""The end state that the inbound log calls for, by the pure core alone, in memory.

What came in and what was billed is the same for every order of arrival. Which items it met, and so
what was left to write off, is the same where all money names its invoices: only of such accounts
the whole state is expected.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from services.ingest.domain.envelope import data_of
from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST
from services.monitor.domain.ledger.funds import Funds
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import CloudEvent

_DECODERS: Final = {
    name: msgspec.json.Decoder(contract.struct) for name, contract in CATALOGUE.items()
}
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
            account = _folded(account_id, named.values())
            is_named = all(map(_names_all, account.funds.values()))
            for currency, balance in account.balances.items():
                values = asdict(balance)
                if any(values.values()):
                    names = values if is_named else ORDERLESS
                    balances[account_id, currency] = {name: values[name] for name in names}
            if is_named:
                items |= _items(account)
        return balances, items


def account_of(event: CloudEvent) -> str:
    """Return the account that an inbound event is about."""
    return _account_of(_data(event))


def _account_of(data: Any) -> str:
    return f"{data.creditor_id}:{data.customer_id}"


def _data(event: CloudEvent) -> Any:
    return _DECODERS[event.type].decode(data_of(event))


def _folded(account_id: str, events: Iterable[Event]) -> Account:
    account = Account(account_id, has_open_in_reach=True)
    for event in events:
        fold(account, event, OLDEST_DUE_FIRST)
    account.close()
    return account


def _names_all(funds: Funds) -> bool:
    """Say whether the clearing rule has nothing to do with funds, whatever comes when."""
    named = sum(part.amount for part in funds.allocations)
    return not funds.released and named == funds.amount


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
