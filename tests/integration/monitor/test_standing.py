"""Whether escalations stand: by their own cycle, held or not, with what a letter may ask for."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from tests.integration.monitor.events import blocked, disputed, known
from tests.integration.monitor.shelf import Shelf, make_shelf
from tests.integration.monitor.world import invoice, payment

BEARING: Final = DEFAULT_DOCUMENT + 'interest: {annual_percent: "10", day_count: actual/365}\n'


@pytest.fixture
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with make_shelf(database_url) as shelf:
        await shelf.empty()
        yield shelf


async def standing(shelf: Shelf, *words: dict[str, Any]) -> list[tuple[bool, bool, str | None]]:
    names = [word["escalation_id"] for word in words]
    rows = {row["escalation_id"]: row for row in await shelf.rows("standing", escalation_id=names)}
    found = [rows[name] for name in names]
    return [(row["standing"], row["held"], row["held_by"]) for row in found]


async def test_an_escalation_stands_by_the_cycle_it_was_raised_in(shelf: Shelf) -> None:
    await shelf.fold(known("S"), invoice("S", "S-1", "500.00", "2026-01-10"), on="2026-01-05")
    await shelf.sweep("2026-02-10")
    [first] = await shelf.rows("escalations")
    assert (first["level"], await standing(shelf, first)) == ("legal", [(True, False, None)])
    response = await shelf.client.post(
        "/v1/policies", content=DEFAULT_DOCUMENT.replace("after_days: 30", "after_days: 35")
    )
    assert response.status_code == 201
    # Not due any more by the new policy: lifted, and dunning in its place, in the next cycle.
    await shelf.sweep("2026-02-10", retime=True)
    words = await shelf.rows("escalations")
    assert [(one["type"].split(".")[1], one["level"]) for one in words[1:]] == [
        ("lifted", "legal"),
        ("raised", "dunning"),
    ]
    await shelf.sweep("2026-02-14")
    again = (await shelf.rows("escalations"))[-1]
    assert (again["type"], again["level"]) == ("escalation.raised.v1", "legal")
    assert await standing(shelf, first, words[2], again) == [
        (False, False, None),
        (True, False, None),
        (True, False, None),
    ]


async def test_what_is_held_stands_and_says_by_what(shelf: Shelf) -> None:
    await shelf.fold(known("H"), invoice("H", "H-1", "500.00", "2026-01-10"), on="2026-01-05")
    await shelf.sweep("2026-01-25")
    [raised] = await shelf.rows("escalations", type="escalation.raised.v1")
    await shelf.fold(blocked("H", blocked_on="2026-01-26"), on="2026-01-26")
    await shelf.sweep("2026-01-26")
    assert await standing(shelf, raised) == [(True, True, "block B-1")]
    [item] = await shelf.rows("items")
    assert item["held_by"] == "block B-1"
    await shelf.fold(disputed("H", "H-1", amount="200.00", disputed_on="2026-01-26"))
    [row] = await shelf.rows("standing", escalation_id=[raised["escalation_id"]])
    assert (row["open"], row["disputed"]) == ("500.00", "200.00")


async def test_interest_is_told_to_the_end_of_the_day_that_is_asked_for(shelf: Shelf) -> None:
    await shelf.fold(known("I"), invoice("I", "I-1", "3650.00", "2026-01-10"), on="2026-01-05")
    await shelf.sweep("2026-01-25")
    [raised] = await shelf.rows("escalations", type="escalation.raised.v1")
    asked = {"escalation_id": [raised["escalation_id"]]}
    [none] = await shelf.rows("standing", **asked)
    response = await shelf.client.post("/v1/policies", content=BEARING)
    assert response.status_code == 201
    # One unit of money a day at ten per cent: 15 days by today, 25 by the letter's day.
    [today] = await shelf.rows("standing", **asked)
    [later] = await shelf.rows("standing", **asked, interest_on="2026-02-04")
    assert none["interest"] is None
    assert [(one["interest"]["open"], one["interest"]["until_on"]) for one in (today, later)] == [
        ("15.00", "2026-01-25"),
        ("25.00", "2026-02-04"),
    ]
    paid = {"invoice_id": "I-1", "amount": "3650.00"}
    await shelf.fold(payment("I", "IP", "3650.00", received_on="2026-01-25", allocations=[paid]))
    [gone] = await shelf.rows("standing", **asked)
    assert (gone["standing"], gone["interest"]) == (False, None)
