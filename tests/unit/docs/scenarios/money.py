"""What can be said of payments and credit notes."""

from re import Match
from typing import Final

from shared.contracts.credit_note import CreditNoteCancelled, CreditNoteIssued
from shared.contracts.payment import PaymentAllocated, PaymentReceived, PaymentReversed
from tests.unit.docs.scenarios.forms import (
    AMOUNT,
    ITEM,
    MONEY,
    NAME,
    SOME,
    Form,
    Members,
    Saying,
    form,
)

_PAYMENT: Final = rf"payment (?P<payment>{NAME})"
_NOTE: Final = rf"credit note (?P<note>{NAME})"
_INTEREST: Final = "interest on "
_ALLOCATION: Final = rf"(?:{_INTEREST})?{ITEM} {AMOUNT}"
_ALLOCATIONS: Final = rf"(?P<parts>{_ALLOCATION}(?:, {_ALLOCATION})*)"


@form(PaymentReceived, rf"{_PAYMENT} {MONEY}(?: for {_ALLOCATIONS})?")
def _received(found: Match[str], saying: Saying) -> Members:
    return {
        "payment_id": found["payment"],
        "amount": found["amount"],
        "currency": found["currency"],
        "received_on": saying.on,
        "allocations": found["parts"] and _allocations(found["parts"]),
    }


@form(PaymentAllocated, _PAYMENT, "moved to", _ALLOCATIONS)
def _moved(found: Match[str], saying: Saying) -> Members:
    return {
        "payment_id": found["payment"],
        "allocated_on": saying.on,
        "allocations": _allocations(found["parts"]),
    }


@form(
    PaymentReversed,
    rf"{_PAYMENT} reversed{SOME}: (?P<reason>bounced|chargeback|refund|mistake)",
)
def _reversed(found: Match[str], saying: Saying) -> Members:
    return {
        "reversal_id": f"R{saying.number}",
        "payment_id": found["payment"],
        "reversed_on": saying.on,
        "reason": found["reason"],
        "amount": found["amount"],
    }


@form(CreditNoteIssued, rf"{_NOTE} {MONEY}(?: on (?P<invoice>{NAME}))?")
def _credited(found: Match[str], saying: Saying) -> Members:
    return {
        "credit_note_id": found["note"],
        "amount": found["amount"],
        "currency": found["currency"],
        "issued_on": saying.on,
        "invoice_id": found["invoice"],
    }


@form(CreditNoteCancelled, _NOTE, "cancelled")
def _credit_cancelled(found: Match[str], saying: Saying) -> Members:
    return {"credit_note_id": found["note"], "cancelled_on": saying.on}


def _allocations(parts: str) -> list[Members]:
    found: list[Members] = []
    for part in parts.split(", "):
        name, amount = part.removeprefix(_INTEREST).split(" ")
        invoice_id, _, instalment = name.partition("/")
        allocation: Members = {"invoice_id": invoice_id, "amount": amount}
        if instalment:
            allocation["instalment"] = int(instalment)
        if part.startswith(_INTEREST):
            allocation["claim"] = "interest"
        found.append(allocation)
    return found


FORMS: Final[list[Form]] = [_received, _moved, _reversed, _credited, _credit_cancelled]
