"""A batch of words on a store of the tests' own: each once, and names that change."""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.notifier.domain.deciding.repeating import RESTORED
from services.notifier.domain.deciding.values import Rules
from services.notifier.handlers.consume import ConsumeEscalations, Word
from services.notifier.handlers.desk import Work
from shared.contracts.escalation import HELD, UPDATED, Recipient

RULES = Rules(time_zone="Asia/Shanghai")
NEWEST = Recipient(name="Aster & Sons", email="new@aster.example", locale="zh-CN")


class Store:
    """Keeps everything in memory; a batch sees all of it."""

    def __init__(self) -> None:
        self.seen: set[uuid.UUID] = set()
        self.offsets: dict[int, int] = {}
        self.kept: dict[str, dict[Any, Any]] = {"escalations": {}, "letters": {}, "tasks": {}}

    @asynccontextmanager
    async def batch(self) -> AsyncIterator["Store"]:
        yield self

    async def note(self, event_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        fresh = set(event_ids) - self.seen
        self.seen |= fresh
        return fresh

    async def advance(self, offsets: Mapping[int, int]) -> None:
        self.offsets |= offsets

    async def load(self, words: Sequence[Word]) -> Work:
        del words
        return Work(**{noun: tuple(rows.values()) for noun, rows in self.kept.items()})

    async def save(self, work: Work) -> None:
        for noun, key in (
            ("escalations", "escalation_id"),
            ("letters", "letter_id"),
            ("tasks", "task_id"),
        ):
            self.kept[noun] |= {getattr(one, key): one for one in getattr(work, noun)}


@pytest.fixture
def store() -> Store:
    return Store()


def of_level(event: Any, number: int, level: str, **changes: Any) -> Any:
    return event(
        escalation_id=uuid.UUID(int=number),
        event_id=uuid.UUID(int=100 + number),
        level=level,
        **changes,
    )


async def test_a_new_name_and_address_reach_all_work_that_is_not_done(
    event: Any, store: Store
) -> None:
    consume = ConsumeEscalations(store, RULES)
    await consume(
        [
            of_level(event, 1, "dunning"),
            of_level(event, 2, "final"),
            of_level(event, 3, "legal", action="legal_handoff"),
        ],
        {},
        (),
    )
    await consume([event(type=UPDATED, event_id=uuid.UUID(int=999), recipient=NEWEST)], {}, ())
    letters, tasks = store.kept["letters"].values(), store.kept["tasks"].values()
    assert {one.recipient_email for one in letters} == {"new@aster.example"}
    assert {one.locale for one in letters} == {"zh-CN"}
    assert [one.customer_name for one in tasks] == ["Aster & Sons"] * 2


@pytest.mark.parametrize(
    ("recipient", "email", "name"),
    [
        (None, "ap@aster.example", "Aster Ltd"),
        (Recipient(name="Aster & Sons"), "ap@aster.example", "Aster & Sons"),
        (Recipient(email="new@aster.example"), "new@aster.example", "Aster Ltd"),
        (NEWEST, "new@aster.example", "Aster & Sons"),
    ],
)
async def test_a_word_changes_only_what_it_knows(
    event: Any, store: Store, recipient: Recipient | None, email: str, name: str
) -> None:
    consume = ConsumeEscalations(store, RULES)
    changed = event(
        type=HELD, event_id=uuid.UUID(int=999), held_by="promise P-17", recipient=recipient
    )
    await consume([event()], {}, ())
    await consume([changed], {}, ())
    (letter,), (task,) = store.kept["letters"].values(), store.kept["tasks"].values()
    assert (letter.recipient_email, task.customer_name) == (email, name)
    assert (letter.held_by, task.held_by) == ("promise P-17", "promise P-17")


async def test_a_word_told_twice_makes_its_work_once(event: Any, word: Any, store: Store) -> None:
    consume = ConsumeEscalations(store, RULES)
    await consume([event(), event(), word("broken"), word("broken")], {}, ())
    await consume([word("broken"), event()], {}, ())
    assert [one.kind for one in store.kept["tasks"].values()] == ["dunning", "promise_broken"]


async def test_a_letter_of_a_word_that_a_lost_database_has_followed_is_in_doubt(
    event: Any, store: Store
) -> None:
    consume = ConsumeEscalations(store, RULES)
    again, fresh = of_level(event, 1, "dunning"), of_level(event, 2, "final")
    await consume([again, fresh], {0: 7}, {again.event_id})
    letters = {one.level: (one.status, one.reason) for one in store.kept["letters"].values()}
    assert letters == {"dunning": ("unknown", RESTORED), "final": ("planned", None)}
    assert len(store.kept["tasks"]) == 1
    assert store.offsets == {0: 7}
