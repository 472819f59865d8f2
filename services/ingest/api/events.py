"""Events over HTTP: structured, binary or in a batch, through the same door as Kafka's."""

import asyncio
import uuid
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from services.ingest.domain.bindings import BATCH_EVENTS_MAX, from_http
from services.ingest.domain.judgement import Refusal
from services.ingest.domain.naming import Duplicate, Outcome
from services.ingest.handlers.door import Door
from services.ingest.handlers.refused import Refused
from shared.contracts.envelope import BATCH, JSON, STRUCTURED
from shared.errors import RejectedError
from shared.runtime import problems

BODY_BYTES_MAX: Final = 5 * 1024 * 1024
#: A sender hears after this that a dependency is away; what was under way it sends again.
TAKE_SECONDS_MAX: Final = 20.0
TOO_LARGE: Final = 413
ACCEPTED: Final = 202
SOME_REFUSED: Final = 207
ALL_REFUSED: Final = 422


class RefusedEvent(BaseModel):
    """One event that was refused, and where it is kept."""

    index: int = Field(description="Its place in the batch, from 0.")
    code: str
    message: str
    field: str | None
    rejected_id: uuid.UUID


class Receipt(BaseModel):
    """What became of the events of a request; accepted ones are safe with the broker."""

    accepted: int
    duplicates: int = Field(description="Accepted before with the same content.")
    refused: list[RefusedEvent]


async def read_body(request: Request) -> bytes:
    """Read a body up to its limit; a longer one ends the reading with status 413."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_BYTES_MAX:
            message = f"the body is longer than {BODY_BYTES_MAX} bytes; send it in parts"
            raise HTTPException(TOO_LARGE, message)
    return bytes(body)


Body = Annotated[bytes, Depends(read_body)]

_ANY_OBJECT: Final[dict[str, Any]] = {"schema": {"type": "object"}}
_REQUEST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A CloudEvent 1.0; in binary mode its attributes are ce-* headers.",
        "content": {
            STRUCTURED: _ANY_OBJECT,
            BATCH: {"schema": {"type": "array", "maxItems": BATCH_EVENTS_MAX}},
            JSON: _ANY_OBJECT,
        },
    }
}


def events_router(door: Door, refused: Refused) -> APIRouter:
    """Return the route that takes events."""
    router = APIRouter(tags=["events"])

    @router.post(
        "/events",
        status_code=ACCEPTED,
        response_model=Receipt,
        responses={
            SOME_REFUSED: {"model": Receipt, "description": "Some were refused, and are kept."},
            ALL_REFUSED: {"model": Receipt, "description": "All were refused, and are kept."},
            TOO_LARGE: {"description": "The body or the batch is too large; nothing was taken."},
        },
        openapi_extra=_REQUEST_BODY,
    )
    async def take(request: Request, body: Body) -> JSONResponse:
        """Take events; the answer comes after the broker has acknowledged them."""
        try:
            arrivals = from_http(request.headers.raw, body)
        except RejectedError as error:
            return problems.problem(TOO_LARGE, error.code, error.message)
        async with asyncio.timeout(TAKE_SECONDS_MAX):
            outcomes = await door.take(arrivals)
            receipt = _receipt(outcomes, await refused.keep(arrivals, outcomes))
        return JSONResponse(receipt.model_dump(mode="json"), status_code=_status(receipt))

    return router


def _receipt(outcomes: list[Outcome], ids: list[uuid.UUID | None]) -> Receipt:
    receipt = Receipt(accepted=0, duplicates=0, refused=[])
    for index, (outcome, rejected_id) in enumerate(zip(outcomes, ids, strict=True)):
        if isinstance(outcome, Refusal):
            assert rejected_id is not None
            receipt.refused.append(
                RefusedEvent(
                    index=index,
                    code=outcome.code,
                    message=outcome.message,
                    field=outcome.field,
                    rejected_id=rejected_id,
                )
            )
        elif isinstance(outcome, Duplicate):
            receipt.duplicates += 1
        else:
            receipt.accepted += 1
    return receipt


def _status(receipt: Receipt) -> int:
    if not receipt.refused:
        return ACCEPTED
    return SOME_REFUSED if receipt.accepted or receipt.duplicates else ALL_REFUSED
