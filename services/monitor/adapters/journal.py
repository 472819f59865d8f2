"""What is left of the journal after volumes have left it: openings, then the rows that follow."""

import zlib
from typing import Any, Final

import msgspec

from services.monitor.handlers.ports import Record
from services.monitor.handlers.replay import JournalPart, JournalRow, Opening

_encode: Final = msgspec.json.Encoder().encode
_opening: Final = msgspec.json.Decoder(Opening)


def parts(accounts: str, also: str = "") -> str:
    """Return the query for the parts of accounts, by account and in the order of the ledger.

    `accounts` is a condition on keys, `also` one on rows of the journal alone; both are texts of
    the store modules.
    """
    return f"""
SELECT partition, account_id, "offset", clearing_rule, recorded_at, event, NULL::bytea AS state
FROM monitor.journal WHERE {accounts}{also}
UNION ALL
SELECT partition, account_id, -1, NULL, NULL, NULL, state
FROM monitor.openings WHERE {accounts}
ORDER BY partition, account_id, "offset"
"""  # noqa: S608


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
