"""Arrivals for tests: a valid event of each kind, and changed copies of it."""

import json
from datetime import UTC, datetime
from typing import Any

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.judgement import Accepted, Refusal, judge

Json = dict[str, Any]

NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
EVENT_BYTES_MAX = 256 * 1024

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
VALID: dict[str, Json] = {
    "invoice.issued.v1": INVOICE,
    "invoice.amended.v1": AMENDMENT,
    "invoice.cancelled.v1": CANCELLATION,
    "credit_note.issued.v1": CREDIT_NOTE,
    "payment.received.v1": PAYMENT,
    "payment.reversed.v1": REVERSAL,
    "customer.updated.v1": CUSTOMER,
    "cover.updated.v1": COVER,
}


def changed(original: Json, **changes: Any) -> Json:
    """A copy with members replaced; Ellipsis leaves one out."""
    return {name: value for name, value in {**original, **changes}.items() if value is not ...}


def event(event_type: str = "invoice.issued.v1", data: Any = None, **changes: Any) -> Json:
    """A structured event; Ellipsis leaves an attribute out."""
    original = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "erp",
        "type": event_type,
        "time": "2026-01-05T09:00:00+08:00",
        "datacontenttype": "application/json",
        "data": VALID[event_type] if data is None else data,
    }
    return changed(original, **changes)


def arrival(value: Json | bytes | str | None, **headers: str) -> Arrival:
    """A record as it came; a header's underscores stay, `content_type` is the content type."""
    raw = json.dumps(value).encode() if isinstance(value, dict | list | str) else value
    named = {name.replace("content_type", "content-type"): text for name, text in headers.items()}
    return Arrival(topic="receivables.invoices", partition=0, offset=7, headers=named, value=raw)


def judged(value: Json | bytes | str | None, **headers: str) -> Accepted | Refusal:
    return judge(arrival(value, **headers), now=NOW, event_bytes_max=EVENT_BYTES_MAX)
