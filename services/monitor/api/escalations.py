"""What was said about escalations and accounts, and whether it still stands, over HTTP."""

import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, shapes
from services.monitor.handlers.answers.interest import Reading, interest_now
from services.monitor.handlers.answers.late import Raise, late_now
from shared.contracts.asyncapi import OUTBOUND
from shared.errors import RejectedError
from shared.postgres.paging import PAGE_ROWS_DEFAULT, Cursor, Limit, Page

#: Escalations one question about their standing may name.
STANDINGS_MAX: Final = 200


def escalations_router(
    reads: Reads,
    open_reading: Callable[[], AbstractAsyncContextManager[Reading]],
    now: Callable[[], datetime],
) -> APIRouter:
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
        interest_on: Annotated[
            date | None,
            Query(
                description="The day of the letter, to whose end interest is told; else the"
                " creditor's day. A reminder of before the due date stands until then"
            ),
        ] = None,
    ) -> models.Standings:
        found = await reads.escalations.standings(escalation_id)
        keys = {(one.partition, one.account_id, one.invoice_id) for one, raised in found if raised}
        raises = {
            one.escalation_id: Raise((one.partition, one.account_id), raised.level, one.due_on)
            for one, raised in found
            if raised is not None
        }
        async with open_reading() as reading:
            interest = await interest_now(reading, sorted(keys), now(), interest_on)
            late = await late_now(reading, raises, now(), interest_on)
        owed = {key: one for key, one, _day in interest}
        return models.Standings(
            rows=[
                shapes.standing(
                    row,
                    raised,
                    owed.get((row.partition, row.account_id, row.invoice_id)),
                    late.get(row.escalation_id),
                )
                for row, raised in found
            ]
        )

    return router
