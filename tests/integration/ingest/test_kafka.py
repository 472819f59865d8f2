"""From the inbound topics to the ledger, past everything that cannot be accepted."""

import json
import os
from typing import Any

from shared.contracts.catalogue import CUSTOMERS, INVOICES, PAYMENTS
from shared.contracts.envelope import STRUCTURED
from tests.integration.ingest.world import World

BINARY_GARBAGE = bytes(range(128, 256))


async def test_a_valid_event_reaches_the_ledger_under_its_accounts_key(running: World) -> None:
    await running.publish(running.event("valid-1"))
    await running.rest()
    [(_partition, key, event)] = running.ledger
    assert (key, event.accountid, event.id) == (b"acme:c-1", "acme:c-1", "valid-1")


async def test_poison_between_valid_events_is_refused_and_holds_nothing_up(running: World) -> None:
    poison: list[Any] = [b"{no json", BINARY_GARBAGE, None, running.event("p", type="invoice.v9")]
    values: list[Any] = []
    for number in range(40):
        values += [running.event(f"mixed-{number}"), poison[number % len(poison)]]
    await running.publish(*values)
    await running.rest()
    assert running.ledger_ids() == [f"mixed-{number}" for number in range(40)]
    codes = [one.code for one in running.rejected]
    assert codes == ["not_json", "not_utf8", "null_value", "unknown_type"] * 10


async def test_a_refusal_names_where_it_came_from_and_keeps_its_bytes(running: World) -> None:
    await running.publish(b"\xff\x00\xfe", topic=PAYMENTS, partition=1, headers=[("x", b"\x00y")])
    await running.rest()
    [said] = running.rejected
    [row] = [row for row in await running.rows() if row["rejected_id"] == str(said.rejected_id)]
    assert (said.topic, said.partition, said.raw) == (PAYMENTS, 1, b"\xff\x00\xfe")
    assert (row["topic"], row["offset"], row["size_bytes"]) == (PAYMENTS, said.offset, 3)
    assert (row["code"], row["status"], row["headers"]) == ("not_utf8", "waiting", {"x": "\ufffdy"})


async def test_a_record_of_megabytes_is_refused_and_kept_whole(running: World) -> None:
    big = os.urandom(3_800_000)
    await running.publish(big, topic=CUSTOMERS)
    await running.publish(running.event("after-big"))
    await running.rest()
    assert running.ledger_ids() == ["after-big"]
    [row] = await running.rows(code="oversized", topic=CUSTOMERS)
    assert row["size_bytes"] == len(big)


async def test_binary_mode_reads_the_attributes_from_headers(running: World) -> None:
    event = running.event("binary-1")
    headers = [
        *((f"ce_{name}", str(event[name]).encode()) for name in ("specversion", "id", "source")),
        *((f"ce_{name}", str(event[name]).encode()) for name in ("type", "time")),
        ("content-type", b"application/json"),
    ]
    await running.publish(json.dumps(event["data"]).encode(), headers=headers)
    await running.publish(running.event("said"), headers=[("content-type", STRUCTURED.encode())])
    await running.rest()
    assert running.ledger_ids() == ["binary-1", "said"]


async def test_one_account_keeps_its_order_over_many_batches(running: World) -> None:
    ids = [f"order-{number:04}" for number in range(2_500)]
    await running.publish(*(running.event(event_id) for event_id in ids))
    await running.rest()
    assert running.ledger_ids() == ids


async def test_a_repeat_is_published_again_and_changed_content_is_a_conflict(
    running: World,
) -> None:
    await running.publish(running.event("named"))
    await running.rest()
    # The changed one first, so that it meets what an earlier batch has written and nothing else.
    changed = running.event("named", data={"total": "1251.00"})
    await running.publish(changed, running.event("named"))
    await running.rest()
    totals = [json.loads(bytes(event.data))["total"] for _partition, _key, event in running.ledger]
    assert totals == ["1250.00", "1250.00"]
    [refused] = running.rejected
    assert (refused.code, refused.field) == ("conflict", "id")


async def test_of_two_contents_in_one_batch_the_first_is_accepted(running: World) -> None:
    await running.publish(running.event("twin"), running.event("twin", data={"total": "2.00"}))
    await running.rest()
    [(_partition, _key, event)] = running.ledger
    assert json.loads(bytes(event.data))["total"] == "1250.00"
    assert [one.code for one in running.rejected] == ["conflict"]


async def test_unread_members_stay_in_the_data_byte_for_byte(running: World) -> None:
    event = running.event("kept-bytes")
    data = json.dumps(event.pop("data"))[:-1] + ', "x-note" :  [1.50, {"a":null}] }'
    raw = json.dumps(event)[:-1] + f', "data": {data}}}'
    await running.publish(raw.encode())
    await running.rest()
    [(_partition, _key, ledger_event)] = running.ledger
    assert bytes(ledger_event.data) == data.encode()


async def test_metrics_count_what_came_and_what_became_of_it(running: World) -> None:
    await running.publish(running.event("counted"), running.event("counted"), b"?", topic=INVOICES)
    await running.rest()
    text = (await running.clients["one"].get("/metrics")).text
    names = [
        'arrears_ingest_events_total{topic="receivables.invoices"}',
        'arrears_ingest_accepted_total{type="invoice.issued.v1"}',
        "arrears_ingest_duplicates_total",
        'arrears_ingest_rejected_total{code="not_json"}',
        "arrears_ingest_batch_seconds_count",
        'arrears_ingest_lag_records{topic="receivables.invoices"} 0.0',
        "arrears_ingest_oldest_unprocessed_seconds 0.0",
    ]
    assert [name for name in names if name not in text] == []
