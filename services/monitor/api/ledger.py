"""Accounts, invoices and items over HTTP, as they are and as they were on a past day."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, past_shapes, shapes
from services.monitor.api.when import Asked, AskedPage, OpenPast, PastPages
from services.monitor.handlers.answers.past import is_beyond
from shared.postgres.paging import Page


def ledger_router(reads: Reads, open_past: OpenPast, now: Callable[[], datetime]) -> APIRouter:
    """Serve what the ledger holds, and what it held on a past day."""
    router = APIRouter(tags=["ledger"])
    past = PastPages(open_past, now)

    @router.get("/accounts")
    async def accounts(asked: AskedPage, account_id: str | None = None) -> Page[models.Account]:
        if asked.then is None:
            return await _accounts(reads, asked, account_id, now)
        return await past.read(
            asked,
            account_id,
            place=(),
            rows_of=lambda account, after: (
                [((), past_shapes.past_account(account))] if is_beyond((), after) else []
            ),
        )

    @router.get("/invoices")
    async def invoices(
        asked: AskedPage, account_id: str | None = None, invoice_id: str | None = None
    ) -> Page[models.Invoice]:
        if asked.then is None:
            return await _invoices(reads, asked, account_id, invoice_id, now)
        return await past.read(
            asked,
            account_id,
            invoice_id,
            place=(str,),
            rows_of=lambda account, after: (
                ((one.invoice_id,), one)
                for one in past_shapes.past_invoices(account, after, invoice_id)
            ),
        )

    @router.get("/items")
    async def items(
        asked: AskedPage,
        account_id: str | None = None,
        invoice_id: str | None = None,
        level: str | None = None,
        status: Literal["open", "cleared", "cancelled", "written_off"] | None = None,
    ) -> Page[models.Item]:
        if asked.then is None:
            filters = {
                "account_id": account_id,
                "invoice_id": invoice_id,
                "level": level,
                "status": status,
            }
            return await _items(reads, asked, filters, now)
        return await past.read(
            asked,
            account_id,
            invoice_id,
            place=(str, int),
            rows_of=lambda account, after: (
                ((one.invoice_id, one.instalment), one)
                for one in past_shapes.past_items(account, after, invoice_id)
                if status in (None, one.status) and level in (None, one.level)
            ),
        )

    return router


async def _accounts(
    reads: Reads, asked: Asked, account_id: str | None, now: Callable[[], datetime]
) -> Page[models.Account]:
    keys = await reads.ledger.account_keys(account_id, asked.cursor, asked.limit)
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


async def _invoices(
    reads: Reads,
    asked: Asked,
    account_id: str | None,
    invoice_id: str | None,
    now: Callable[[], datetime],
) -> Page[models.Invoice]:
    keys = await reads.ledger.invoice_keys(account_id, invoice_id, asked.cursor, asked.limit)
    items_of = await reads.ledger.items_of_invoices(keys.rows) if keys.rows else {}
    policies = await reads.policies.newest()
    known = await reads.ledger.known(key[:2] for key in items_of)
    instant = now()
    rows = []
    for key, found in items_of.items():
        policy = known[key[:2]].policy(key[:2], policies)
        rows.append(shapes.invoice(key[1], found, policy, policy.today(instant)))
    return Page(rows=rows, next=keys.next)


async def _items(
    reads: Reads, asked: Asked, filters: dict[str, str | None], now: Callable[[], datetime]
) -> Page[models.Item]:
    page = await reads.ledger.items(filters, asked.cursor, asked.limit)
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
