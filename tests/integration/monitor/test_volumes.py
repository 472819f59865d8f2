"""The journal's old months leave in volumes, and come back: nothing else is any different."""

import gzip
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from services.monitor.adapters.answers import past
from services.monitor.adapters.upkeep import archive
from shared.errors import BrokenInvariantError, ConflictingStateError, RejectedError
from tests.integration.monitor.cabinet import APRIL, LATER, MARCH, OLD, Cabinet, make_cabinet
from tests.integration.monitor.desk import connected
from tests.integration.monitor.shelf import PARTITION
from tests.integration.monitor.world import payment

CONFLICT: Final = 409


@pytest.fixture
async def cabinet(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Cabinet]:
    async with make_cabinet(fresh_database_url, tmp_path / "volumes") as made:
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


async def test_a_seal_in_a_volume_must_be_the_volumes_head(cabinet: Cabinet) -> None:
    await cabinet.drop(*await cabinet.archive(MARCH))
    await cabinet.doctor("UPDATE monitor.seals SET digest = sha256('forged') WHERE number = 2")
    [one] = (await cabinet.audit(chain_only=True)).violations
    assert "seal 2 is not the expected one" in one.sentence()


def _one_amount(content: str) -> str:
    return content.replace("300.00", "301.00", 1)


def _one_line_less(content: str) -> str:
    return "\n".join(content.splitlines()[:-1])


def _other_seal(content: str) -> str:
    return re.sub(r'"number":2', '"number":3', content)


def _other_partition(content: str) -> str:
    return re.sub(r'"partition":0', '"partition":1', content, count=1)


def _other_beginning(content: str) -> str:
    return content.replace('"follows":null', f'"follows":"0:1:{"ab" * 32}"', 1)


@pytest.mark.parametrize(
    ("forged", "error", "words"),
    [
        (_one_amount, BrokenInvariantError, r"00002.jsonl.gz: the row at offset 2 was changed"),
        (_other_partition, BrokenInvariantError, "seal 1 is not the stored one"),
        (_other_beginning, BrokenInvariantError, "it follows on 0:1:abab.*, and no such seal"),
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


async def test_volumes_leave_in_their_order_and_each_once(cabinet: Cabinet) -> None:
    [both] = await cabinet.archive(APRIL)
    both = both.rename(both.with_suffix(".kept"))
    [first] = await cabinet.archive(MARCH)
    await cabinet.drop(first)
    with pytest.raises(ConflictingStateError, match="seals 1 to 3 are not the next ones to leave"):
        await cabinet.drop(both)
    [second] = await cabinet.archive(APRIL)
    left = await cabinet.count("journal")
    # As after a run that ended early, or with a pattern that names older volumes as well.
    assert await cabinet.drop(first, second, second) == [5, 2, 2]
    assert await cabinet.count("journal") == left - 2
    assert await cabinet.count("volumes") == 2


async def test_only_what_has_left_comes_back(cabinet: Cabinet) -> None:
    [first] = await cabinet.archive(MARCH)
    await cabinet.drop(first)
    [second] = await cabinet.archive(APRIL)
    assert await cabinet.restore(first, second) == [(PARTITION, 5)]
    assert await cabinet.restore(first, second) == [(PARTITION, 0)]
    assert await cabinet.differences() == []


async def test_a_row_put_between_sealed_ones_does_not_leave_unseen(cabinet: Cabinet) -> None:
    await cabinet.seal()
    # The ledger topic's offsets leave room, where a transaction of its producer ended.
    await cabinet.shelf.sql("UPDATE monitor.partitions SET next_offset = next_offset + 5")
    owned = cabinet.shelf.owned
    cabinet.shelf.owned = replace(owned, next_offset=owned.next_offset + 5)
    await cabinet.shelf.fold(payment("NEW", "P-9", "3.00"), on="2026-05-03")
    await cabinet.seal()
    [path] = await cabinet.archive(LATER)
    await cabinet.doctor(
        'INSERT INTO monitor.journal SELECT partition, "offset" - 2, recorded_at, account_id,'
        " gen_random_uuid(), clearing_rule, event, changes FROM monitor.journal"
        ' WHERE "offset" = (SELECT max("offset") FROM monitor.journal)'
    )
    with pytest.raises(BrokenInvariantError, match=r"the journal of partition 0: .* was inserted"):
        await cabinet.drop(path)


async def test_another_volume_of_the_same_name_is_not_overwritten(cabinet: Cabinet) -> None:
    [path] = await cabinet.archive(MARCH)
    altered = path.read_bytes()[:-1] + b"!"
    path.write_bytes(altered)
    with pytest.raises(ConflictingStateError, match="is there, and is another one"):
        await cabinet.archive(MARCH)
    assert path.read_bytes() == altered
    assert list(path.parent.iterdir()) == [path]
