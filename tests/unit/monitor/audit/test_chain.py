"""A chain names the first row, or the seal, that is not what was sealed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.audit.chain import (
    Fault,
    Head,
    Seal,
    SealedRow,
    fault_of,
    head_from,
    seal_rows,
)
from shared.errors import RejectedError

PARTITION = 3
Rows = list[SealedRow]


def row(offset: int, content: str = "as it was") -> SealedRow:
    return SealedRow(offset, sha256(f"{offset} {content}".encode()).digest())


#: Offsets leave gaps where a repeat was read.
FIRST = [row(0), row(1), row(4)]
SECOND = [row(5), row(9)]
ONE = seal_rows(PARTITION, None, FIRST)
TWO = seal_rows(PARTITION, ONE, SECOND)


@pytest.mark.parametrize(
    ("what", "rows", "offset", "word"),
    [
        ("a row changed", [row(5), row(9, "another")], 9, "changed"),
        ("two rows changed", [row(5, "another"), row(9, "another")], 5, "changed"),
        ("the first deleted", [row(9)], 5, "deleted"),
        ("the last deleted", [row(5)], 9, "deleted"),
        ("all deleted", [], 5, "deleted"),
        ("one inserted between", [row(5), row(7), row(9)], 7, "inserted"),
        ("one moved", [row(5), row(8)], 8, "inserted"),
        ("one changed, one inserted later", [row(5, "another"), row(7), row(9)], 5, "changed"),
        ("one deleted, one changed later", [row(9, "another")], 5, "deleted"),
    ],
)
def test_the_first_row_that_is_not_what_was_sealed_is_named(
    what: str, rows: Rows, offset: int, word: str
) -> None:
    expected = Fault(2, offset, f"the row at offset {offset} was {word}")
    assert fault_of(TWO, ONE, rows) == expected, what


@pytest.mark.parametrize(
    ("what", "doctored", "words"),
    [
        ("its digest", lambda: replace(TWO, digest=bytes(32)), "seal 2, or seal 1 before it was"),
        ("its offsets", lambda: replace(TWO, first_offset=4), "its offsets do not fit"),
        ("a row less", lambda: replace(TWO, entries=TWO.entries[16:]), "its offsets do not fit"),
        ("no rows", lambda: replace(TWO, entries=b"", first_offset=-1), "its offsets do not fit"),
        ("its number", lambda: replace(TWO, number=3), "seal 2 is missing"),
        ("its partition", lambda: replace(TWO, partition=4), "seal 2, or seal 1 before it was"),
    ],
)
def test_a_seal_that_was_changed_is_named(
    what: str, doctored: Callable[[], Seal], words: str
) -> None:
    fault = fault_of(doctored(), ONE, SECOND)
    assert fault is not None, what
    assert fault.offset is None
    assert words in fault.what


def test_a_row_and_its_seal_that_were_changed_together_break_the_next_seal() -> None:
    forged_rows = [row(0, "forged"), *FIRST[1:]]
    forged = seal_rows(PARTITION, None, forged_rows)
    assert fault_of(forged, None, forged_rows) is None
    assert fault_of(TWO, forged, SECOND) == Fault(
        2, None, "seal 2, or seal 1 before it was changed"
    )


def test_the_first_seal_must_be_the_first() -> None:
    assert fault_of(TWO, None, [*FIRST, *SECOND]) == Fault(
        2, None, "seal 1 is missing: it was deleted"
    )


def test_a_seal_says_what_it_covers() -> None:
    assert (TWO.first_offset, TWO.last_offset, TWO.rows) == (5, 9, 2)
    assert TWO.head == Head(PARTITION, 2, TWO.digest)


sealed = st.lists(st.integers(0, 10**12), min_size=1, max_size=8, unique=True).map(sorted)


@given(offsets=sealed, at=st.integers(0, 7), content=st.text(min_size=1))
def test_what_was_sealed_is_in_order_and_one_change_is_found(
    offsets: Sequence[int], at: int, content: str
) -> None:
    rows = [row(offset) for offset in offsets]
    seal = seal_rows(PARTITION, ONE, rows)
    assert fault_of(seal, ONE, rows) is None
    at %= len(rows)
    rows[at] = row(offsets[at], f"changed {content}")
    fault = fault_of(seal, ONE, rows)
    assert fault is not None
    assert fault.offset == offsets[at]


def test_a_head_is_read_as_it_is_printed() -> None:
    assert head_from(f" {TWO.head}\n") == TWO.head


@pytest.mark.parametrize("text", ["", "3", "3:2", "3:x:00", "x:2:00", "3:2:zz"])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(RejectedError, match="is no head"):
        head_from(text)


def test_rows_in_a_volume_are_not_missed_and_their_seal_must_follow() -> None:
    assert fault_of(TWO, ONE, [], in_volume=True) is None
    assert fault_of(TWO, ONE, []) == Fault(2, 5, "the row at offset 5 was deleted")
    assert fault_of(TWO, None, [], in_volume=True) == Fault(
        2, None, "seal 1 is missing: it was deleted"
    )
    # Some, but not all: what is in the journal must be what was sealed.
    assert fault_of(TWO, ONE, [row(9)], in_volume=True) == Fault(
        2, 5, "the row at offset 5 was deleted"
    )
