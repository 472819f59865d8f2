"""What holds for a member of every contract alike: days, amounts, ids, and what must be there."""

import typing
from datetime import date
from typing import Any

import msgspec
import pytest

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.fields import Amount, CreditorId, Identifier
from tests.unit.contracts.tables import refusal_of, sentence_of

#: By the kind of member: impossible values, and the code each is refused with.
IMPOSSIBLE: dict[Any, dict[Any, str]] = {
    date: {
        "1969-12-31": "date_out_of_range",
        "2200-01-01": "date_out_of_range",
        "2026-02-30": "invalid_value",
        "05.01.2026": "invalid_value",
        "2026-01-05T00:00:00Z": "invalid_value",
        20260105: "wrong_type",
    },
    Amount: {
        "0.00": "amount_not_positive",
        "-1.00": "amount_not_positive",
        "1,250.00": "not_a_decimal",
        "1e3": "not_a_decimal",
        "+1.00": "not_a_decimal",
        "": "not_a_decimal",
        "1.00001": "too_many_decimals",
        "9" * 20: "amount_too_large",
        12.5: "wrong_type",
    },
    Identifier: {
        "": "invalid_value",
        "x" * 129: "invalid_value",
        "a\nb": "invalid_value",
        "a\n": "invalid_value",
        17: "wrong_type",
    },
    CreditorId: {
        "": "invalid_value",
        ":": "invalid_value",
        "a:b": "invalid_value",
        "x" * 65: "invalid_value",
    },
}
#: May be nought or has a code of its own; the cover's own tables have them.
COVERS_OWN = {
    ("cover.updated.v1", name, value)
    for name in ("limit", "deductible")
    for value in ("0.00", "-1.00")
}

CASES = [
    (event_type, name, value, code)
    for event_type, contract in CATALOGUE.items()
    for name, hint in typing.get_type_hints(contract.struct, include_extras=True).items()
    for kind, values in IMPOSSIBLE.items()
    if kind == hint or kind | None == hint
    for value, code in values.items()
    if (event_type, name, value) not in COVERS_OWN
]
REQUIRED = [
    (event_type, field.name)
    for event_type, contract in CATALOGUE.items()
    for field in msgspec.structs.fields(contract.struct)
    if field.required
]


@pytest.mark.parametrize(("event_type", "name", "value", "code"), CASES)
def test_an_impossible_value_is_refused(event_type: str, name: str, value: Any, code: str) -> None:
    assert refusal_of(event_type, {name: value}) == (code, f"data.{name}")


@pytest.mark.parametrize(("event_type", "name", "value", "code"), CASES)
def test_the_sentence_names_the_value(event_type: str, name: str, value: Any, code: str) -> None:
    assert code
    shown = value if isinstance(value, str) and value.isprintable() else repr(value)
    assert shown[:40] in sentence_of(event_type, {name: value})


@pytest.mark.parametrize(("event_type", "name"), REQUIRED)
def test_a_member_that_is_asked_for_must_be_there(event_type: str, name: str) -> None:
    assert refusal_of(event_type, {name: ...}) == ("missing_field", f"data.{name}")


def test_the_cases_are_of_every_type_but_reach_each_kind() -> None:
    kinds = {code for _type, _name, _value, code in CASES}
    assert kinds == {code for values in IMPOSSIBLE.values() for code in values.values()}
    assert {event_type for event_type, *_ in CASES} == set(CATALOGUE)
