"""One partition's ledger, folded and swept by hand, with the API before it and no Kafka behind."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final

import asyncpg
import httpx
from fastapi import APIRouter, FastAPI

from services.monitor.adapters.answers.books import open_books
from services.monitor.adapters.answers.past import open_past
from services.monitor.adapters.answers.stories import open_stories
from services.monitor.adapters.gauges import stored_progress
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.reads.reads import Reads
from services.monitor.adapters.store import PostgresStore
from services.monitor.api.escalations import escalations_router
from services.monitor.api.ledger import ledger_router
from services.monitor.api.money import money_router
from services.monitor.api.policies import policies_router
from services.monitor.api.preview import preview_router
from services.monitor.api.promises import promises_router
from services.monitor.api.why import why_router
from services.monitor.handlers.batch import fold_batch
from services.monitor.handlers.ports import Ownership, Record, Word
from services.monitor.handlers.sweep import sweep
from shared.calendar import start_of_day
from shared.contracts.catalogue import LEDGER
from shared.postgres.pool import Database
from shared.runtime import problems
from shared.runtime.app import Progress
from tests.integration.monitor.events import Said
from tests.integration.monitor.world import ledger_record

#: The only partition there is, so that every account lives in it.
PARTITION: Final = 0
#: So few that a handful of items takes several turns.
ITEMS_AT_A_TIME: Final = 2
OK: Final = 200
UNPROCESSABLE: Final = 422


class Shelf:
    """A monitor without its loops; its time is `now`."""

    def __init__(self, database: Database, owned: Ownership, now: datetime) -> None:
        self.database = database
        self.documents = PolicyDocuments()
        self.store = PostgresStore(database, self.documents)
        self.owned = owned
        self.now = now
        self.words: list[Word] = []
        reads = Reads(database.reads, self.documents, 1)
        past = partial(open_past, database, self.documents, 1)
        stories = partial(open_stories, database, self.documents)
        self.client = _client(
            ledger_router(reads, past, self._now),
            money_router(reads, past, stories, self._now),
            promises_router(reads, past, stories, self._now),
            escalations_router(reads, stories, self._now),
            why_router(reads, stories, self._now),
            policies_router(reads, self.store, self.documents, self._now, changed=lambda: None),
            preview_router(
                reads,
                self.documents,
                partial(open_books, database, self.documents, items_at_a_time=ITEMS_AT_A_TIME),
                self._now,
            ),
        )

    def _now(self) -> datetime:
        return self.now

    async def fold(self, *events: Said, on: str | None = None) -> None:
        """Fold events in one batch, recorded at the start of a day in Shanghai, or as it is now."""
        if on is not None:
            self.now = start_of_day(date.fromisoformat(on), "Asia/Shanghai")
        offset = self.owned.next_offset
        records = [
            Record(PARTITION, offset + place, ledger_record(*event, "test")[1])
            for place, event in enumerate(events)
        ]
        await self.fold_records(records)

    async def fold_value(self, value: bytes) -> None:
        """Fold a ledger record as it is."""
        await self.fold_records([Record(PARTITION, self.owned.next_offset, value)])

    async def hear_itself(self) -> None:
        """Fold what the monitor has written to the ledger for itself, until it writes no more."""
        while rows := [one for one in await self.outbox() if one["topic"] == LEDGER]:
            await self.sql("DELETE FROM monitor.outbox")
            offset = self.owned.next_offset
            await self.fold_records(
                [Record(PARTITION, offset + at, row["value"]) for at, row in enumerate(rows)]
            )

    async def outbox(self) -> list[Any]:
        return await self.sql("SELECT topic, value FROM monitor.outbox ORDER BY seq")

    async def fold_records(self, records: list[Record]) -> None:
        await fold_batch(
            self.store, {PARTITION: self.owned}, {PARTITION: records}, self.now, live={PARTITION}
        )
        self.owned = replace(self.owned, next_offset=self.owned.next_offset + len(records))

    async def sweep(self, on: str, *, retime: bool = False) -> None:
        """Move the time to the start of a day in Shanghai and do all that is due."""
        self.now = start_of_day(date.fromisoformat(on), "Asia/Shanghai")

        async def said(words: list[Word]) -> None:
            self.words += words

        done = await sweep(
            self.store, self.owned, self.now, retime=retime, said=said, has_time=lambda: True
        )
        assert done

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.client.get(f"/v1/{path}", params=params)
        assert response.status_code == OK, response.text
        return response.json()

    async def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(path, **params))["rows"]
        return found

    async def pages(self, path: str, **params: Any) -> list[list[dict[str, Any]]]:
        """Read a list to its end, page by page."""
        pages = []
        while True:
            page = await self.get(path, **params)
            pages.append(page["rows"])
            if page["next"] is None:
                return pages
            params["cursor"] = page["next"]

    async def refused(self, path: str, **params: Any) -> dict[str, Any]:
        response = await self.client.get(f"/v1/{path}", params=params)
        assert response.status_code == UNPROCESSABLE, response.text
        assert response.headers["content-type"] == "application/problem+json"
        found: dict[str, Any] = response.json()
        return found

    async def empty(self) -> None:
        """Forget every fact, word and policy but the seeded one."""
        await self.sql(
            # The journal is append-only but for who may switch its trigger off.
            "DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', true);"
            " TRUNCATE monitor.journal, monitor.invoices, monitor.items, monitor.funds,"
            " monitor.clearings, monitor.balances, monitor.accounts, monitor.groups,"
            " monitor.account_timers, monitor.timers, monitor.escalations, monitor.outbox;"
            " END $$"
        )
        await self.sql("DELETE FROM monitor.policies WHERE version > 1 OR policy <> 'default'")
        await self.sql("UPDATE monitor.partitions SET policies_seen = 1, retiming_versions = NULL")

    async def progress(self, ends: Callable[[], Mapping[int, int]]) -> Progress:
        async def asked() -> Mapping[int, int]:
            return ends()

        return await stored_progress(self.database.reads, asked, 1, self.now)

    async def sql(self, statement: str) -> list[asyncpg.Record]:
        async with self.database.transaction() as connection:
            return await connection.fetch(statement)


def _client(*routers: APIRouter) -> httpx.AsyncClient:
    app = FastAPI()
    problems.install(app)
    for router in routers:
        app.include_router(router, prefix="/v1")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://monitor")


@asynccontextmanager
async def make_shelf(database_url: str) -> AsyncIterator[Shelf]:
    database = Database(database_url, application="shelf", write_pool_size=4)
    store = PostgresStore(database, PolicyDocuments())
    now = datetime(2026, 1, 1, tzinfo=UTC)
    await store.seed(now)
    [owned] = await store.acquire([PARTITION], "shelf")
    shelf = Shelf(database, owned, now)
    yield shelf
    await shelf.client.aclose()
    await database.close()
