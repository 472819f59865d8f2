"""A new policy over some thousands of items, with the monitor killed in the middle of it."""

from collections import Counter
from datetime import date

from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from services.monitor.rebuild import check
from tests.integration.monitor.auditing import violations
from tests.integration.monitor.world import World, invoice, payment, wait_for

CUSTOMERS = 60
ITEMS = 9000
TOTAL = "500.00"
REMINDER = "levels:\n  - {level: reminder, after_days: 5, action: dunning_letter}\n"


def ours(world: World) -> str:
    """Return the condition for words of this test: its topic may have had others before."""
    return f"level = 'reminder' AND account_id LIKE 'default:many-%-{world.run}'"


async def reminders(world: World) -> int:
    [row] = await world.sql(f"SELECT count(*) FROM monitor.escalations WHERE {ours(world)}")
    return int(row["count"])


async def test_a_killed_monitors_work_is_gone_on_with_and_the_ledger_is_read_meanwhile(
    world: World,
) -> None:
    client = await world.spawn("one")
    names = [world.customer(f"many-{number:02}") for number in range(CUSTOMERS)]
    bills = [
        invoice(names[number % CUSTOMERS], f"I-{number:05}", TOTAL, "2026-01-10")
        for number in range(ITEMS)
    ]
    await world.happen(*bills)
    await world.clock(date(2026, 1, 20))
    answer = await client.post(
        "/v1/policies", content=DEFAULT_DOCUMENT.replace("levels:\n", REMINDER)
    )
    assert answer.status_code == 201, answer.text

    async def under_way() -> bool:
        return await reminders(world) > 0

    await wait_for(under_way)
    await world.kill("one")
    assert 0 < await reminders(world) < ITEMS
    paid = [
        payment(
            one, f"P-{one}", TOTAL, allocations=[{"invoice_id": f"I-{place:05}", "amount": TOTAL}]
        )
        for place, one in enumerate(names)
    ]
    await world.publish(*paid)
    await world.start("two")
    await world.rest()

    said = await world.sql(
        f"SELECT seq, type, escalation_id FROM monitor.escalations WHERE {ours(world)}"
    )
    raised = {row["escalation_id"]: row["seq"] for row in said if "raised" in row["type"]}
    lifted = {row["escalation_id"]: row["seq"] for row in said if "lifted" in row["type"]}
    assert Counter(row["type"] for row in said) == {
        "escalation.raised.v1": len(raised),
        "escalation.lifted.v1": len(lifted),
    }
    # What was paid before its turn had come is never raised.
    assert len(raised) == ITEMS - CUSTOMERS + len(lifted)
    assert len(lifted) < CUSTOMERS or min(lifted.values()) < max(raised.values())
    assert await check(world.database_url, lambda _done, _total: None) == []
    assert await violations(world.database_url) == []
