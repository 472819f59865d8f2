"""The preview of a policy over HTTP: what it would do today, and on request how far the work is."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.reads.reads import Reads
from services.monitor.api.policies import text_of
from services.monitor.domain.policy.doubts import doubts_of
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Policy, Scope
from services.monitor.domain.story.wording import of_terms
from services.monitor.handlers.answers.preview import Books, Preview, Stake, preview
from shared.errors import ArrearsError
from shared.money import to_text

#: Asked for by `Accept`, the answer comes as lines: how far the work is, and at last the preview.
LINES: Final = "application/x-ndjson"


class LargestCustomer(BaseModel):
    """One of the customers with most open of the items concerned."""

    account_id: str
    name: str | None
    items: int
    open: str


class PreviewRow(BaseModel):
    """What one deed at one level comes to in one currency."""

    #: `raise`, `hold`, `resume` or `lift`.
    deed: str
    level: str
    currency: str
    items: int
    open: str
    customers: int
    #: The ten with most open, the largest first.
    largest: list[LargestCustomer]


class InterestPreview(BaseModel):
    """Terms of interest that would hold from `today` on; what has accrued by others stays owed."""

    #: The policy that is in force so far, and its terms.
    policy: str
    before: str
    after: str
    #: Accounts with something open that it has been for; contracts' own terms stay as they are.
    accounts: int


class PolicyPreview(BaseModel):
    """What a policy would do if it were put in force now; nothing has been changed."""

    policy: str
    #: The version that it would be.
    version: int
    #: The creditor's day by the policy.
    today: date
    #: Open items and accounts that the policy would be for.
    items: int
    accounts: int
    rows: list[PreviewRow]
    #: What is valid in the policy and most likely not meant.
    warnings: list[str]
    #: Empty where it leaves the terms of interest as they are.
    interest: list[InterestPreview]


class PreviewProgress(BaseModel):
    """How far a preview is."""

    looked_at: int
    items: int


class PreviewFailure(BaseModel):
    """Why a preview could not be brought to its end."""

    code: str
    detail: str


def preview_router(
    reads: Reads,
    documents: PolicyDocuments,
    open_books: Callable[[Scope], AbstractAsyncContextManager[Books]],
    now: Callable[[], datetime],
) -> APIRouter:
    """Serve the preview."""
    router = APIRouter(tags=["policies"])

    @router.post(
        "/policies/preview",
        response_model=PolicyPreview,
        responses={200: {"content": {LINES: {}}}},
    )
    async def preview_policy(request: Request) -> Response | PolicyPreview:
        policy = await _coming(await text_of(request), reads, documents)
        present = await reads.policies.newest()
        instant = now()
        if LINES in request.headers.get("accept", ""):
            steps = _steps(open_books, policy, present, instant)
            return StreamingResponse(_lines(steps, instant), media_type=LINES)
        async for _total, found in _steps(open_books, policy, present, instant):
            last = found
        return _shown(last, instant)

    return router


async def _coming(text: str, reads: Reads, documents: PolicyDocuments) -> Policy:
    """Read a document as the next version of its policy; refuses what could not be set either."""
    policy = documents.read(text, version=0)
    stored = await reads.policies.rows()
    documents.refuse_overlap(policy, [(row.version, row.document) for row in stored])
    before = [row.version for row in stored if row.policy == policy.name]
    return replace(policy, version=max(before, default=0) + 1)


async def _steps(
    open_books: Callable[[Scope], AbstractAsyncContextManager[Books]],
    policy: Policy,
    present: Policies,
    instant: datetime,
) -> AsyncIterator[tuple[int, Preview]]:
    async with open_books(policy.scope) as books:
        async for step in preview(books, policy, present, instant):
            yield step


async def _lines(
    steps: AsyncIterator[tuple[int, Preview]], instant: datetime
) -> AsyncIterator[str]:
    """Write each step as a line; a failure is the last one, since 200 was said before."""
    try:
        async for total, found in steps:
            last = found
            yield _line(PreviewProgress(looked_at=found.looked_at, items=total))
        yield _line(_shown(last, instant))
    except ArrearsError as error:
        yield _line(PreviewFailure(code=error.code, detail=error.message))


def _line(model: BaseModel) -> str:
    return model.model_dump_json() + "\n"


def _shown(found: Preview, instant: datetime) -> PolicyPreview:
    return PolicyPreview(
        policy=found.policy.name,
        version=found.policy.version,
        today=found.policy.today(instant),
        items=found.concerned,
        accounts=found.accounts,
        rows=[_row(stake) for stake in found.stakes],
        warnings=doubts_of(found.policy),
        interest=[
            InterestPreview(
                policy=one.present.label,
                before=of_terms(one.present.interest),
                after=of_terms(found.policy.interest),
                accounts=one.accounts,
            )
            for one in found.interest
        ],
    )


def _row(stake: Stake) -> PreviewRow:
    return PreviewRow(
        deed=stake.deed,
        level=stake.level,
        currency=stake.currency,
        items=stake.items,
        open=to_text(stake.open, stake.currency),
        customers=stake.customers,
        largest=[
            LargestCustomer(
                account_id=one.account_id,
                name=one.name,
                items=one.items,
                open=to_text(one.open, stake.currency),
            )
            for one in stake.largest
        ],
    )
