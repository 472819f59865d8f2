"""A batch is no more than its events, and costs the same statements however many they are."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from services.monitor.adapters import loading
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.store import PostgresStore
from services.monitor.adapters.unit import PostgresUnit
from services.monitor.rebuild import check
from shared.postgres.pool import Database
from tests.integration.monitor.auditing import violations
from tests.integration.monitor.books import Books
from tests.integration.monitor.cases import CASES
from tests.integration.monitor.events import Said, covered, known, promised, said
from tests.integration.monitor.world import World, invoice, ledger_record, payment

NOW: Final = datetime(2026, 1, 30, tzinfo=UTC)
#: Money of such customers stays on account; nobody else's does.
KEPT: Final = """\
policy: kept
applies_to: {grade: kept}
clearing: none
levels:
  - {level: dunning, after_days: 15, action: dunning_letter}
interest: {annual_percent: "10", day_count: actual/365}
"""
#: Columns that events alone decide, by table.
FACTS: Final = {
    "invoices": "invoice_id, facts::text",
    "funds": "kind, funds_id, unapplied_minor, free_minor, facts::text",
    "accounts": "facts::text",
    "balances": "currency, invoiced_minor, received_minor, open_minor, unapplied_minor",
    "items": "invoice_id, instalment, amount_minor, cleared_minor, credited_minor, open_minor, "
    "written_off_minor, disputed_minor, due_on, status, cycle - turns",
    "clearings": '"offset", number, funds_id, invoice_id, instalment, amount_minor, cleared_on',
}


#: Some are asked twice in a transaction: before a batch's events are folded, and after.
STATEMENT_TIMES_MAX: Final = 3
#: Statements that a batch of a few accounts may have nothing for.
SELDOM_STATEMENTS_MAX: Final = 3


class Counted:
    """A connection that counts what is asked of it, by statement."""

    def __init__(self, connection: Any, counts: Counter[str]) -> None:
        self._connection = connection
        self._counts = counts

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)

        def counted(statement: str, *args: Any, **options: Any) -> Any:
            self._counts[statement] += 1
            return method(statement, *args, **options)

        return counted


class CountedStore(PostgresStore):
    """A store whose statements are counted."""

    def __init__(self, database: Database, documents: PolicyDocuments) -> None:
        super().__init__(database, documents)
        self.counts = Counter[str]()

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[PostgresUnit]:
        async with self._database.transaction() as connection:
            counted: Any = Counted(connection, self.counts)
            yield PostgresUnit(counted, self._documents.history)


@pytest.fixture(scope="module")
async def store(database_url: str) -> AsyncIterator[CountedStore]:
    database = Database(database_url, application="test", write_pool_size=2)
    made = CountedStore(database, PolicyDocuments())
    await made.seed(NOW)
    await made.add_policy(KEPT, NOW)
    yield made
    await database.close()


async def books(store: CountedStore, partition: int) -> Books:
    [owned] = await store.acquire([partition], "test")
    return Books(store, owned, NOW)


def a_history(customer: str) -> list[Said]:
    """Every case, with a customer of its own, event after event through all of them."""
    lives = [
        [invoice(name, "A", "500.00", "2026-01-10"), *case.before(name), *case.event(name)]
        for number, case in enumerate(CASES)
        for name in [f"{customer}-{number}"]
    ]
    # Whose rule changes from event to event, with money on account under either.
    lives.append(
        [
            invoice(f"{customer}-kept", "A", "500.00", "2026-01-10"),
            known(f"{customer}-kept", grade="kept"),
            payment(f"{customer}-kept", "P-1", "100.00"),
            known(f"{customer}-kept", 2),
            invoice(f"{customer}-kept", "B", "70.00", "2026-01-10"),
            payment(f"{customer}-kept", "P-2", "40.00"),
            known(f"{customer}-kept", 3, grade="kept"),
            payment(f"{customer}-kept", "P-3", "300.00"),
        ]
    )
    # Money that names a cancelled invoice, and so meets another one.
    lives.append(
        [
            invoice(f"{customer}-freed", "A", "500.00", "2026-01-10"),
            invoice(f"{customer}-freed", "B", "70.00", "2026-01-10"),
            said(
                "invoice.cancelled",
                f"{customer}-freed",
                invoice_id="A",
                cancelled_on="2026-01-20",
            ),
            payment(
                f"{customer}-freed",
                "P-1",
                "500.00",
                allocations=[{"invoice_id": "A", "amount": "500.00"}],
            ),
        ]
    )
    # More open items than are looked at first, some due on one day, and money for some of them.
    lives.append(
        [
            *(invoice(f"{customer}-many", name, "50.00", "2026-01-10") for name in "DCBA"),
            *(
                invoice(f"{customer}-many", name, "50.00", due_on)
                for name, due_on in (("E", "2026-01-06"), ("F", "2026-02-01"), ("G", "2026-02-10"))
            ),
            payment(f"{customer}-many", "P-0", "40.00"),
            payment(f"{customer}-many", "P-1", "120.00"),
            payment(f"{customer}-many", "P-2", "60.00"),
        ]
    )
    longest = max(map(len, lives))
    return [life[at] for at in range(longest) for life in lives if at < len(life)]


async def stored(world: World, partition: int) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table, columns in FACTS.items():
        rows = await world.sql(
            f"SELECT account_id, {columns} FROM monitor.{table} "
            f"WHERE partition = {partition} ORDER BY account_id, {columns}"
        )
        found[table] = [tuple(row) for row in rows]
    return found


async def test_batches_of_one_of_seven_and_of_all_come_to_the_same(
    store: CountedStore, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "OLDEST_MAX", 2)
    values = [ledger_record(*event, "test")[1] for event in a_history("alike")]
    for partition, size in ((901, 1), (902, 7), (903, len(values))):
        await (await books(store, partition)).fold_values(values, size)
    one, seven, everything = [await stored(world, partition) for partition in (901, 902, 903)]
    assert one == seven
    assert one == everything
    assert all(one.values())
    [kept] = await world.sql(
        "SELECT unapplied_minor FROM monitor.balances "
        "WHERE partition = 903 AND account_id = 'default:alike-kept'"
    )
    # What came while the grade kept money on account, after the last change of it.
    assert kept["unapplied_minor"] == 30000
    assert await check(world.database_url, lambda _done, _total: None) == []
    assert await violations(world.database_url, NOW) == []


async def test_a_batch_costs_the_same_statements_however_many_events_it_has(
    store: CountedStore,
) -> None:
    counts: list[Counter[str]] = []
    for partition, lives in ((911, 1), (912, 12)):
        kept = await books(store, partition)
        first = [one for life in range(lives) for one in a_history(f"count-{partition}-{life}")]
        await kept.fold(first, len(first))
        second = [
            event
            for life in range(lives)
            for number in range(len(CASES))
            for event in again(f"count-{partition}-{life}-{number}")
        ]
        store.counts.clear()
        await kept.fold(second, len(second))
        counts.append(Counter(store.counts))
    assert_alike(*counts)


def assert_alike(small: Counter[str], large: Counter[str]) -> None:
    """No statement is asked more often for more; what there is nothing for is not asked."""
    assert {name: large[name] for name in small if large[name] > small[name]} == {}
    assert max(large.values()) <= STATEMENT_TIMES_MAX
    assert large.total() - small.total() <= SELDOM_STATEMENTS_MAX


def again(customer: str) -> list[Said]:
    """More of everything for an account with a history, as one batch."""
    return [
        known(customer, 9, grade="kept", group_id="G"),
        covered(customer),
        promised(customer, "2026-02-10", promise_id="W-9"),
        invoice(customer, "Z", "900.00", "2025-11-01", issued_on="2025-10-01"),
        payment(customer, "P-9", "25.00"),
    ]


async def test_a_sweep_costs_the_same_statements_however_many_items_are_due(
    store: CountedStore,
) -> None:
    counts: list[Counter[str]] = []
    for partition, lives in ((921, 1), (922, 12)):
        swept = await books(store, partition)
        for life in range(lives):
            await swept.fold(a_history(f"sweep-{partition}-{life}"))
        swept.now = datetime(2026, 3, 30, tzinfo=UTC)
        store.counts.clear()
        said, done = await swept.slice(retime=False)
        assert said > 0
        assert done
        counts.append(Counter(store.counts))
    assert_alike(*counts)
