"""What the monitor had stored before its newest rules is as good as if they had always been."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from sqlalchemy import make_url

from deploy.local.postgres import PostgresServer
from services.monitor import volumes
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.store import PostgresStore
from services.monitor.adapters.upkeep.audit_store import AuditStore
from services.monitor.domain.invoice.invoice import LossStep
from services.monitor.handlers.batch import fold_batch
from services.monitor.handlers.ports import AccountKey, Known, Record
from services.monitor.rebuild import check
from shared.contracts.escalation import EscalationEvent, escalation_id
from shared.errors import ConflictingStateError
from shared.postgres.migrate import _config, upgrade
from shared.postgres.pool import Database
from tests.integration.monitor.auditing import violations
from tests.integration.monitor.world import ledger_record, payment

HERE = Path(__file__).parent
#: Rows as the code of revisions wrote them.
OLD_STATES = {one: HERE / f"state_of_{one}.sql" for one in ("0003", "0012")}
OLD_STATE = OLD_STATES["0003"]
ACCOUNT: AccountKey = (0, "default:a")
NOW = datetime(2026, 4, 2, tzinfo=UTC)


#: An invoice of two instalments as 0007 kept it: 80.00 given up of the first, 50.00 recovered.
WRITTEN_OFF = """
    INSERT INTO monitor.invoices (partition, account_id, invoice_id, facts)
    VALUES (0, 'default:w', 'W1', '{"invoice_id": "W1", "currency": "CNY"}');
    INSERT INTO monitor.clearings VALUES
    (0, 0, 0, 'default:w', 'write_off', 'W1', 'W1', 1, 'CNY', 8000, 'written_off', '2026-02-01'),
    (0, 1, 0, 'default:w', 'write_off', 'W1', 'W1', 2, 'CNY', 500, 'written_off', '2026-02-01'),
    (0, 2, 0, 'default:w', 'payment', 'P', 'W1', 1, 'CNY', 5000, 'named', '2026-02-03'),
    (0, 2, 1, 'default:w', 'write_off', 'W1', 'W1', 1, 'CNY', -5000, 'written_off', '2026-02-03'),
    (0, 3, 0, 'default:w', 'write_off', 'W1', 'W1', 2, 'CNY', -500, 'written_off', '2026-02-01')
"""

#: An account as 0009 kept it: a promise for two invoices, one of which has come, and a block.
PROMISED = """
    INSERT INTO monitor.accounts (partition, account_id, facts) VALUES
    (0, 'default:p', '{"promises": {"W": {"invoice_ids": ["V1", "V2"]}, "X": {"invoice_ids": null}},
                       "blocks": {"B": {"invoice_id": "V3"}, "C": {"invoice_id": null}}}');
    INSERT INTO monitor.invoices (partition, account_id, invoice_id, facts) VALUES
    (0, 'default:p', 'V1', '{"invoice_id": "V1", "currency": "USD"}'),
    (0, 'default:p', 'V3', '{"invoice_id": "V3"}'),
    (0, 'default:q', 'V4', '{"invoice_id": "V4", "currency": "USD"}'),
    (0, 'default:q', 'V5', '{"invoice_id": "V5", "currency": "EUR"}')
"""

A_VOLUME = """
    INSERT INTO monitor.volumes VALUES
    (0, 7, 1, 40, '', 40, '2026-01-31Z', 'old.arrears', '', '2026-03-01Z', 'li.na')
