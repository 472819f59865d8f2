"""Short makers of what happens to an invoice later: more time, write-offs, disputes, waivers."""

from typing import Any

from shared.contracts.fields import Instalment
from shared.contracts.invoice import (
    DisputeResolved,
    InterestWaived,
    InvoiceDisputed,
    InvoiceTermsExtended,
    InvoiceWriteOffReversed,
    InvoiceWrittenOff,
)
from tests.unit.monitor.builders import CUSTOMER, PartText, checked, day


def extended(
    invoice_id: str, *parts: PartText | str, agreed_on: str = "2026-01-20", by: str = "A. Lead"
) -> InvoiceTermsExtended:
    """More time for an invoice: one date as `2026-03-31`, or the parts of a schedule."""
    dates = [day(part) for part in parts if isinstance(part, str)]
    schedule = [
        Instalment(due_on=day(part[0]), amount=part[1])
        for part in parts
        if not isinstance(part, str)
    ]
    return checked(
        InvoiceTermsExtended(
            customer_id=CUSTOMER,
            invoice_id=invoice_id,
            agreed_on=day(agreed_on),
            approved_by=by,
            due_on=dates[0] if dates else None,
            schedule=schedule or None,
        )
    )


def written_off(
    invoice_id: str, amount: str | None = None, on: str = "2026-03-01"
) -> InvoiceWrittenOff:
    """A part or all of an invoice is given up."""
    return checked(
        InvoiceWrittenOff(
            customer_id=CUSTOMER, invoice_id=invoice_id, written_off_on=day(on), amount=amount
        )
    )


def write_off_reversed(
    invoice_id: str, amount: str | None = None, on: str = "2026-03-10"
) -> InvoiceWriteOffReversed:
    """A part or all of what was given up is owed again."""
    return checked(
        InvoiceWriteOffReversed(
            customer_id=CUSTOMER, invoice_id=invoice_id, reversed_on=day(on), amount=amount
        )
    )


def disputed(
    dispute_id: str,
    invoice_id: str,
    amount: str | None = None,
    *,
    instalment: int | None = None,
    on: str = "2026-02-01",
) -> InvoiceDisputed:
    """A part or all of an invoice is contested."""
    return checked(
        InvoiceDisputed(
            customer_id=CUSTOMER,
            dispute_id=dispute_id,
            invoice_id=invoice_id,
            disputed_on=day(on),
            amount=amount,
            instalment=instalment,
        )
    )


def resolved(
    dispute_id: str, invoice_id: str, outcome: Any = "rejected", on: str = "2026-02-10"
) -> DisputeResolved:
    """The end of a dispute."""
    return checked(
        DisputeResolved(
            customer_id=CUSTOMER,
            dispute_id=dispute_id,
            invoice_id=invoice_id,
            resolved_on=day(on),
            outcome=outcome,
        )
    )


def waived(
    waiver_id: str, invoice_id: str, amount: str | None = None, on: str = "2026-03-01"
) -> InterestWaived:
    """Interest on an invoice is given up."""
    return checked(
        InterestWaived(
            customer_id=CUSTOMER,
            waiver_id=waiver_id,
            invoice_id=invoice_id,
            waived_on=day(on),
            amount=amount,
        )
    )
