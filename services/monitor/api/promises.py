"""Promises to pay over HTTP: what was promised, how it stands, and what was paid so far."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Literal, Protocol

from fastapi import APIRouter

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, shapes
from services.monitor.domain.escalation.promises import Money, sharing, towards
from services.monitor.domain.invoice.item import Item
from services.monitor.handlers.ports import AccountKey, Known, MoneyQuestion
from services.monitor.handlers.standing import money_question
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page


class Sources(Protocol):
    """One snapshot of what a page of promises is told from."""

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        """Return what is known of accounts besides their items."""

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        """Return all open items of accounts."""

    async def money(self, questions: Sequence[MoneyQuestion]) -> dict[AccountKey, list[Money]]:
        """Return what has come of the money that promises are for."""


def promises_router(
    reads: Reads, open_sources: Callable[[], AbstractAsyncContextManager[Sources]]
) -> APIRouter:
    """Serve the list."""
    router = APIRouter(tags=["ledger"])

    @router.get("/promises")
    async def promises(
        account_id: str | None = None,
        status: Literal["open", "kept", "partially_kept", "broken", "withdrawn"] | None = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.ListedPromise]:
        page = await reads.promises.keys(account_id, status, cursor, limit)
        async with open_sources() as sources:
            rows = await _told(sources, page.rows)
        return Page(rows=rows, next=page.next)

    return router


async def _told(
    sources: Sources, wanted: Sequence[tuple[AccountKey, str]]
) -> list[models.ListedPromise]:
    """Return promises with what was paid towards them, reckoned as a look at them does."""
    keys = sorted({key for key, _name in wanted})
    known = await sources.known(keys)
    # No outcome is too old for its figures to be shown.
    shared = {key: sharing(known[key].debtor.promises, {}, date.min) for key in keys}
    questions = [money_question(key, shared[key]) for key in keys]
    money = await sources.money([one for one in questions if one is not None])
    items = await sources.open_items(keys)
    found = {
        key: towards(shared[key], known[key].said.promises, items[key], money.get(key, []))
        for key in keys
    }
    return [
        shapes.listed_promise(key[1], name, known[key], found[key].get(name))
        for key, name in wanted
        if name in known[key].debtor.promises
    ]
