"""What the words mean that a database which is gone has followed before: letters are in doubt."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from services.notifier.domain.deciding.values import Decision, PlanLetter
from services.notifier.domain.work import LetterStatus

RESTORED: Final = (
    "the database was restored from a backup; this letter may have been sent after it was made"
)


def in_doubt(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the decisions with each new letter `unknown`: a person says whether it has left."""
    return tuple(
        PlanLetter(replace(one.letter, status=LetterStatus.UNKNOWN, reason=RESTORED))
        if isinstance(one, PlanLetter)
        else one
        for one in decisions
    )
