"""The cover of a customer: what the newest words on each policy say, and which one insures.

The clocks that run under a cover are in `clocks`, the use of its limit is in `limit`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from shared.contracts.cover import CoverUpdated, CoverWithdrawn

#: How many covers a reason names; an account rarely has more than two.
NAMED_MAX: Final = 5
#: How every reason for a manual review ends.
JUDGE: Final = "a person must decide what to claim"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The insurer's word that a cover has ended, when it is newer than the terms."""

    said_at: datetime
    event_name: str
    word: CoverWithdrawn


@dataclass(frozen=True, slots=True)
class Cover:
    """The newest words on one insurance policy of the customer, and when they were said."""

    #: Of the terms; of the withdrawal as long as no terms are known.
    said_at: datetime
    event_name: str
    #: None when only a withdrawal has come so far.
    terms: CoverUpdated | None
    #: None while the terms are the newest word.
    withdrawal: Withdrawal | None = None


def with_terms(
    known: Cover | None, said_at: datetime, event_name: str, terms: CoverUpdated
) -> Cover | None:
    """Return a policy's cover with a word on its terms; None when a newer word is known.

    The event with the latest `time` wins, then the one whose name sorts last, so that the order
    of arrival does not matter. Newer terms put a withdrawn cover in force again; terms older than
    the withdrawal say what it left insured.
    """
    rank = said_at, event_name
    if known is None:
        return Cover(said_at, event_name, terms)
    if known.terms is not None and rank <= (known.said_at, known.event_name):
        return None
    left = known.withdrawal
    if left is not None and rank > (left.said_at, left.event_name):
        left = None
    return Cover(said_at, event_name, terms, left)


def with_withdrawal(
    known: Cover | None, said_at: datetime, event_name: str, word: CoverWithdrawn
) -> Cover | None:
    """Return a policy's cover with its withdrawal; None when a newer word is known."""
    rank = said_at, event_name
    withdrawal = Withdrawal(said_at, event_name, word)
    if known is None:
        return Cover(said_at, event_name, None, withdrawal)
    if rank <= (known.said_at, known.event_name):
        return None
    left = known.withdrawal
    if left is not None and rank <= (left.said_at, left.event_name):
        return None
    if known.terms is None:
        return Cover(said_at, event_name, None, withdrawal)
    return replace(known, withdrawal=withdrawal)


def cover_for(currency: str, issued_on: date, covers: Iterable[Cover]) -> Cover | None:
    """Return the cover that insures an invoice by its currency and its own date; None without one.

    What was invoiced up to the day of a withdrawal stays insured (Allianz Trade, Customer Service
    Guide: "receivables which were already covered continue to be insured"; Atradius glossary,
    "run-off risk"). Of several covers it is the one that began last, then the last policy number.
    """
    valid = [
        (cover.terms.valid_from, cover.terms.policy_no, cover)
        for cover in covers
        if cover.terms is not None and _obstacle(cover, currency, issued_on) is None
    ]
    return max(valid, key=lambda one: one[:2])[2] if valid else None


def why_uncovered(currency: str, issued_on: date, covers: Iterable[Cover]) -> str:
    """Return the sentence on why no cover insures an invoice: none, lapsed, withdrawn, other."""
    reasons = [
        reason
        for cover in sorted(covers, key=_policy_no)
        if (reason := _obstacle(cover, currency, issued_on)) is not None
    ]
    named = reasons[:NAMED_MAX]
    if len(reasons) > NAMED_MAX:
        named.append(f"{len(reasons) - NAMED_MAX} more do not fit either")
    because = f" ({'; '.join(named)})" if named else ""
    return f"no cover in {currency} was valid on {issued_on}{because}; {JUDGE}"


def _obstacle(cover: Cover, currency: str, issued_on: date) -> str | None:
    """Say why a cover does not insure what was invoiced in a currency on a day."""
    name = _policy_no(cover)
    if cover.terms is None:
        return f"of {name} only the withdrawal has come, and no terms"
    if cover.terms.currency != currency:
        return f"{name} is in {cover.terms.currency}"
    if issued_on < cover.terms.valid_from:
        return f"{name} begins on {cover.terms.valid_from}"
    if cover.terms.valid_to is not None and cover.terms.valid_to < issued_on:
        return f"{name} lapsed on {cover.terms.valid_to}"
    if cover.withdrawal is not None and cover.withdrawal.word.withdrawn_on < issued_on:
        word = cover.withdrawal.word
        because = f": {word.reason}" if word.reason else ""
        return f"{name} was withdrawn on {word.withdrawn_on}{because}"
    return None


def _policy_no(cover: Cover) -> str:
    if cover.terms is not None:
        return cover.terms.policy_no
    assert cover.withdrawal is not None
    return cover.withdrawal.word.policy_no
