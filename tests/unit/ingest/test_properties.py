"""Whatever comes in, judging ends in an acceptance or a refusal, and both can be written down."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.bindings import from_http
from services.ingest.domain.judgement import Accepted, judge
from services.ingest.handlers.door import record_of
from services.ingest.handlers.refused import encode, refused_of
from tests.unit.ingest.cases import EVENT_BYTES_MAX, NOW, event
from tests.unit.ingest.valid import VALID

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time"])
    | st.text(),
    st.sampled_from(["application/cloudevents+json", "application/json", "1.0", *VALID])
    | st.text(),
    max_size=6,
)


def judge_and_write(arrival: Arrival) -> None:
    """Judge as the door does, and write the outcome as Kafka and PostgreSQL would have it."""
    outcome = judge(arrival, now=NOW, event_bytes_max=EVENT_BYTES_MAX)
    if isinstance(outcome, Accepted):
        _key, value = record_of(outcome)
        assert "\x00" not in json.dumps(json.loads(value), ensure_ascii=False)
        return
    refused = refused_of(arrival, outcome, NOW)
    encode(refused)
    for text in (outcome.code, outcome.message, outcome.field or "", *refused.headers.values()):
        assert "\x00" not in text
        text.encode()


@given(st.none() | st.binary(), HEADERS)
def test_arbitrary_bytes_are_accepted_or_refused(value: bytes | None, headers: Any) -> None:
    judge_and_write(Arrival(topic="t", partition=0, offset=0, headers=headers, value=value))


@given(JSON, HEADERS)
def test_arbitrary_json_is_accepted_or_refused(value: Any, headers: Any) -> None:
    raw = json.dumps(value).encode()
    judge_and_write(Arrival(topic="t", partition=0, offset=0, headers=headers, value=raw))


@given(st.sampled_from(sorted(VALID)), st.data())
def test_a_valid_event_with_arbitrary_changes_is_accepted_or_refused(
    event_type: str, data: st.DataObject
) -> None:
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(VALID[event_type])), JSON))
    members = data.draw(st.dictionaries(st.text(), JSON, max_size=2))
    attributes = data.draw(st.dictionaries(st.sampled_from(["id", "time", "subject"]), JSON))
    made = event(event_type, {**VALID[event_type], **changes, **members}, **attributes)
    raw = json.dumps(made).encode()
    judge_and_write(Arrival(topic="t", partition=0, offset=0, headers={}, value=raw))


@given(st.sampled_from(sorted(VALID)), st.data())
def test_a_valid_event_with_one_byte_changed_is_accepted_or_refused(
    event_type: str, data: st.DataObject
) -> None:
    raw = bytearray(json.dumps(event(event_type)).encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    judge_and_write(Arrival(topic="t", partition=0, offset=0, headers={}, value=bytes(raw)))


@given(st.binary() | JSON.map(msgspec.json.encode), st.binary(max_size=40))
def test_an_arbitrary_batch_is_taken_apart_or_kept_whole(body: bytes, name: bytes) -> None:
    headers = [(b"content-type", b"application/cloudevents-batch+json"), (b"ce-id", name)]
    for arrival in from_http(headers, body):
        judge_and_write(arrival)
