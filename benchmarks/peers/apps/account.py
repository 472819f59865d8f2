"""The simple ledger of one account that the streaming peers keep as one value under its key.

It knows what the benchmark's balances need and nothing more: money clears what it names, the rest
the oldest due first, and what finds nothing is unapplied. Nothing here escalates, audits or can be
rebuilt; so a peer does less for an event than the monitor, which is to the peer's advantage.
"""

from typing import Final

import msgspec

#: Currencies whose minor unit is not a hundredth; source: ISO 4217.
EXPONENTS: Final = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}


class Allocation(msgspec.Struct):
    """A part of a payment that names an invoice."""

    invoice_id: str
    amount: str


class Data(msgspec.Struct):
    """The fields of any event that a balance needs."""

    invoice_id: str = ""
    payment_id: str = ""
    credit_note_id: str = ""
    currency: str = ""
    total: str = ""
    amount: str = ""
    due_on: str = ""
    allocations: list[Allocation] | None = None


class Event(msgspec.Struct):
    """A canonical event of the ledger topic."""

    type: str
    accountid: str
    eventname: str
    data: Data


class Item(msgspec.Struct, array_like=True):
    """What is owed of an invoice."""

    due_on: str
    currency: str
    open_minor: int


class Funds(msgspec.Struct, array_like=True):
    """Money: what is free, what waits for an invoice that has not come, what has met which."""

    currency: str
    free_minor: int
    named: dict[str, int]
    met: dict[str, int] = msgspec.field(default_factory=dict)


class Account(msgspec.Struct, array_like=True):
    """All of an account; what is settled stays, for a reversal may open it again."""

    items: dict[str, Item] = msgspec.field(default_factory=dict)
    funds: dict[str, Funds] = msgspec.field(default_factory=dict)


_events: Final = msgspec.json.Decoder(Event)


def decode(value: bytes) -> Event:
    """Read a record of the ledger topic."""
    return _events.decode(value)


def fold(account: Account, event: Event) -> bool:
    """Change the account by an event; return False when that changes no balance."""
    data = event.data
    if event.type == "invoice.issued.v1":
        total_minor = minor(data.total, data.currency)
        account.items[data.invoice_id] = Item(data.due_on, data.currency, total_minor)
        _meet_named(account, data.invoice_id)
    elif event.type == "payment.received.v1":
        _receive(account, data.payment_id, data)
    elif event.type == "credit_note.issued.v1":
        if data.invoice_id:
            data.allocations = [Allocation(data.invoice_id, data.amount)]
        _receive(account, data.credit_note_id, data)
    elif event.type == "payment.reversed.v1":
        _reverse(account, data.payment_id)
    else:
        return False
    _clear(account)
    return True


def minor(text: str, currency: str) -> int:
    """Return an amount of the wire in minor units."""
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(EXPONENTS.get(currency, 2), "0"))


def balance_minor(account: Account) -> int:
    """Return what is open less what is unapplied, of an account with one currency."""
    open_minor = sum(item.open_minor for item in account.items.values())
    return open_minor - sum(
        funds.free_minor + sum(funds.named.values()) for funds in account.funds.values()
    )


def _receive(account: Account, funds_id: str, data: Data) -> None:
    named: dict[str, int] = {}
    for part in data.allocations or ():
        amount_minor = minor(part.amount, data.currency)
        named[part.invoice_id] = named.get(part.invoice_id, 0) + amount_minor
    free_minor = minor(data.amount, data.currency) - sum(named.values())
    account.funds[funds_id] = Funds(data.currency, free_minor, named)
    for invoice_id in tuple(named):
        _meet_named(account, invoice_id)


def _reverse(account: Account, payment_id: str) -> None:
    """Take a whole payment back, and open again what it had met."""
    funds = account.funds.pop(payment_id)
    for invoice_id, met_minor in funds.met.items():
        account.items[invoice_id].open_minor += met_minor


def _meet_named(account: Account, invoice_id: str) -> None:
    """Give an invoice the money that names it; what it cannot take is free."""
    item = account.items.get(invoice_id)
    if item is None:
        return
    for funds in account.funds.values():
        amount_minor = funds.named.pop(invoice_id, 0)
        funds.free_minor += amount_minor
        if amount_minor:
            _meet(funds, invoice_id, item, amount_minor)


def _clear(account: Account) -> None:
    """Give free money to the oldest due."""
    free = [funds for funds in account.funds.values() if funds.free_minor]
    if not free:
        return
    still_open = [pair for pair in account.items.items() if pair[1].open_minor]
    still_open.sort(key=lambda pair: (pair[1].due_on, pair[0]))
    for funds in free:
        for invoice_id, item in still_open:
            _meet(funds, invoice_id, item, funds.free_minor)


def _meet(funds: Funds, invoice_id: str, item: Item, amount_minor: int) -> None:
    met_minor = min(amount_minor, item.open_minor) if funds.currency == item.currency else 0
    if met_minor:
        item.open_minor -= met_minor
        funds.free_minor -= met_minor
        funds.met[invoice_id] = funds.met.get(invoice_id, 0) + met_minor
