"""A seeded stream of canonical events in the mix of an ordinary year, and what it must come to.

55 % invoices, 35 % payments, 10 % others. What each event adds to its account's balance can be read
off the event alone: contenders without any rule must come to the same balances. Amendments,
cancellations and write-offs, whose effect depends on what is stored, are therefore not among them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

import msgspec
from msgspec import Raw

from shared.contracts.catalogue import LEDGER
from shared.contracts.envelope import JSON, LedgerEvent, name_of

SOURCE: Final = "bench.example.com/erp"
#: The day that the contenders' clock shows.
TODAY: Final = date(2026, 6, 1)
#: Invoices were issued in so many days before; few of them are due by then.
ISSUED_DAYS: Final = 28
TERM_DAYS: Final = 30
#: Events to one account, on average: about eleven invoices.
EVENTS_PER_ACCOUNT: Final = 20
CURRENCY: Final = "CNY"
#: Of a hundred payments, so many name no invoice: the clearing rule finds what they pay.
ON_ACCOUNT_PERCENT: Final = 15
#: Shares of a thousand events; the rest are invoices.
SHARES: Final = (
    ("payment.received.v1", 350),
    ("customer.updated.v1", 30),
    ("credit_note.issued.v1", 30),
    ("payment.reversed.v1", 10),
    ("invoice.disputed.v1", 15),
    ("promise.made.v1", 15),
)
PER_THOUSAND: Final = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it stands on the ledger's topic."""

    type: str
    account_id: str
    event_id: str
    data: dict[str, Any]
    #: What it adds to the account's balance (open less unapplied), in minor units.
    delta_minor: int

    def record(self) -> tuple[bytes, bytes]:
        """Return key and value as ingest publishes them."""
        event = LedgerEvent(
            specversion="1.0",
            id=self.event_id,
            source=SOURCE,
            type=self.type,
            time=datetime(2026, 6, 1, tzinfo=UTC),
            accountid=self.account_id,
            eventname=name_of(SOURCE, self.event_id).hex,
            data=Raw(msgspec.json.encode(self.data)),
        )
        return self.account_id.encode(), msgspec.json.encode(event)

    def arrival(self) -> tuple[bytes, bytes]:
        """Return key and value as an upstream system publishes them on an inbound topic."""
        event = {
            "specversion": "1.0",
            "id": self.event_id,
            "source": SOURCE,
            "type": self.type,
            "time": "2026-06-01T00:00:00Z",
            "datacontenttype": JSON,
            "data": self.data,
        }
        return self.account_id.encode(), msgspec.json.encode(event)


@dataclass(frozen=True)
class Stream:
    """All events in the order they are told, and each account's balance after them."""

    events: Sequence[Told]
    #: By account id: open less unapplied, in minor units of `CURRENCY`; none is left out.
    balances: dict[str, int]
    #: Where the whole stream stands.
    topic: str = LEDGER


