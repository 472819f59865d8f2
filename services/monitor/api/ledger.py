"""Accounts, invoices and items over HTTP, as they are and as they were on a past day."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, past_shapes, shapes
from services.monitor.api.when import AskedThen, OpenPast, read_then
from services.monitor.handlers.answers.past import Question, is_beyond
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page


def ledger_router(reads: Reads, open_past: OpenPast, now: Callable[[], datetime]) -> APIRouter:
    """Serve what the ledger holds, and what it held on a past day."""
    router = APIRouter(tags=["ledger"])

    @router.get("/accounts")
    async def accounts(
        then: AskedThen,
        account_id: str | None = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.Account]:
        if then is not None:
            return await read_then(
                open_past,
                Question(then, account_id),
                now(),
                cursor=cursor,
                limit=limit,
                place=(),
                rows_of=lambda account, after: (
                    [((), past_shapes.past_account(account))] if is_beyond((), after) else []
                ),
            )
        keys = await reads.ledger.account_keys(account_id, cursor, limit)
        figures = await reads.figures.of_accounts(keys.rows) if keys.rows else {}
        policies = await reads.policies.newest()
        rows = []
        for key in keys.rows:
            own = figures[key[1]]
            policy = own.known.policy(key, policies)
            today = policy.today(now())
            currencies = [
                shapes.figures(
                    balance,
                    own.open_by_due[balance.currency],
                    own.disputed[balance.currency],
                    today,
                )
                for balance in own.balances
            ]
            rows.append(shapes.account(key[1], own.known, policy, currencies, own.levels, today))
        return Page(rows=rows, next=keys.next)

    @router.get("/invoices")
    async def invoices(
        then: AskedThen,
        account_id: str | None = None,
        invoice_id: str | None = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.Invoice]:
        if then is not None:
            return await read_then(
                open_past,
                Question(then, account_id, invoice_id),
                now(),
                cursor=cursor,
                limit=limit,
                place=(str,),
                rows_of=lambda account, after: (
                    ((one.invoice_id,), one)
                    for one in past_shapes.past_invoices(account, after, invoice_id)
                ),
            )
        keys = await reads.ledger.invoice_keys(account_id, invoice_id, cursor, limit)
        items_of = await reads.ledger.items_of_invoices(keys.rows) if keys.rows else {}
        policies = await reads.policies.newest()
        known = await reads.ledger.known(key[:2] for key in items_of)
        instant = now()
        rows = []
        for key, found in items_of.items():
            policy = known[key[:2]].policy(key[:2], policies)
            rows.append(shapes.invoice(key[1], found, policy, policy.today(instant)))
        return Page(rows=rows, next=keys.next)

    @router.get("/items")
    async def items(  # each is a parameter of the query
        then: AskedThen,
        account_id: str | None = None,
        invoice_id: str | None = None,
        level: str | None = None,
        status: Literal["open", "cleared", "cancelled", "written_off"] | None = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.Item]:
        if then is not None:
            return await read_then(
                open_past,
                Question(then, account_id, invoice_id),
                now(),
                cursor=cursor,
                limit=limit,
                place=(str, int),
                rows_of=lambda account, after: (
                    ((one.invoice_id, one.instalment), one)
                    for one in past_shapes.past_items(account, after, invoice_id)
                    if status in (None, one.status) and level in (None, one.level)
                ),
            )
        filters = {
            "account_id": account_id,
            "invoice_id": invoice_id,
            "level": level,
            "status": status,
        }
        page = await reads.ledger.items(filters, cursor, limit)
        policies = await reads.policies.newest()
        known = await reads.ledger.known(key for key, _ in page.rows)
        instant = now()
        return Page(
            rows=[
                shapes.item(key[1], item, known[key].policy(key, policies).today(instant))
                for key, item in page.rows
            ],
            next=page.next,
        )

    return router
