"""The generated documents are fresh, and say what the structs say."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

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
    LEDGER,
    REJECTED,
)
from shared.contracts.escalation import RAISED, Claim, EscalationEvent, Recipient
from shared.contracts.rejected import Rejected
from tests.unit.ingest.cases import VALID, changed, event, judged

Json = dict[str, Any]


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


def escalation() -> EscalationEvent:
    return EscalationEvent(
        event_id=uuid4(),
        type=RAISED,
        escalation_id=uuid4(),
        item_id="INV-1/1",
        account_id="acme:c-1",
        creditor_id="acme",
        customer_id="c-1",
        invoice_id="INV-1",
        instalment=1,
        level="dunning",
        action="dunning_letter",
        skipped=[],
        cycle=1,
        days_overdue=15,
        amount="10.00",
        open="10.00",
        currency="CNY",
        due_on=date(2026, 1, 5),
        issued_on=date(2025, 12, 5),
        raised_on=date(2026, 1, 20),
        time=datetime(2026, 1, 20, tzinfo=UTC),
        policy="default@1",
        why="15 days overdue",
        recipient=Recipient(name="A", email="a@example.com"),
        claim=Claim(why=["no cover"], manual_review=True),
    )


@pytest.mark.parametrize("event_type", asyncapi.OUTBOUND)
def test_an_escalation_event_is_valid_by_its_schema(event_type: str) -> None:
    data = json.loads(msgspec.json.encode(escalation()))
    said = event(type=event_type, data=data, source="arrears/monitor", subject="INV-1/1")
    assert is_valid(event_type, said)
    assert not is_valid(event_type, changed(said, data=changed(data, escalation_id="x/1")))
    assert not is_valid(event_type, changed(said, data=changed(data, level=...)))


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
