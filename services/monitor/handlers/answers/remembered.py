"""What had been said of an account by an instant: the levels that stood, promises, covers.

Decisions are no part of the journal; the log of words has each with its instant.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from msgspec import Struct

from services.monitor.domain.escalation.promises import NOT_KEPT
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.policy.policy import Policy
from shared.contracts.announcement import (
    COVER_RESUMED,
    COVER_STOPPED,
    PROMISE_ANNULLED,
    PROMISE_BROKEN,
    PROMISE_KEPT,
)
from shared.contracts.escalation import HELD, LIFTED, RAISED, RESUMED


class Word(Struct, kw_only=True, frozen=True):
    """A word of the log, as far as it says what stood."""

    type: str
    time: datetime
    item_id: str = ""
    escalation_id: str = ""
    level: str = ""
    held_by: str | None = None
    promise_id: str = ""
    status: str = ""
    policy_no: str = ""
    mep_on: date | None = None


@dataclass(slots=True)
class Stood:
    """A level that stood raised, and what held it."""

    level: str
    held_by: str | None = None


@dataclass(slots=True)
class Remembered:
    """What had been said."""

    said: Said = field(default_factory=Said)
    #: By item and escalation, in the order in which they were raised.
    levels: dict[str, dict[str, Stood]] = field(default_factory=dict)

    def stood(self, item_id: str, policy: Policy) -> list[Stood]:
        """Return the levels of an item that stood, in the policy's order, lowest first."""
        found = self.levels.get(item_id, {}).values()
        return sorted(found, key=lambda one: policy.index(one.level))


def remembered(words: Iterable[Word], until: datetime) -> Remembered:
    """Return what had been said before an instant; `words` are an account's, as they were said."""
    found = Remembered()
    for word in words:
        if word.time < until:
            _hear(found, word)
    return found


def kept_from(words: Iterable[Word]) -> list[tuple[datetime, frozenset[str]]]:
    """Return from each instant on which promises held nothing any more, for they were kept.

    `words` are an account's, as they were said; a correction ends what it corrects.
    """
    found = Remembered()
    steps: list[tuple[datetime, frozenset[str]]] = []
    for word in words:
        if word.promise_id:
            _hear(found, word)
            steps.append((word.time, found.said.kept))
    return steps


def _hear(found: Remembered, word: Word) -> None:
    levels = found.levels.setdefault(word.item_id, {})
    stood = levels.get(word.escalation_id)
    if word.type == RAISED:
        levels[word.escalation_id] = Stood(word.level)
    elif word.type == LIFTED:
        levels.pop(word.escalation_id, None)
    elif word.type in (HELD, RESUMED) and stood is not None:
        stood.held_by = word.held_by if word.type == HELD else None
    elif word.type in (PROMISE_KEPT, PROMISE_BROKEN, PROMISE_ANNULLED):
        _hear_of_promise(found.said, word)
    elif word.type == COVER_STOPPED:
        found.said.covers_stopped[word.policy_no] = word.mep_on or word.time.date()
    elif word.type == COVER_RESUMED:
        found.said.covers_stopped.pop(word.policy_no, None)


def _hear_of_promise(said: Said, word: Word) -> None:
    """Put a promise's last outcome in the place of the one before."""
    was = said.promises.pop(word.promise_id, None)
    if word.type != PROMISE_ANNULLED:
        said.promises[word.promise_id] = word.status
    said.broken_promises += (word.status in NOT_KEPT) - (was in NOT_KEPT)
