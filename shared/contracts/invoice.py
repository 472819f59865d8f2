"""What billing says of an invoice."""

from datetime import date
from typing import Any, Literal

from shared.contracts.fields import (
    INVOICE_DAYS_AHEAD_MAX,
    Amount,
    CurrencyCode,
    Identifier,
    Inbound,
    Instalment,
    InstalmentNumber,
    Text,
    Version,
    Words,
    check_day,
    check_extension,
    check_terms,
    says_something,
)
from shared.contracts.interest import check_interest
from shared.errors import RejectedError
from shared.money import exponent_of, to_positive_minor


class InvoiceIssued(Inbound, kw_only=True, frozen=True):
    """An invoice was issued: `total` is due on `due_on`, or by a schedule that adds up to it."""

    day_member = "issued_on"
    days_ahead_max = INVOICE_DAYS_AHEAD_MAX

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
            said_on=self.issued_on,
            issued_on=self.issued_on,
            due_on=self.due_on,
            schedule=self.schedule,
        )
        if self.interest is not None:
            check_interest(self.interest, self.currency, "data.interest")


class InvoiceAmended(Inbound, kw_only=True, frozen=True):
    """An invoice has new terms; the highest `version` wins whatever the order of arrival.

    Issued is version 0. The currency is the invoice's own and cannot be amended.
    """

    day_member = "amended_on"

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
            said_on=self.amended_on,
            issued_on=None,
            due_on=self.due_on,
            schedule=self.schedule,
        )


class InvoiceCancelled(Inbound, kw_only=True, frozen=True):
    """An invoice was cancelled: nothing of it is owed any more."""

    day_member = "cancelled_on"

    invoice_id: Identifier
    cancelled_on: date
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.cancelled_on, "data.cancelled_on")


class InvoiceTermsExtended(Inbound, kw_only=True, frozen=True):
    """More time was agreed: what was due earlier is due on `due_on`, or by a new schedule.

    The latest agreement stands; the due date as issued stays for the insurer's clocks. A schedule
    must add up to what the invoice is worth, which only the ledger knows.
    """

    day_member = "agreed_on"

    invoice_id: Identifier
    agreed_on: date
    approved_by: Words
    due_on: date | None = None
    schedule: list[Instalment] | None = None
    reason: Text | None = None

    def check(self) -> None:
        """Refuse terms that say nothing, or were over before they were agreed."""
        check_day(self.agreed_on, "data.agreed_on")
        check_extension(self.agreed_on, self.due_on, self.schedule)
        if not says_something(self.approved_by):
            message = "data.approved_by: it is blank; say who has approved it"
            raise RejectedError(message, code="invalid_value", field="data.approved_by")


class InvoiceWrittenOff(Inbound, kw_only=True, frozen=True):
    """A part (`amount`) or all of what is open is given up; the event's own name names it.

    The amount is in the invoice's own currency. Money that comes all the same lowers the loss.
    """

    day_member = "written_off_on"

    invoice_id: Identifier
    written_off_on: date
    amount: Amount | None = None
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an amount that gives nothing up."""
        check_day(self.written_off_on, "data.written_off_on")
        if self.amount is not None:
            to_positive_minor(self.amount, None, "data.amount")


class InvoiceWriteOffReversed(Inbound, kw_only=True, frozen=True):
    """A part (`amount`) or all of what was written off is owed again."""

    day_member = "reversed_on"

    invoice_id: Identifier
    reversed_on: date
    amount: Amount | None = None
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an amount that takes nothing back."""
        check_day(self.reversed_on, "data.reversed_on")
        if self.amount is not None:
            to_positive_minor(self.amount, None, "data.amount")


class InterestWaived(Inbound, kw_only=True, frozen=True):
    """Interest on an invoice is given up: an amount, or all that has grown by `waived_on`."""

    day_member = "waived_on"

    waiver_id: Identifier
    invoice_id: Identifier
    waived_on: date
    amount: Amount | None = None
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an amount that waives nothing."""
        check_day(self.waived_on, "data.waived_on")
        if self.amount is not None:
            to_positive_minor(self.amount, None, "data.amount")


class InvoiceDisputed(Inbound, kw_only=True, frozen=True):
    """The debtor disputes a part (`amount`) or all of an invoice, or of one instalment."""

    day_member = "disputed_on"

    dispute_id: Identifier
    invoice_id: Identifier
    disputed_on: date
    amount: Amount | None = None
    instalment: InstalmentNumber | None = None
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an amount that disputes nothing."""
        check_day(self.disputed_on, "data.disputed_on")
        if self.amount is not None:
            to_positive_minor(self.amount, None, "data.amount")


class DisputeResolved(Inbound, kw_only=True, frozen=True):
    """A dispute has ended. What was `accepted` is not dunned again: a credit is on its way."""

    day_member = "resolved_on"

    dispute_id: Identifier
    invoice_id: Identifier
    resolved_on: date
    outcome: Literal["accepted", "rejected", "withdrawn"]
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.resolved_on, "data.resolved_on")
