"""Promises to pay over HTTP: what was promised, how it stands, and what was paid so far."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, shapes
from services.monitor.api.when import AskedThen, OpenPast, read_then
from services.monitor.handlers.answers.past import PastAccount, Place, Question, is_beyond
from services.monitor.handlers.answers.promised import Sources, promises_now, promises_then
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page


def promises_router(
    reads: Reads,
    open_past: OpenPast,
    open_sources: Callable[[], AbstractAsyncContextManager[Sources]],
    now: Callable[[], datetime],
) -> APIRouter:
    """Serve the list, as it is and as it was on a past day."""
    router = APIRouter(tags=["ledger"])

    @router.get("/promises")
    async def promises(
        then: AskedThen,
        account_id: str | None = None,
        status: Literal["open", "kept", "partially_kept", "broken", "withdrawn"] | None = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.ListedPromise]:
        if then is not None:
            return await read_then(
                open_past,
                Question(then, account_id),
                now(),
                cursor=cursor,
                limit=limit,
                place=(str,),
                rows_of=lambda account, after: (
                    ((one.promise_id,), one)
                    for one in _listed_then(account, after)
                    if status in (None, one.status)
                ),
            )
        page = await reads.promises.keys(account_id, status, cursor, limit)
        async with open_sources() as sources:
            found = await promises_now(sources, sorted({key for key, _name in page.rows}))
        rows: list[models.ListedPromise] = []
        for key, name in page.rows:
            known, towards = found[key]
            if name in known.debtor.promises:
                rows.append(shapes.listed_promise(key[1], name, known, towards.get(name)))
        return Page(rows=rows, next=page.next)

    return router


def _listed_then(account: PastAccount, after: Place | None) -> Iterator[models.ListedPromise]:
    """Shape an account's promises as they were, in the order of their ids."""
    known, towards = promises_then(account)
    for name, one in sorted(known.debtor.promises.items()):
        if one.made_on is not None and is_beyond((name,), after):
            yield shapes.listed_promise(account.key[1], name, known, towards.get(name))
