"""What reads cost, in statements and rows: a page the same for any number of rows, an item its own.

Never in time: that is the machine's.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy import event

from services.monitor.adapters.answers.snapshot import snapshot
from services.monitor.adapters.answers.stories import PostgresStories
from services.monitor.domain.invoice.item import Item
from services.monitor.handlers.answers.replay import JournalRow
from services.monitor.handlers.answers.story import tell
from services.monitor.handlers.ports import AccountKey
from tests.integration.monitor.events import covered, known
from tests.integration.monitor.shelf import PARTITION, Shelf, make_shelf
from tests.integration.monitor.world import invoice

KEY = (PARTITION, "default:A-1")


@pytest.fixture(scope="module")
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with make_shelf(database_url) as shelf:
        await shelf.fold(
            *(known(f"A-{number}") for number in range(8)),
            *(invoice(f"A-{number}", f"I-{number}", "9.00", "2026-01-10") for number in range(8)),
            *(invoice("A-1", f"J-{number}", "9.00", "2026-01-10") for number in range(5)),
            on="2026-01-20",
        )
        yield shelf


@pytest.mark.parametrize("path", ["accounts", "invoices", "items", "interest", "anomalies"])
async def test_a_page_asks_the_same_statements_for_any_number_of_rows(
    shelf: Shelf, path: str
) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    engine = shelf.database.reads.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await shelf.get(path, limit=2)
    few, asked = asked, []
    await shelf.get(path, limit=8)
    event.remove(engine, "before_cursor_execute", note)
    assert few
    assert asked == few


class Counted(PostgresStories):
    """Notes which accounts' entries and open items were read."""

    entries: list[str]
    others: int

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.entries, self.others = [], 0

    async def journal(self, key: AccountKey) -> AsyncIterator[JournalRow]:
        async for row in super().journal(key):
            self.entries.append(key[1])
            yield row

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        found = await super().open_items(keys)
        self.others += sum(map(len, found.values()))
        return found


async def test_an_items_story_reads_its_own_account_and_its_other_items_only_where_they_count(
    shelf: Shelf,
) -> None:
    async def counted() -> tuple[int, int]:
        async with snapshot(shelf.database) as connection:
            sources = Counted(connection, shelf.documents.history)
            await tell(sources, KEY, "I-1", 1, shelf.now)
        assert set(sources.entries) == {KEY[1]}
        return len(sources.entries), sources.others

    assert await counted() == (7, 0)
    # What a claim may be depends on what else the limit is used up by.
    await shelf.fold(covered("A-1"))
    assert await counted() == (8, 6)
