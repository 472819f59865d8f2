"""A service that is killed in the middle of its work changes nothing of what comes out."""

import os
import signal
from collections import Counter
from datetime import date, timedelta
from typing import Any, Final

import pytest

from cli.api.clocks import set_clock
from shared.calendar import start_of_day

#: Days overdue on arrival, what stands then, and what stands fifteen days later; None: paid.
CASES: Final[tuple[tuple[int, str | None, str | None], ...]] = (
    (5, None, "dunning"),
    (20, "dunning", "legal"),
    (40, "legal", "legal"),
    (70, "insurance_claim", "insurance_claim"),
)
DEBTORS: Final = 24
LEAP: Final = timedelta(days=15)


def kill(world: Any, service: str) -> int:
    pid = world.stack.file.process(service).pid
    os.kill(pid, signal.SIGKILL)
    return int(pid)


def history(debtor: Any, number: int, today: date) -> list[dict[str, Any]]:
    """Tell of one debtor; every fifth pays at once."""
    overdue = CASES[number % len(CASES)][0]
    due = today - timedelta(days=overdue)
    events = [debtor.billed("500.00", due - timedelta(days=1), due)]
    if number % 5 == 0:
        events.append(debtor.pays("500.00", today))
    return events


def highest(levels: set[str]) -> str | None:
    return max(levels, key=["dunning", "legal", "insurance_claim"].index, default=None)


async def standing(world: Any, debtor: Any) -> set[str]:
    """Return the levels that were raised and not called back."""
    raised = Counter(await world.levels(debtor.invoice_id))
    lifted = Counter(await world.levels(debtor.invoice_id, "lifted"))
    assert max(raised.values(), default=0) <= 1
    assert lifted <= raised
    return set(raised - lifted)


async def check(world: Any, debtors: list[Any], column: int) -> None:
    for number, debtor in enumerate(debtors):
        (item,) = await world.items(debtor.invoice_id)
        paid = number % 5 == 0
        assert item["open"] == ("0.00" if paid else "500.00")
        level = None if paid else CASES[number % len(CASES)][column]
        assert item["level"] == level
        assert highest(await standing(world, debtor)) == level


@pytest.mark.timeout(180)
@pytest.mark.parametrize("service", ["ingest", "monitor", "notifier"])
async def test_a_killed_service_is_started_again_and_nothing_is_lost_or_doubled(
    world: Any, new_debtor: Any, service: str
) -> None:
    debtors = [new_debtor() for _ in range(DEBTORS)]
    today = await world.today()
    events = [
        event for number, debtor in enumerate(debtors) for event in history(debtor, number, today)
    ]
    await world.publish(*(debtor.known() for debtor in debtors))
    half = len(events) // 2
    for part in (events[:half], events[half:]):
        await world.send(part)
        pid = kill(world, service)
        await world.settle()
        assert world.stack.file.process(service).pid not in {pid, None}
    await check(world, debtors, 1)

    kill(world, service)
    await set_clock(world.client, start_of_day(today + LEAP, world.time_zone))
    await world.settle()
    await check(world, debtors, 2)
    for debtor in debtors:
        for letter in await world.letters(debtor.customer_id):
            mails = len(await world.mails(letter["message_id"]))
            # What was under way when the notifier died may have arrived or not; never twice.
            allowed = {"sent": {1}, "unknown": {0, 1}, "recalled": {0}}
            assert mails in allowed[letter["status"]]
    assert any(f"{service} has ended" in line for line in world.said)
    equal = await world.run("rebuild", "--check")
    assert equal.status == 0
