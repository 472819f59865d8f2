"""One form of what is said, however it is written; and what is said twice is found, always."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.content import canonical, check_attributes, digest_of
from shared.errors import RejectedError


class Members(list[tuple[str, Any]]):
    """An object's members, in which a name may stand again."""


#: What makes the counting of colons hard: colons, quotes, and what escapes them.
TEXTS = st.text(st.sampled_from(':"\\a{},\u003b'), max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(TEXTS, inner), max_size=3).map(Members)
    ),
    max_leaves=10,
)
OBJECTS = st.lists(st.tuples(TEXTS, VALUES), max_size=4).map(Members)


def written(value: Any, escapes: bool, space: str) -> str:
    """Write JSON by hand, so that a name can stand twice and any letter can be an escape."""
    if isinstance(value, Members):
        inner = (
            f"{written(name, escapes, space)}{space}:{written(member, escapes, space)}"
            for name, member in value
        )
        return f"{{{space}{','.join(inner)}}}"
    if isinstance(value, list):
        return f"[{','.join(written(one, escapes, space) for one in value)}]"
    text = json.dumps(value)
    return text.replace(":", r"\u003A") if escapes and isinstance(value, str) else text


def names_twice(value: Any) -> bool:
    """Look at every object, the slow way."""
    if isinstance(value, Members):
        names = [name for name, _member in value]
        return len(set(names)) < len(names) or any(names_twice(one) for _name, one in value)
    return isinstance(value, list) and any(names_twice(one) for one in value)


def is_refused(check: Any, text: str) -> bool:
    try:
        check(text.encode())
    except RejectedError as error:
        return error.code == "duplicate_member" and error.message.startswith(f"{error.field}: ")
    return False


WAYS = (st.booleans(), st.sampled_from(["", " ", "\n\t"]))


@given(VALUES, *WAYS)
def test_data_is_refused_exactly_when_it_says_something_twice(
    value: Any, escapes: bool, space: str
) -> None:
    assert is_refused(canonical, written(value, escapes, space)) == names_twice(value)


@given(OBJECTS, *WAYS)
def test_an_envelope_is_refused_exactly_when_it_gives_an_attribute_twice(
    members: Members, escapes: bool, space: str
) -> None:
    names = [name for name, _value in members]
    refused = is_refused(check_attributes, written(members, escapes, space))
    assert refused == (len(set(names)) < len(names))


@given(VALUES.filter(lambda value: not names_twice(value)), *WAYS)
def test_the_form_is_the_same_however_it_is_written(value: Any, escapes: bool, space: str) -> None:
    plain = canonical(written(value, escapes=False, space="").encode())
    text = written(value, escapes, space).encode()
    assert canonical(text) == plain
    assert msgspec.json.decode(plain) == msgspec.json.decode(text)


#: Ways to write one thing, and its form.
FORMS = {
    "members in order": (b'{"b":1,"a":2}', b'{"a":2,"b":1}'),
    "spaces": (b' { "a" : [ 1 , 2 ] } ', b'{"a":[1,2]}'),
    "escapes": (rb'{"a":"\u4e2d\u003a\/"}', '{"a":"中:/"}'.encode()),
    "a text with colons": (b'{"a":"::\\":"}', b'{"a":"::\\":"}'),
    "a name with colons": (b'{"a:b":{":":1}}', b'{"a:b":{":":1}}'),
    "one name in two objects": (b'{"a":{"a":1},"b":[{"a":1},{"a":1}]}', None),
}


@pytest.mark.parametrize(("text", "form"), FORMS.values(), ids=FORMS.keys())
def test_a_form(text: bytes, form: bytes | None) -> None:
    assert canonical(text) == (text if form is None else form)


def test_a_digest_never_changes_since_it_is_kept_for_ever() -> None:
    """Another one would make every repeat of an event a conflict."""
    digest = digest_of("payment.received.v1", canonical(b'{"amount": "10.00", "a": [1, null]}'))
    assert digest.hex() == "c4f8fe96dbc1c6ca65bd0b3222a3dde3"


def test_the_type_is_a_part_of_what_is_said() -> None:
    assert digest_of("a", b"{}") != digest_of("b", b"{}")
