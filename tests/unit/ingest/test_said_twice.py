"""A member or an attribute that stands twice is refused, wherever it stands and however written."""

import json

import pytest

from services.ingest.domain.judgement import (
    FIELD_CHARACTERS_MAX,
    MESSAGE_CHARACTERS_MAX,
    Refusal,
)
from tests.unit.ingest.cases import changed, event, judged
from tests.unit.ingest.valid import INVOICE


def twice(member: str, again: str | None = None) -> bytes:
    """An invoice's event with one member, then the other; the first alone where that is empty."""
    name = member.partition('"')[2].partition('"')[0]
    data = json.dumps(changed(INVOICE, **{name: ...}))[:-1]
    more = ", ".join(one for one in (member, member if again is None else again) if one)
    return (json.dumps(event(data=...))[:-1] + f', "data": {data}, {more}}}}}').encode()


DUPLICATE = "duplicate_member"
EVENT = json.dumps(event()).encode()
TWICE: dict[str, tuple[bytes, str, str | None]] = {
    "a member twice": (twice('"total": "1250.00"', '"total": "1.00"'), DUPLICATE, "data.total"),
    "a member twice, and the same": (twice('"total": "1250.00"'), DUPLICATE, "data.total"),
    "a member twice, once in escapes": (
        twice('"total": "1250.00"', r'"tot\u0061l": "1.00"'),
        DUPLICATE,
        "data.total",
    ),
    "a member twice, and an escape that has a colon too": (
        twice('"total": "1250.00"', r'"total": "1250.00", "memo": "\u003a"'),
        DUPLICATE,
        "data.total",
    ),
    "an unread member twice": (twice('"memo": 1'), DUPLICATE, "data.memo"),
    "a member further down twice": (
        twice('"memo": [{}, {"amount": "1.00", "amount": "2.00"}]', ""),
        DUPLICATE,
        "data.memo[1].amount",
    ),
    "an attribute twice": (b'{"id": "a", ' + EVENT[1:], DUPLICATE, "id"),
    "data in an attribute twice": (b'{"data": {}, ' + EVENT[1:], DUPLICATE, "data"),
    "an attribute twice, once in escapes": (rb'{"\u0069d": "a", ' + EVENT[1:], DUPLICATE, "id"),
    "an attribute twice, and a name that has a colon": (
        rb'{"id": "a", "b\u003a": 1, ' + EVENT[1:],
        DUPLICATE,
        "id",
    ),
    "an unread attribute twice": (b'{"x": "a", "x": "a", ' + EVENT[1:], DUPLICATE, "x"),
    "an attribute twice, and one deep beyond reading": (
        b'{"id": "a", "x": ' + b"[" * 5_000 + b"]" * 5_000 + b", " + EVENT[1:],
        "too_deep",
        None,
    ),
    "an attribute twice, and one that is no UTF-8": (
        b'{"id": "a", "x": "\xe9", ' + EVENT[1:],
        "not_utf8",
        None,
    ),
    "a name that is no UTF-8": (b'{"\xe9": "a", ' + EVENT[1:], "not_utf8", None),
}


@pytest.mark.parametrize(("value", "code", "field"), TWICE.values(), ids=TWICE.keys())
def test_what_stands_twice_is_refused(value: bytes, code: str, field: str | None) -> None:
    outcome = judged(value)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.field) == (code, field)
    assert outcome.message.startswith(f"{field or 'the event'}: ")


def test_the_sentence_says_what_to_do() -> None:
    outcome = judged(twice('"total": "1.00"'))
    assert isinstance(outcome, Refusal)
    assert outcome.message.startswith("data.total: it stands twice in one object")
    assert outcome.message.endswith("keep one")


def test_a_long_name_is_shortened_in_the_field() -> None:
    outcome = judged(twice(f'"{"x" * 10_000}": 1'))
    assert isinstance(outcome, Refusal)
    assert outcome.code == DUPLICATE
    assert len(outcome.field or "") <= FIELD_CHARACTERS_MAX + 1
    assert len(outcome.message) <= MESSAGE_CHARACTERS_MAX + 1


def test_whatever_the_depth_an_attribute_twice_is_refused() -> None:
    for depth in range(600, 1_000):
        deep = b"[" * depth + b"]" * depth
        outcome = judged(b'{"id": "a", "x": ' + deep + b", " + EVENT[1:])
        assert isinstance(outcome, Refusal)
        assert outcome.code in {DUPLICATE, "too_deep"}
