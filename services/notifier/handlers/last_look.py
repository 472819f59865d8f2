"""The last look at a claimed letter: what the monitor said of it, made into what becomes of it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.notifier.domain.delivery import Patience, pause_seconds
from services.notifier.domain.dispatch import (
    AskAgain,
    AwaitWord,
    Pause,
    Recall,
    Send,
    Standing,
    WaitUntil,
    addressed,
    judge,
)
from services.notifier.domain.recipients import WAITS_FOR_ADDRESS, why_unreachable
from services.notifier.domain.work import LetterStatus
from services.notifier.handlers.ports import Begun, Claimed, Draft, LetGo, UnwritableError, Writer

#: The reason of a letter that waits because the monitor has put an item of it on hold.
AWAITS_WORD: Final = "an item of it is on hold, says the monitor; waits for its word on that"
NOT_KNOWN: Final = "the monitor does not know an escalation of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A claimed letter, and what the monitor said of its items."""

    claimed: Claimed
    #: The day of the question and of the letter, even where midnight comes in between.
    day: date
    answers: Mapping[uuid.UUID, Standing]
    #: By the event loop's clock.
    asked_at_seconds: float


def put_off(claimed: Claimed, reason: str, patience: Patience) -> LetGo:
    """Return that a letter is tried later, after a pause that grows with its attempts."""
    return LetGo(
        letter_id=claimed.letter_id,
        reason=reason,
        pause_seconds=pause_seconds(claimed.attempts + 1, patience),
        counted=True,
    )


def last_look(
    asked: Asked,
    draft: Draft,
    *,
    writer: Writer,
    sent_that_day: int,
    letters_per_day_max: int,
    patience: Patience,
) -> Begun | LetGo:
    """Return what becomes of a letter: it begins to leave, or is let go of."""
    verdict = judge(
        draft.items,
        asked.answers,
        day=asked.day,
        sent_that_day=sent_that_day,
        letters_per_day_max=letters_per_day_max,
    )
    if isinstance(verdict, Send):
        return _begun(asked, draft, verdict, writer=writer, patience=patience)
    return _let_go(asked, draft, verdict, patience)


def _let_go(
    asked: Asked,
    draft: Draft,
    verdict: Recall | AskAgain | WaitUntil | Pause | AwaitWord,
    patience: Patience,
) -> LetGo:
    letter_id, claimed = draft.letter.letter_id, asked.claimed
    match verdict:
        case Recall(reason):
            return LetGo(
                letter_id=letter_id,
                status=LetterStatus.RECALLED,
                reason=reason,
                dropped=tuple(item.escalation_id for item in draft.items),
            )
        case AskAgain():
            is_unknown = bool(set(claimed.escalation_ids) - set(asked.answers))
            return (
                put_off(claimed, NOT_KNOWN, patience) if is_unknown else LetGo(letter_id=letter_id)
            )
        case WaitUntil(day):
            had = f"the customer has had the day's letters; waits until {day.isoformat()}"
            return LetGo(letter_id=letter_id, reason=had, not_before_on=day)
        case Pause(hold):
            return LetGo(letter_id=letter_id, hold=hold)
        case AwaitWord():
            # A hold is no failure to send, so it counts as no attempt.
            pause = pause_seconds(1, patience)
            return LetGo(letter_id=letter_id, reason=AWAITS_WORD, pause_seconds=pause)


def _begun(
    asked: Asked, draft: Draft, send: Send, *, writer: Writer, patience: Patience
) -> Begun | LetGo:
    letter, claimed = addressed(draft.letter, asked.answers), asked.claimed
    if not letter.recipient_email:
        return put_off(claimed, WAITS_FOR_ADDRESS, patience)
    failed = why_unreachable(letter.recipient_email)
    if failed is None:
        try:
            content = writer.write(letter, send.items, send.day)
        except UnwritableError as error:
            failed = error.message
    if failed is not None:
        return LetGo(letter_id=letter.letter_id, status=LetterStatus.FAILED, reason=failed)
    kept = {item.escalation_id for item in send.items}
    # Looks at a letter without an address were no attempts to send it.
    before = claimed.attempts if draft.letter.recipient_email else 0
    return Begun(
        letter=letter,
        content=content,
        items=send.items,
        day=send.day,
        dropped=tuple(item.escalation_id for item in draft.items if item.escalation_id not in kept),
        attempts=before + 1,
    )
