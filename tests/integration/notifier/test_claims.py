"""Who may send a letter: claims, locks and leases, on the real PostgreSQL."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notifier.adapters.letter_store import CLAIM, CLAIM_ONE_AT_A_TIME, PostgresLetterStore
from services.notifier.adapters.work_store import PostgresWorkStore
from services.notifier.domain.decisions import Rules
from services.notifier.domain.delivery import NextState
from services.notifier.domain.holds import Hold
from services.notifier.domain.work import Letter, LetterStatus
from services.notifier.handlers.consume import ConsumeEscalations
from services.notifier.handlers.ports import Begun, Claimed, Content, Draft, Ended, LetGo
from shared.postgres.pool import Database

NOON = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)
TODAY = NOON.date()
TOMORROW = TODAY + timedelta(days=1)
CONTENT = Content(subject="s", plain="p", html="h", message_id="<m@x>")


@pytest.fixture
async def owner(database_url: str, database: Any) -> AsyncIterator[Database]:
    """Return the way to a schema without letters."""
    await database.execute("TRUNCATE notifier.escalations, notifier.letters, notifier.tasks")
    owner = Database(database_url, application="test-claims", write_pool_size=4)
    yield owner
    await owner.close()


@pytest.fixture
def consume(owner: Database) -> Callable[..., Any]:
    """Return what plans the letters of escalations."""
    rules = Rules(time_zone="Asia/Shanghai")
    consume = ConsumeEscalations(PostgresWorkStore(owner), rules)
    return lambda *raised: consume(list(raised), {}, ())


@pytest.fixture
async def store(owner: Database, consume: Callable[..., Any], events: Any) -> PostgresLetterStore:
    """Return a store with two planned letters and no others."""
    await consume(*(events.raised(events.account()) for _ in range(2)))
    return PostgresLetterStore(owner)


async def claim(store: PostgresLetterStore, instance: str, seconds: float = 60) -> Claimed:
    (claimed,) = await store.claim(instance, TODAY, seconds=seconds, letters_max=1)
    return claimed


async def claim_all(store: PostgresLetterStore, instance: str) -> list[Claimed]:
    return await store.claim(instance, TODAY, seconds=60, letters_max=9)


async def begin(store: PostgresLetterStore, instance: str, *claimed: Claimed) -> list[Letter]:
    """Make claimed letters `sending`; returns those that the instance could open."""
    async with store.turn(instance) as turn:
        drafts = await turn.open([one.letter_id for one in claimed])
        await turn.begin([begun(draft) for draft in drafts])
    return [draft.letter for draft in drafts]


def begun(draft: Draft) -> Begun:
    return Begun(
        letter=draft.letter,
        content=CONTENT,
        items=draft.items,
        day=TODAY,
        dropped=(),
        attempts=1,
    )


def ended(letter: Letter, status: LetterStatus) -> Ended:
    return Ended(letter=letter, state=NextState(status=status), sent_at=NOON, attempts=1)


async def statuses(database: Any) -> dict[uuid.UUID, str]:
    rows = await database.fetch("SELECT letter_id, status FROM notifier.letters ORDER BY seq")
    return {row["letter_id"]: row["status"] for row in rows}


async def test_a_claimed_letter_is_not_claimed_by_another(store: PostgresLetterStore) -> None:
    first, second = await claim(store, "a"), await claim(store, "b")
    assert first.letter_id != second.letter_id
    assert await claim_all(store, "c") == []


async def test_letters_claimed_together_are_each_accounts_oldest_until_that_has_ended(
    store: PostgresLetterStore, consume: Callable[..., Any], events: Any, database: Any
) -> None:
    query = "SELECT account_id FROM notifier.letters ORDER BY seq LIMIT 1"
    account_id = await database.fetchval(query)
    await consume(events.raised(account_id, level="legal"), events.raised(events.account()))
    first, second, of_the_same, fourth = await statuses(database)
    claimed = await claim_all(store, "a")
    assert [one.letter_id for one in claimed] == [first, second, fourth]
    letter, *_ = await begin(store, "a", *claimed)
    assert await claim_all(store, "a") == []
    async with store.turn("a") as turn:
        await turn.record([ended(letter, LetterStatus.SENT)])
    assert [one.letter_id for one in await claim_all(store, "a")] == [of_the_same]


async def test_who_claims_waits_for_another_claim_and_takes_no_second_letter_of_its_account(
    owner: Database, consume: Callable[..., Any], events: Any, database: Any, until: Any
) -> None:
    one, other = events.account(), events.account()
    await consume(
        events.raised(one), events.raised(one, level="legal"), events.raised(other, level="legal")
    )
    async with owner.transaction() as connection:
        await connection.execute(CLAIM_ONE_AT_A_TIME)
        await connection.fetch(CLAIM, "a", TODAY, 60, 1)
        second = asyncio.create_task(claim(PostgresLetterStore(owner), "b"))

        async def waits_or_ended() -> bool:
            query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            return second.done() or bool(await database.fetchval(query))

        await until(waits_or_ended)
    query = "SELECT account_id FROM notifier.letters WHERE letter_id = $1"
    assert await database.fetchval(query, (await second).letter_id) == other


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
    assert await begin(store, "a", lapsed) == []
    assert [one.letter_id for one in await begin(store, "b", taken)] == [taken.letter_id]


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
    assert await begin(store, "a", await claim(store, "a"))
    assert await store.recover(instance, own=own, lease_seconds=lease_seconds) == left


async def test_the_truth_replaces_an_unknown_that_a_lease_has_made(
    store: PostgresLetterStore, database: Any
) -> None:
    claimed = await claim(store, "a")
    (letter,) = await begin(store, "a", claimed)
    await store.recover("b", own=False, lease_seconds=0)
    async with store.turn("a") as turn:
        await turn.record([ended(letter, LetterStatus.SENT)])
    assert (await statuses(database))[claimed.letter_id] == "sent"


async def test_each_of_several_results_is_written_to_its_own_letter_and_to_no_other_instances(
    store: PostgresLetterStore, database: Any
) -> None:
    (own,) = await begin(store, "a", await claim(store, "a"))
    (others,) = await begin(store, "b", await claim(store, "b"))
    async with store.turn("a") as turn:
        await turn.record([ended(own, LetterStatus.FAILED), ended(others, LetterStatus.SENT)])
    found = await statuses(database)
    assert (found[own.letter_id], found[others.letter_id]) == ("failed", "sending")


async def test_letters_of_a_transaction_begin_together_or_not_at_all(
    store: PostgresLetterStore, database: Any
) -> None:
    both = await claim_all(store, "a")

    async def begin_and_fail() -> None:
        async with store.turn("a") as turn:
            await turn.begin([begun(one) for one in await turn.open([both[0].letter_id])])
            raise LookupError

    with pytest.raises(LookupError):
        await begin_and_fail()
    assert set((await statuses(database)).values()) == {"planned"}
    assert len(await begin(store, "a", *both)) == len(both)
    assert set((await statuses(database)).values()) == {"sending"}


async def test_an_instance_that_comes_back_frees_what_it_had_claimed(
    store: PostgresLetterStore,
) -> None:
    claimed = await claim(store, "a")
    await store.recover("a", own=True, lease_seconds=600)
    assert (await claim(store, "b")).letter_id == claimed.letter_id


async def test_a_letter_put_off_is_neither_claimed_nor_due_before_its_time(
    store: PostgresLetterStore,
) -> None:
    claimed = await claim_all(store, "a")
    async with store.turn("a") as turn:
        await turn.let_go(
            [
                LetGo(letter_id=one.letter_id, reason="451 later", pause_seconds=600, counted=True)
                for one in claimed
            ]
        )
    assert await claim_all(store, "a") == []
    assert await store.count_due(TODAY) == 0


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ({}, ("planned", None, None, None, 0)),
        ({"reason": "away"}, ("planned", "away", None, None, 0)),
        ({"status": LetterStatus.RECALLED, "reason": "paid"}, ("recalled", "paid", None, None, 0)),
        ({"not_before_on": TOMORROW}, ("planned", None, TOMORROW, None, 0)),
        ({"hold": Hold(by="promise P-17")}, ("planned", None, None, "promise P-17", 0)),
        ({"pause_seconds": 0.0, "counted": True}, ("planned", None, None, None, 1)),
        ({"pause_seconds": 0.0}, ("planned", None, None, None, 0)),
    ],
)
async def test_a_letter_that_is_let_go_of_keeps_what_is_not_said(
    store: PostgresLetterStore, database: Any, what: Any, shown: Any
) -> None:
    first, second = await claim_all(store, "a")
    async with store.turn("a") as turn:
        await turn.let_go([LetGo(letter_id=first.letter_id, **what)])
    query = (
        "SELECT status, reason, not_before_on, held_by, attempts FROM notifier.letters"
        " WHERE claimed_by IS NULL"
    )
    assert [tuple(row) for row in await database.fetch(query)] == [shown]
    assert second.letter_id != first.letter_id
