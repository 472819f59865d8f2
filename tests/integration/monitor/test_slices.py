"""A sweep under newer policies: in slices, on from where it was, whoever goes on with it."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.store import PostgresStore
from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from services.monitor.handlers.sweep import SWEEP_ITEMS_MAX
from services.monitor.rebuild import check
from shared.postgres.pool import Database
from tests.integration.monitor.books import Books
from tests.integration.monitor.events import said
from tests.integration.monitor.world import invoice

NOW: Final = datetime(2026, 2, 3, tzinfo=UTC)
ITEMS: Final = 2 * SWEEP_ITEMS_MAX + 500
ACCOUNTS: Final = 50
#: Ten days overdue on the day: under the default nothing yet, under a reminder at 5 days it is.
DUE: Final = "2026-01-24"


def with_reminder(after_days: int) -> str:
    level = f"levels:\n  - {{level: reminder, after_days: {after_days}, action: dunning_letter}}\n"
    return DEFAULT_DOCUMENT.replace("levels:\n", level)


@pytest.fixture
async def books(database_url: str, request: Any) -> AsyncIterator[Books]:
    """Return a partition of the test's own with open items, swept under the default policy."""
    database = Database(database_url, application="test", write_pool_size=2)
    store = PostgresStore(database, PolicyDocuments())
    await store.add_policy(DEFAULT_DOCUMENT, NOW)
    partition = 900 + sum(map(ord, request.node.name)) % 1000
    [owned] = await store.acquire([partition], "first")
    made = Books(store, owned, NOW)
    bills = (
        invoice(f"c{number % ACCOUNTS:02}", f"I-{number:05}", "500.00", DUE)
        for number in range(ITEMS)
    )
    await made.fold(list(bills))
    while not (await made.slice())[1]:
        pass
    assert made.words == []
    yield made
    await database.close()


async def test_each_slice_goes_on_where_the_last_one_was_even_with_another_owner(
    books: Books,
) -> None:
    await books.store.add_policy(with_reminder(5), NOW)
    assert await books.slice() == (SWEEP_ITEMS_MAX, False)
    await books.take_over()
    assert await books.slice() == (SWEEP_ITEMS_MAX, False)
    assert await books.slice() == (ITEMS - 2 * SWEEP_ITEMS_MAX, True)
    assert Counter(word.level for word in books.words) == {"reminder": ITEMS}
    assert len({word.item_id for word in books.words}) == ITEMS
    assert await books.cursor() is None
    assert await books.store.partitions_due([books.owned.partition], NOW) == []


async def test_what_is_folded_between_slices_is_looked_at_once_on_either_side_of_the_cursor(
    books: Books,
) -> None:
    await books.store.add_policy(with_reminder(6), NOW)
    await books.slice()
    cursor = await books.cursor()
    assert cursor is not None
    before = len(books.words)
    await books.fold(
        [invoice("c00", "I-early", "500.00", DUE), invoice("c49", "I-late", "500.00", DUE)]
    )
    assert cursor.after[0] not in ("default:c00", "default:c49")
    while not (await books.slice())[1]:
        pass
    # The batch itself has raised both, by the newest policies, and no slice does so again.
    assert len(books.words) - before == ITEMS - SWEEP_ITEMS_MAX


async def test_a_policy_that_is_newer_still_begins_anew(books: Books) -> None:
    await books.store.add_policy(with_reminder(7), NOW)
    await books.slice()
    await books.store.add_policy(with_reminder(12), NOW)
    assert await books.slice() == (SWEEP_ITEMS_MAX, False)
    lifted = [word for word in books.words if word.type == "escalation.lifted.v1"]
    assert len(lifted) == SWEEP_ITEMS_MAX
    cursor = await books.cursor()
    while not (await books.slice())[1]:
        pass
    assert cursor is not None
    standing = Counter(word.type for word in books.words)
    assert standing["escalation.raised.v1"] == standing["escalation.lifted.v1"]


async def test_an_item_that_is_removed_and_made_again_does_not_begin_with_an_old_name(
    books: Books, database_url: str
) -> None:
    halves = [{"due_on": DUE, "amount": "60.00"}, {"due_on": DUE, "amount": "40.00"}]
    await books.store.add_policy(with_reminder(5), NOW)
    await books.fold([invoice("twice", "T", "100.00", DUE, schedule=halves)])
    await books.store.add_policy(DEFAULT_DOCUMENT, NOW)
    while not (await books.slice())[1]:
        pass
    amended = {"invoice_id": "T", "total": "100.00", "amended_on": "2026-02-01"}
    await books.fold(
        [
            said("invoice.amended", "twice", version=1, due_on=DUE, **amended),
            said("invoice.amended", "twice", version=2, schedule=halves, **amended),
        ]
    )
    await books.store.add_policy(with_reminder(6), NOW)
    while not (await books.slice())[1]:
        pass
    words = [word for word in books.words if word.invoice_id == "T"]
    assert Counter((word.type, word.item_id) for word in words) == {
        ("escalation.lifted.v1", "T/1"): 1,
        ("escalation.lifted.v1", "T/2"): 1,
        ("escalation.raised.v1", "T/1"): 1,
        ("escalation.raised.v1", "T/2"): 1,
    }
    differences = await check(database_url, lambda _done, _total: None)
    assert [one for one in differences if one.startswith("default:twice")] == []