def make_stream(events: int, *, seed: int = 1, topic: str = LEDGER) -> Stream:
    """Tell so many events; the same number and seed tell the same ones."""
    teller = _Teller(Random(seed), max(1, events // EVENTS_PER_ACCOUNT))  # noqa: S311  no secret
    told = [teller.next(number) for number in range(events)]
    balances: dict[str, int] = {}
    for one in told:
        balances[one.account_id] = balances.get(one.account_id, 0) + one.delta_minor
    return Stream(told, balances, topic)


@dataclass
class _Account:
    """What the teller remembers of an account, so that what follows is about what was told."""

    customer_id: str
    #: Invoices without a payment, the oldest first: (id, what is owed of it in minor units).
    unpaid: list[tuple[str, int]] = field(default_factory=list)
    #: Payments that stand: (id, amount in minor units).
    paid: list[tuple[str, int]] = field(default_factory=list)
    versions: int = 0


class _Teller:
    def __init__(self, random: Random, accounts: int) -> None:
        self._random = random
        self._accounts = [_Account(f"C{number:07}") for number in range(accounts)]
        self._tell: dict[str, Callable[[int, _Account], tuple[dict[str, Any], int] | None]] = {
            "payment.received.v1": self._payment,
            "customer.updated.v1": self._customer,
            "credit_note.issued.v1": self._credit_note,
            "payment.reversed.v1": self._reversal,
            "invoice.disputed.v1": self._dispute,
            "promise.made.v1": self._promise,
        }

    def next(self, number: int) -> Told:
        """Tell one event; where the account has nothing it could be about, another account's."""
        event_type = self._type()
        while True:
            account = self._random.choice(self._accounts)
            if event_type in self._tell:
                found = self._tell[event_type](number, account)
            else:
                found = self._invoice(number, account)
            if found is not None:
                data, delta_minor = found
                data["customer_id"] = account.customer_id
                account_id = f"default:{account.customer_id}"
                return Told(event_type, account_id, f"e{number}", data, delta_minor)
            if number < len(self._accounts):
                event_type = "invoice.issued.v1"

    def _type(self) -> str:
        drawn = self._random.randrange(PER_THOUSAND)
        for event_type, share in SHARES:
            if drawn < share:
                return event_type
            drawn -= share
        return "invoice.issued.v1"

    def _invoice(self, number: int, account: _Account) -> tuple[dict[str, Any], int]:
        total_minor = self._random.randrange(10_000, 5_000_000)
        issued_on = TODAY - timedelta(days=self._random.randrange(1, ISSUED_DAYS))
        invoice_id = f"I{number:09}"
        account.unpaid.append((invoice_id, total_minor))
        data = {
            "invoice_id": invoice_id,
            "currency": CURRENCY,
            "total": _text(total_minor),
            "issued_on": issued_on.isoformat(),
            "due_on": (issued_on + timedelta(days=TERM_DAYS)).isoformat(),
        }
        return data, total_minor

    def _payment(self, number: int, account: _Account) -> tuple[dict[str, Any], int] | None:
        if not account.unpaid:
            return None
        invoice_id, owed_minor = account.unpaid.pop(0)
        payment_id = f"P{number:09}"
        account.paid.append((payment_id, owed_minor))
        data: dict[str, Any] = {
            "payment_id": payment_id,
            "amount": _text(owed_minor),
            "currency": CURRENCY,
            "received_on": TODAY.isoformat(),
        }
        if self._random.randrange(100) >= ON_ACCOUNT_PERCENT:
            data["allocations"] = [{"invoice_id": invoice_id, "amount": _text(owed_minor)}]
        return data, -owed_minor

    def _reversal(self, number: int, account: _Account) -> tuple[dict[str, Any], int] | None:
        if not account.paid:
            return None
        payment_id, amount_minor = account.paid.pop()
        data = {
            "reversal_id": f"R{number:09}",
            "payment_id": payment_id,
            "reversed_on": TODAY.isoformat(),
            "reason": "bounced",
            "amount": _text(amount_minor),
        }
        return data, amount_minor

    def _credit_note(self, number: int, account: _Account) -> tuple[dict[str, Any], int] | None:
        if not account.unpaid:
            return None
        place = self._random.randrange(len(account.unpaid))
        invoice_id, owed_minor = account.unpaid[place]
        amount_minor = owed_minor // 20
        account.unpaid[place] = (invoice_id, owed_minor - amount_minor)
        data = {
            "credit_note_id": f"N{number:09}",
            "invoice_id": invoice_id,
            "amount": _text(amount_minor),
            "currency": CURRENCY,
            "issued_on": TODAY.isoformat(),
        }
        return data, -amount_minor

    def _dispute(self, number: int, account: _Account) -> tuple[dict[str, Any], int] | None:
        if not account.unpaid:
            return None
        invoice_id, _owed_minor = self._random.choice(account.unpaid)
        data = {
            "dispute_id": f"D{number:09}",
            "invoice_id": invoice_id,
            "disputed_on": TODAY.isoformat(),
        }
        return data, 0

    def _promise(self, number: int, account: _Account) -> tuple[dict[str, Any], int] | None:
        if not account.unpaid:
            return None
        invoice_id, _owed_minor = self._random.choice(account.unpaid)
        data = {
            "promise_id": f"S{number:09}",
            "made_on": TODAY.isoformat(),
            "promised_on": (TODAY + timedelta(days=10)).isoformat(),
            "invoice_ids": [invoice_id],
        }
        return data, 0

    def _customer(self, number: int, account: _Account) -> tuple[dict[str, Any], int]:
        account.versions += 1
        data = {
            "version": account.versions,
            "name": f"Customer {account.customer_id}",
            "email": f"ap{number}@example.com",
            "country": "CN",
        }
        return data, 0


def _text(amount_minor: int) -> str:
    """Write minor units of a currency with two decimals."""
    return f"{amount_minor // 100}.{amount_minor % 100:02}"
