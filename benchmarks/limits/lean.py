"""Limit 1, lean: the raw exactly-once unit. Partition row, journal by COPY, items by one upsert.

No rules, no inbox: what a batch must cost at the least to be safe and to happen once.
"""

import uuid
from collections.abc import Sequence
from typing import Final

from benchmarks.limits.batches import Connection, Read, delta_minor, run

SETUP: Final = """
CREATE SCHEMA limits;
CREATE TABLE limits.partitions (partition int PRIMARY KEY, next_offset bigint NOT NULL);
CREATE TABLE limits.journal (
    partition int, "offset" bigint, account_id text NOT NULL, name uuid NOT NULL,
    event json NOT NULL, PRIMARY KEY (partition, "offset"));
CREATE TABLE limits.items (
    partition int, account_id text, invoice_id text, open_minor bigint NOT NULL,
    PRIMARY KEY (partition, account_id, invoice_id));
INSERT INTO limits.partitions SELECT n, 0 FROM generate_series(0, {last_partition}) AS n;
"""
ADVANCE: Final = """
UPDATE limits.partitions AS p SET next_offset = m.next_offset
FROM unnest($1::int[], $2::bigint[]) AS m (partition, next_offset) WHERE p.partition = m.partition
"""
UPSERT: Final = """
INSERT INTO limits.items AS i (partition, account_id, invoice_id, open_minor)
SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::bigint[])
ON CONFLICT (partition, account_id, invoice_id)
DO UPDATE SET open_minor = i.open_minor + excluded.open_minor
"""
DONE: Final = "SELECT sum(next_offset) FROM limits.partitions"
BALANCES: Final = "SELECT account_id, sum(open_minor) FROM limits.items GROUP BY account_id"


async def write(connection: Connection, batch: Sequence[Read]) -> None:
    """Write the journal and what is open by invoice; what names none is under an empty one."""
    await connection.copy_records_to_table(
        "journal",
        schema_name="limits",
        records=[
            (
                one.partition,
                one.offset,
                one.event.accountid,
                uuid.UUID(hex=one.event.eventname),
                one.value.decode(),
            )
            for one in batch
        ],
    )
    items: dict[tuple[int, str, str], int] = {}
    for one in batch:
        event = one.event
        named = event.data.allocations
        invoice_id = named[0].invoice_id if named else event.data.invoice_id
        key = (one.partition, event.accountid, invoice_id)
        items[key] = items.get(key, 0) + delta_minor(event)
    columns = zip(*((*key, amount) for key, amount in items.items()), strict=True)
    await connection.execute(UPSERT, *(list(column) for column in columns))


if __name__ == "__main__":
    run(SETUP, ADVANCE, write)
