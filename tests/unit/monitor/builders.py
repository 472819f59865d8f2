"""Short makers of events of invoices and money, so that a case reads as one line.

Every maker runs the contract's own check: a case can only hold what ingest would let through.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from services.monitor.domain.ledger.funds import FundsKind
from shared.contracts.cover import CoverUpdated
from shared.contracts.credit_note import CreditNoteCancelled, CreditNoteIssued
from shared.contracts.customer import CustomerUpdated
from shared.contracts.fields import Inbound, Instalment
from shared.contracts.invoice import (
    InvoiceAmended,
    InvoiceCancelled,
    InvoiceIssued,
)
from shared.contracts.payment import (
    Allocation,
    PaymentAllocated,
    PaymentReceived,
    PaymentReversed,
)

CUSTOMER: Final = "C1"
ACCOUNT_ID: Final = "default:C1"
SAID_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
ISSUED_ON: Final = "2026-01-01"
DUE_ON: Final = "2026-01-31"

AnyInbound = TypeVar("AnyInbound", bound=Inbound)

#: (due date, decimal amount) of an instalment.
PartText = tuple[str, str]
#: (invoice, decimal amount), and the instalment or `INTEREST`.
PartPaid = tuple[str, str] | tuple[str, str, int | str]
#: In the place of an instalment: what is paid is the interest.
INTEREST: Final = "interest"


def day(text: str) -> date:
    """Read `2026-01-31`."""
    return date.fromisoformat(text)


def issued(
    invoice_id: str, *parts: PartText | str, on: str = ISSUED_ON, currency: str = "EUR"
) -> InvoiceIssued:
    """An invoice; a part that is an amount alone is due on `DUE_ON`."""
    return checked(
        InvoiceIssued(
            customer_id=CUSTOMER,
            invoice_id=invoice_id,
            currency=currency,
            issued_on=day(on),
            **_terms(parts),
        )
    )


def amended(
    invoice_id: str, version: int, *parts: PartText | str, on: str = "2026-01-10"
) -> InvoiceAmended:
    """New terms of an invoice."""
    return checked(
        InvoiceAmended(
            customer_id=CUSTOMER,
            invoice_id=invoice_id,
            version=version,
            amended_on=day(on),
            **_terms(parts),
        )
    )


def cancelled(invoice_id: str, on: str = "2026-01-20") -> InvoiceCancelled:
    """The end of an invoice."""
    return checked(
        InvoiceCancelled(customer_id=CUSTOMER, invoice_id=invoice_id, cancelled_on=day(on))
    )


def paid(
    payment_id: str,
    amount: str,
    *allocations: PartPaid,
    on: str = "2026-01-15",
    currency: str = "EUR",
) -> PaymentReceived:
    """A payment; what no allocation names is on account."""
    return checked(
        PaymentReceived(
            customer_id=CUSTOMER,
            payment_id=payment_id,
            amount=amount,
            currency=currency,
            received_on=day(on),
            allocations=[_allocation(part) for part in allocations] or None,
        )
    )


def allocated(payment_id: str, *allocations: PartPaid, on: str = "2026-01-18") -> PaymentAllocated:
    """Money on account is moved to invoices."""
    return checked(
        PaymentAllocated(
            customer_id=CUSTOMER,
            payment_id=payment_id,
            allocated_on=day(on),
            allocations=[_allocation(part) for part in allocations],
        )
    )


def reversed_(
    reversal_id: str,
    payment_id: str,
    amount: str | None = None,
    on: str = "2026-02-05",
    reason: Any = "bounced",
) -> PaymentReversed:
    """A payment that does not stand, in part or whole."""
    return checked(
        PaymentReversed(
            customer_id=CUSTOMER,
            reversal_id=reversal_id,
            payment_id=payment_id,
            reversed_on=day(on),
            reason=reason,
            amount=amount,
        )
    )


def credited(
    credit_note_id: str,
    amount: str,
    invoice_id: str | None = None,
    on: str = "2026-01-12",
    currency: str = "EUR",
) -> CreditNoteIssued:
    """A credit note, on an invoice or on account."""
    return checked(
        CreditNoteIssued(
            customer_id=CUSTOMER,
            credit_note_id=credit_note_id,
            amount=amount,
            currency=currency,
            issued_on=day(on),
            invoice_id=invoice_id,
        )
    )


def note_cancelled(credit_note_id: str, on: str = "2026-02-05") -> CreditNoteCancelled:
    """A credit note is taken back."""
    return checked(
        CreditNoteCancelled(
            customer_id=CUSTOMER, credit_note_id=credit_note_id, cancelled_on=day(on)
        )
    )


def customer(version: int, name: str = "Example Trading", **more: Any) -> CustomerUpdated:
    """A word on the customer."""
    return checked(CustomerUpdated(customer_id=CUSTOMER, version=version, name=name, **more))


def cover(policy_no: str = "TC-1", **more: Any) -> CoverUpdated:
    """A word on the insurer's cover: 90 % of at most 500,000 EUR unless said otherwise."""
    terms: dict[str, Any] = {
        "insurer": "Example Credit Insurance",
        "currency": "EUR",
        "insured_percentage": "90",
        "limit": "500000",
        "waiting_days": 60,
        "notice_days": 30,
        "mep_days": 60,
        "mep_from": "due",
        "valid_from": date(2025, 1, 1),
    }
    return checked(CoverUpdated(customer_id=CUSTOMER, policy_no=policy_no, **(terms | more)))


def payment(payment_id: str) -> tuple[FundsKind, str]:
    """Name a payment among the account's funds."""
    return FundsKind.PAYMENT, payment_id


def credit_note(credit_note_id: str) -> tuple[FundsKind, str]:
    """Name a credit note among the account's funds."""
    return FundsKind.CREDIT_NOTE, credit_note_id


def _terms(parts: tuple[PartText | str, ...]) -> dict[str, Any]:
    pairs = [(DUE_ON, part) if isinstance(part, str) else part for part in parts]
    total = format(sum((Decimal(amount) for _due_on, amount in pairs), Decimal(0)), "f")
    if len(pairs) == 1:
        return {"total": total, "due_on": day(pairs[0][0])}
    schedule = [Instalment(due_on=day(due_on), amount=amount) for due_on, amount in pairs]
    return {"total": total, "schedule": schedule}


def _allocation(part: PartPaid) -> Allocation:
    place = part[2] if len(part) == 3 else None
    return Allocation(
        invoice_id=part[0],
        amount=part[1],
        instalment=place if isinstance(place, int) else None,
        claim="interest" if place == INTEREST else "principal",
    )


def checked(data: AnyInbound) -> AnyInbound:
    """Return data that ingest would let through; raises `RejectedError` for any other."""
    data.check()
    return data
