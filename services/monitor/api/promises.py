"""Promises to pay over HTTP: what was promised, how it stands, and what was paid so far."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, shapes
from services.monitor.api.when import AskedPage, OpenPast, PastPages
from services.monitor.handlers.answers.past import PastAccount, Place, is_beyond
from services.monitor.handlers.answers.promised import Sources, promises_now, promises_then
from shared.postgres.paging import Page


def promises_router(
    reads: Reads,
    open_past: OpenPast,
    open_sources: Callable[[], AbstractAsyncContextManager[Sources]],
    now: Callable[[], datetime],
) -> APIRouter:
    """Serve the list, as it is and as it was on a past day."""
    router = APIRouter(tags=["ledger"])
    past = PastPages(open_past, now)

    @router.get("/promises")
    async def promises(
        asked: AskedPage,
        account_id: str | None = None,
        status: Literal["open", "kept", "partially_kept", "broken", "withdrawn"] | None = None,
    ) -> Page[models.ListedPromise]:
        if asked.then is not None:
            return await past.read(
                asked,
                account_id,
                place=(str,),
                rows_of=lambda account, after: (
                    ((one.promise_id,), one)
                    for one in _listed_then(account, after)
                    if status in (None, one.status)
                ),
            )
        page = await reads.promises.keys(account_id, status, asked.cursor, asked.limit)
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
