"""What becomes of a planned letter that one of its items leaves: it goes without it, or not at all.

An item leaves when it is no longer due, and when a higher level is raised for it before the letter
has left: a reminder after the hand-over to lawyers would take that back.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.notifier.domain.deciding.values import Decision, Keep, LetterAt, ReviseLetter
from services.notifier.domain.holds import letter_on
from services.notifier.domain.work import DUNNING_LETTER, Escalation, Letter, LetterStatus
from shared.contracts.escalation import EscalationEvent


def left(at: LetterAt, why: str) -> Letter:
    """Return the letter without the item it was looked up for; recalled where it has no other."""
    letter = letter_on(at.letter, at.others)
    return letter if at.others else replace(letter, status=LetterStatus.RECALLED, reason=why)


def superseded(
    event: EscalationEvent, lower: Sequence[tuple[Escalation, LetterAt | None]]
) -> list[Decision]:
    """Return what a raise takes out of the letters of the item's lower levels that have not left.

    `lower` are the escalations it supersedes, each with the planned letter that is about it. What
    was on hold when its letter left, and waits for another, does not get one any more.
    """
    decisions: list[Decision] = []
    for known, at in lower:
        if not known.standing or known.action != DUNNING_LETTER:
            continue
        if at is None:
            if not known.in_letter and known.letter_id is not None:
                decisions.append(Keep(replace(known, letter_id=None)))
            continue
        letter = left(at, f"superseded: {event.level} was raised on {event.raised_on}")
        # A recalled letter still shows what it was about.
        if at.others:
            decisions.append(Keep(replace(known, letter_id=None, in_letter=False)))
        if letter != at.letter:
            decisions.append(ReviseLetter(letter))
    return decisions
