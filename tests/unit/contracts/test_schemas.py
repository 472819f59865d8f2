"""The generated documents are fresh, and say what the structs say."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import msgspec
import pytest
import yaml

from services.ingest.domain.judgement import Accepted
from services.ingest.handlers.door import record_of
from shared.contracts import asyncapi, schemas
from shared.contracts.catalogue import (
    CATALOGUE,
    ESCALATIONS,
    INBOUND_TOPICS,
    INTERNAL,
    LEDGER,
    REJECTED,
)
from shared.contracts.group import CURED, DEFAULTED, MEMBER_CHANGED, group_key
from shared.contracts.rejected import Rejected
from tests.unit.contracts.said import SAID
from tests.unit.ingest.cases import changed, event, judged
from tests.unit.ingest.valid import VALID

Json = dict[str, Any]

#: What the monitor tells itself, by type.
INTERNAL_DATA: dict[str, Json] = {
    MEMBER_CHANGED: {
        "customer_id": "c-1",
        "creditor_id": "acme",
        "group_id": "G1",
        "turn": 3,
        "member": True,
        "defaulted": True,
        "changed_on": "2026-03-02",
        "because": "legal was raised for INV-1/1",
    },
    DEFAULTED: {
        "customer_id": "c-1",
        "creditor_id": "acme",
        "group_id": "G1",
        "turn": 1,
        "defaulted_on": "2026-03-02",
        "causes": ["acme:c-2: insolvent"],
    },
    CURED: {"customer_id": "c-1", "creditor_id": "acme", "group_id": "G1", "turn": 2},
}


def read(name: str) -> Json:
    found: Json = json.loads((schemas.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def is_valid(name: str, value: Any) -> bool:
    # UUIDs came to JSON Schema after draft 7; a checker of every draft's formats knows them.
    checker = jsonschema.FormatChecker()
    validator = jsonschema.Draft7Validator(read(name), format_checker=checker)
    return bool(validator.is_valid(value))


def test_the_files_are_fresh() -> None:
    assert schemas.stale() == [], "run: python -m shared.contracts.schemas"


def test_a_changed_a_missing_and_an_unknown_file_are_stale(tmp_path: Path) -> None:
    schemas.write(tmp_path)
    assert schemas.stale(tmp_path) == []
    (tmp_path / "invoice.issued.v1.json").write_text("{}", encoding="utf-8")
    (tmp_path / "asyncapi.yaml").unlink()
    (tmp_path / "invoice.lost.v1.json").write_text("{}", encoding="utf-8")
    expected = ["asyncapi.yaml", "invoice.issued.v1.json", "invoice.lost.v1.json"]
    assert schemas.stale(tmp_path) == expected
    assert schemas.main(["--check", "--folder", str(tmp_path)]) == 1
    assert schemas.main(["--folder", str(tmp_path)]) == 0
    assert schemas.main(["--check", "--folder", str(tmp_path)]) == 0


@pytest.mark.parametrize("name", sorted(schemas.schemas()))
def test_a_schema_is_one(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(read(name))


@pytest.mark.parametrize("event_type", VALID)
def test_a_valid_event_is_valid_by_its_schema(event_type: str) -> None:
    assert is_valid(event_type, event(event_type))


@pytest.mark.parametrize("event_type", VALID)
def test_a_ledger_event_is_valid_by_its_schema(event_type: str) -> None:
    accepted = judged(event(event_type))
    assert isinstance(accepted, Accepted)
    assert is_valid(LEDGER, json.loads(record_of(accepted)[1]))


#: A type; what is changed in its data; whether ingest's structs and the schema refuse it alike.
BROKEN: dict[str, tuple[str, Json]] = {
    "a missing member": ("invoice.issued.v1", {"invoice_id": ...}),
    "a number for money": ("invoice.issued.v1", {"total": 1250.0}),
    "an empty id": ("payment.received.v1", {"payment_id": ""}),
    "a line end in an id": ("credit_note.issued.v1", {"credit_note_id": "x\n"}),
    "another way to write a date": ("invoice.amended.v1", {"due_on": "04/02/2026"}),
    "a reason outside the list": ("payment.reversed.v1", {"reason": "lost"}),
    "a version of nought": ("customer.updated.v1", {"version": 0}),
    "an incomplete part": ("payment.received.v1", {"allocations": [{"invoice_id": "i"}]}),
    "a list for a cover": ("cover.updated.v1", {"limit": []}),
    "an outcome outside the list": ("dispute.resolved.v1", {"outcome": "settled"}),
    "an instalment beyond any schedule": ("invoice.disputed.v1", {"instalment": 121}),
    "an approval by nobody": ("invoice.terms_extended.v1", {"approved_by": " "}),
    "a move without a list": ("payment.allocated.v1", {"allocations": None}),
    "a word for a switch": ("dunning.enforcement_set.v1", {"enforced": "no"}),
    "an invoice of no name": ("promise.made.v1", {"invoice_ids": [""]}),
    "a missing date": ("invoice.cancelled.v1", {"cancelled_on": None}),
}


@pytest.mark.parametrize(("event_type", "changes"), BROKEN.values(), ids=BROKEN.keys())
def test_what_the_structs_refuse_the_schema_refuses(event_type: str, changes: Json) -> None:
    broken = event(event_type, changed(VALID[event_type], **changes))
    assert not isinstance(judged(broken), Accepted)
    assert not is_valid(event_type, broken)


@pytest.mark.parametrize("attribute", ["specversion", "id", "source", "type", "data"])
def test_an_event_without_an_attribute_is_broken(attribute: str) -> None:
    assert not is_valid("invoice.issued.v1", changed(event(), **{attribute: ...}))


def test_an_event_of_another_type_is_broken() -> None:
    assert not is_valid("invoice.issued.v1", event("payment.received.v1"))


@pytest.mark.parametrize("event_type", asyncapi.OUTBOUND)
def test_what_the_monitor_says_is_valid_by_its_schema(event_type: str) -> None:
    struct = asyncapi.OUTBOUND[event_type]
    data = json.loads(msgspec.json.encode(SAID[struct](event_type)))
    said = event(type=event_type, data=data, source="arrears/monitor", subject="INV-1/1")
    assert is_valid(event_type, said)
    assert not is_valid(event_type, changed(said, data=changed(data, event_id="x/1")))
    for field in msgspec.structs.fields(struct):
        if field.required:
            assert not is_valid(event_type, changed(said, data=changed(data, **{field.name: ...})))


@pytest.mark.parametrize("event_type", INTERNAL)
def test_what_the_monitor_says_to_itself_is_valid_by_the_ledgers_schema(event_type: str) -> None:
    struct = INTERNAL[event_type]
    data = INTERNAL_DATA[event_type]
    assert msgspec.convert(data, struct).account_id == "acme:c-1"
    said = changed(
        event(event_type, data, source="arrears/monitor"),
        accountid=group_key("G1"),
        eventname="0" * 32,
    )
    assert is_valid(LEDGER, said)
    for field in msgspec.structs.fields(struct):
        if field.required:
            assert not is_valid(LEDGER, changed(said, data=changed(data, **{field.name: ...})))


def test_what_the_monitor_says_to_itself_is_asked_of_nobody() -> None:
    asked = {name for topic in INBOUND_TOPICS for name in asyncapi.messages_of(topic)}
    assert asked == set(CATALOGUE)
    assert not asked & set(INTERNAL)
    assert set(read(LEDGER)["properties"]["type"]["enum"]) == {*CATALOGUE, *INTERNAL}


def test_a_refusal_is_valid_by_its_schema() -> None:
    refused = Rejected(
        rejected_id=UUID(int=1),
        code="not_json",
        message="the event: this is no JSON",
        field=None,
        topic="receivables.invoices",
        partition=0,
        offset=1,
        headers={"content-type": "x"},
        raw=b"\xff",
        rejected_at=datetime(2026, 1, 20, tzinfo=UTC),
    )
    said = json.loads(msgspec.json.encode(refused))
    assert is_valid(REJECTED, said)
    assert not is_valid(REJECTED, changed(said, code=...))


def document() -> Json:
    found: Json = yaml.safe_load((schemas.FOLDER / "asyncapi.yaml").read_text(encoding="utf-8"))
    return found


def test_every_topic_is_a_channel_with_its_operation() -> None:
    topics = {*INBOUND_TOPICS, LEDGER, REJECTED, ESCALATIONS}
    said = document()
    operated = {one["channel"]["$ref"].rpartition("/")[2] for one in said["operations"].values()}
    assert set(said["channels"]) == operated == topics


def test_every_reference_of_the_document_leads_somewhere() -> None:
    said = document()
    references = list(_references(said))
    assert len(references) > len(CATALOGUE)
    for reference in references:
        if reference.startswith("#/"):
            found: Any = said
            for step in reference.removeprefix("#/").split("/"):
                found = found[step]
        else:
            assert (schemas.FOLDER / reference).is_file()


def test_every_event_is_a_message_of_some_channel() -> None:
    said = document()
    messages = {name for channel in said["channels"].values() for name in channel["messages"]}
    assert messages == set(schemas.schemas())


def _references(value: Any) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)
