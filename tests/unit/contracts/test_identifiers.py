"""An identifier of which nothing can be seen is refused, whichever member it stands in."""

from typing import Any, get_args, get_type_hints

import pytest

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.fields import CreditorId, Identifier
from tests.unit.contracts.tables import refusal_of, sentence_of
from tests.unit.ingest.valid import VALID


def _is_identifier(hint: Any) -> bool:
    return hint in (Identifier, CreditorId) or any(map(_is_identifier, get_args(hint)))


#: (type, member) of every identifier that an event's data can name.
MEMBERS = [
    (name, member)
    for name, one in CATALOGUE.items()
    for member, hint in get_type_hints(one.struct, include_extras=True).items()
    if _is_identifier(hint)
]


@pytest.mark.parametrize("text", [" ", "\u200b", "\u3000", "\u2800"], ids=ascii)
@pytest.mark.parametrize(("event_type", "member"), MEMBERS)
def test_what_nobody_can_see_names_nothing(event_type: str, member: str, text: str) -> None:
    value, place = ([text], "[0]") if member.endswith("_ids") else (text, "")
    expected = "invalid_value", f"data.{member}{place}"
    assert refusal_of(event_type, {member: value}) == expected


def test_nor_does_it_in_an_allocation() -> None:
    part = {"invoice_id": "\u200b", "amount": "1.00"}
    assert refusal_of("payment.received.v1", {"allocations": [part]}) == (
        "invalid_value",
        "data.allocations[0].invoice_id",
    )


@pytest.mark.parametrize("text", [" A", "发票 1", "é", "-", "A\u200b"])
def test_what_can_be_seen_in_part_is_taken(text: str) -> None:
    assert refusal_of("invoice.issued.v1", {"invoice_id": text}) is None


def test_the_sentence_shows_what_is_there() -> None:
    changes = {**VALID["invoice.issued.v1"], "invoice_id": "\u200b"}
    assert sentence_of("invoice.issued.v1", changes) == (
        "data.invoice_id: nothing of '\\u200b' can be seen; give its identifier"
    )
