"""What goes into an unnest comes out of it as it was, whatever it holds."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest

from services.monitor.adapters.arrays import columns
from services.monitor.domain.ledger.funds import FundsKind

#: Type of the array, and the values of one column.
CASES: list[tuple[str, list[Any]]] = [
    ("text", ["plain", "", "NULL", "null", " ", "{}", "a,b", "}"]),
    ("text", ['say "no"', "back\\slash", '\\"', "\\\\", "'"]),
    ("text", ["two\nlines", "a\ttab", "übermäßig 应收账款 \U0001f4b0"]),
    ("text", ["with \x1f", "a mark", '"', "\\"]),
    ("text", ["some", None, 'with "', "back\\"]),
    ("text", [None, None]),
    ("text", [FundsKind.PAYMENT, FundsKind.CREDIT_NOTE]),
    ("int", [0, -1, None, 2**31 - 1]),
    ("bigint", [-(2**63), 2**63 - 1]),
    ("date", [date(1970, 1, 1), None, date.max, date.min]),
    ("timestamptz", [datetime(2026, 3, 1, 16, tzinfo=UTC), None]),
    ("uuid", [uuid.UUID(int=1), uuid.UUID(int=2**128 - 1)]),
    ("bytea", [b"", b'{"a": "\\"}', bytes(range(256))]),
]


@pytest.mark.parametrize(("kind", "values"), CASES)
async def test_a_column_comes_back_as_it_was(
    database_url: str, kind: str, values: list[Any]
) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        [array] = columns([(value,) for value in values], 1)
        rows = await connection.fetch(f"SELECT * FROM unnest($1::text::{kind}[])", array)
    finally:
        await connection.close()
    assert [row[0] for row in rows] == values


def test_no_rows_are_as_many_empty_arrays_as_there_are_columns() -> None:
    assert columns([], 2) == ["{}", "{}"]
