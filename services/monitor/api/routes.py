"""The monitor over HTTP: accounts, items, clearing records, escalations, policies, the summary."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from services.monitor.adapters.policy_documents import DOCUMENT_BYTES_MAX, PolicyDocuments
from services.monitor.adapters.reads import Reads
from services.monitor.adapters.store import PostgresStore
from services.monitor.api import models, shapes
from services.monitor.domain.policy.policy import Policy
from shared.errors import NotFoundError, RejectedError
from shared.money import to_text
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page

#: What a word about an escalation can be.
EscalationType = Literal["escalation.raised.v1", "escalation.updated.v1", "escalation.lifted.v1"]
#: Escalations one question about their standing may name.
STANDINGS_MAX = 200


def ledger_router(reads: Reads, now: Callable[[], datetime]) -> APIRouter:
    """Serve what the ledger holds."""
    router = APIRouter(tags=["ledger"])

    @router.get("/accounts")
    async def accounts(
        account_id: str | None = None, cursor: Cursor = None, limit: Limit = PAGE_ROWS_DEFAULT
    ) -> Page[models.Account]:
        keys = await reads.account_keys(account_id, cursor, limit)
        figures = await reads.account_figures(keys.rows) if keys.rows else {}
        policies = await reads.policies()
        rows = []
        for _partition, found in keys.rows:
            policy = policies.of(found)
            today = policy.today(now())
            creditor_id, _, customer_id = found.partition(":")
            rows.append(
                models.Account(
                    account_id=found,
                    creditor_id=creditor_id,
                    customer_id=customer_id,
                    name=(figures[found].facts.get("customer") or {}).get("name"),
                    level=_highest(figures[found].levels, policy),
                    currencies=[
                        shapes.figures(balance, figures[found].open_by_due[balance.currency], today)
                        for balance in figures[found].balances
                    ],
                )
            )
        return Page(rows=rows, next=keys.next)

    @router.get("/items")
    async def items(
        account_id: str | None = None,
        invoice_id: str | None = None,
        level: str | None = None,
        status: Literal["open", "cleared", "cancelled"] | None = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.Item]:
        filters = {
            "account_id": account_id,
            "invoice_id": invoice_id,
            "level": level,
            "status": status,
        }
        page = await reads.items(filters, cursor, limit)
        policies = await reads.policies()
        instant = now()
        return Page(
            rows=[
                shapes.item(row, policies.of(row.account_id).today(instant)) for row in page.rows
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


def escalations_router(reads: Reads) -> APIRouter:
    """Serve what was said about escalations, and whether they still stand."""
    router = APIRouter(tags=["escalations"])

    @router.get("/escalations")
    async def escalations(
        account_id: str | None = None,
        invoice_id: str | None = None,
        level: str | None = None,
        event_type: Annotated[EscalationType | None, Query(alias="type")] = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.EscalationRow]:
        filters = {
            "account_id": account_id,
            "invoice_id": invoice_id,
            "level": level,
            "type": event_type,
        }
        page = await reads.escalations(filters, cursor, limit)
        return Page(rows=[row.event for row in page.rows], next=page.next)

    @router.get("/standing")
    async def standing(
        escalation_id: Annotated[list[uuid.UUID], Query(max_length=STANDINGS_MAX)],
    ) -> models.Standings:
        return models.Standings(
            rows=[
                shapes.standing(row, stands=stands)
                for row, stands in await reads.standings(escalation_id)
            ]
        )

    return router


def policies_router(
    reads: Reads,
    store: PostgresStore,
    documents: PolicyDocuments,
    now: Callable[[], datetime],
    *,
    changed: Callable[[], None],
) -> APIRouter:
    """Serve policies; `changed` is called once a new version is stored."""
    router = APIRouter(tags=["policies"])

    @router.get("/policies")
    async def policies() -> Page[models.PolicyVersion]:
        rows = await reads.policy_rows()
        return Page(rows=[_policy_version(row) for row in rows])

    @router.get("/policies/{name}")
    async def policy(name: str) -> models.PolicyVersion:
        rows = await reads.policy_rows(name)
        if not rows:
            known = ", ".join(row.policy for row in await reads.policy_rows())
            message = f"there is no policy named {name!r}; there are: {known}"
            raise NotFoundError(message)
        return _policy_version(rows[0])

    @router.post("/policies", status_code=201)
    async def set_policy(request: Request) -> models.PolicySet:
        name, version = await store.add_policy(await _text_of(request), now())
        changed()
        return models.PolicySet(policy=name, version=version)

    @router.post("/policies/validate")
    async def validate(request: Request) -> models.PolicyValid:
        documents.read(await _text_of(request), version=0)
        return models.PolicyValid(valid=True)

    return router


async def _text_of(request: Request) -> str:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > DOCUMENT_BYTES_MAX:
            message = f"the policy is larger than {DOCUMENT_BYTES_MAX} bytes"
            raise RejectedError(message, code="bad_policy")
    try:
        return body.decode()
    except UnicodeDecodeError:
        message = "the policy is not UTF-8 text"
        raise RejectedError(message, code="bad_policy") from None


def _policy_version(row: shapes.Row) -> models.PolicyVersion:
    return models.PolicyVersion(
        policy=row.policy, version=row.version, document=row.document, created_at=row.created_at
    )


def _highest(levels: set[str], policy: Policy) -> str | None:
    """Return the highest level in the policy's order; one it no longer has counts as lowest."""
    order = [level.name for level in policy.levels]
    return max(levels, key=lambda one: order.index(one) if one in order else -1, default=None)
