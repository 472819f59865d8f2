"""Policies over HTTP: shown, checked, tried out, put in force."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request

from services.monitor.adapters.policy_documents import DOCUMENT_BYTES_MAX, PolicyDocuments
from services.monitor.adapters.reads.reads import Reads
from services.monitor.adapters.store import PostgresStore
from services.monitor.api import models
from services.monitor.api.shapes import Row
from services.monitor.domain.policy.doubts import doubts_of
from shared.errors import NotFoundError, RejectedError
from shared.postgres.paging import Page


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
        rows = await reads.policies.rows()
        return Page(rows=[_policy_version(row) for row in rows])

    @router.get("/policies/{name}")
    async def policy(name: str) -> models.PolicyVersion:
        rows = await reads.policies.rows(name)
        if not rows:
            known = ", ".join(row.policy for row in await reads.policies.rows())
            message = f"there is no policy named {name!r}; there are: {known}"
            raise NotFoundError(message)
        return _policy_version(rows[0])

    @router.post("/policies", status_code=201)
    async def set_policy(request: Request) -> models.PolicySet:
        text = await text_of(request)
        name, version = await store.add_policy(text, now())
        changed()
        warnings = doubts_of(documents.read(text, version=version))
        return models.PolicySet(policy=name, version=version, warnings=warnings)

    @router.post("/policies/validate")
    async def validate(request: Request) -> models.PolicyValid:
        policy = documents.read(await text_of(request), version=0)
        return models.PolicyValid(valid=True, warnings=doubts_of(policy))

    return router


async def text_of(request: Request) -> str:
    """Return the document that a request carries; refuses what is too large or no text."""
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


def _policy_version(row: Row) -> models.PolicyVersion:
    return models.PolicyVersion(
        policy=row.policy, version=row.version, document=row.document, created_at=row.created_at
    )
