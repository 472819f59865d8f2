"""The monitor on the real Kafka and PostgreSQL: events in, balances and escalations out."""

from datetime import date

import pytest

from services.monitor.rebuild import check
from tests.integration.monitor.world import World, invoice, payment


@pytest.fixture(scope="module", autouse=True)
async def monitor(world: World) -> None:
    await world.start("one")


async def test_an_unpaid_invoice_reaches_each_level_on_its_day_and_payment_lifts_all(
    world: World,
) -> None:
    customer = world.customer("levels")
    await world.publish(invoice(customer, "L-1", "500.00", "2026-01-10"))
    await world.rest()
    for day, count in ((24, 0), (25, 1), (26, 1)):
        await world.clock(date(2026, 1, day))
        await world.rest()
        assert len(await world.rows("escalations", account_id=f"default:{customer}")) == count
    await world.clock(date(2026, 2, 9))
    await world.clock(date(2026, 3, 11))
    await world.publish(payment(customer, "P-1", "500.00"))
    await world.rest()
    said = await world.rows("escalations", account_id=f"default:{customer}")
    assert [(one["type"].split(".")[1], one["level"], one["days_overdue"]) for one in said] == [
        ("raised", "dunning", 15),
        ("raised", "legal", 30),
        ("raised", "insurance_claim", 60),
        ("lifted", "dunning", 60),
        ("lifted", "legal", 60),
        ("lifted", "insurance_claim", 60),
    ]


async def test_the_journal_folded_from_nothing_gives_what_is_stored(world: World) -> None:
    await world.rest()
    assert await check(world.database_url, lambda _done, _total: None) == []


async def test_a_changed_row_is_found_by_the_rebuild(world: World) -> None:
    customer = world.customer("tampered")
    await world.publish(invoice(customer, "T-1", "500.00", "2026-12-10"))
    await world.rest()
    await world.sql(
        "UPDATE monitor.items SET amount_minor = 1, open_minor = 1 WHERE invoice_id = 'T-1'"
    )
    differences = await check(world.database_url, lambda _done, _total: None)
    await world.sql(
        "UPDATE monitor.items SET amount_minor = 50000, open_minor = 50000 WHERE invoice_id = 'T-1'"
    )
    assert len(differences) == 1
    assert "T-1" in differences[0]
