"""What was said about escalations and accounts, and whether it still stands, over HTTP."""

import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Query

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, shapes
from shared.contracts.asyncapi import OUTBOUND
from shared.errors import RejectedError
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page

#: Escalations one question about their standing may name.
STANDINGS_MAX: Final = 200


def escalations_router(reads: Reads) -> APIRouter:
    """Serve what was said about escalations, and whether they still stand."""
    router = APIRouter(tags=["escalations"])

    @router.get("/escalations")
    async def escalations(
        account_id: str | None = None,
        invoice_id: str | None = None,
        level: str | None = None,
        event_type: Annotated[str | None, Query(alias="type")] = None,
        cursor: Cursor = None,
        limit: Limit = PAGE_ROWS_DEFAULT,
    ) -> Page[models.EscalationRow]:
        if event_type is not None and event_type not in OUTBOUND:
            message = f"type: {event_type!r} is not one of: {', '.join(OUTBOUND)}"
            raise RejectedError(message, code="unknown_type", field="type")
        filters = {
            "account_id": account_id,
            "invoice_id": invoice_id,
            "level": level,
            "type": event_type,
        }
        page = await reads.escalations.words(filters, cursor, limit)
        return Page(rows=[row.event for row in page.rows], next=page.next)

    @router.get("/standing")
    async def standing(
        escalation_id: Annotated[list[uuid.UUID], Query(max_length=STANDINGS_MAX)],
    ) -> models.Standings:
        return models.Standings(
            rows=[
                shapes.standing(row, raised)
                for row, raised in await reads.escalations.standings(escalation_id)
            ]
        )

    return router
