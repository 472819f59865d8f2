"""Contracts change by addition only: the present schemas against the last released ones."""

import copy
import json
from typing import Any

import pytest

from shared.contracts import asyncapi, schemas
from shared.contracts.catalogue import LEDGER, REJECTED
from shared.contracts.escalation import RAISED
from tests.unit.contracts.compatibility import breaks

Json = dict[str, Any]
FOLDER = schemas.FOLDER / schemas.RELEASED
#: What Arrears says to others. The ledger is its own: it must read what it once wrote there.
SAID = {*asyncapi.OUTBOUND, REJECTED}


def released() -> dict[str, Json]:
    return {
        file.name.removesuffix(".json"): json.loads(file.read_text(encoding="utf-8"))
        for file in FOLDER.glob("*.json")
    }


def test_there_is_a_release_to_compare_with() -> None:
    assert LEDGER in released()


@pytest.mark.parametrize("name", sorted(released()))
def test_a_released_contract_is_only_added_to(name: str) -> None:
    present = schemas.schemas()
    assert name in present, "a released event was taken away; publish a .v2 beside it instead"
    assert breaks(released()[name], present[name], also_for_readers=name in SAID) == []


INVOICE = "invoice.issued.v1"
ESCALATION = RAISED


def after(name: str, change: str) -> Json:
    """The present schema after a change, written as a statement about its parts."""
    schema = copy.deepcopy(schemas.schemas()[name])
    scope = {
        "definitions": schema.get("definitions", {}),
        "schema": schema,
        "issued": schema.get("definitions", {}).get("InvoiceIssued", {}),
        "said": schema.get("definitions", {}).get("EscalationEvent", {}),
    }
    exec(change, scope)  # a table of changes reads best as the changes themselves
    return schema


#: A schema, a change to it, and whether it only adds.
CHANGES: dict[str, tuple[str, str, bool]] = {
    "nothing": (INVOICE, "", True),
    "a new optional member": (INVOICE, "issued['properties']['memo'] = {'type': 'string'}", True),
    "a member that may be left out now": (INVOICE, "issued['required'].remove('total')", True),
    "a longer text": (INVOICE, "issued['properties']['invoice_id']['maxLength'] = 200", True),
    "another sentence": (INVOICE, "issued['properties']['total']['description'] = 'x'", True),
    "a new type on the ledger": (LEDGER, "schema['properties']['type']['enum'].append('x')", True),
    "a new required member": (
        INVOICE,
        "issued['properties']['memo'] = {'type': 'string'}; issued['required'].append('memo')",
        False,
    ),
    "a member gone": (INVOICE, "del issued['properties']['contract_id']", False),
    "a member required now": (INVOICE, "issued['required'].append('due_on')", False),
    "another type": (INVOICE, "issued['properties']['total']['type'] = 'number'", False),
    "a shorter text": (INVOICE, "issued['properties']['invoice_id']['maxLength'] = 20", False),
    "a limit where there was none": (
        INVOICE,
        "issued['properties']['issued_on']['maxLength'] = 9",
        False,
    ),
    "another pattern": (INVOICE, "issued['properties']['currency']['pattern'] = '^C'", False),
    "null no longer allowed": (INVOICE, "issued['properties']['due_on']['anyOf'].pop()", False),
    "a change further down": (
        INVOICE,
        "definitions['Instalment']['required'].append('note')",
        False,
    ),
    "a reason taken away": (
        "payment.reversed.v1",
        "definitions['PaymentReversed']['properties']['reason']['enum'].pop()",
        False,
    ),
    "a reason added": (
        "payment.reversed.v1",
        "definitions['PaymentReversed']['properties']['reason']['enum'].append('x')",
        True,
    ),
    "a type gone from the ledger": (LEDGER, "schema['properties']['type']['enum'].pop()", False),
    "a rule of the ledger gone": (LEDGER, "schema['allOf'].pop()", False),
    "a member gone on the ledger": (LEDGER, "del issued['properties']['total']", False),
    "a construction never seen": (INVOICE, "schema['oneOf'] = []", False),
    "said: a new optional member": (ESCALATION, "said['properties']['x'] = {}", True),
    "said: a member that may be missing": (ESCALATION, "said['required'].remove('level')", False),
    "said: a longer text": (ESCALATION, "said['properties']['open']['maxLength'] = 99", False),
    "said: null where there was none": (
        ESCALATION,
        "said['properties']['level'] = {'anyOf': [{'type': 'string'}, {'type': 'null'}]}",
        False,
    ),
}


@pytest.mark.parametrize(("name", "change", "adds_only"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_told_from_an_addition(name: str, change: str, adds_only: bool) -> None:
    found = breaks(schemas.schemas()[name], after(name, change), also_for_readers=name in SAID)
    assert (found == []) == adds_only, found
