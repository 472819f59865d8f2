"""What was refused, over HTTP: listed, read, replayed."""

import asyncio
import uuid
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from services.ingest.api.events import TAKE_SECONDS_MAX, Body
from services.ingest.handlers.replay import Replay
from shared.contracts.envelope import STRUCTURED
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page

Status = Literal["waiting", "replayed"]


class RejectedRow(BaseModel):
    """A refused event, without its bytes."""

    rejected_id: uuid.UUID
    code: str = Field(description="As in the table of rejection codes.")
    message: str
    field: str | None
    topic: str = Field(description="The topic it came in by, or `http`.")
    partition: int | None
    offset: int | None
    headers: dict[str, str]
    rejected_at: AwareDatetime
    status: Status
    replayed_at: AwareDatetime | None
    size_bytes: int


class RejectedEvent(RejectedRow):
    """A refused event with its bytes."""

    raw_base64: str
    raw_text: str | None = Field(description="The bytes as text, where they are UTF-8.")


class Replayed(BaseModel):
    """A refused event that has gone through."""

    rejected_id: uuid.UUID
    status: Literal["replayed"] = "replayed"


class RejectedReads(Protocol):
    """Reads of what was refused."""

    async def page(
        self,
        *,
        code: str | None,
        status: str | None,
        topic: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[RejectedRow]:
        """Return one page, in the order of refusal."""

    async def one(self, rejected_id: uuid.UUID) -> RejectedEvent:
        """Return one with its bytes; raises `NotFoundError`."""


def rejected_router(reads: RejectedReads, replay: Replay) -> APIRouter:
    """Return the routes for what was refused."""
    router = APIRouter(prefix="/rejected", tags=["rejected"])

    @router.get("")
    async def list_rejected(
        code: Annotated[str | None, Query(max_length=64)] = None,
        status: Status | None = None,
        topic: Annotated[str | None, Query(max_length=256)] = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[RejectedRow]:
        """List what was refused, in the order of refusal."""
        return await reads.page(code=code, status=status, topic=topic, cursor=cursor, limit=limit)

    @router.get("/{rejected_id}")
    async def read_rejected(rejected_id: uuid.UUID) -> RejectedEvent:
        """Read one, with its bytes."""
        return await reads.one(rejected_id)

    @router.post(
        "/{rejected_id}/replay",
        openapi_extra={
            "requestBody": {
                "required": False,
                "description": "Empty: replay it as it was. Else the mended CloudEvent.",
                "content": {STRUCTURED: {"schema": {"type": "object"}}},
            }
        },
        responses={
            404: {"description": "There is no such refused event."},
            409: {"description": "It has been replayed already."},
            422: {"description": "It is still refused; the problem says why."},
        },
    )
    async def replay_rejected(rejected_id: uuid.UUID, body: Body) -> Replayed:
        """Replay one, as it was or mended; the mended event may keep its id."""
        async with asyncio.timeout(TAKE_SECONDS_MAX):
            await replay(rejected_id, body)
        return Replayed(rejected_id=rejected_id)

    return router
