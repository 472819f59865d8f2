"""Turn a batch of the monitor's words into work, each word once, in one transaction."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

import structlog

from services.notifier.domain.deciding.addressing import addressed_anew
from services.notifier.domain.deciding.announcing import announced, matter_of
from services.notifier.domain.deciding.repeating import in_doubt
from services.notifier.domain.deciding.values import Decision, Rules
from services.notifier.domain.decisions import decide
from services.notifier.handlers.desk import Desk, Work
from shared.contracts.announcement import Announcement
from shared.contracts.escalation import EscalationEvent
from shared.errors import RejectedError

log = structlog.get_logger(__name__)

#: What the monitor says: of one escalation, or of an account.
Word: TypeAlias = EscalationEvent | Announcement


class Batch(Protocol):
    """One transaction on the work; everything or nothing of it happens."""

    async def note(self, event_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Write ids into the inbox and return those that were not there."""

    async def advance(self, offsets: Mapping[int, int]) -> None:
        """Move the positions of the topic's partitions forward."""

    async def load(self, words: Sequence[Word]) -> Work:
        """Return, locked, the work of the words' accounts that can still change."""

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

    async def __call__(
        self, words: Sequence[Word], offsets: Mapping[int, int], repeated: Collection[uuid.UUID]
    ) -> None:
        """Make the work of those words that are new; returns when it is committed.

        `offsets` is where the topic's partitions are to be read next. `repeated` are the ids of
        words that a database which is gone has followed before: a letter of theirs is in doubt.
        """
        by_id = {word.event_id: word for word in reversed(words)}
        async with self._store.batch() as batch:
            await batch.advance(offsets)
            fresh_ids = await batch.note(sorted(by_id)) if by_id else set()
            # In the order of arrival: an account's words follow each other on its partition.
            fresh = [
                word
                for word in words
                if word.event_id in fresh_ids and by_id[word.event_id] is word
            ]
            if not fresh:
                return
            desk = Desk(await batch.load(fresh))
            for word in fresh:
                self._apply(desk, word, is_repeated=word.event_id in repeated)
            await batch.save(desk.changes())

    def _apply(self, desk: Desk, word: Word, *, is_repeated: bool) -> None:
        try:
            if isinstance(word, EscalationEvent):
                self._follow(desk, word, is_repeated=is_repeated)
            elif (matter := matter_of(word)) is not None:
                desk.carry_out(announced(word, desk.spoken_of(matter), self._rules))
        except RejectedError as error:
            # The monitor has checked its amounts; should one be wrong all the same, it must not
            # hold up the others. The record stays in its topic, and the log says which it is.
            log.error(  # noqa: TRY400  (the trace would say nothing more)
                "An escalation event does not make sense and is passed over.",
                action="escalation_refused",
                event_id=str(word.event_id),
                code=error.code,
                reason=error.message,
            )

    def _follow(self, desk: Desk, event: EscalationEvent, *, is_repeated: bool) -> None:
        decisions: tuple[Decision, ...] = decide(event, desk.present(event), self._rules)
        desk.carry_out(in_doubt(decisions) if is_repeated else decisions)
        desk.carry_out(addressed_anew(event.recipient, *desk.unfinished(event.account_id)))
