"""Everything that is refused, with its code and the field it names."""

import json
from typing import Any

import pytest

from services.ingest.domain.judgement import Accepted, Refusal
from shared.contracts.catalogue import CATALOGUE
from tests.unit.ingest.cases import EVENT_BYTES_MAX, changed, event, judged
from tests.unit.ingest.valid import INVOICE, VALID

DEEP: Any = json.loads("[" * 40 + "]" * 40)
HALVES = [{"due_on": "2026-02-04", "amount": "600.00"}, {"due_on": "2026-03-04", "amount": "600"}]


def issued(**changes: Any) -> Any:
    return event("invoice.issued.v1", changed(INVOICE, **changes))


def of(event_type: str, **changes: Any) -> Any:
    return event(event_type, changed(VALID[event_type], **changes))


REFUSED: dict[str, tuple[Any, str, str | None]] = {
    # The bytes.
    "no value": (None, "null_value", None),
    "an empty value": (b"", "null_value", None),
    "bad JSON": (b"{bad json", "not_json", None),
    "cut off JSON": (json.dumps(event()).encode()[:-9], "not_json", None),
    "text after the JSON": (json.dumps(event()).encode() + b"}", "not_json", None),
    "a number as no JSON has it": (b'{"specversion": NaN}', "not_json", None),
    "half of a surrogate pair": (issued(memo="\ud800"), "not_json", None),
    "binary garbage": (bytes(range(255, 127, -1)), "not_utf8", None),
    "UTF-16": (json.dumps(event()).encode("utf-16"), "not_utf8", None),
    "UTF-16 without a mark": (json.dumps(event()).encode("utf-16-le"), "nul_character", None),
    "Latin-1 in an unread member": (
        json.dumps(issued(memo="?")).encode().replace(b'"?"', b'"\xe9"'),
        "not_utf8",
        "data",
    ),
    "too many bytes": (issued(memo="x" * EVENT_BYTES_MAX), "oversized", None),
    "a NUL in an unread member": (issued(memo=["a\x00"]), "nul_character", "data.memo[0]"),
    "a NUL in a member's name": (issued(memo={"a\x00": 1}), "nul_character", "data.memo"),
    "a NUL in the subject": (event(subject="\x00"), "nul_character", "subject"),
    "nested too deep": (issued(memo=DEEP), "too_deep", "data"),
    "nested to the end of the stack": (b"[" * 100_000, "wrong_type", None),
    "nested data": (
        json.dumps(event(data="?")).encode().replace(b'"?"', b"[" * 9_999 + b"]" * 9_999),
        "too_deep",
        None,
    ),
    "a number too large": (
        json.dumps(issued(memo=0)).encode().replace(b": 0}", b": 1e999}"),
        "number_out_of_range",
        "data",
    ),
    # The envelope.
    "a list": (b"[]", "wrong_type", None),
    "no specversion": (event(specversion=...), "missing_attribute", "specversion"),
    "no id": (event(id=...), "missing_attribute", "id"),
    "no source": (event(source=...), "missing_attribute", "source"),
    "no type": (event(type=...), "missing_attribute", "type"),
    "an empty id": (event(id=""), "invalid_value", "id"),
    "a line end in the id": (event(id="e-1\n"), "invalid_value", "id"),
    "an id that is a number": (event(id=5), "wrong_type", "id"),
    "an older specification": (event(specversion="0.3"), "unsupported_specversion", "specversion"),
    "an unknown type": (event(type="invoice.lost.v1"), "unknown_type", "type"),
    "a type of the monitor's": (event(type="account.defaulted.v1"), "unknown_type", "type"),
    "a source of the monitor's": (event(source="arrears/monitor"), "reserved_source", "source"),
    "a later version of a type": (event(type="invoice.issued.v2"), "unknown_type", "type"),
    "XML for data": (
        event(datacontenttype="application/xml"),
        "unsupported_content_type",
        "datacontenttype",
    ),
    "another charset": (
        event(datacontenttype="application/json; charset=gbk"),
        "unsupported_content_type",
        "content-type",
    ),
    "a time that is none": (event(time="yesterday"), "invalid_value", "time"),
    "a time without an offset": (event(time="2026-01-05T09:00:00"), "not_an_instant", "time"),
    "a time in antiquity": (event(time="0001-01-01T00:00:00+14:00"), "date_out_of_range", "time"),
    "no data": (event(data=...), "missing_field", "data"),
    "null data": (
        json.dumps(event(data=...)).encode()[:-1] + b',"data":null}',
        "wrong_type",
        "data",
    ),
    "data twice": (event(data_base64="e30="), "invalid_value", "data_base64"),
    "no base64": (event(data=..., data_base64="?"), "invalid_value", "data_base64"),
    "base64 of no JSON": (event(data=..., data_base64="AAAA"), "nul_character", "data"),
    # Types and missing members.
    "no customer": (issued(customer_id=...), "missing_field", "data.customer_id"),
    "an empty customer": (issued(customer_id=""), "invalid_value", "data.customer_id"),
    "no invoice": (issued(invoice_id=...), "missing_field", "data.invoice_id"),
    "a colon in the creditor": (issued(creditor_id="a:b"), "invalid_value", "data.creditor_id"),
    "an id that is too long": (issued(invoice_id="x" * 129), "invalid_value", "data.invoice_id"),
    "a line end in an id": (issued(invoice_id="x\n"), "invalid_value", "data.invoice_id"),
    "an amount that is a number": (issued(total=1250.0), "wrong_type", "data.total"),
    "a null amount": (issued(total=None), "wrong_type", "data.total"),
    "another way to write a date": (issued(due_on="04/02/2026"), "invalid_value", "data.due_on"),
    "a day that does not exist": (issued(due_on="2026-02-30"), "invalid_value", "data.due_on"),
    "a missing amount in a part": (
        issued(due_on=..., schedule=[HALVES[0], {"due_on": "2026-03-04"}]),
        "missing_field",
        "data.schedule[1].amount",
    ),
    "a reason outside the list": (
        of("payment.reversed.v1", reason="lost"),
        "invalid_value",
        "data.reason",
    ),
    "a version that is no whole number": (
        of("customer.updated.v1", version=1.5),
        "wrong_type",
        "data.version",
    ),
    "a customer without a name": (
        of("customer.updated.v1", name=" "),
        "invalid_value",
        "data.name",
    ),
    "a locale that is none": (
        of("customer.updated.v1", locale="!!"),
        "invalid_value",
        "data.locale",
    ),
    "a version of nought": (of("invoice.amended.v1", version=0), "invalid_value", "data.version"),
    # Money.
    "an unknown currency": (issued(currency="RMB"), "unknown_currency", "data.currency"),
    "a currency in small letters": (issued(currency="cny"), "unknown_currency", "data.currency"),
    "too many decimals": (issued(total="1250.001"), "too_many_decimals", "data.total"),
    "decimals of a currency without": (
        issued(currency="JPY", total="1250.5"),
        "too_many_decimals",
        "data.total",
    ),
    "a comma": (issued(total="1,250.00"), "not_a_decimal", "data.total"),
    "an exponent": (issued(total="1e3"), "not_a_decimal", "data.total"),
    "an amount beyond all trade": (issued(total="9" * 20), "amount_too_large", "data.total"),
    "a negative amount": (issued(total="-1.00"), "amount_not_positive", "data.total"),
    "nothing": (issued(total="0.00"), "amount_not_positive", "data.total"),
    "a negative deductible": (
        of("cover.updated.v1", deductible="-1"),
        "negative_amount",
        "data.deductible",
    ),
    "more cover than there is": (
        of("cover.updated.v1", insured_percentage="96"),
        "percentage_out_of_range",
        "data.insured_percentage",
    ),
    # Terms.
    "due before issue": (issued(due_on="2026-01-04"), "due_before_issue", "data.due_on"),
    "a year out of range": (issued(due_on="2926-01-04"), "date_out_of_range", "data.due_on"),
    "money that has not come": (
        of("payment.received.v1", received_on="2027-01-05"),
        "day_in_the_future",
        "data.received_on",
    ),
    "no due date": (issued(due_on=...), "due_on_or_schedule", "data.due_on"),
    "both due date and schedule": (issued(schedule=HALVES), "due_on_or_schedule", "data.due_on"),
    "a schedule that does not add up": (
        issued(due_on=..., schedule=HALVES),
        "schedule_sum",
        "data.schedule",
    ),
    "a schedule of too many parts": (
        issued(due_on=..., schedule=[HALVES[0]] * 121),
        "too_many_instalments",
        "data.schedule",
    ),
    "allocations above the payment": (
        of("payment.received.v1", amount="50.00"),
        "allocations_sum",
        "data.allocations",
    ),
    "an instalment that no invoice has": (
        of(
            "payment.received.v1",
            allocations=[{"invoice_id": "i", "amount": "1", "instalment": 121}],
        ),
        "invalid_value",
        "data.allocations[0].instalment",
    ),
    "an instalment of interest": (
        of(
            "payment.allocated.v1",
            allocations=[
                {"invoice_id": "i", "amount": "1", "instalment": 120},
                {"invoice_id": "i", "amount": "1", "claim": "interest", "instalment": 1},
            ],
        ),
        "invalid_value",
        "data.allocations[1].instalment",
    ),
    "too many allocations": (
        of("payment.received.v1", allocations=[{"invoice_id": "i", "amount": "0.01"}] * 1001),
        "too_many_allocations",
        "data.allocations",
    ),
    "a validity that ends before it begins": (
        of("cover.updated.v1", valid_to="2025-12-31"),
        "validity_reversed",
        "data.valid_to",
    ),
    "interest without a rate": (issued(interest={}), "bad_interest", "data.interest"),
    "interest under a name that cannot be kept": (
        issued(interest={"a\x00": 1}),
        "bad_interest",
        "data.interest.a\\x00",
    ),
    "an address no mail can go to": (
        of("customer.updated.v1", email="ap@example.com, x@example.com"),
        "bad_email",
        "data.email",
    ),
}


