"""Valid data of every inbound type."""

from typing import Any

Json = dict[str, Any]

INVOICE: Json = {
    "customer_id": "c-1",
    "creditor_id": "acme",
    "invoice_id": "INV-1",
    "currency": "CNY",
    "total": "1250.00",
    "issued_on": "2026-01-05",
    "due_on": "2026-02-04",
}
AMENDMENT: Json = {
    "customer_id": "c-1",
    "invoice_id": "INV-1",
    "version": 1,
    "total": "1300.00",
    "amended_on": "2026-01-06",
    "due_on": "2026-02-04",
}
CANCELLATION: Json = {
    "customer_id": "c-1",
    "invoice_id": "INV-1",
    "cancelled_on": "2026-01-07",
}
CREDIT_NOTE: Json = {
    "customer_id": "c-1",
    "credit_note_id": "CN-1",
    "amount": "50.00",
    "currency": "CNY",
    "issued_on": "2026-01-08",
    "invoice_id": "INV-1",
}
PAYMENT: Json = {
    "customer_id": "c-1",
    "payment_id": "P-1",
    "amount": "100.00",
    "currency": "CNY",
    "received_on": "2026-01-20",
    "allocations": [{"invoice_id": "INV-1", "amount": "60.00"}],
}
REVERSAL: Json = {
    "customer_id": "c-1",
    "reversal_id": "R-1",
    "payment_id": "P-1",
    "reversed_on": "2026-01-21",
    "reason": "bounced",
}
CUSTOMER: Json = {
    "customer_id": "c-1",
    "version": 1,
    "name": "Acme Trading",
    "email": "ap@example.com",
    "contacts": [{"name": "A. Person", "email": "person@example.com"}],
    "locale": "zh-CN",
    "country": "CN",
}
COVER: Json = {
    "customer_id": "c-1",
    "policy_no": "TC-9",
    "insurer": "Sinosure",
    "currency": "CNY",
    "insured_percentage": "90",
    "limit": "100000.00",
    "waiting_days": 60,
    "notice_days": 30,
    "mep_days": 60,
    "mep_from": "due",
    "valid_from": "2026-01-01",
}
INVOICE_IN_PARTS: Json = {
    "customer_id": "c-1",
    "invoice_id": "INV-2",
    "currency": "EUR",
    "total": "100.00",
    "issued_on": "2026-01-05",
    "schedule": [
        {"due_on": "2026-02-04", "amount": "30.00"},
        {"due_on": "2026-03-06", "amount": "50.00"},
        {"due_on": "2026-04-05", "amount": "20.00"},
    ],
}
WRITE_OFF: Json = {
    "customer_id": "c-1",
    "invoice_id": "INV-1",
    "written_off_on": "2026-06-30",
    "amount": "50.00",
    "reason": "the debtor is gone",
}
WRITE_OFF_REVERSAL: Json = {
    "customer_id": "c-1",
    "invoice_id": "INV-1",
    "reversed_on": "2026-07-31",
    "amount": "20.00",
}
EXTENSION: Json = {
    "customer_id": "c-1",
    "invoice_id": "INV-1",
    "agreed_on": "2026-02-10",
    "approved_by": "A. Manager",
    "due_on": "2026-03-31",
}
DISPUTE: Json = {
    "customer_id": "c-1",
    "dispute_id": "D-1",
    "invoice_id": "INV-1",
    "disputed_on": "2026-02-06",
    "amount": "250.00",
    "instalment": 1,
    "reason": "two pallets were wet",
}
RESOLUTION: Json = {
    "customer_id": "c-1",
    "dispute_id": "D-1",
    "invoice_id": "INV-1",
    "resolved_on": "2026-03-02",
    "outcome": "accepted",
}
WAIVER: Json = {
    "customer_id": "c-1",
    "waiver_id": "W-1",
    "invoice_id": "INV-1",
    "waived_on": "2026-03-02",
    "amount": "0.41",
}
CREDIT_NOTE_CANCELLATION: Json = {
    "customer_id": "c-1",
    "credit_note_id": "CN-1",
    "cancelled_on": "2026-01-09",
}
ALLOCATION: Json = {
    "customer_id": "c-1",
    "payment_id": "P-1",
    "allocated_on": "2026-01-22",
    "allocations": [
        {"invoice_id": "INV-1", "amount": "30.00", "instalment": 1},
        {"invoice_id": "INV-1", "amount": "0.41", "claim": "interest"},
    ],
}
INSOLVENCY: Json = {
    "customer_id": "c-1",
    "filed_on": "2026-05-04",
    "jurisdiction": "Amtsgericht Charlottenburg",
}
COVER_WITHDRAWAL: Json = {
    "customer_id": "c-1",
    "policy_no": "TC-9",
    "withdrawn_on": "2026-03-01",
}
PROMISE: Json = {
    "customer_id": "c-1",
    "promise_id": "PR-1",
    "made_on": "2026-02-20",
    "promised_on": "2026-02-27",
    "amount": "1000.00",
    "currency": "CNY",
    "invoice_ids": ["INV-1", "INV-2"],
}
PROMISE_WITHDRAWAL: Json = {
    "customer_id": "c-1",
    "promise_id": "PR-1",
    "withdrawn_on": "2026-02-24",
}
BLOCK: Json = {
    "customer_id": "c-1",
    "block_id": "B-1",
    "blocked_on": "2026-02-10",
    "invoice_id": "INV-1",
    "until": "2026-02-28",
    "reason": "the key account manager talks to them",
}
UNBLOCKING: Json = {
    "customer_id": "c-1",
    "block_id": "B-1",
    "unblocked_on": "2026-02-20",
}
ENFORCEMENT: Json = {
    "customer_id": "c-1",
    "enforced": False,
    "set_on": "2026-02-10",
}
#: A valid event's data by its type.
VALID: dict[str, Json] = {
    "invoice.issued.v1": INVOICE,
    "invoice.amended.v1": AMENDMENT,
    "invoice.cancelled.v1": CANCELLATION,
    "invoice.written_off.v1": WRITE_OFF,
    "invoice.write_off_reversed.v1": WRITE_OFF_REVERSAL,
    "invoice.terms_extended.v1": EXTENSION,
    "invoice.disputed.v1": DISPUTE,
    "dispute.resolved.v1": RESOLUTION,
    "interest.waived.v1": WAIVER,
    "credit_note.issued.v1": CREDIT_NOTE,
    "credit_note.cancelled.v1": CREDIT_NOTE_CANCELLATION,
    "payment.received.v1": PAYMENT,
    "payment.allocated.v1": ALLOCATION,
    "payment.reversed.v1": REVERSAL,
    "customer.updated.v1": CUSTOMER,
    "customer.insolvent.v1": INSOLVENCY,
    "cover.updated.v1": COVER,
    "cover.withdrawn.v1": COVER_WITHDRAWAL,
    "promise.made.v1": PROMISE,
    "promise.withdrawn.v1": PROMISE_WITHDRAWAL,
    "dunning.blocked.v1": BLOCK,
    "dunning.unblocked.v1": UNBLOCKING,
    "dunning.enforcement_set.v1": ENFORCEMENT,
}
