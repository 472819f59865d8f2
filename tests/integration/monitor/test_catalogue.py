"""Every type of event through the broker: the rows that it changes, and what is published of it."""

from datetime import date
from typing import Final

import pytest

from services.monitor.rebuild import check
from tests.integration.monitor.auditing import violations
from tests.integration.monitor.cases import CASES, Case
from tests.integration.monitor.world import World, invoice

COLUMNS: Final = ("open_minor", "disputed_minor", "written_off_minor", "status", "due_on")
NAMES: Final = [case.name for case in CASES]


def customer_of(world: World, case: Case) -> str:
    return world.customer(f"case-{NAMES.index(case.name)}")


@pytest.fixture(scope="module", autouse=True)
async def heard_before(world: World) -> dict[str, int]:
    """Live through all cases at once; returns how much was heard of each before its event."""
    await world.start("one")
    customers = [(case, customer_of(world, case)) for case in CASES]
    await world.happen(*(invoice(one, "A", "500.00", "2026-01-10") for _case, one in customers))
    await world.clock(date(2026, 1, 30))
    await world.happen(*(event for case, one in customers for event in case.before(one)))
    heard = {case.name: len(await world.heard(one)) for case, one in customers}
    await world.happen(*(event for case, one in customers for event in case.event(one)))
    return heard


@pytest.mark.parametrize("case", CASES, ids=NAMES)
async def test_an_event_changes_its_rows_and_is_told(
    world: World, heard_before: dict[str, int], case: Case
) -> None:
    customer = customer_of(world, case)
    [row] = await world.sql(
        f"SELECT {', '.join(COLUMNS)} FROM monitor.items "
        f"WHERE account_id = 'default:{customer}' AND invoice_id = 'A'"
    )
    words = (await world.heard(customer))[heard_before[case.name] :]
    assert (tuple(row), words) == (case.row, case.words)


async def test_what_the_cases_left_is_what_the_journal_gives(world: World) -> None:
    assert await check(world.database_url, lambda _done, _total: None) == []
    assert await violations(world.database_url) == []
