"""What billing gives back."""

from datetime import date

from shared.contracts.fields import Amount, CurrencyCode, Identifier, Inbound, check_day
from shared.money import exponent_of, to_positive_minor


class CreditNoteIssued(Inbound, kw_only=True, frozen=True):
    """A credit note: on an invoice it reduces the last instalments first; without, on account."""

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
