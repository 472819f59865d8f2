"""Whether a letter may leave now: the last look at what it is about, just before it is sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.notifier.domain.recipients import readdressed
from services.notifier.domain.work import Escalation, Letter
from shared.contracts.escalation import Recipient
from shared.money import to_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The monitor's answer about one escalation."""

    standing: bool
    #: What is open now, as a decimal string, in the item's currency.
    open: str | None = None
    reason: str | None = None
    #: Whom to write to, as the customer is known now.
    recipient: Recipient | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """Nothing it would be about is due any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskAgain:
    """It has come to be about items the monitor was not asked for."""


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """The customer has had today's letters."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """It goes, about these items with these figures, dated this day."""

    items: tuple[Escalation, ...]
    day: date


Verdict = Recall | AskAgain | WaitUntil | Send


def addressed(letter: Letter, answers: Mapping[uuid.UUID, Standing]) -> Letter:
    """Return the letter to whom the monitor names now; to whom it was, where it names nobody."""
    for answer in answers.values():
        letter = readdressed(letter, answer.recipient)
    return letter


def letter_day(letter: Letter, today: date) -> date:
    """Return the day a letter is dated: today, or the creditor's day that planned it.

    The clock of this service may stand before the day on which the level was raised, as when a
    manual clock is moved service by service; no letter is older than its reason.
    """
    return max(today, letter.planned_on)


def judge(
    letter: Letter,
    items: Sequence[Escalation],
    answers: Mapping[uuid.UUID, Standing],
    *,
    today: date,
    sent_that_day: int,
    letters_per_day_max: int,
) -> Verdict:
    """Return what is to be done with a letter that is about to leave.

    `items` are those the letter is about, `answers` the monitor's about them, `sent_that_day` the
    letters the account has already had on the letter's day.
    """
    due = []
    reasons = []
    for item in items:
        answer = answers.get(item.escalation_id)
        if answer is None:
            return AskAgain()
        if not answer.standing:
            reasons.append(answer.reason or "no longer due")
            continue
        opened = item.open_minor if answer.open is None else to_minor(answer.open, item.currency)
        due.append(replace(item, open_minor=opened))
    if not due:
        return Recall("; ".join(dict.fromkeys(reasons)) or "no item is left")
    day = letter_day(letter, today)
    if sent_that_day >= letters_per_day_max:
        return WaitUntil(day + timedelta(days=1))
    return Send(items=tuple(due), day=day)
