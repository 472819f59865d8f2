"""What ingest says on `receivables.rejected`: the reason and the raw bytes of what it refused."""

import uuid
from datetime import datetime

from msgspec import Struct


class Rejected(Struct, kw_only=True, frozen=True):
    """One refusal; `raw` is base64 on the wire."""

    rejected_id: uuid.UUID
    #: A stable reason from the table in the documentation.
    code: str
    #: A sentence that names the field and the value.
    message: str
    field: str | None
    #: The topic it came in by, or `http`.
    topic: str
    partition: int | None
    offset: int | None
    #: The Kafka headers or HTTP attributes that came with it, as text.
    headers: dict[str, str]
    raw: bytes
    rejected_at: datetime
