"""Every inbound type: its struct, and the topic it comes in by.

A new type costs one struct, one line here, one fold in the ledger, and a table of cases.
"""

from typing import Final

from msgspec import Struct

from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.contracts.credit_note import CreditNoteCancelled, CreditNoteIssued
from shared.contracts.customer import CustomerInsolvent, CustomerUpdated
from shared.contracts.dunning import (
    DunningBlocked,
    DunningUnblocked,
    EnforcementSet,
    PromiseMade,
    PromiseWithdrawn,
)
from shared.contracts.fields import Inbound
from shared.contracts.group import (
    CURED,
    DEFAULTED,
    MEMBER_CHANGED,
    AccountCured,
    AccountDefaulted,
    MemberChanged,
)
from shared.contracts.invoice import (
    DisputeResolved,
    InterestWaived,
    InvoiceAmended,
    InvoiceCancelled,
    InvoiceDisputed,
    InvoiceIssued,
    InvoiceTermsExtended,
    InvoiceWriteOffReversed,
    InvoiceWrittenOff,
)
from shared.contracts.payment import PaymentAllocated, PaymentReceived, PaymentReversed

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
        Contract(type="invoice.written_off.v1", struct=InvoiceWrittenOff, topic=INVOICES),
        Contract(
            type="invoice.write_off_reversed.v1", struct=InvoiceWriteOffReversed, topic=INVOICES
        ),
        Contract(type="invoice.terms_extended.v1", struct=InvoiceTermsExtended, topic=INVOICES),
        Contract(type="invoice.disputed.v1", struct=InvoiceDisputed, topic=INVOICES),
        Contract(type="dispute.resolved.v1", struct=DisputeResolved, topic=INVOICES),
        Contract(type="interest.waived.v1", struct=InterestWaived, topic=INVOICES),
        Contract(type="credit_note.issued.v1", struct=CreditNoteIssued, topic=INVOICES),
        Contract(type="credit_note.cancelled.v1", struct=CreditNoteCancelled, topic=INVOICES),
        Contract(type="payment.received.v1", struct=PaymentReceived, topic=PAYMENTS),
        Contract(type="payment.allocated.v1", struct=PaymentAllocated, topic=PAYMENTS),
        Contract(type="payment.reversed.v1", struct=PaymentReversed, topic=PAYMENTS),
        Contract(type="customer.updated.v1", struct=CustomerUpdated, topic=CUSTOMERS),
        Contract(type="customer.insolvent.v1", struct=CustomerInsolvent, topic=CUSTOMERS),
        Contract(type="cover.updated.v1", struct=CoverUpdated, topic=CUSTOMERS),
        Contract(type="cover.withdrawn.v1", struct=CoverWithdrawn, topic=CUSTOMERS),
        Contract(type="promise.made.v1", struct=PromiseMade, topic=COMMANDS),
        Contract(type="promise.withdrawn.v1", struct=PromiseWithdrawn, topic=COMMANDS),
        Contract(type="dunning.blocked.v1", struct=DunningBlocked, topic=COMMANDS),
        Contract(type="dunning.unblocked.v1", struct=DunningUnblocked, topic=COMMANDS),
        Contract(type="dunning.enforcement_set.v1", struct=EnforcementSet, topic=COMMANDS),
    )
}

#: What the monitor tells itself through the ledger; ingest takes none of it from outside.
INTERNAL: Final[dict[str, type[Inbound]]] = {
    MEMBER_CHANGED: MemberChanged,
    DEFAULTED: AccountDefaulted,
    CURED: AccountCured,
}
#: Every type that can stand on the ledger topic.
LEDGER_TYPES: Final[dict[str, type[Inbound]]] = {
    **{contract.type: contract.struct for contract in CATALOGUE.values()},
    **INTERNAL,
}

#: Where a type that is not in the catalogue goes, so that ingest refuses and keeps it.
_TOPIC_BY_FAMILY: Final = {
    "invoice": INVOICES,
    "dispute": INVOICES,
    "interest": INVOICES,
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
