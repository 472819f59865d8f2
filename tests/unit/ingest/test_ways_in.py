"""Every type of event comes in by every way, and stands under its account afterwards."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.bindings import from_http, from_kafka
from services.ingest.domain.judgement import MONITOR_TYPES, Accepted, Refusal, judge
from services.ingest.handlers.door import record_of
from shared.contracts.asyncapi import OUTBOUND
from shared.contracts.catalogue import CATALOGUE, INBOUND_TOPICS, INTERNAL
from shared.contracts.group import group_key
from tests.unit.ingest.cases import EVENT_BYTES_MAX, NOW, changed, event
from tests.unit.ingest.valid import VALID, Json

ATTRIBUTES = ("specversion", "id", "source", "type", "time")
BATCH = b"application/cloudevents-batch+json"


def by_topic(topic: str) -> Callable[[Json], Arrival]:
    """A record on a topic, the whole event as its value."""
    return lambda said: from_kafka(topic, 3, 7, [], json.dumps(said).encode())


def by_headers(said: Json) -> Arrival:
    """A record with the attributes as headers."""
    headers = [(f"ce_{name}", str(said[name]).encode()) for name in ATTRIBUTES]
    headers.append(("content-type", b"application/json"))
    return from_kafka("receivables.commands", 3, 7, headers, json.dumps(said["data"]).encode())


def by_http(said: Json) -> Arrival:
    """A request with the whole event as its body."""
    headers = [(b"content-type", b"application/cloudevents+json")]
    [arrival] = from_http(headers, json.dumps(said).encode())
    return arrival


def by_http_headers(said: Json) -> Arrival:
    """A request with the attributes as headers."""
    headers = [(f"ce-{name}".encode(), str(said[name]).encode()) for name in ATTRIBUTES]
    headers.append((b"content-type", b"application/json"))
    [arrival] = from_http(headers, json.dumps(said["data"]).encode())
    return arrival


def by_http_batch(said: Json) -> Arrival:
    """The second event of a batch."""
    body = json.dumps([event(id="another"), said]).encode()
    [_first, arrival] = from_http([(b"content-type", BATCH)], body)
    return arrival


WAYS: dict[str, Callable[[Json], Arrival]] = {
    **{topic: by_topic(topic) for topic in INBOUND_TOPICS},
    "Kafka, binary mode": by_headers,
    "HTTP": by_http,
    "HTTP, binary mode": by_http_headers,
    "HTTP, a batch": by_http_batch,
}


def taken(arrival: Arrival) -> Accepted | Refusal:
    return judge(arrival, now=NOW, event_bytes_max=EVENT_BYTES_MAX)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("event_type", CATALOGUE)
def test_every_type_comes_in_by_every_way(event_type: str, way: Callable[[Json], Arrival]) -> None:
    said = event(event_type, changed(VALID[event_type], customer_id="c-7", creditor_id="acme"))
    outcome = taken(way(said))
    assert isinstance(outcome, Accepted)
    key, value = record_of(outcome)
    ledger_event = json.loads(value)
    assert key == ledger_event["accountid"].encode() == b"acme:c-7"
    assert (ledger_event["type"], ledger_event["data"]) == (event_type, said["data"])


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("event_type", sorted(MONITOR_TYPES))
def test_what_the_monitor_says_is_taken_from_nobody(
    event_type: str, way: Callable[[Json], Arrival]
) -> None:
    data = {"customer_id": "c-1", "group_id": "G1", "turn": 1, "member": True, "defaulted": True}
    outcome = taken(way(event(event_type, data)))
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.field) == ("unknown_type", "type")
    assert "said by the monitor alone" in outcome.message


def test_the_monitors_types_are_all_kept_its_own() -> None:
    assert set(INTERNAL) <= MONITOR_TYPES
    assert set(OUTBOUND) <= MONITOR_TYPES
    assert not MONITOR_TYPES & set(CATALOGUE)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_nobody_else_takes_a_name_of_the_monitors(way: Callable[[Json], Arrival]) -> None:
    outcome = taken(way(event(source="arrears/monitor")))
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.field) == ("reserved_source", "source")


IDS = st.text(st.sampled_from(":G1 a"), max_size=4)


@given(customer_id=IDS, creditor_id=IDS, account=st.sampled_from(["", ":G1", "acme:c-1"]))
def test_no_ids_make_the_key_of_a_group(customer_id: str, creditor_id: str, account: str) -> None:
    ids = {"customer_id": customer_id, "creditor_id": creditor_id}
    data = {**VALID["promise.made.v1"], **ids, "account_id": account, "accountid": account}
    outcome = taken(by_http(event("promise.made.v1", data, accountid=account)))
    if isinstance(outcome, Accepted):
        key, _value = record_of(outcome)
        assert not key.startswith(group_key("").encode())
        assert key.decode() == f"{creditor_id}:{customer_id}"
    else:
        assert outcome.field in {"data.customer_id", "data.creditor_id"}


@pytest.mark.parametrize("creditor_id", ["", ":", ":G1"])
def test_a_creditor_that_would_make_a_groups_key_is_refused(creditor_id: str) -> None:
    data = changed(VALID["promise.made.v1"], creditor_id=creditor_id, customer_id="G1")
    outcome = taken(by_http(event("promise.made.v1", data)))
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.field) == ("invalid_value", "data.creditor_id")
