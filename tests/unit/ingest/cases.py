"""Arrivals for tests: valid events, and changed copies of them."""

import json
from datetime import UTC, datetime
from typing import Any

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.judgement import Accepted, Refusal, judge
from tests.unit.ingest.valid import VALID, Json

#: Later than anything that valid data tell of.
NOW = datetime(2026, 8, 1, 1, 0, tzinfo=UTC)
EVENT_BYTES_MAX = 256 * 1024


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
