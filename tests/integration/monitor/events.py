"""Events in few words; each is `(type, data)` as `World.publish` takes it."""

from typing import Any

Said = tuple[str, dict[str, Any]]


def said(kind: str, customer: str, **data: Any) -> Said:
    """Return an event of a type, its version left out."""
    return f"{kind}.v1", {"customer_id": customer, **data}


def known(customer: str, version: int = 1, **more: Any) -> Said:
    return said("customer.updated", customer, version=version, name=customer, **more)


def covered(customer: str, **more: Any) -> Said:
    terms = {
        "policy_no": "C-1",
        "insurer": "Nordstern",
        "currency": "CNY",
        "insured_percentage": "90",
        "limit": "100000.00",
        "waiting_days": 60,
        "notice_days": 30,
        "mep_days": 90,
        "mep_from": "due",
        "valid_from": "2025-01-01",
    }
    return said("cover.updated", customer, **{**terms, **more})


def promised(customer: str, promised_on: str, **more: Any) -> Said:
    data = {"promise_id": "W-1", "made_on": "2026-01-05", "promised_on": promised_on}
    return said("promise.made", customer, **{**data, **more})


def blocked(customer: str, **more: Any) -> Said:
    data = {"block_id": "B-1", "blocked_on": "2026-01-05"}
    return said("dunning.blocked", customer, **{**data, **more})


def unblocked(customer: str, **more: Any) -> Said:
    data = {"block_id": "B-1", "unblocked_on": "2026-01-30"}
    return said("dunning.unblocked", customer, **{**data, **more})


def enforced(customer: str, *, on: bool, set_on: str) -> Said:
    return said("dunning.enforcement_set", customer, enforced=on, set_on=set_on)


def disputed(customer: str, invoice_id: str, **more: Any) -> Said:
    data = {"dispute_id": "D-1", "invoice_id": invoice_id, "disputed_on": "2026-01-28"}
    return said("invoice.disputed", customer, **{**data, **more})


def resolved(customer: str, invoice_id: str, outcome: str, **more: Any) -> Said:
    data = {"dispute_id": "D-1", "invoice_id": invoice_id, "resolved_on": "2026-01-30"}
    return said("dispute.resolved", customer, outcome=outcome, **{**data, **more})


def credited(customer: str, amount: str, **more: Any) -> Said:
    data = {"credit_note_id": "N-1", "amount": amount, "currency": "CNY"}
    return said("credit_note.issued", customer, issued_on="2026-01-29", **data, **more)


def written_off(customer: str, invoice_id: str, **more: Any) -> Said:
    data = {"invoice_id": invoice_id, "written_off_on": "2026-01-29"}
    return said("invoice.written_off", customer, **{**data, **more})


def extended(customer: str, invoice_id: str, **more: Any) -> Said:
    data = {"invoice_id": invoice_id, "agreed_on": "2026-01-29", "approved_by": "Li Na"}
    return said("invoice.terms_extended", customer, **{**data, **more})


def reversed_payment(customer: str, payment_id: str, reason: str, **more: Any) -> Said:
    data = {"reversal_id": "V-1", "payment_id": payment_id, "reversed_on": "2026-01-30"}
    return said("payment.reversed", customer, reason=reason, **{**data, **more})
