"""Whether a letter may leave now: the last look at what it is about, just before it is sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.notifier.domain.holds import Hold, letter_hold
from services.notifier.domain.recipients import readdressed
from services.notifier.domain.work import Escalation, Letter
from shared.contracts.escalation import Interest, Recipient
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
    #: Whether something holds it now.
    held: bool = False
    #: What of `open` is in dispute now; None where the monitor does not say.
    disputed: str | None = None
    #: On the item's invoice to the end of the day that was asked for; None where none is borne.
    interest: Interest | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """Nothing it would be about is due any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskAgain:
    """It has come to be about items the monitor was not asked for."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Everything it would be about that is still due is on hold."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class AwaitWord:
    """The monitor holds an item of it, and its word on that has not come here yet.

    Which items a letter leaves behind is decided by the words alone: only those come in an order,
    so that the word that ends a hold always finds the item left behind.
    """


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """The customer has had today's letters."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """It goes, about these items with these figures, dated this day."""

    items: tuple[Escalation, ...]
    day: date


Verdict = Recall | AskAgain | Pause | AwaitWord | WaitUntil | Send


def addressed(letter: Letter, answers: Mapping[uuid.UUID, Standing]) -> Letter:
    """Return the letter to whom the monitor names now; to whom it was, where it names nobody."""
    for answer in answers.values():
        letter = readdressed(letter, answer.recipient)
    return letter


def letter_day(planned_on: date, today: date) -> date:
    """Return the day a letter is dated: today, or the creditor's day that planned it.

    The clock of this service may stand before the day on which the level was raised, as when a
    manual clock is moved service by service; no letter is older than its reason.
    """
    return max(today, planned_on)


def judge(
    items: Sequence[Escalation],
    answers: Mapping[uuid.UUID, Standing],
    *,
    day: date,
    sent_that_day: int,
    letters_per_day_max: int,
) -> Verdict:
    """Return what is to be done with a letter that is about to leave.

    `items` are those the letter is about, `answers` the monitor's about them on the letter's `day`,
    `sent_that_day` the letters the account has already had on it.
    """
    standing = []
    reasons = []
    for item in items:
        answer = answers.get(item.escalation_id)
        if answer is None:
            return AskAgain()
        if answer.standing:
            standing.append((item, _as_answered(item, answer), answer.held))
        else:
            reasons.append(answer.reason or "no longer due")
    if not standing:
        return Recall("; ".join(dict.fromkeys(reasons)) or "no item is left")
    free = [(now, is_held) for before, now, is_held in standing if before.dunnable]
    if any(is_held or not now.dunnable for now, is_held in free):
        return AwaitWord()
    hold = letter_hold(before for before, _, _ in standing)
    if hold is not None:
        return Pause(hold)
    due = [now for now, _ in free]
    if sent_that_day >= letters_per_day_max:
        return WaitUntil(day + timedelta(days=1))
    return Send(items=tuple(due), day=day)


def _as_answered(item: Escalation, answer: Standing) -> Escalation:
    """Return an item with the figures of this moment; the last word's where there are none.

    Interest is the answer's alone: it has grown since the last word, or was paid or waived.
    """
    return replace(
        item,
        open_minor=_minor(answer.open, item.currency, item.open_minor),
        disputed_minor=_minor(answer.disputed, item.currency, item.disputed_minor),
        interest=answer.interest,
    )


def _minor(text: str | None, currency: str, known_minor: int) -> int:
    return known_minor if text is None else to_minor(text, currency)
