"""Books kept by hand over a made-up trade: whatever a real ledger could not have seen is a fault.

They know nothing of how the events were made; money that names no invoice is not followed.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cli.sample.events import Event
from shared.contracts.catalogue import CATALOGUE


@dataclass
class Bill:
    """One invoice, as far as events name it; amounts in minor units."""

    customer_id: str
    currency: str
    total: int
    due_on: list[date]
    interest: bool
    named: int = 0
    credited: int = 0
    written_off: int = 0
    cancelled: bool = False
    disputed: str | None = None

    @property
    def open(self) -> int:
        return self.total - self.named - self.credited - self.written_off


@dataclass
class Money:
    """One payment: what is on account, and what names invoices, in the order of naming."""

    received_on: date
    currency: str
    on_account: int
    named: list[tuple[str, int]]
    booked_by: str


@dataclass
class Books:
    """Everything that is known, and the faults that were found."""

    faults: list[str] = field(default_factory=list)
    bills: dict[str, Bill] = field(default_factory=dict)
    money: dict[str, Money] = field(default_factory=dict)
    notes: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    disputes: dict[str, int | None] = field(default_factory=dict)
    promises: dict[str, date] = field(default_factory=dict)
    blocks: dict[str, date | None] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    policies: dict[str, bool] = field(default_factory=dict)
    enforced: dict[str, bool] = field(default_factory=dict)
    insolvent: set[str] = field(default_factory=set)

    def expect(self, fact: bool, data: dict[str, Any], why: str) -> None:
        if not fact:
            self.faults.append(f"{why}: {data}")

    def bill(self, data: dict[str, Any], invoice_id: str) -> Bill:
        bill = self.bills[invoice_id]
        self.expect(bill.customer_id == data["customer_id"], data, "another customer's invoice")
        self.expect(not bill.cancelled, data, "the invoice was cancelled before")
        return bill

    def read(self, event: Event) -> None:
        day_member = CATALOGUE[event.type].struct.day_member
        if day_member:
            on = date.fromisoformat(event.data[day_member])
            self.expect(on == event.at.date(), event.data, "told on another day than its own")
        if event.type != "customer.updated.v1":
            self.expect(event.data["customer_id"] in self.versions, event.data, "a stranger")
