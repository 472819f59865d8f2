"""Rows that are doctored behind the monitor's back are named by the audit, each by its invariant.

On partitions of the test's own, folded by hand, so that one database serves every case.
"""

import hashlib
import struct
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.monitor.domain.audit.chain import SealedRow, head_from, seal_rows
from shared.errors import BrokenInvariantError, FencedError
from tests.integration.monitor.desk import LATER, PARTITION, START, Desk, connected, make_desk
from tests.integration.monitor.doctored import CASES, Doctored
from tests.integration.monitor.world import invoice


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with make_desk(database_url) as desk:
        yield desk


async def test_what_was_not_doctored_is_in_order(desk: Desk) -> None:
    findings = await desk.audit()
    assert (findings.violations, findings.looked_at, findings.rows) == ([], 10, 10)
    assert findings.head is not None
    assert findings.head.number == 2


async def test_the_digest_of_a_row_is_what_the_decision_says(desk: Desk) -> None:
    """Reckoned here by the document alone, as whoever checks the chain elsewhere would."""
    async with connected(desk.url) as connection:
        rows = await connection.fetch('SELECT * FROM monitor.journal ORDER BY "offset" LIMIT 4')
        seal = await connection.fetchrow("SELECT * FROM monitor.seals WHERE number = 1")
    assert seal is not None
    assert seal_rows(PARTITION, None, [_by_hand(row) for row in rows]).digest == seal["digest"]


def _by_hand(row: Any) -> SealedRow:
    since_2000 = row["recorded_at"] - datetime(2000, 1, 1, tzinfo=UTC)
    content = struct.pack(
        ">iqq", row["partition"], row["offset"], since_2000 // timedelta(microseconds=1)
    )
    content += row["name"].bytes
    for name in ("account_id", "clearing_rule", "event", "changes"):
        content += hashlib.sha256(row[name].encode()).digest()
    return SealedRow(row["offset"], hashlib.sha256(content).digest())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
async def test_a_doctored_row_is_named(desk: Desk, case: Doctored) -> None:
    await desk.doctor(case.sql)
    findings = await desk.audit()
    found = [one.sentence() for one in findings.violations if one.invariant == case.invariant]
    assert any(case.words in sentence for sentence in found), findings.violations


async def test_a_chain_made_anew_is_told_by_a_head_kept_elsewhere(desk: Desk) -> None:
    kept = (await desk.audit(chain_only=True)).head
    assert kept is not None
    assert (await desk.audit(chain_only=True, expected=[head_from(str(kept))])).violations == []
    await desk.doctor("TRUNCATE monitor.seals; UPDATE monitor.journal SET clearing_rule = 'none'")
    await desk.seal()
    assert (await desk.audit(chain_only=True)).violations == []
    [one] = (await desk.audit(chain_only=True, expected=[kept])).violations
    assert "the chain ends at seal 1: what followed was deleted" in one.sentence()
    await desk.fold(invoice("D", "MORE", "70.00", "2026-12-10"))
    await desk.seal()
    [one] = (await desk.audit(chain_only=True, expected=[kept])).violations
    assert "seal 2 is not the expected one" in one.sentence()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE monitor.journal SET clearing_rule = 'none'",
        "DELETE FROM monitor.journal",
        "TRUNCATE monitor.journal",
        "UPDATE monitor.seals SET digest = ''",
        "DELETE FROM monitor.seals",
    ],
)
async def test_the_journal_and_its_seals_are_append_only(desk: Desk, statement: str) -> None:
    async with connected(desk.url) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is append-only"):
            await connection.execute(statement)


async def test_a_batch_that_meets_doctored_totals_is_not_written(desk: Desk) -> None:
    await desk.doctor("UPDATE monitor.balances SET received_minor = received_minor + 1")
    with pytest.raises(BrokenInvariantError, match="by the stored totals"):
        await desk.fold(invoice("D", "MORE", "70.00", "2026-12-10"))


async def test_a_stopped_partition_is_fenced_whoever_owns_it(desk: Desk) -> None:
    await desk.store.stop(PARTITION, "first", START, epoch=None)
    await desk.store.stop(PARTITION, "second", LATER, epoch=None)
    [state] = await desk.audits.partitions()
    assert (state.stopped_reason, state.stopped_at) == ("first", START)
    with pytest.raises(FencedError):
        await desk.fold(invoice("D", "MORE", "70.00", "2026-12-10"))
    with pytest.raises(FencedError):
        await desk.sweep(LATER)
    assert await desk.audits.due([PARTITION], LATER) is None
    assert await desk.audits.resume(PARTITION, None)
    assert await desk.audits.due([PARTITION], LATER) == PARTITION
    await desk.fold(invoice("D", "MORE", "70.00", "2026-12-10"))


async def test_an_owner_that_was_replaced_stops_nothing(desk: Desk) -> None:
    [first] = await desk.store.acquire([PARTITION], "first")
    await desk.store.acquire([PARTITION], "second")
    with pytest.raises(FencedError):
        await desk.store.stop(PARTITION, "stale", START, epoch=first.epoch)
    [state] = await desk.audits.partitions()
    assert state.stopped_reason is None
