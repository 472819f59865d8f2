"""Clearing records, interest, anomalies and the summary over HTTP."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, past_shapes, shapes
from services.monitor.api.when import Asked, AskedPage, OpenPast, PastPages
from services.monitor.handlers.answers.interest import beyond_now, interest_now
from services.monitor.handlers.answers.past import interest_then
from services.monitor.handlers.answers.promised import Sources, unread_now
from services.monitor.handlers.answers.unseen import Reading as UnseenReading
from services.monitor.handlers.answers.unseen import unseen_now
from shared.money import to_text
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page


class Reading(UnseenReading, Sources, Protocol):
    """One snapshot of what interest and anomalies are told from."""


OpenReading = Callable[[], AbstractAsyncContextManager[Reading]]


def money_router(
    reads: Reads, open_past: OpenPast, open_reading: OpenReading, now: Callable[[], datetime]
) -> APIRouter:
    """Serve what met what, what late payment costs, and what a person should look at."""
    router = APIRouter(tags=["ledger"])
    past = PastPages(open_past, now)

    @router.get("/interest")
    async def interest(
        asked: AskedPage, account_id: str | None = None, invoice_id: str | None = None
    ) -> Page[models.InvoiceInterest]:
        if asked.then is None:
            return await _interest(reads, open_reading, asked, account_id, invoice_id, now())
        return await past.read(
            asked,
            account_id,
            invoice_id,
            place=(str,),
            rows_of=lambda account, after: (
                ((one.invoice_id,), shapes.interest(account.key[1], one, account.today))
                for one in interest_then(account, after, invoice_id)
            ),
        )

    @router.get("/anomalies")
    async def anomalies(
        account_id: str | None = None, cursor: Cursor = None, limit: Limit = PAGE_ROWS_DEFAULT
    ) -> Page[models.Anomaly]:
        page = await reads.ledger.anomalies(account_id, cursor, limit)
        async with open_reading() as reading:
            beyond = await beyond_now(
                reading, [one.invoice for one in page.rows if one.invoice is not None], now()
            )
            accounts = [one.account for one in page.rows if one.account is not None]
            unseen = await unseen_now(reading, accounts, now())
            unread = await unread_now(reading, accounts)
        return Page(
            rows=[
                models.Anomaly(account_id=one.account_id, subject=one.subject, sentence=sentence)
                for one in page.rows
                for sentence in [
                    *one.sentences,
                    *beyond.get(one.invoice, ()),
                    *unread.get(one.account, ()),
                    *unseen.get(one.account, ()),
                ]
            ],
            next=page.next,
        )

    @router.get("/clearings")
    async def clearings(
        asked: AskedPage, account_id: str | None = None, invoice_id: str | None = None
    ) -> Page[models.Clearing]:
        if asked.then is None:
            filters = {"account_id": account_id, "invoice_id": invoice_id}
            page = await reads.ledger.clearings(filters, asked.cursor, asked.limit)
            return Page(rows=[shapes.clearing(row) for row in page.rows], next=page.next)
        return await past.read(
            asked,
            account_id,
            invoice_id,
            place=(int, int),
            rows_of=lambda account, after: past_shapes.past_clearings(account, after, invoice_id),
        )

    @router.get("/summary")
    async def summary() -> models.Summary:
        return await _summary(reads, now())

    return router


async def _interest(
    reads: Reads,
    open_reading: OpenReading,
    asked: Asked,
    account_id: str | None,
    invoice_id: str | None,
    instant: datetime,
) -> Page[models.InvoiceInterest]:
    keys = await reads.ledger.invoice_keys(account_id, invoice_id, asked.cursor, asked.limit)
    async with open_reading() as reading:
        found = await interest_now(reading, keys.rows, instant)
    return Page(
        rows=[
            shapes.interest(key[1], one, today)
            for key, one, today in found
            if one.is_some or invoice_id is not None
        ],
        next=keys.next,
    )


async def _summary(reads: Reads, instant: datetime) -> models.Summary:
    policy = (await reads.policies.newest()).of("default:")
    totals = await reads.figures.totals()
    today = policy.today(instant)
    currencies = []
    for balance in totals.balances:
        due = totals.open_by_due[balance.currency]
        difference = shapes.conservation_difference(
            balance,
            sum(int(minor) for _due_on, minor in due),
            totals.unapplied.get(balance.currency, 0),
        )
        disputed = totals.disputed[balance.currency]
        figures = shapes.figures(balance, due, disputed, today)
        currencies.append(
            models.SummaryCurrency(
                **figures.model_dump(),
                conservation_difference=to_text(difference, balance.currency),
            )
        )
    return models.Summary(
        today=today,
        time_zone=policy.time_zone,
        accounts=totals.accounts,
        open_items=totals.open_items,
        events=totals.events,
        currencies=currencies,
        by_level=[
            models.LevelTotal(
                level=level, items=count, currency=currency, open=to_text(int(minor), currency)
            )
            for level, currency, count, minor in totals.by_level
        ],
    )
