"""The ways a CloudEvent can be carried, and what the ledger gets of it."""

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.ingest.domain.bindings import from_http, from_kafka
from services.ingest.domain.envelope import data_of, open_envelope
from services.ingest.domain.judgement import Accepted, Refusal
from services.ingest.handlers.door import record_of
from tests.unit.ingest.cases import NOW, arrival, changed, event, judged
from tests.unit.ingest.valid import INVOICE, Json

STRUCTURED = "application/cloudevents+json"
HEADERS = {"ce_specversion": "1.0", "ce_id": "e-1", "ce_source": "erp"}
BINARY = {**HEADERS, "ce_type": "invoice.issued.v1", "ce_time": "2026-01-05T01:00:00Z"}
DATA = json.dumps(INVOICE).encode()

#: A record's value and headers; the code it is refused with, or None.
MODES: dict[str, tuple[Any, Json, str | None]] = {
    "structured, said": (event(), {"content_type": STRUCTURED}, None),
    "structured, with a charset": (event(), {"content_type": f"{STRUCTURED}; charset=UTF-8"}, None),
    "structured, unsaid": (event(), {}, None),
    "structured, said to be JSON": (event(), {"content_type": "application/json"}, None),
    "binary": (INVOICE, {**BINARY, "content_type": "application/json"}, None),
    "binary, without a content type": (INVOICE, BINARY, None),
    "binary, JSON of another name": (INVOICE, {**BINARY, "content_type": "text/x+json"}, None),
    "the structured mode has the last word": (
        event(),
        {**BINARY, "content_type": STRUCTURED},
        None,
    ),
    "base64": (
        event(data=..., data_base64=base64.b64encode(json.dumps(INVOICE).encode()).decode()),
        {},
        None,
    ),
    "binary, XML": (INVOICE, {**BINARY, "content_type": "text/xml"}, "unsupported_content_type"),
    "binary, another charset": (
        INVOICE,
        {**BINARY, "content_type": "application/json; charset=gb18030"},
        "unsupported_content_type",
    ),
    "binary, a member twice": (b'{"a": 1, "a": 1, ' + DATA[1:], BINARY, "duplicate_member"),
    "base64, a member twice": (
        event(data=..., data_base64=base64.b64encode(b'{"a": 1, "a": 1, ' + DATA[1:]).decode()),
        {},
        "duplicate_member",
    ),
    "binary, no type": (INVOICE, HEADERS, "missing_attribute"),
    "binary, a time that is none": (INVOICE, {**BINARY, "ce_time": "soon"}, "invalid_value"),
    "binary, a NUL": (INVOICE, {**BINARY, "ce_id": "a\x00"}, "nul_character"),
    "binary, no UTF-8": (INVOICE, {**BINARY, "ce_id": "a\ufffd"}, "not_utf8"),
    "binary, no value": (None, BINARY, "null_value"),
    "binary, headers without end": (INVOICE, {**BINARY, "x": "y" * 300_000}, "oversized"),
    "Avro": (event(), {"content_type": "application/cloudevents+avro"}, "unsupported_content_type"),
    "a batch in a record": (
        [event()],
        {"content_type": "application/cloudevents-batch+json"},
        "unsupported_content_type",
    ),
    "text": (event(), {"content_type": "text/plain"}, "unsupported_content_type"),
}


@pytest.mark.parametrize(("value", "headers", "code"), MODES.values(), ids=MODES.keys())
def test_a_way_to_carry_an_event(value: Any, headers: Json, code: str | None) -> None:
    outcome = judged(value, **headers)
    assert (outcome.code if isinstance(outcome, Refusal) else None) == code


def accepted(value: Any, **headers: str) -> Accepted:
    outcome = judged(value, **headers)
    assert isinstance(outcome, Accepted)
    return outcome


def test_binary_and_structured_mode_give_the_same_ledger_event() -> None:
    structured = accepted(event(time="2026-01-05T01:00:00Z", datacontenttype=...))
    assert accepted(INVOICE, **BINARY) == structured


def test_an_instant_is_turned_to_utc() -> None:
    at_one = datetime(2026, 1, 5, 1, tzinfo=UTC)
    assert accepted(event(time="2026-01-05T09:00:00+08:00")).event.time == at_one
    assert str(accepted(event()).event.time.tzinfo) == "UTC"


