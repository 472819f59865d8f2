"""The commands against a running stack: their JSON, their tables, and what they refuse."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

ITEM = (
    *("item_id", "account_id", "invoice_id", "instalment", "currency", "amount", "open"),
    *("cleared", "credited", "written_off", "disputed", "issued_on", "due_on"),
    *("original_due_on", "status", "level", "days_overdue", "next_attention_on"),
)
ESCALATION = (
    *("event_id", "type", "escalation_id", "item_id", "account_id", "level", "action", "skipped"),
    *("cycle", "days_overdue", "open", "currency", "raised_on", "time", "why"),
)
TASK = (
    *("task_id", "kind", "account_id", "item_ids", "status", "due_on", "opened_on", "closed_on"),
    *("outcome", "assignee"),
)
ACCOUNT_CURRENCY = ("currency", "invoiced", "open", "overdue", "unapplied", "ageing")
BUCKETS = ["current", "1-30", "31-60", "61-90", "91-120", "121+"]


@pytest.fixture(scope="module")
async def late(world: Any, new_debtor: Any) -> Any:
    """Return a debtor whose invoice is 35 days overdue, with some money paid."""
    debtor = new_debtor()
    today = await world.today()
    # The address before the invoice, which is overdue as it comes: nobody can be written to else.
    await world.publish(debtor.known())
    await world.publish(
        debtor.billed("1250.00", today - timedelta(days=65), today - timedelta(days=15)),
        debtor.pays("250.00", today),
    )
    await world.go_to(today + timedelta(days=20))
    return debtor


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("items", ITEM),
        ("escalations", ESCALATION),
        ("tasks", TASK),
        ("accounts", ("account_id", "creditor_id", "customer_id", "name", "currencies", "level")),
        ("clearings", ("account_id", "item_id", "currency", "amount", "rule")),
        ("letters", ("letter_id", "account_id", "level", "status", "message_id")),
    ],
)
async def test_a_list_is_json_lines_with_the_promised_fields(
    world: Any, late: Any, command: str, fields: tuple[str, ...]
) -> None:
    answer = await world.run(command, "--account", late.customer_id, "--json")
    assert (answer.status, answer.stderr) == (0, "")
    rows = answer.rows()
    assert rows
    for row in rows:
        assert set(fields) <= set(row)
        assert row["account_id"] == f"default:{late.customer_id}"


async def test_an_accounts_buckets_add_up_to_what_is_open(world: Any, late: Any) -> None:
    (account,) = (await world.run("accounts", "--account", late.customer_id, "--json")).rows()
    (sums,) = account["currencies"]
    assert set(ACCOUNT_CURRENCY) <= set(sums)
    assert list(sums["ageing"]) == BUCKETS
    assert (sums["open"], sums["overdue"], sums["ageing"]["31-60"]) == ("1000.00",) * 3
    assert account["level"] == "legal"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["items", "--status", "open"], 1),
        (["items", "--status", "cleared"], 0),
        (["items", "--level", "legal"], 1),
        (["items", "--level", "dunning"], 0),
        (["escalations", "--type", "raised"], 2),
        (["escalations", "--type", "raised", "--level", "legal"], 1),
        (["escalations", "--type", "escalation.raised.v1", "--limit", "1"], 1),
        (["tasks", "--kind", "legal", "--status", "open"], 1),
        (["tasks", "--kind", "insurance_claim"], 0),
        (["letters", "--status", "sent", "--level", "dunning"], 1),
    ],
)
async def test_a_list_can_be_narrowed(world: Any, late: Any, words: list[str], count: int) -> None:
    answer = await world.run(*words, "--account", late.customer_id, "--json")
    assert len(answer.rows()) == count


async def test_a_person_gets_a_table_and_a_program_nothing_but_rows(world: Any, late: Any) -> None:
    table = await world.run("items", "--account", late.customer_id)
    assert "Due" in table.stdout
    assert "1000.00" in table.stdout
    nothing = await world.run("items", "--account", "nobody", "--json")
    assert (nothing.status, nothing.stdout) == (0, "")
    assert (await world.run("items", "--account", "nobody")).stdout == "no items\n"


async def test_a_task_is_taken_and_completed(world: Any, late: Any) -> None:
    (task,) = (
        await world.run("tasks", "--account", late.customer_id, "--kind", "legal", "--json")
    ).rows()
    taken = await world.run("tasks", "take", task["task_id"], "--as", "li.na", "--json")
    assert [(row["status"], row["assignee"]) for row in taken.rows()] == [("taken", "li.na")]
    other = await world.run("tasks", "take", task["task_id"], "--as", "wang.wei")
    assert other.status == 1
    assert "li.na" in other.stderr
    done = await world.run("tasks", "complete", task["task_id"], "--outcome", "sued", "--json")
    assert [(row["status"], row["outcome"]) for row in done.rows()] == [("completed", "sued")]
    shown = await world.run("tasks", "show", task["task_id"])
    assert late.invoice_id in shown.stdout


async def test_a_letter_can_be_read(world: Any, late: Any) -> None:
    (letter,) = (await world.run("letters", "--account", late.customer_id, "--json")).rows()
    shown = await world.run("letters", "show", letter["letter_id"])
    assert late.invoice_id in shown.stdout
    assert f"ap{late.number}@example.com" not in letter["recipient"]
    assert (await world.run("letters", "show", "0" * 8)).status == 2
    assert (await world.run("letters", "show", "0" * 32)).status == 1


async def test_bad_lines_are_named_and_the_others_published(world: Any, debtor: Any) -> None:
    today = await world.today()
    good = json.dumps(debtor.billed("10.00", today, today)).encode()
    answer = await world.run("publish", "-", "--json", stdin=b"oops\n" + good + b"\n[]\n")
    assert answer.status == 1
    (said,) = answer.rows()
    assert said["published"] == 1
    assert [bad["line"] for bad in said["bad"]] == [1, 3]
    settled = await world.run("settle", "--json")
    assert settled.rows() == [{"settled": True, "moving": []}]
    assert [item["open"] for item in await world.items(debtor.invoice_id)] == ["10.00"]


async def test_what_was_refused_goes_through_when_it_is_mended(
    world: Any, debtor: Any, tmp_path: Path
) -> None:
    today = await world.today()
    event = debtor.billed("10.005", today, today)
    await world.publish(event)
    refused = [
        row
        for row in (await world.run("rejected", "--status", "waiting", "--json")).rows()
        if row["code"] == "too_many_decimals"
    ]
    (row,) = refused
    assert "10.005" in row["message"]
    assert "10.005" in (await world.run("rejected", "show", row["rejected_id"])).stdout

    again = await world.run("rejected", "replay", row["rejected_id"])
    assert again.status == 1
    assert "10.005" in again.stderr

    event["data"]["total"] = "10.01"
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps(event), encoding="utf-8")
    replayed = await world.run(
        "rejected", "replay", row["rejected_id"], "--with", str(mended), "--json"
    )
    assert (replayed.status, replayed.rows()[0]["status"]) == (0, "replayed")
    await world.settle()
    assert [item["open"] for item in await world.items(debtor.invoice_id)] == ["10.01"]
    twice = await world.run("rejected", "replay", row["rejected_id"])
    assert twice.status == 1


async def test_what_was_reported_too_early_goes_through_as_it_was_when_its_day_is_near(
    world: Any, debtor: Any
) -> None:
    today = await world.today()
    early = today + timedelta(days=9)
    await world.publish(debtor.billed("10.00", today, today), debtor.pays("10.00", early))
    waiting = (await world.run("rejected", "--status", "waiting", "--json")).rows()
    (row,) = [one for one in waiting if one["code"] == "day_in_the_future"]
    assert row["field"] == "data.received_on"
    too_early = await world.run("rejected", "replay", row["rejected_id"])
    assert too_early.status == 1
    assert f"{early} is more than 7 days after today" in too_early.stderr

    await world.go_to(today + timedelta(days=2))
    replayed = await world.run("rejected", "replay", row["rejected_id"], "--json")
    assert (replayed.status, replayed.rows()[0]["status"]) == (0, "replayed")
    await world.settle()
    assert [item["open"] for item in await world.items(debtor.invoice_id)] == ["0.00"]


async def test_status_names_every_part(world: Any) -> None:
    answer = await world.run("status", "--json")
    assert answer.status == 0
    rows = {row["name"]: row for row in answer.rows()}
    assert set(rows) == {"postgres", "kafka", "mailbox", "ingest", "monitor", "notifier"}
    for row in rows.values():
        assert row["ready"] is True
        assert row["pid"] > 0
        assert "127.0.0.1" in row["address"]
    for name in ("ingest", "monitor", "notifier"):
        assert [rows[name][word] for word in ("lag", "outbox", "due")] == [0, 0, 0]
    assert "monitor" in (await world.run("status")).stdout


async def test_the_clock_is_shown_and_moved_by_command(world: Any) -> None:
    (shown,) = (await world.run("clock", "show", "--json")).rows()
    assert (shown["manual"], shown["time_zone"]) == (True, "Asia/Shanghai")
    before = await world.today()
    advanced = await world.run("clock", "advance", "1d", "--json")
    assert advanced.rows()[0]["now"] == f"{before + timedelta(days=1)}T00:00:00+08:00"
    day = before + timedelta(days=2)
    assert (await world.run("clock", "set", day.isoformat())).status == 0
    assert await world.today() == day
    back = await world.run("clock", "set", before.isoformat())
    assert back.status == 1
    assert "only moves forward" in back.stderr
    assert (await world.run("clock", "set", "yesterday")).status == 2
    await world.settle()


async def test_policies_are_shown_and_checked_with_line_and_path(
    world: Any, tmp_path: Path
) -> None:
    shown = await world.run("policy", "show", "default")
    assert "after_days: 15" in shown.stdout
    (row,) = (await world.run("policy", "show", "default", "--json")).rows()
    file = tmp_path / "policy.yaml"
    file.write_text(row["document"], encoding="utf-8")
    assert (await world.run("policy", "validate", str(file))).status == 0
    file.write_text(row["document"].replace("after_days: 15", "after_days: soon"), "utf-8")
    wrong = await world.run("policy", "validate", str(file))
    assert wrong.status == 1
    assert "line" in wrong.stderr
    assert "after_days" in wrong.stderr
    assert (await world.run("policy", "set", str(file))).status == 1
    assert (await world.run("policy", "show", "nobody")).status == 1


async def test_the_schema_is_at_its_head_and_the_state_follows_from_the_journal(
    world: Any, late: Any
) -> None:
    (migrated,) = (await world.run("migrate", "--json")).rows()
    assert migrated["revision"]
    await world.settle()
    answer = await world.run("rebuild", "--check", "--json")
    assert answer.rows() == [{"equal": True, "differences": []}]
    assert answer.status == 0
    assert late.invoice_id
