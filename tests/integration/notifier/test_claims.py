"""Who may send a letter: claims, locks and leases, on the real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.notifier.adapters.letter_store import PostgresLetterStore
from services.notifier.adapters.work_store import PostgresWorkStore
from services.notifier.domain.decisions import Rules
from services.notifier.domain.delivery import NextState
from services.notifier.domain.work import LetterStatus
from services.notifier.handlers.consume import ConsumeEscalations
from services.notifier.handlers.ports import Claimed, Content
from shared.postgres.pool import Database

NOON = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)
TODAY = NOON.date()
CONTENT = Content(subject="s", plain="p", html="h", message_id="<m@x>")


@pytest.fixture
async def store(
    database_url: str, database: Any, events: Any
) -> AsyncIterator[PostgresLetterStore]:
    """Return a store with two planned letters and no others."""
    await database.execute("TRUNCATE notifier.escalations, notifier.letters, notifier.tasks")
    owner = Database(database_url, application="test-claims", write_pool_size=4)
    consume = ConsumeEscalations(PostgresWorkStore(owner), Rules(time_zone="Asia/Shanghai"))
    await consume([events.raised(events.account()) for _ in range(2)], {}, ())
    yield PostgresLetterStore(owner)
    await owner.close()


async def claim(store: PostgresLetterStore, instance: str, seconds: float = 60) -> Claimed:
    claimed = await store.claim(instance, TODAY, seconds)
    assert claimed is not None
    return claimed


async def begin(store: PostgresLetterStore, claimed: Claimed, instance: str) -> bool:
    async with store.draft(claimed, instance) as draft:
        if draft is None:
            return False
        await draft.begin(draft.letter, draft.items, CONTENT, TODAY)
    return True


async def test_a_claimed_letter_is_not_claimed_by_another(store: PostgresLetterStore) -> None:
    first, second = await claim(store, "a"), await claim(store, "b")
    assert first.letter_id != second.letter_id
    assert await store.claim("c", TODAY, 60) is None


async def test_a_letter_that_somebody_holds_locked_is_skipped_and_not_waited_for(
    store: PostgresLetterStore, database: Any
) -> None:
    async with database.transaction():
        query = "SELECT letter_id FROM notifier.letters ORDER BY seq LIMIT 1 FOR UPDATE"
        locked = await database.fetchval(query)
        other = await claim(store, "a")
    assert other.letter_id != locked


async def test_a_claim_that_ran_out_passes_to_another_who_alone_may_send(
    store: PostgresLetterStore,
) -> None:
    lapsed = await claim(store, "a", seconds=0)
    taken = await claim(store, "b")
    assert taken.letter_id == lapsed.letter_id
    assert [await begin(store, lapsed, "a"), await begin(store, taken, "b")] == [False, True]


@pytest.mark.parametrize(
    ("instance", "own", "lease_seconds", "left"),
    [
        ("a", True, 600, 1),
        ("a", False, 600, 0),
        ("b", True, 600, 0),
        ("b", False, 0, 1),
    ],
)
async def test_what_was_being_sent_is_given_up_by_its_own_instance_or_after_the_lease(
    store: PostgresLetterStore, instance: str, own: bool, lease_seconds: float, left: int
) -> None:
    assert await begin(store, await claim(store, "a"), "a")
    assert await store.recover(instance, own=own, lease_seconds=lease_seconds) == left


async def test_the_truth_replaces_an_unknown_that_a_lease_has_made(
    store: PostgresLetterStore, database: Any
) -> None:
    claimed = await claim(store, "a")
    await begin(store, claimed, "a")
    await store.recover("b", own=False, lease_seconds=0)
    state = NextState(status=LetterStatus.SENT)
    await store.finish(claimed.letter_id, "a", state, sent_at=NOON, attempts=1)
    query = "SELECT status FROM notifier.letters WHERE letter_id = $1"
    assert await database.fetchval(query, claimed.letter_id) == "sent"


async def test_an_instance_that_comes_back_frees_what_it_had_claimed(
    store: PostgresLetterStore,
) -> None:
    claimed = await claim(store, "a")
    await store.recover("a", own=True, lease_seconds=600)
    assert (await claim(store, "b")).letter_id == claimed.letter_id


async def test_a_letter_put_off_is_neither_claimed_nor_due_before_its_time(
    store: PostgresLetterStore,
) -> None:
    for _ in range(2):
        claimed = await claim(store, "a")
        await store.release(claimed, "a", reason="451 later", pause_seconds=600)
    assert await store.claim("a", TODAY, 60) is None
    assert await store.count_due(TODAY) == 0
