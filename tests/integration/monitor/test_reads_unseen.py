"""What depends on more than a debtor's own facts is listed among the anomalies, and not counted."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.monitor.events import covered, enforced, known, promised
from tests.integration.monitor.shelf import Shelf, make_shelf
from tests.integration.monitor.world import invoice, payment


@pytest.fixture
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with make_shelf(database_url) as shelf:
        yield shelf


async def test_a_claim_that_enforcement_holds_is_listed_from_its_day_on(shelf: Shelf) -> None:
    await shelf.fold(
        *(known(customer) for customer in ("OFF", "ON", "BARE")),
        *(covered(customer) for customer in ("OFF", "ON")),
        *(invoice(customer, f"{customer}-1", "500.00", "2026-01-10") for customer in
          ("OFF", "ON", "BARE")),
        *(enforced(customer, on=False, set_on="2026-01-12") for customer in ("OFF", "BARE")),
        on="2026-01-12",
    )  # fmt: skip
    await shelf.sweep("2026-03-10")
    assert await shelf.rows("anomalies") == []
    await shelf.sweep("2026-03-11")
    [row] = await shelf.rows("anomalies")
    sentence = (
        "enforcement, off since 2026-01-12, holds insurance_claim of OFF-1/1 since 2026-03-11"
    )
    assert row == {"account_id": "default:OFF", "subject": "account", "sentence": sentence}
    [counted] = await shelf.sql(
        "SELECT coalesce(sum(json_array_length(anomalies)), 0) AS sentences FROM monitor.accounts"
    )
    assert counted["sentences"] == 0
    await shelf.fold(enforced("OFF", on=True, set_on="2026-03-12"), on="2026-03-12")
    assert await shelf.rows("anomalies") == []


async def test_an_amount_of_no_known_currency_is_listed_while_there_are_several(
    shelf: Shelf,
) -> None:
    await shelf.fold(
        known("TWO"),
        invoice("TWO", "TWO-1", "500.00", "2026-01-31"),
        invoice("TWO", "TWO-2", "500.00", "2026-01-31", currency="USD"),
        payment(
            "TWO", "TWO-P", "500.00", currency="USD", received_on="2026-01-12",
            allocations=[{"invoice_id": "TWO-2", "amount": "500.00"}],
        ),
        on="2026-01-12",
    )  # fmt: skip
    await shelf.fold(
        promised("TWO", "2026-02-20", made_on="2026-01-12", promise_id="BOTH", amount="60.00"),
        promised("TWO", "2026-02-20", made_on="2026-01-13", promise_id="ONE", amount="60.00"),
        on="2026-01-13",
    )
    [row] = await shelf.rows("anomalies")
    assert (row["subject"], row["sentence"].partition(":")[0]) == (
        "account",
        "promise BOTH of 60.00 names no currency, and what it is for is in CNY and USD",
    )