def test_a_missing_time_is_the_moment_of_acceptance() -> None:
    assert accepted(event(time=...)).event.time == NOW


def test_a_missing_creditor_is_the_default_one() -> None:
    outcome = accepted(event(data=changed(INVOICE, creditor_id=...)))
    assert outcome.event.accountid == "default:c-1"


def test_the_record_is_keyed_by_account_and_is_structured_json() -> None:
    key, value = record_of(accepted(event(traceparent="00-1-2-01", extra="not kept")))
    said = json.loads(value)
    assert key == b"acme:c-1"
    assert said["data"] == INVOICE
    assert (said["specversion"], said["traceparent"]) == ("1.0", "00-1-2-01")


def test_unread_members_stay_as_they_were_sent() -> None:
    data = json.dumps(INVOICE)[:-1] + ', "memo" : 1.50,  "list":[ 1 ] }'
    assert bytes(accepted(data_in_text(data)).event.data) == data.encode()


def data_in_text(data: str) -> bytes:
    return (json.dumps(event(data=...))[:-1] + f', "data": {data}}}').encode()


def test_http_headers_become_attributes_and_nothing_else_is_kept() -> None:
    headers = [(b"CE-Id", b"a%20b%E2%82%AC"), (b"Authorization", b"Bearer x"), (b"Cookie", b"y")]
    [found] = from_http([*headers, (b"Content-Type", b"application/json")], b"{}")
    assert found.headers == {"ce_id": "a b€", "content-type": "application/json"}


def test_a_batch_is_taken_apart_in_its_order() -> None:
    body = json.dumps([event(id="1"), event(id="2")]).encode()
    found = from_http([(b"content-type", b"application/cloudevents-batch+json")], body)
    assert [open_envelope(one).id for one in found] == ["1", "2"]


EXAMPLE = re.compile(r'"""\n(.*?)"""', re.DOTALL)
ROW = re.compile(r"^\s*\|\s*([\w-]+)\s*\|\s*(.*?)\s*\|\s*$", re.MULTILINE)


def scenarios(shared_data: Path, feature: str) -> list[tuple[str, list[str], dict[str, str]]]:
    """The text, the quoted blocks and the expected attributes of each example of a feature."""
    file = shared_data / "samples" / "cloudevents" / feature
    found = []
    for text in re.split(r"\n\s*Scenario", file.read_text(encoding="utf-8"))[1:]:
        kinds = re.findall(r"^\s*\| (application/\S.*?)\s*\|\s*$", text, re.MULTILINE)
        for kind in kinds or [""]:
            filled = text.replace("<contentType>", kind)
            expected = filled.partition("the attributes are:")[2].partition("And the data")[0]
            found.append((filled, EXAMPLE.findall(filled), dict(ROW.findall(expected))))
    assert found
    return found


def check(arrived: Any, expected: dict[str, str], data: str) -> None:
    opened = open_envelope(arrived)
    del expected["key"]
    moment = expected.pop("time").replace("Z", "+00:00")
    assert opened.time is not None
    assert opened.time.isoformat() == moment
    assert {name: getattr(opened, name) for name in expected} == expected
    assert json.loads(bytes(data_of(opened))) == json.loads(data)


def test_kafkas_conformance_scenarios_hold(shared_data: Path) -> None:
    for text, blocks, expected in scenarios(shared_data, "kafka-protocol-binding.feature"):
        table = text.partition("Kafka headers:")[2].partition("When parsed")[0]
        headers = [(name, value.encode()) for name, value in ROW.findall(table) if name != "key"]
        assert headers
        check(from_kafka("t", 0, 0, headers, blocks[0].encode()), expected, blocks[-1])


def test_https_conformance_scenarios_hold(shared_data: Path) -> None:
    for _text, blocks, expected in scenarios(shared_data, "http-protocol-binding.feature"):
        head, _, body = blocks[0].partition("\n\n")
        lines = [line.strip().partition(": ") for line in head.splitlines()[1:]]
        headers = [(name.encode(), value.encode()) for name, _, value in lines]
        [arrived] = from_http(headers, body.encode())
        check(arrived, expected, blocks[-1])


def test_arrivals_of_the_tests_look_like_kafkas() -> None:
    made = from_kafka("receivables.invoices", 0, 7, [("Content-Type", STRUCTURED.encode())], b"{}")
    assert made == arrival({}, content_type=STRUCTURED)
