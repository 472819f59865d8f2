"""Accounts, invoices and items over HTTP, as they are and as they were on a past day."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter

from services.monitor.adapters.reads import Reads
from services.monitor.api import models, shapes
from services.monitor.api.when import AsOf, KnownBy
from services.monitor.domain.invoice.item import status_of
from services.monitor.handlers.past import Past, PastAccount, Then, accounts_then
from services.monitor.handlers.ports import AccountKey
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page


def ledger_router(reads: Reads, past: Past, now: Callable[[], datetime]) -> APIRouter:
    """Serve what the ledger holds, and what it held on a past day."""
    router = APIRouter(tags=["ledger"])

    async def then_of(
        keys: Sequence[AccountKey], as_of: date | None, known_by: datetime | None
    ) -> list[PastAccount]:
        return await accounts_then(past, keys, await reads.policies(), Then(as_of, known_by), now())

    @router.get("/accounts")
    async def accounts(
        account_id: str | None = None,
        as_of: AsOf = None,
        known_by: KnownBy = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.Account]:
        keys = await reads.account_keys(account_id, cursor, limit)
        if as_of is not None or known_by is not None:
            found = await then_of(keys.rows, as_of, known_by)
            return Page(rows=[shapes.past_account(one) for one in found], next=keys.next)
        figures = await reads.account_figures(keys.rows) if keys.rows else {}
        policies = await reads.policies()
        rows = []
        for key in keys.rows:
            own = figures[key[1]]
            policy = own.known.policy(key, policies)
            today = policy.today(now())
            currencies = [
                shapes.figures(balance, own.open_by_due[balance.currency], today)
                for balance in own.balances
            ]
            rows.append(shapes.account(key[1], own.known, policy, currencies, own.levels))
        return Page(rows=rows, next=keys.next)

    @router.get("/invoices")
    async def invoices(
        account_id: str | None = None,
        invoice_id: str | None = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.Invoice]:
        keys = await reads.invoice_keys(account_id, invoice_id, cursor, limit)
        items_of = await reads.items_of_invoices(keys.rows) if keys.rows else {}
        policies, known = await reads.policies(), await reads.known(key[:2] for key in items_of)
        instant = now()
        rows = [
            shapes.invoice(key[1], found, known[key[:2]].policy(key[:2], policies).today(instant))
            for key, found in items_of.items()
        ]
        return Page(rows=rows, next=keys.next)

    @router.get("/items")
    async def items(  # each is a parameter of the query
        account_id: str | None = None,
        invoice_id: str | None = None,
        level: str | None = None,
        status: Literal["open", "cleared", "cancelled", "written_off"] | None = None,
        as_of: AsOf = None,
        known_by: KnownBy = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.Item]:
        if as_of is not None or known_by is not None:
            keys = await reads.account_keys(account_id, cursor, limit)
            rows = [
                shapes.item(one.key[1], item, one.today)
                for one in await then_of(keys.rows, as_of, known_by)
                for invoice in one.replay.account.invoices.values()
                if invoice_id in (None, invoice.invoice_id)
                for item in invoice.items
                if status in (None, status_of(item)) and level is None
            ]
            return Page(rows=rows, next=keys.next)
        filters = {
            "account_id": account_id,
            "invoice_id": invoice_id,
            "level": level,
            "status": status,
        }
        page = await reads.items(filters, cursor, limit)
        policies, known = await reads.policies(), await reads.known(key for key, _ in page.rows)
        instant = now()
        return Page(
            rows=[
                shapes.item(key[1], item, known[key].policy(key, policies).today(instant))
                for key, item in page.rows
            ],
            next=page.next,
        )

    return router
