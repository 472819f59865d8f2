"""What billing says of an invoice."""

from datetime import date
from typing import Any

from shared.contracts.fields import (
    Amount,
    CurrencyCode,
    Identifier,
    Inbound,
    Instalment,
    Text,
    Version,
    check_day,
    check_terms,
)
from shared.money import exponent_of


class InvoiceIssued(Inbound, kw_only=True, frozen=True):
    """An invoice was issued: `total` is due on `due_on`, or by a schedule that adds up to it."""

    invoice_id: Identifier
    currency: CurrencyCode
    total: Amount
    issued_on: date
    due_on: date | None = None
    schedule: list[Instalment] | None = None
    contract_id: Identifier | None = None
    document_url: Text | None = None
    interest: dict[str, Any] | None = None

    def check(self) -> None:
        """Refuse terms that contradict themselves."""
        exponent_of(self.currency, "data.currency")
        check_day(self.issued_on, "data.issued_on")
        check_terms(
            currency=self.currency,
            total=self.total,
            issued_on=self.issued_on,
            due_on=self.due_on,
            schedule=self.schedule,
        )


class InvoiceAmended(Inbound, kw_only=True, frozen=True):
    """An invoice has new terms; the highest `version` wins whatever the order of arrival.

    Issued is version 0. The currency is the invoice's own and cannot be amended.
    """

    invoice_id: Identifier
    version: Version
    total: Amount
    amended_on: date
    due_on: date | None = None
    schedule: list[Instalment] | None = None

    def check(self) -> None:
        """Refuse terms that contradict themselves, as far as no currency is needed to see it."""
        check_day(self.amended_on, "data.amended_on")
        check_terms(
            currency=None,
            total=self.total,
            issued_on=None,
            due_on=self.due_on,
            schedule=self.schedule,
        )


class InvoiceCancelled(Inbound, kw_only=True, frozen=True):
    """An invoice was cancelled: nothing of it is owed any more."""

    invoice_id: Identifier
    cancelled_on: date
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.cancelled_on, "data.cancelled_on")
