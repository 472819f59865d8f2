"""The journal's old months leave in volumes, and come back: nothing else is any different."""

import gzip
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from services.monitor import volumes
from services.monitor.adapters import archive, past
from services.monitor.adapters.audit_books import open_books
from services.monitor.adapters.audit_store import AuditStore
from services.monitor.domain.audit.findings import Findings
from services.monitor.handlers.audit import audit
from services.monitor.rebuild import check
from shared.errors import BrokenInvariantError, ConflictingStateError, RejectedError
from tests.integration.monitor.desk import connected
from tests.integration.monitor.events import known
from tests.integration.monitor.shelf import PARTITION, Shelf, make_shelf
from tests.integration.monitor.world import invoice, payment

MARCH: Final = datetime(2026, 3, 1, tzinfo=UTC)
APRIL: Final = datetime(2026, 4, 1, tzinfo=UTC)
LATER: Final = datetime(2026, 7, 1, tzinfo=UTC)
OLD: Final = "default:OLD"
CONFLICT: Final = 409


@dataclass
class Cabinet:
    """A shelf of five months, sealed at each one's end, and the folder its volumes go to."""

    url: str
    shelf: Shelf
    folder: Path

    async def archive(self, before: datetime) -> list[Path]:
        return [path async for path, _ in volumes.archive(self.url, self.folder, before)]

    async def drop(self, *paths: Path) -> list[int]:
        done = volumes.drop(self.url, paths, "li.na", LATER)
        return [volume.rows async for _, volume in done]

    async def verify(self, *paths: Path) -> list[int]:
        return [volume.rows async for _, volume in volumes.verify(self.url, paths)]

    async def restore(self, *paths: Path) -> list[tuple[int, int]]:
        return [one async for one in volumes.restore(self.url, paths)]

    async def audit(self, **how: Any) -> Findings:
        steps = audit(partial(open_books, self.shelf.database), PARTITION, LATER, **how)
        return [findings async for findings in steps][-1]

    async def differences(self) -> list[str]:
        return await check(self.url, lambda _done, _total: None)

    async def seal(self) -> None:
        while await AuditStore(self.shelf.database).seal_next(PARTITION, self.shelf.now):
            pass

    async def count(self, table: str) -> int:
        [row] = await self.shelf.sql(f"SELECT count(*) AS n FROM monitor.{table}")
        return int(row["n"])

    async def doctor(self, sql: str) -> None:
        async with connected(self.url) as connection:
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(sql)

    async def answers(self) -> dict[str, Any]:
        """Ask what the rows of April decide, and what April adds to older ones."""
        asked: dict[str, Any] = {}
        for path in ("accounts", "items", "interest"):
            asked[path] = await self.shelf.rows(path)
            for then in ({"as_of": "2026-04-15"}, {"as_of": "2026-04-15", "known_by": KNOWN_BY}):
                asked[f"{path} {then}"] = await self.shelf.rows(path, **then)
        asked["summary"] = await self.shelf.get("summary")
        return asked


KNOWN_BY: Final = "2026-04-16T00:00:00+08:00"


@pytest.fixture
async def cabinet(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Cabinet]:
    async with make_shelf(fresh_database_url) as shelf:
        made = Cabinet(fresh_database_url, shelf, tmp_path / "volumes")
        await shelf.fold(
            known("OLD", grade="A"),
            invoice("OLD", "I-1", "1000.00", "2026-01-10", interest={"annual_percent": "10"}),
            invoice("GONE", "I-2", "300.00", "2026-03-01"),
            payment("OLD", "P-0", "5.00"),
            on="2026-01-05",
        )
        await made.seal()
        await shelf.sweep("2026-02-20")
        allocations = [{"invoice_id": "I-2", "amount": "300.00"}]
        await shelf.fold(payment("GONE", "P-1", "300.00", allocations=allocations), on="2026-02-21")
        await made.seal()
        await shelf.fold(
            payment("OLD", "P-2", "400.00"),
            invoice("NEW", "I-3", "70.00", "2026-04-01"),
            on="2026-03-10",
        )
        await made.seal()
        await shelf.fold(payment("OLD", "P-3", "1.00"), on="2026-04-10")
        await made.seal()
        await shelf.fold(payment("NEW", "P-4", "2.00"), on="2026-05-02")
        yield made


async def test_what_leaves_changes_no_answer_of_later_days_and_comes_back(cabinet: Cabinet) -> None:
    before, events = await cabinet.answers(), await cabinet.count("journal")
    first, again = await cabinet.archive(MARCH), await cabinet.archive(MARCH)
    assert first == again
    assert [path.name for path in first] == ["journal-0000-00000001-00000002.jsonl.gz"]
    assert await cabinet.count("journal") == events
    assert await cabinet.verify(*first) == [5]
    assert await cabinet.drop(*first) == [5]
    assert await cabinet.count("journal") == events - 5
    second = await cabinet.archive(APRIL)
    assert [path.name for path in second] == ["journal-0000-00000003-00000003.jsonl.gz"]
    assert await cabinet.drop(*second) == [2]
    assert await cabinet.answers() == before
    assert await cabinet.differences() == []
    findings = await cabinet.audit()
    assert (findings.violations, findings.looked_at) != ([], 0)
    assert findings.violations == []
    assert await cabinet.verify(*first, *second) == [5, 2]
    assert await cabinet.archive(APRIL) == []

    await cabinet.shelf.fold(payment("OLD", "P-5", "10.00"), on="2026-05-20")
    await cabinet.seal()
    assert (await cabinet.audit()).violations == []
    with pytest.raises(ConflictingStateError, match="all of its volumes are restored together"):
        await cabinet.restore(*second)
    assert await cabinet.restore(*second, *first) == [(PARTITION, 7)]
    assert await cabinet.count("journal") == events + 1
    assert [await cabinet.count(one) for one in ("volumes", "openings", "volume_names")] == [0] * 3
    assert (await cabinet.audit()).violations == []
    assert await cabinet.differences() == []
    assert await cabinet.shelf.rows("accounts", as_of="2026-01-20")


