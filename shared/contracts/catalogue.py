"""Every inbound type: its struct, and the topic it comes in by.

A new type costs one struct, one line here, one fold in the ledger, and a table of cases.
"""

from typing import Final

from msgspec import Struct

from shared.contracts.cover import CoverUpdated
from shared.contracts.credit_note import CreditNoteIssued
from shared.contracts.customer import CustomerUpdated
from shared.contracts.fields import Inbound
from shared.contracts.invoice import InvoiceAmended, InvoiceCancelled, InvoiceIssued
from shared.contracts.payment import PaymentReceived, PaymentReversed

INVOICES: Final = "receivables.invoices"
PAYMENTS: Final = "receivables.payments"
CUSTOMERS: Final = "receivables.customers"
COMMANDS: Final = "receivables.commands"
LEDGER: Final = "receivables.ledger"
REJECTED: Final = "receivables.rejected"
ESCALATIONS: Final = "receivables.escalations"

#: Where billing systems publish; ingest accepts every type on each of them.
INBOUND_TOPICS: Final = (INVOICES, PAYMENTS, CUSTOMERS, COMMANDS)


class Contract(Struct, kw_only=True, frozen=True):
    """One inbound type."""

    struct: type[Inbound]
    type: str
    topic: str


CATALOGUE: Final[dict[str, Contract]] = {
    contract.type: contract
    for contract in (
        Contract(type="invoice.issued.v1", struct=InvoiceIssued, topic=INVOICES),
        Contract(type="invoice.amended.v1", struct=InvoiceAmended, topic=INVOICES),
        Contract(type="invoice.cancelled.v1", struct=InvoiceCancelled, topic=INVOICES),
        Contract(type="credit_note.issued.v1", struct=CreditNoteIssued, topic=INVOICES),
        Contract(type="payment.received.v1", struct=PaymentReceived, topic=PAYMENTS),
        Contract(type="payment.reversed.v1", struct=PaymentReversed, topic=PAYMENTS),
        Contract(type="customer.updated.v1", struct=CustomerUpdated, topic=CUSTOMERS),
        Contract(type="cover.updated.v1", struct=CoverUpdated, topic=CUSTOMERS),
    )
}

#: Where a type that is not in the catalogue goes, so that ingest refuses and keeps it.
_TOPIC_BY_FAMILY: Final = {
    "invoice": INVOICES,
    "credit_note": INVOICES,
    "payment": PAYMENTS,
    "customer": CUSTOMERS,
    "cover": CUSTOMERS,
}


def topic_of(event_type: str) -> str:
    """Return the inbound topic of a type; an unknown one goes by its family, else to commands."""
    contract = CATALOGUE.get(event_type)
    if contract is not None:
        return contract.topic
    return _TOPIC_BY_FAMILY.get(event_type.partition(".")[0], COMMANDS)