@pytest.mark.parametrize(("value", "code", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_accepted_is_refused(value: Any, code: str, field: str | None) -> None:
    outcome = judged(value)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.field) == (code, field)


@pytest.mark.parametrize(("value", "code", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_the_sentence_names_the_field(value: Any, code: str, field: str | None) -> None:
    outcome = judged(value)
    assert isinstance(outcome, Refusal)
    assert outcome.message.startswith(field or "the event"), code


@pytest.mark.parametrize("event_type", VALID)
def test_a_valid_event_of_every_type_is_accepted(event_type: str) -> None:
    assert isinstance(judged(event(event_type)), Accepted)


SAID: dict[str, tuple[Any, str]] = {
    "the value": (issued(currency="RMB"), "'RMB'"),
    "half a character": (issued(memo="\ud800"), "half of a surrogate pair"),
    "the byte order mark": (b"\xef\xbb\xbf{}", "leave out the byte order mark"),
    "an index": (issued(due_on=..., schedule=[*HALVES, {}]), "data.schedule[2].due_on"),
    "the type that was given": (issued(total=1250.0), "expected str, got float 1250.0"),
    "how a date is written": (issued(due_on="04/02/2026"), "write it as in 2026-01-05"),
    "what is allowed": (of("payment.reversed.v1", reason="?"), "bounced, chargeback, mistake"),
    "that only the monitor says it": (event(type="promise.kept.v1"), "by the monitor alone"),
    "whose source it is": (event(source="arrears/monitor"), "give the name of your system"),
    "what there is": (event(type="?"), "known types are of cover, credit_note, customer, dispute"),
    "a near type": (event(type="invoice.isued.v1"), "did you mean invoice.issued.v1?"),
    "a contract's own words": (issued(creditor_id="a:b"), "no colon"),
}


@pytest.mark.parametrize(("value", "words"), SAID.values(), ids=SAID.keys())
def test_the_sentence_says_what_to_do(value: Any, words: str) -> None:
    outcome = judged(value)
    assert isinstance(outcome, Refusal)
    assert words in outcome.message


def test_a_long_value_is_shortened_in_the_sentence() -> None:
    outcome = judged(issued(currency="x" * 10_000))
    assert isinstance(outcome, Refusal)
    assert len(outcome.message) < 200


def test_there_is_valid_data_of_every_type() -> None:
    assert set(VALID) == set(CATALOGUE)