async def test_days_that_are_in_volumes_are_refused_and_stories_say_so(cabinet: Cabinet) -> None:
    await cabinet.drop(*await cabinet.archive(MARCH))
    get = cabinet.shelf.client.get
    for asked in (
        {"as_of": "2026-02-20"},
        {"known_by": "2026-02-20T00:00:00Z"},
        {"account_id": OLD, "as_of": "2026-01-04"},
        {"account_id": OLD, "known_by": "2026-01-04T15:59:59Z"},
    ):
        refused = await get("/v1/accounts", params=asked)
        assert refused.status_code == CONFLICT, refused.text
        assert refused.json()["code"] == "in_volumes"
    assert await cabinet.shelf.rows("accounts", as_of="2026-03-01")
    # Of this account no volume has anything later.
    assert await cabinet.shelf.rows("accounts", account_id=OLD, as_of="2026-01-05")
    # An account that came later has lost nothing.
    assert await cabinet.shelf.rows("accounts", account_id="default:NEW", as_of="2026-03-10")
    story = await cabinet.shelf.get(f"items/{OLD}/I-1/1/why")
    assert story["in_volumes_until"] == "2026-01-04T16:00:00Z"
    assert [one["type"] for one in story["events"]] == ["payment.received.v1"] * 2
    story = await cabinet.shelf.get("items/default:NEW/I-3/1/why")
    assert story["in_volumes_until"] is None


async def test_an_event_in_a_volume_that_comes_again_is_still_known(cabinet: Cabinet) -> None:
    [row] = await cabinet.shelf.sql(
        "SELECT event FROM monitor.journal WHERE event::text LIKE '%P-1%'"
    )
    before = await cabinet.shelf.rows("accounts")
    await cabinet.drop(*await cabinet.archive(MARCH))
    count = await cabinet.count("journal")
    await cabinet.shelf.fold_value(row["event"].encode())
    assert await cabinet.count("journal") == count
    assert await cabinet.shelf.rows("accounts") == before
    assert await cabinet.differences() == []


async def test_the_journal_loses_nothing_but_what_is_in_volumes(cabinet: Cabinet) -> None:
    await cabinet.drop(*await cabinet.archive(MARCH))
    async with connected(cabinet.url) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="rows beyond its volumes"):
            await connection.execute("DELETE FROM monitor.journal")
    await cabinet.doctor("DELETE FROM monitor.volumes")
    [one] = (await cabinet.audit(chain_only=True)).violations
    assert "the row at offset 0 was deleted" in one.sentence()


def _one_amount(content: str) -> str:
    return content.replace("300.00", "301.00", 1)


def _one_line_less(content: str) -> str:
    return "\n".join(content.splitlines()[:-1])


def _other_seal(content: str) -> str:
    return re.sub(r'"number":2', '"number":3', content)


@pytest.mark.parametrize(
    ("forged", "error", "words"),
    [
        (_one_amount, BrokenInvariantError, "the row at offset 2 was changed"),
        (_one_line_less, RejectedError, "no whole volume"),
        (_other_seal, BrokenInvariantError, "seal 2 is missing"),
    ],
)
async def test_a_volume_that_is_not_what_was_sealed_is_refused(
    cabinet: Cabinet, forged: Callable[[str], str], error: type[Exception], words: str
) -> None:
    [path] = await cabinet.archive(MARCH)
    content = gzip.decompress(path.read_bytes()).decode()
    path.write_bytes(gzip.compress(forged(content).encode()))
    events = await cabinet.count("journal")
    with pytest.raises(error, match=words):
        await cabinet.drop(path)
    assert await cabinet.count("journal") == events
    assert await cabinet.count("volumes") == 0


async def test_what_is_doctored_does_not_leave(cabinet: Cabinet) -> None:
    [path] = await cabinet.archive(MARCH)
    await cabinet.doctor("UPDATE monitor.journal SET clearing_rule = 'none' WHERE \"offset\" = 2")
    with pytest.raises(BrokenInvariantError, match="offset 2 was changed"):
        await cabinet.archive(MARCH)
    with pytest.raises(BrokenInvariantError, match="offset 2 was changed"):
        await cabinet.drop(path)
    await cabinet.doctor(
        "UPDATE monitor.journal SET clearing_rule = 'oldest_due_first' WHERE \"offset\" = 2;"
        "UPDATE monitor.balances SET received_minor = received_minor + 1"
    )
    with pytest.raises(BrokenInvariantError, match="does not come to what is stored"):
        await cabinet.drop(path)
    assert await cabinet.count("volumes") == 0


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (archive.JOURNAL, (None,)),
        (past.JOURNALS_FROM, (-1, "", None)),
        (past.JOURNAL, (0, OLD, None)),
    ],
)
async def test_openings_and_rows_are_merged_by_their_indexes(
    cabinet: Cabinet, query: str, asked: tuple[Any, ...]
) -> None:
    """A sort of the whole journal before the first account would make every page as slow."""
    async with connected(cabinet.url) as connection:
        await connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {query}", *asked))
    assert "Merge Append" in plan
    assert "using journal_account on journal" in plan


async def test_volumes_leave_in_their_order(cabinet: Cabinet) -> None:
    first = await cabinet.archive(MARCH)
    await cabinet.drop(*first)
    with pytest.raises(ConflictingStateError, match="is not the next one to leave"):
        await cabinet.drop(*first)
    assert [one.name for one in await cabinet.archive(MARCH)] == []