"""


@asynccontextmanager
async def moved(server: PostgresServer, revision: str, rows: str) -> AsyncIterator[str]:
    """Give a database with the rows of a revision that was brought to the head."""
    name = f"moved_{uuid.uuid4().hex[:12]}"
    await run(server.url, f'CREATE DATABASE "{name}"')
    url = server.url_of(name)
    await asyncio.to_thread(command.upgrade, _config(url), revision)
    try:
        await run(url, rows)
        await upgrade(url)
        yield url
    finally:
        await run(server.url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
async def moved_url(postgres: PostgresServer) -> AsyncIterator[str]:
    """Return a database with old state that was brought to the head."""
    async with moved(postgres, "0003", OLD_STATE.read_text(encoding="utf-8")) as url:
        yield url


async def run(url: str, statements: str) -> None:
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


@pytest.fixture
async def store(moved_url: str) -> AsyncIterator[PostgresStore]:
    database = Database(moved_url, application="test", write_pool_size=2)
    yield PostgresStore(database, PolicyDocuments())
    await database.close()


async def fold(store: PostgresStore, *events: tuple[str, dict[str, Any]]) -> list[tuple[str, ...]]:
    """Fold events; returns type, level and escalation of the words about levels."""
    [owned] = await store.acquire([0], "new")
    records = [
        Record(0, owned.next_offset + place, ledger_record(*event, "test")[1])
        for place, event in enumerate(events)
    ]
    folded = await fold_batch(store, {0: owned}, {0: records}, NOW, live={0})
    return sorted(
        (word.type.split(".")[1], word.level, str(word.escalation_id))
        for word in folded.words
        if isinstance(word, EscalationEvent)
    )


@pytest.mark.parametrize("revision", OLD_STATES)
async def test_the_journal_of_before_gives_the_state_that_was_moved(
    postgres: PostgresServer, revision: str
) -> None:
    rows = OLD_STATES[revision].read_text(encoding="utf-8")
    async with moved(postgres, revision, rows) as url:
        assert await check(url, lambda _done, _total: None) == []
        assert await violations(url) == []


async def test_what_was_recorded_before_leaves_for_a_volume_and_comes_back(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    async with moved(postgres, "0003", OLD_STATE.read_text(encoding="utf-8")) as url:
        database = Database(url, application="test", write_pool_size=1)
        while await AuditStore(database).seal_next(0, NOW):
            pass
        await database.close()
        [path] = [one async for one, _ in volumes.archive(url, tmp_path, NOW)]
        [rows] = [one.rows async for _, one in volumes.drop(url, [path], "li.na", NOW)]
        assert await check(url, lambda _done, _total: None) == []
        assert await violations(url) == []
        assert [one async for one in volumes.restore(url, [path])] == [(0, rows)]
        assert await check(url, lambda _done, _total: None) == []


async def test_a_journal_with_rows_in_volumes_is_not_moved_before_they_are_back(
    postgres: PostgresServer,
) -> None:
    with pytest.raises(ConflictingStateError, match=r"journal restore old\.arrears.*again"):
        async with moved(postgres, "0012", A_VOLUME):
            pass


async def test_what_was_given_up_is_known_by_day_and_instalment(postgres: PostgresServer) -> None:
    async with moved(postgres, "0007", WRITTEN_OFF) as url:
        database = Database(url, application="test", write_pool_size=1)
        async with PostgresStore(database, PolicyDocuments()).unit() as unit:
            loaded = await unit.invoices([(0, "default:w", "W1")])
        await database.close()
    [invoice] = loaded.values()
    assert invoice.losses == [
        LossStep(1, 8000, date(2026, 2, 1)),
        LossStep(1, -5000, date(2026, 2, 3)),
    ]


async def test_what_promises_and_blocks_wait_for_is_known_of_before(
    postgres: PostgresServer,
) -> None:
    async with moved(postgres, "0009", PROMISED) as url:
        database = Database(url, application="test", write_pool_size=1)
        async with PostgresStore(database, PolicyDocuments()).unit() as unit:
            known = await unit.known([(0, "default:p"), (0, "default:q")])
        await database.close()
    debtors = {key[1]: one.debtor for key, one in known.items()}
    assert debtors["default:p"].named == {"V1": "USD", "V2": None, "V3": None}
    assert debtors["default:p"].currencies == ["USD"]
    assert debtors["default:q"].currencies == ["EUR", "USD"]


@pytest.mark.parametrize(
    ("account_id", "read", "expected"),
    [
        ("default:a", lambda one: one.customer.name, "Cust A"),
        ("default:a", lambda one: one.covers["P1"].terms.deductible, "10.00"),
        ("default:a", lambda one: one.group_id, None),
        ("default:only-cover", lambda one: one.customer, None),
        ("default:only-cover", lambda one: list(one.covers), ["P2"]),
        ("default:only-name", lambda one: (one.customer.version, one.group_id), (2, "G")),
        ("default:only-name", lambda one: one.covers, {}),
    ],
)
async def test_what_was_known_of_a_customer_is_known_still(
    store: PostgresStore, account_id: str, read: Callable[[Any], Any], expected: Any
) -> None:
    key = (0, account_id)
    async with store.unit() as unit:
        known: dict[AccountKey, Known] = await unit.known([key])
    assert read(known[key].debtor) == expected


async def test_every_item_is_looked_at_once_more_after_the_move(store: PostgresStore) -> None:
    await store.acquire([0], "new")
    assert await store.partitions_due([0], NOW) == [(0, True)]


async def test_more_time_for_an_item_lifts_its_dunning_and_leaves_the_insurers_claim(
    store: PostgresStore,
) -> None:
    more_time = {
        "customer_id": "a",
        "invoice_id": "I1",
        "due_on": str(date(2026, 6, 1)),
        "agreed_on": "2026-04-01",
        "approved_by": "Li Na",
    }
    words = await fold(store, ("invoice.terms_extended.v1", more_time))
    lifted = str(escalation_id(ACCOUNT[1], "I1/1", "dunning", 1))
    assert [word for word in words if word[0] == "lifted"] == [("lifted", "dunning", lifted)]


async def test_money_lifts_what_was_raised_before_the_move_under_its_own_name(
    store: PostgresStore,
) -> None:
    paid = payment("a", "P-new", "190.00", allocations=[{"invoice_id": "I2", "amount": "190.00"}])
    words = await fold(store, paid)
    raised = str(escalation_id(ACCOUNT[1], "I2/1", "legal", 2))
    assert [word for word in words if word[0] == "lifted"] == [("lifted", "legal", raised)]


async def test_a_payment_of_before_that_bounces_opens_again_what_it_cleared(
    store: PostgresStore,
) -> None:
    bounced = {
        "customer_id": "a",
        "payment_id": "P2",
        "reversal_id": "R-new",
        "reversed_on": "2026-04-02",
        "reason": "bounced",
    }
    await fold(store, ("payment.reversed.v1", bounced))
    async with store.unit() as unit:
        found = await unit.open_items([ACCOUNT])
    assert [item.open for item in found[ACCOUNT] if item.invoice_id == "I3"] == [8000]
