"""Clearing records, interest, anomalies and the summary over HTTP."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter

from services.monitor.adapters.reads import Reads
from services.monitor.api import models, shapes
from services.monitor.api.when import AsOf, KnownBy
from services.monitor.handlers.past import Past, Then, accounts_then, interest_then
from shared.money import to_text
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page


def money_router(reads: Reads, past: Past, now: Callable[[], datetime]) -> APIRouter:
    """Serve what met what, what late payment costs, and what a person should look at."""
    router = APIRouter(tags=["ledger"])

    @router.get("/interest")
    async def interest(
        account_id: str | None = None,
        invoice_id: str | None = None,
        as_of: AsOf = None,
        known_by: KnownBy = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.InvoiceInterest]:
        keys = await reads.account_keys(account_id, cursor, limit)
        rows = [
            shapes.interest(account.key[1], one, account.today)
            for account in await accounts_then(
                past, keys.rows, await reads.policies(), Then(as_of, known_by), now()
            )
            for one in interest_then(account, invoice_id)
        ]
        return Page(rows=rows, next=keys.next)

    @router.get("/anomalies")
    async def anomalies(
        account_id: str | None = None, cursor: Cursor = None, limit: Limit = PAGE_ROWS_DEFAULT
    ) -> Page[models.Anomaly]:
        page = await reads.anomalies(account_id, cursor, limit)
        return Page(
            rows=[
                models.Anomaly(account_id=account, subject=subject, sentence=sentence)
                for account, subject, sentence in page.rows
            ],
            next=page.next,
        )

    @router.get("/clearings")
    async def clearings(
        account_id: str | None = None,
        invoice_id: str | None = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.Clearing]:
        filters = {"account_id": account_id, "invoice_id": invoice_id}
        page = await reads.clearings(filters, cursor, limit)
        return Page(rows=[shapes.clearing(row) for row in page.rows], next=page.next)

    @router.get("/summary")
    async def summary() -> models.Summary:
        policy = (await reads.policies()).of("default:")
        totals = await reads.totals()
        today = policy.today(now())
        currencies = []
        for balance in totals.balances:
            due = totals.open_by_due[balance.currency]
            difference = shapes.conservation_difference(
                balance,
                sum(int(minor) for _due_on, minor in due),
                totals.unapplied.get(balance.currency, 0),
            )
            figures = shapes.figures(balance, due, today)
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

    return router
