"""A past day: what had happened by then, what was known by then, and what was said."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from tests.integration.monitor.events import (
    blocked,
    disputed,
    known,
    promised,
    said,
)
from tests.integration.monitor.past import PATHS, without_timers
from tests.integration.monitor.shelf import Shelf, make_shelf
from tests.integration.monitor.world import invoice, payment

ONE: Final = "default:P-ONE"
TWO: Final = "default:P-TWO"
MANY: Final = "default:MANY"
INSTALMENTS: Final = 5


@pytest.fixture(scope="module")
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with make_shelf(database_url) as shelf:
        await shelf.fold(
            known("P-ONE", grade="A"),
            invoice("P-ONE", "I-1", "1000.00", "2026-01-10", interest={"annual_percent": "10"}),
            invoice("P-TWO", "I-2", "300.00", "2026-03-01"),
            on="2026-01-05",
        )
        await shelf.sweep("2026-01-25")
        # Told on 3 February of money that came on 20 January.
        await shelf.fold(
            payment(
                "P-ONE", "P-1", "400.00", allocations=[{"invoice_id": "I-1", "amount": "400.00"}]
            ),
            promised("P-ONE", "2026-02-05", made_on="2026-02-02", promise_id="W-9"),
            known("P-ONE", version=2, grade="B"),
            on="2026-02-03",
        )
        await shelf.sweep("2026-02-09")
        await shelf.fold(
            disputed("P-TWO", "I-2", disputed_on="2026-02-10", amount="100.00"),
            said(
                "interest.waived",
                "P-ONE",
                waiver_id="V-1",
                invoice_id="I-1",
                amount="1.00",
                waived_on="2026-02-10",
            ),
            payment(
                "P-ONE",
                "P-2",
                "2.00",
                received_on="2026-02-10",
                allocations=[{"invoice_id": "I-1", "amount": "2.00", "claim": "interest"}],
            ),
            on="2026-02-10",
        )
        schedule = [
            {"due_on": f"2026-0{month}-01", "amount": "10.00"}
            for month in range(2, 2 + INSTALMENTS)
        ]
        part = invoice("MANY", "M-1", "50.00", "2026-02-01")[1]
        part.pop("due_on")
        await shelf.fold(("invoice.issued.v1", {**part, "schedule": schedule}), on="2026-02-10")
        yield shelf


async def open_of(shelf: Shelf, invoice_id: str, **then: str) -> list[str]:
    return [one["open"] for one in await shelf.rows("items", invoice_id=invoice_id, **then)]


@pytest.mark.parametrize(
    ("then", "found"),
    [
        pytest.param({}, ["600.00"], id="now"),
        pytest.param({"as_of": "2025-12-31"}, [], id="before it was issued"),
        pytest.param({"as_of": "2026-01-19"}, ["1000.00"], id="before the money came"),
        pytest.param({"as_of": "2026-01-20"}, ["600.00"], id="on the day it came"),
        pytest.param(
            {"as_of": "2026-01-25", "known_by": "2026-01-26T00:00:00+08:00"},
            ["1000.00"],
            id="as it was known then",
        ),
        pytest.param({"known_by": "2026-02-01T00:00:00+08:00"}, ["1000.00"], id="known by then"),
        pytest.param({"known_by": "2026-02-03T00:00:00+08:00"}, ["600.00"], id="known that moment"),
        pytest.param({"known_by": "2026-01-04T00:00:00+08:00"}, [], id="before anything was known"),
        pytest.param({"as_of": "2027-01-01"}, ["600.00"], id="a day to come"),
    ],
)
async def test_what_happened_and_what_was_known_are_told_apart(
    shelf: Shelf, then: dict[str, str], found: list[str]
) -> None:
    assert await open_of(shelf, "I-1", **then) == found


async def test_as_of_today_everything_is_as_it_is_stored(shelf: Shelf) -> None:
    for path in PATHS:
        now = await shelf.rows(path, limit=1000)
        then = await shelf.rows(path, limit=1000, as_of="2026-02-10")
        assert without_timers(then) == without_timers(now), path
        assert now, path


@pytest.mark.parametrize(
    ("as_of", "level", "held_by"),
    [
        ("2026-01-24", None, None),
        ("2026-01-25", "dunning", None),
        ("2026-02-03", "dunning", "promise W-9"),
        ("2026-02-09", "legal", None),
    ],
)
async def test_a_level_is_what_had_been_said_by_the_end_of_the_day(
    shelf: Shelf, as_of: str, level: str | None, held_by: str | None
) -> None:
    [item] = await shelf.rows("items", invoice_id="I-1", as_of=as_of)
    assert (item["level"], item["held_by"]) == (level, held_by)
    [account] = await shelf.rows("accounts", account_id=ONE, as_of=as_of)
    assert account["level"] == level
    count = len(await shelf.rows("items", account_id=ONE, level="dunning", as_of=as_of))
    assert count == (level == "dunning")


async def test_what_was_said_later_was_not_known(shelf: Shelf) -> None:
    for known_by, level in (("2026-01-24T23:59:59", None), ("2026-01-25T00:00:00", "dunning")):
        [item] = await shelf.rows(
            "items", invoice_id="I-1", as_of="2026-01-25", known_by=f"{known_by}+08:00"
        )
        assert item["level"] == level


async def test_an_account_is_as_it_was_with_grade_promises_and_ageing(shelf: Shelf) -> None:
    [then] = await shelf.rows("accounts", account_id=ONE, as_of="2026-02-04")
    [promise] = then["promises"]
    assert (promise["status"], then["broken_promises"]) == ("open", 0)
    assert then["currencies"][0]["ageing"]["1-30"] == "600.00"
    [now] = await shelf.rows("accounts", account_id=ONE)
    assert (now["promises"][0]["status"], now["broken_promises"]) == ("broken", 1)
    [before] = await shelf.rows(
        "accounts", account_id=ONE, as_of="2026-02-04", known_by="2026-02-02T00:00:00+08:00"
    )
    assert (before["grade"], before["promises"]) == ("A", [])
    assert (then["grade"], now["grade"]) == ("B", "B")


@pytest.mark.parametrize(
    ("as_of", "status", "paid"),
    [
        ("2026-02-01", None, None),
        ("2026-02-04", "open", "0.00"),
        # The day is over; that it is broken was said on the 9th.
        ("2026-02-08", "open", "0.00"),
        ("2026-02-09", "broken", "0.00"),
    ],
)
async def test_a_promise_is_as_it_stood_with_what_was_paid_of_it(
    shelf: Shelf, as_of: str, status: str | None, paid: str | None
) -> None:
    found = await shelf.rows("promises", account_id=ONE, as_of=as_of)
    assert [(one["status"], one["paid"]) for one in found] == (
        [] if status is None else [(status, paid)]
    )
    broken = await shelf.rows("promises", account_id=ONE, as_of=as_of, status="broken")
    assert len(broken) == (status == "broken")


@pytest.mark.parametrize(
    ("as_of", "open_", "level"),
    [
        ("2026-01-19", "1000.00", None),
        ("2026-01-20", "600.00", None),
        ("2026-01-25", "600.00", "dunning"),
        ("2026-02-09", "600.00", "legal"),
    ],
)
async def test_an_invoice_is_as_it_was_with_its_level(
    shelf: Shelf, as_of: str, open_: str, level: str | None
) -> None:
    [row] = await shelf.rows("invoices", invoice_id="I-1", as_of=as_of)
    assert (row["open"], row["level"]) == (open_, level)


async def test_what_is_disputed_is_no_part_of_what_may_be_dunned(shelf: Shelf) -> None:
    for then, amounts in (
        ({}, ("300.00", "100.00", "200.00")),
        ({"as_of": "2026-02-09"}, ("300.00", "0.00", "300.00")),
    ):
        [account] = await shelf.rows("accounts", account_id=TWO, **then)
        [item] = await shelf.rows("items", account_id=TWO, **then)
        for row in (account["currencies"][0], item):
            assert (row["open"], row["disputed"], row["dunnable"]) == amounts


@pytest.mark.parametrize(
    ("as_of", "accrued", "paid", "waived", "left"),
    [
        ("2026-01-19", "2.47", "0.00", "0.00", "2.47"),
        ("2026-01-28", "3.95", "0.00", "0.00", "3.95"),
        ("2026-02-10", "6.08", "2.00", "1.00", "3.08"),
        ("2026-12-31", "59.34", "2.00", "1.00", "56.34"),
    ],
)
async def test_interest_of_any_day_is_told_with_what_was_paid_and_waived(
    shelf: Shelf, as_of: str, accrued: str, paid: str, waived: str, left: str
) -> None:
    [row] = await shelf.rows("interest", invoice_id="I-1", as_of=as_of)
    found = (row["accrued"], row["paid"], row["waived"], row["open"])
    assert found == (accrued, paid, waived, left)
    assert (row["as_of"], row["terms"], row["account_id"]) == (as_of, "contract", ONE)
    assert row["why"][0].startswith("2026-01-11 to 2026-01-19: 1000.00 CNY x 10 % x 9/365 days")


async def test_an_invoice_without_interest_is_told_when_asked_for_and_not_listed(
    shelf: Shelf,
) -> None:
    assert [row["invoice_id"] for row in await shelf.rows("interest")] == ["I-1"]
    assert [row["invoice_id"] for row in await shelf.rows("interest", as_of="2026-02-10")] == [
        "I-1"
    ]
    assert await shelf.rows("interest", invoice_id="I-2", as_of="2026-02-10") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("path", PATHS)
async def test_pages_of_the_past_are_together_the_whole(
    shelf: Shelf, path: str, limit: int
) -> None:
    whole = await shelf.rows(path, as_of="2026-02-10", limit=1000)
    pages = await shelf.pages(path, as_of="2026-02-10", limit=limit)
    assert [row for page in pages for row in page] == whole
    assert max(map(len, pages)) <= limit


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({"as_of": "30.6.2026"}, "as_of", "'30.6.2026' is no date; write it as in 2026-06-30"),
        ({"as_of": "2026-02-30"}, "as_of", "'2026-02-30' is no date"),
        ({"as_of": "9999-12-31"}, "as_of", "correct the year"),
        ({"known_by": "2026-07-01"}, "known_by", "write date, time and offset"),
        ({"known_by": "2026-07-01T00:00:00"}, "known_by", "write date, time and offset"),
        ({"known_by": "yesterday"}, "known_by", "'yesterday' is no instant"),
        ({"as_of": "2026-02-10", "cursor": "nonsense"}, "cursor", "use the `next` of the page"),
    ],
)
@pytest.mark.parametrize("path", PATHS)
async def test_what_cannot_be_read_is_refused_by_its_field(
    shelf: Shelf, path: str, asked: dict[str, str], field: str, sentence: str
) -> None:
    problem = await shelf.refused(path, **asked)
    assert problem["field"] == field
    assert sentence in problem["detail"]


async def test_the_cursor_of_another_list_is_refused(shelf: Shelf) -> None:
    page = await shelf.get("items", as_of="2026-02-10", limit=1)
    for path in ("accounts", "clearings", "interest"):
        problem = await shelf.refused(path, as_of="2026-02-10", cursor=page["next"])
        assert problem["code"] == "bad_cursor"


async def test_a_plus_that_came_as_a_blank_is_one(shelf: Shelf) -> None:
    response = await shelf.client.get("/v1/items?invoice_id=I-1&known_by=2026-02-01T00:00:00+08:00")
    assert [one["open"] for one in response.json()["rows"]] == ["1000.00"]


async def test_groups_are_no_accounts_of_the_past(shelf: Shelf) -> None:
    await shelf.fold(known("G-1", group_id="G"), on="2026-02-11")
    await shelf.hear_itself()
    names = [row["account_id"] for row in await shelf.rows("accounts", as_of="2026-02-11")]
    assert "default:G-1" in names
    assert [name for name in names if name.startswith(":")] == []


async def test_a_block_stands_until_it_is_lifted(shelf: Shelf) -> None:
    await shelf.fold(blocked("BLOCKED", until="2026-02-20", blocked_on="2026-02-11"))
    rows: list[dict[str, Any]] = await shelf.rows("accounts", account_id="default:BLOCKED")
    assert [(one["block_id"], one["until"]) for one in rows[0]["blocks"]] == [("B-1", "2026-02-20")]
    assert await shelf.rows("accounts", account_id="default:BLOCKED", as_of="2026-02-10") == []
