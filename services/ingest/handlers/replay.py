"""Replaying what was refused: as it was, or mended by a person."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from services.ingest.domain.arrival import HTTP_TOPIC, Arrival
from services.ingest.domain.bindings import structured
from services.ingest.domain.judgement import Refusal
from services.ingest.handlers.door import Door
from shared.errors import ConflictingStateError, NotFoundError, RejectedError


class Kept(Struct, kw_only=True, frozen=True):
    """A refused arrival as its row has it."""

    arrival: Arrival
    is_waiting: bool


class ReplayRows(Protocol):
    """The rows of what was refused, one at a time."""

    async def find(self, rejected_id: uuid.UUID) -> Kept | None:
        """Return the row, None when there is none. Raises `TransientError`."""

    async def mark_replayed(self, rejected_id: uuid.UUID, now: datetime) -> None:
        """Say that the event has gone through."""

    async def still_refused(self, rejected_id: uuid.UUID, refusal: Refusal) -> None:
        """Keep the newest reason of a row that waits."""


class Replay:
    """Takes a refused arrival through the door again."""

    def __init__(self, door: Door, rows: ReplayRows, now: Callable[[], datetime]) -> None:
        self._door = door
        self._rows = rows
        self._now = now

    async def __call__(self, rejected_id: uuid.UUID, mended: bytes) -> None:
        """Take it again, or the mended structured CloudEvent where `mended` is not empty.

        Raises `NotFoundError`, `ConflictingStateError` (`already_replayed`), `RejectedError` with
        the new reason, which the row keeps as well, or `TransientError`. Two replays at once do
        no harm: the second is a duplicate.
        """
        kept = await self._rows.find(rejected_id)
        if kept is None:
            message = f"there is no refused event {rejected_id}; list them with GET /v1/rejected"
            raise NotFoundError(message)
        if not kept.is_waiting:
            message = f"the refused event {rejected_id} has been replayed already"
            raise ConflictingStateError(message, code="already_replayed")
        arrival = structured(HTTP_TOPIC, mended) if mended else kept.arrival
        [outcome] = await self._door.take([arrival])
        if isinstance(outcome, Refusal):
            await self._rows.still_refused(rejected_id, outcome)
            raise RejectedError(outcome.message, code=outcome.code, field=outcome.field)
        await self._rows.mark_replayed(rejected_id, self._now())
