"""How the tables of contracts are read: a type, what is changed in its valid data, the outcome."""

from typing import Any

from services.ingest.domain.judgement import Refusal
from tests.unit.ingest.cases import changed, event, judged
from tests.unit.ingest.valid import VALID, Json

#: A type; what is changed in its valid data; the code and the field of the refusal, or None.
Row = tuple[str, Json, tuple[str, str] | None]
Table = dict[str, Row]


def judged_data(event_type: str, **changes: Any) -> Refusal | None:
    """Send valid data with changes through the door; Ellipsis leaves a member out."""
    outcome = judged(event(event_type, changed(VALID[event_type], **changes)))
    return outcome if isinstance(outcome, Refusal) else None


def refusal_of(event_type: str, changes: Json) -> tuple[str, str | None] | None:
    """Return code and field, and see to it that the sentence begins with the field."""
    refusal = judged_data(event_type, **changes)
    if refusal is None:
        return None
    assert refusal.message.startswith(f"{refusal.field}: ")
    return refusal.code, refusal.field


def sentence_of(event_type: str, changes: Json) -> str:
    """Return what a person reads of a refusal."""
    refusal = judged_data(event_type, **changes)
    assert refusal is not None
    return refusal.message
