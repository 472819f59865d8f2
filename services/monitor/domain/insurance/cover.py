"""The cover of a customer: what the words on each policy say, and which terms insure an invoice.

The clocks that run under a cover are in `clocks`, the use of its limit is in `limit`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shared.contracts.cover import CoverUpdated, CoverWithdrawn

#: How many covers a reason names; an account rarely has more than two.
NAMED_MAX: Final = 5
#: How every reason for a manual review ends.
JUDGE: Final = "a person must decide what to claim"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The insurer's word that the terms said before it have ended."""

    said_at: datetime
    event_name: str
    word: CoverWithdrawn

    @property
    def rank(self) -> tuple[datetime, str]:
        """What tells the newer of two words: the event's `time`, then its name."""
        return self.said_at, self.event_name


@dataclass(frozen=True, slots=True)
class Terms:
    """The newest word on what a policy promises from a day on."""

    said_at: datetime
    event_name: str
    terms: CoverUpdated

    @property
    def rank(self) -> tuple[datetime, str]:
        """What tells the newer of two words: the event's `time`, then its name."""
        return self.said_at, self.event_name


@dataclass(frozen=True, slots=True)
class Cover:
    """What counts of all that was said of one insurance policy of the customer.

    The first four fields are the whole of it until the policy is renewed or changed from a day on.
    """

    #: Of the terms; of the withdrawal as long as no terms are known.
    said_at: datetime
    event_name: str
    #: Those that begin last; None when only withdrawals have come so far.
    terms: CoverUpdated | None
    #: What ends these terms; without terms, what would end the oldest. None while in force.
    withdrawal: Withdrawal | None = None
    #: The terms that began before, the latest of them first.
    earlier: tuple[Terms, ...] = ()
    #: The other withdrawals that count, as they were said.
    other_withdrawals: tuple[Withdrawal, ...] = ()

    @property
    def words(self) -> tuple[Terms, ...]:
        """All terms, those that begin last first."""
        if self.terms is None:
            return ()
        return (Terms(self.said_at, self.event_name, self.terms), *self.earlier)

    @property
    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """All withdrawals that count, as they were said."""
        own = () if self.withdrawal is None else (self.withdrawal,)
        return tuple(sorted((*own, *self.other_withdrawals), key=lambda one: one.rank))

    @property
    def policy_no(self) -> str:
        """The policy's number."""
        if self.terms is not None:
            return self.terms.policy_no
        assert self.withdrawal is not None
        return self.withdrawal.word.policy_no

    def withdrawal_of(self, word: Terms) -> Withdrawal | None:
        """Return what ended terms; None while no withdrawal was said after them.

        Of several it is the first that was said after them: those said later name later days.
        """
        return next((one for one in self.withdrawals if one.rank > word.rank), None)


def with_terms(
    known: Cover | None, said_at: datetime, event_name: str, terms: CoverUpdated
) -> Cover | None:
    """Return a policy's cover with a word on its terms; None when it changes nothing.

    For each first day (`valid_from`) the event with the latest `time` wins, then the one whose name
    sorts last, so that the order of arrival does not matter. A renewal or a changed limit has a
    first day of its own and leaves the terms before it to what was invoiced before.
    """
    word = Terms(said_at, event_name, terms)
    return _changed(known, words=(word,))


def with_withdrawal(
    known: Cover | None, said_at: datetime, event_name: str, word: CoverWithdrawn
) -> Cover | None:
    """Return a policy's cover with a withdrawal; None when it changes nothing.

    It ends the terms that were said before it; terms said after it put the policy in force again.
    Of several said after some terms the earliest day ends these: a second withdrawal, after the
    policy was in force again, must not revive what the first had ended.
    """
    return _changed(known, withdrawals=(Withdrawal(said_at, event_name, word),))


def _changed(
    known: Cover | None,
    words: tuple[Terms, ...] = (),
    withdrawals: tuple[Withdrawal, ...] = (),
) -> Cover | None:
    """Return what is known and more together; None when that is what is known."""
    if known is not None:
        words += known.words
        withdrawals += known.withdrawals
    made = _made(_newest(words), _counting(withdrawals))
    return None if made == known else made


def _newest(words: Iterable[Terms]) -> list[Terms]:
    """Return the newest word for each first day, those that begin last first."""
    by_first_day: dict[date, Terms] = {}
    for word in sorted(words, key=lambda one: one.rank):
        by_first_day[word.terms.valid_from] = word
    return sorted(by_first_day.values(), key=lambda one: one.terms.valid_from, reverse=True)


