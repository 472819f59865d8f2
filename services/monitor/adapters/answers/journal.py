"""What is left of the journal after volumes have left it: openings, then the rows that follow."""

import zlib
from typing import Any, Final

import msgspec

from services.monitor.handlers.answers.replay import JournalPart, JournalRow, Opening
from services.monitor.handlers.ports import Record

_encode: Final = msgspec.json.Encoder().encode
_opening: Final = msgspec.json.Decoder(Opening)


#: Openings and rows under the same columns. An opening comes before every row of its account.
_PARTS: Final = """
SELECT * FROM (
    SELECT partition, account_id, "offset", clearing_rule, recorded_at, event, NULL::bytea AS state
    FROM monitor.journal
    UNION ALL
    SELECT partition, account_id, -1::bigint, NULL::text, NULL::timestamptz, NULL::json, state
    FROM monitor.openings
) AS parts WHERE {where} ORDER BY partition, account_id, "offset"
"""


def parts(where: str) -> str:
    """Return the query for parts, by account and in the order of the ledger.

    The condition, a text of a store module, stands outside of the union: within its halves it would
    keep PostgreSQL from merging them by their indexes, and the whole journal would be sorted.
    """
    return _PARTS.format(where=where)


def part_from(row: Any) -> JournalPart:
    """Read a row of `parts`."""
    if row["state"] is not None:
        return opening_from(row["state"])
    record = Record(row["partition"], row["offset"], row["event"].encode())
    return JournalRow(record, row["clearing_rule"], row["recorded_at"])


def state_of(opening: Opening) -> bytes:
    """Return an opening as it is stored: compressed JSON."""
    return zlib.compress(_encode(opening))


def opening_from(state: bytes) -> Opening:
    """Read an opening."""
    return _opening.decode(zlib.decompress(state))
