"""What can be said of an invoice: its terms, its end, disputes, write-offs, waived interest."""

from re import Match
from typing import Final

import yaml

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
from tests.unit.docs.scenarios.forms import (
    AMOUNT,
    CURRENCY,
    DAY,
    MAPPING,
    NAME,
    SOME,
    Form,
    Members,
    Saying,
    form,
    schedule_of,
    terms_of,
)

_INVOICE: Final = rf"invoice (?P<invoice>{NAME})"
_PART: Final = rf"{AMOUNT} due {DAY}"
_PARTS: Final = rf"(?P<parts>{_PART}(?:, {_PART})*)"


@form(
    InvoiceIssued,
    rf"{_INVOICE} in (?P<currency>{CURRENCY}): {_PARTS}(?: with interest {MAPPING})?",
)
def _issued(found: Match[str], saying: Saying) -> Members:
    # Texts alone, as JSON would have them: days are keys there, and no amount is a number.
    interest = found["mapping"] and yaml.load(found["mapping"], yaml.BaseLoader)
    return {
        "invoice_id": found["invoice"],
        "currency": found["currency"],
        "issued_on": saying.on,
        "interest": interest,
        **terms_of(found["parts"]),
    }


@form(InvoiceAmended, rf"{_INVOICE} version (?P<version>\d+): {_PARTS}")
def _amended(found: Match[str], saying: Saying) -> Members:
    return {
        "invoice_id": found["invoice"],
        "version": int(found["version"]),
        "amended_on": saying.on,
        **terms_of(found["parts"]),
    }


@form(InvoiceCancelled, _INVOICE, "cancelled")
def _cancelled(found: Match[str], saying: Saying) -> Members:
    return {"invoice_id": found["invoice"], "cancelled_on": saying.on}


@form(InvoiceTermsExtended, rf"{_INVOICE} extended to (?:(?P<day>{DAY})|{_PARTS})")
def _extended(found: Match[str], saying: Saying) -> Members:
    return {
        "invoice_id": found["invoice"],
        "agreed_on": saying.on,
        "approved_by": "the credit manager",
        "due_on": found["day"],
        "schedule": found["parts"] and schedule_of(found["parts"]),
    }


@form(InvoiceWrittenOff, rf"{_INVOICE} written off{SOME}")
def _written_off(found: Match[str], saying: Saying) -> Members:
    return {
        "invoice_id": found["invoice"],
        "written_off_on": saying.on,
        "amount": found["amount"],
    }


@form(InvoiceWriteOffReversed, rf"{_INVOICE} write-off reversed{SOME}")
def _write_off_reversed(found: Match[str], saying: Saying) -> Members:
    return {"invoice_id": found["invoice"], "reversed_on": saying.on, "amount": found["amount"]}


@form(InterestWaived, rf"interest on (?P<invoice>{NAME}) waived{SOME}")
def _waived(found: Match[str], saying: Saying) -> Members:
    return {
        "waiver_id": f"W{saying.number}",
        "invoice_id": found["invoice"],
        "waived_on": saying.on,
        "amount": found["amount"],
    }


@form(
    InvoiceDisputed,
    rf"dispute (?P<dispute>{NAME}) on (?P<invoice>{NAME})(?:/(?P<instalment>\d+))?{SOME}",
)
def _disputed(found: Match[str], saying: Saying) -> Members:
    return {
        "dispute_id": found["dispute"],
        "invoice_id": found["invoice"],
        "disputed_on": saying.on,
        "instalment": found["instalment"] and int(found["instalment"]),
        "amount": found["amount"],
    }


@form(
    DisputeResolved,
    rf"dispute (?P<dispute>{NAME}) on (?P<invoice>{NAME})",
    r"(?P<outcome>accepted|rejected|withdrawn)",
)
def _resolved(found: Match[str], saying: Saying) -> Members:
    return {
        "dispute_id": found["dispute"],
        "invoice_id": found["invoice"],
        "resolved_on": saying.on,
        "outcome": found["outcome"],
    }


FORMS: Final[list[Form]] = [
    _issued,
    _amended,
    _cancelled,
    _extended,
    _written_off,
    _write_off_reversed,
    _waived,
    _disputed,
    _resolved,
]