def _counting(withdrawals: Iterable[Withdrawal]) -> list[Withdrawal]:
    """Return the withdrawals that end something, as they were said.

    One after which another was said that names the same day or an earlier one ends nothing.
    """
    counting: list[Withdrawal] = []
    for one in sorted(withdrawals, key=lambda each: each.rank, reverse=True):
        if not counting or one.word.withdrawn_on < counting[-1].word.withdrawn_on:
            counting.append(one)
    return counting[::-1]


def _made(words: list[Terms], withdrawals: list[Withdrawal]) -> Cover:
    """Put together what counts."""
    if not words:
        first, *others = withdrawals
        return Cover(first.said_at, first.event_name, None, first, (), tuple(others))
    last, *earlier = words
    own = next((one for one in withdrawals if one.rank > last.rank), None)
    return Cover(
        last.said_at,
        last.event_name,
        last.terms,
        own,
        tuple(earlier),
        tuple(one for one in withdrawals if one is not own),
    )


def terms_for(currency: str, issued_on: date, covers: Iterable[Cover]) -> CoverUpdated | None:
    """Return the terms that insure an invoice by its currency and its own date; None without any.

    Of a policy's terms those in force on that day insure it, whatever the policy says since: "A new
    limit will apply to all deliveries that are made ... after the date of the ... decision to
    reduce or cancel a limit" (receivablesinsurancecanada.com, "How do credit limits work"), and
    "receivables which were already covered continue to be insured" (Allianz Trade, Customer Service
    Guide; Atradius glossary, "run-off risk"). Of several policies it is the one whose terms began
    last, then the last policy number.
    """
    found: CoverUpdated | None = None
    for cover in covers:
        terms = in_force(cover, issued_on)
        if terms is None or terms.currency != currency:
            continue
        if found is None or _place(terms) > _place(found):
            found = terms
    return found


def begun_on(policy_no: str, covers: Iterable[Cover]) -> date:
    """Return the first day of a policy's first terms; ValueError when no terms are known."""
    return min(
        word.terms.valid_from
        for cover in covers
        if cover.policy_no == policy_no
        for word in cover.words
    )


def in_force(cover: Cover, on: date) -> CoverUpdated | None:
    """Return a policy's terms in force on a day: of those valid on it the ones that began last.

    Valid are terms from `valid_from` up to `valid_to` and the day of a withdrawal, all inclusive;
    so a limit that was raised for a time (with a `valid_to`) leaves the terms before it afterwards.
    """
    terms = cover.terms
    if terms is not None and terms.valid_from <= on:
        gone = cover.withdrawal
        if (terms.valid_to is None or on <= terms.valid_to) and (
            gone is None or on <= gone.word.withdrawn_on
        ):
            return terms
    for word in cover.earlier:
        if word.terms.valid_from <= on and _ended(cover, word, on) is None:
            return word.terms
    return None


def why_uncovered(currency: str, issued_on: date, covers: Iterable[Cover]) -> str:
    """Return the sentence on why no cover insures an invoice: none, lapsed, withdrawn, other."""
    reasons = [
        _obstacle(cover, issued_on) for cover in sorted(covers, key=lambda one: one.policy_no)
    ]
    named = reasons[:NAMED_MAX]
    if len(reasons) > NAMED_MAX:
        named.append(f"{len(reasons) - NAMED_MAX} more do not fit either")
    because = "; ".join(named) or "none is known of this customer"
    return f"no cover in {currency} was valid on {issued_on} ({because}); {JUDGE}"


def _obstacle(cover: Cover, issued_on: date) -> str:
    """Say why a cover does not insure a day's invoice: for its currency, if for nothing else."""
    name = cover.policy_no
    if cover.terms is None:
        return f"of {name} only the withdrawal has come, and no terms"
    terms = in_force(cover, issued_on)
    if terms is not None:
        return f"{name} is in {terms.currency}"
    for word in cover.words:
        if word.terms.valid_from <= issued_on:
            return f"{name} {_ended(cover, word, issued_on)}"
    return f"{name} begins on {cover.words[-1].terms.valid_from}"


def _ended(cover: Cover, word: Terms, on: date) -> str | None:
    """Say how terms had ended before a day; None while they had not."""
    if word.terms.valid_to is not None and word.terms.valid_to < on:
        return f"lapsed on {word.terms.valid_to}"
    gone = cover.withdrawal_of(word)
    if gone is None or on <= gone.word.withdrawn_on:
        return None
    because = f": {gone.word.reason}" if gone.word.reason else ""
    return f"was withdrawn on {gone.word.withdrawn_on}{because}"


def _place(terms: CoverUpdated) -> tuple[date, str]:
    return terms.valid_from, terms.policy_no
