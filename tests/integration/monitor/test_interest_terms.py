"""Interest by the terms of each day: as policies are set and customers move, in every answer."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from services.monitor.adapters.upkeep.archive import open_archive
from services.monitor.handlers.ports import Record
from services.monitor.handlers.upkeep.rebuild import compare
from shared.calendar import start_of_day
from tests.integration.monitor.events import known
from tests.integration.monitor.shelf import PARTITION, Shelf, make_shelf
from tests.integration.monitor.world import invoice, ledger_record, payment
from tests.unit.monitor.builders import day

ACCOUNT: Final = "default:C-1"
YAML: Final = {"Content-Type": "application/yaml"}
LEVELS: Final = "levels:\n  - {level: dunning, after_days: 15, action: dunning_letter}\n"
NONE: Final = f"policy: default\n{LEVELS}"
TEN: Final = f'{NONE}interest: {{annual_percent: "10", fixed_sum: {{CNY: "40.00"}}}}\n'
ONE: Final = NONE.replace("policy: default", "policy: small\napplies_to: {segment: small}") + (
    'interest: {annual_percent: "1"}\n'
)


def at(on: str) -> datetime:
    """Return an instant in the middle of a day of the creditor's."""
    return start_of_day(day(on), "Asia/Shanghai") + timedelta(hours=12)


async def put(shelf: Shelf, document: str, on: str) -> None:
    shelf.now = at(on)
    response = await shelf.client.post("/v1/policies", content=document, headers=YAML)
    assert response.status_code == 201, response.text


async def move(shelf: Shelf, version: int, on: str, **more: Any) -> None:
    """Fold a word on the customer that was said on a day, and comes with it."""
    shelf.now = at(on)
    record = ledger_record(*known("C-1", version, **more), "test", said_at=at(on))[1]
    await shelf.fold_records([Record(PARTITION, shelf.owned.next_offset, record)])


@pytest.fixture(scope="module")
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    """At 10 % a year each day costs 1.00; half of it is paid, then the terms change twice."""
    async with make_shelf(database_url) as shelf:
        await put(shelf, TEN, "2026-01-05")
        await put(shelf, ONE, "2026-01-05")
        await shelf.fold(invoice("C-1", "A", "3650.00", "2026-01-31"), on="2026-01-06")
        await move(shelf, 1, "2026-02-06", segment="small")
        await shelf.sweep("2026-02-15")
        await move(shelf, 2, "2026-02-16")
        part = {"allocations": [{"invoice_id": "A", "amount": "1825.00"}]}
        await shelf.fold(payment("C-1", "P", "1825.00", received_on="2026-02-18", **part))
        await put(shelf, NONE, "2026-02-21")
        await shelf.sweep("2026-03-01", retime=True)
        yield shelf


LINES: Final = [
    "2026-02-01 to 2026-02-05: 3650.00 CNY x 10 % x 5/365 days = 5.00 CNY (default@2)",
    "2026-02-06 to 2026-02-15: 3650.00 CNY x 1 % x 10/365 days = 1.00 CNY (small@1)",
    "2026-02-16 to 2026-02-17: 3650.00 CNY x 10 % x 2/365 days = 2.00 CNY (default@2)",
    "2026-02-18 to 2026-02-20: 1825.00 CNY x 10 % x 3/365 days = 1.50 CNY (default@2)",
    "interest: 9.50 CNY",
    "fixed sum, due since 2026-02-01: 40.00 CNY",
    "together: 49.50 CNY",
    "from 2026-02-21: no terms of interest, none grows (default@3)",
]


async def test_what_has_accrued_stays_owed_and_each_span_names_its_terms(shelf: Shelf) -> None:
    [row] = await shelf.rows("interest", account_id=ACCOUNT)
    assert (row["accrued"], row["open"], row["terms"]) == ("49.50", "49.50", "default@3")
    assert row["why"] == LINES


async def test_why_tells_the_same(shelf: Shelf) -> None:
    story = await shelf.get(f"items/{ACCOUNT}/A/1/why")
    assert (story["interest"]["accrued"], story["interest"]["why"]) == ("49.50", LINES)


@pytest.mark.parametrize(
    ("asked", "accrued"),
    [
        ({"as_of": "2026-02-05"}, "45.00"),
        ({"as_of": "2026-02-15"}, "46.00"),
        ({"as_of": "2026-02-20"}, "49.50"),
        ({"as_of": "2026-03-01"}, "49.50"),
        ({"as_of": "2027-03-01"}, "49.50"),
        ({"as_of": "2026-02-15", "known_by": "2026-02-05T00:00:00+08:00"}, "55.00"),
        # 0.50 a day from 18 February on, as it was known before the policy without interest.
        ({"as_of": "2026-03-01", "known_by": "2026-02-20T00:00:00+08:00"}, "54.00"),
    ],
)
async def test_a_past_day_goes_by_the_same_terms(
    shelf: Shelf, asked: dict[str, str], accrued: str
) -> None:
    [row] = await shelf.rows("interest", account_id=ACCOUNT, **asked)
    assert row["accrued"] == accrued


async def test_a_level_is_told_with_the_interest_by_the_terms_of_each_day(shelf: Shelf) -> None:
    words = [word for _partition, word in shelf.words if getattr(word, "interest", None)]
    assert [word.interest.accrued for word in words] == ["46.00"]
    assert words[0].interest.why[:2] == [LINES[0], LINES[1]]


async def test_the_journal_gives_the_same_moves_again(shelf: Shelf, database_url: str) -> None:
    places = await shelf.sql("SELECT facts::jsonb -> 'placements' AS found FROM monitor.accounts")
    assert [len(json.loads(row["found"])) for row in places] == [2]
    assert await compare(partial(open_archive, database_url), lambda _done, _all: None) == []


async def test_a_preview_tells_of_interest_to_come(shelf: Shelf) -> None:
    response = await shelf.client.post("/v1/policies/preview", content=TEN, headers=YAML)
    assert response.json()["interest"] == [
        {
            "policy": "default@3",
            "before": "none",
            "after": "10 % a year, a fixed sum of 40.00 CNY",
            "accounts": 1,
        }
    ]
