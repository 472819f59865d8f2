"""Turn a batch of the monitor's words into work, each word once, in one transaction."""

import uuid
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import structlog

from services.notifier.domain.decisions import Rules, decide
from services.notifier.handlers.desk import Desk, Work
from shared.contracts.escalation import EscalationEvent
from shared.errors import RejectedError

log = structlog.get_logger(__name__)


class Batch(Protocol):
    """One transaction on the work; everything or nothing of it happens."""

    async def note(self, event_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Write ids into the inbox and return those that were not there."""

    async def load(self, events: Sequence[EscalationEvent]) -> Work:
        """Return, locked, the work of the events' accounts that can still change."""

    async def save(self, work: Work) -> None:
        """Write changed work back."""


class WorkStore(Protocol):
    """Where the work is kept."""

    def batch(self) -> AbstractAsyncContextManager[Batch]:
        """Begin a transaction; it is committed when the block ends without an error."""


class ConsumeEscalations:
    """The use case of a batch from `receivables.escalations`."""

    def __init__(self, store: WorkStore, rules: Rules) -> None:
        self._store = store
        self._rules = rules

    async def __call__(self, events: Sequence[EscalationEvent]) -> None:
        """Make the work of those events that are new; returns when it is committed."""
        by_id = {event.event_id: event for event in reversed(events)}
        async with self._store.batch() as batch:
            fresh_ids = await batch.note(sorted(by_id))
            # In the order of arrival: an escalation's events follow each other on its partition.
            fresh = [
                event
                for event in events
                if event.event_id in fresh_ids and by_id[event.event_id] is event
            ]
            if not fresh:
                return
            desk = Desk(await batch.load(fresh))
            for event in fresh:
                self._apply(desk, event)
            await batch.save(desk.changes())

    def _apply(self, desk: Desk, event: EscalationEvent) -> None:
        try:
            desk.carry_out(decide(event, desk.present(event), self._rules))
        except RejectedError as error:
            # The monitor has checked its amounts; should one be wrong all the same, it must not
            # hold up the others. The record stays in its topic, and the log says which it is.
            log.error(  # noqa: TRY400  (the trace would say nothing more)
                "An escalation event does not make sense and is passed over.",
                action="escalation_refused",
                event_id=str(event.event_id),
                code=error.code,
                reason=error.message,
            )
