"""What billing gives back."""

from datetime import date

from shared.contracts.fields import Amount, CurrencyCode, Identifier, Inbound, Text, check_day
from shared.money import exponent_of, to_positive_minor


class CreditNoteIssued(Inbound, kw_only=True, frozen=True):
    """A credit note: on an invoice it reduces the last instalments first; without, on account."""

    day_member = "issued_on"

    credit_note_id: Identifier
    amount: Amount
    currency: CurrencyCode
    issued_on: date
    invoice_id: Identifier | None = None

    def check(self) -> None:
        """Refuse a note that credits nothing."""
        exponent_of(self.currency, "data.currency")
        check_day(self.issued_on, "data.issued_on")
        to_positive_minor(self.amount, self.currency, "data.amount")


class CreditNoteCancelled(Inbound, kw_only=True, frozen=True):
    """A credit note was taken back: what it had credited is owed again."""

    day_member = "cancelled_on"

    credit_note_id: Identifier
    cancelled_on: date
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.cancelled_on, "data.cancelled_on")
