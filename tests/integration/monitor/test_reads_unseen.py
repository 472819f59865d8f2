"""What enforcement off keeps from the insurer is listed among the anomalies, and not counted."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.monitor.events import covered, enforced, known
from tests.integration.monitor.shelf import Shelf, make_shelf
from tests.integration.monitor.world import invoice


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
