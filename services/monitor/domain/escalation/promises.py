"""Promises to pay: what was paid towards each, and how it ends.

Reckoned anew from what is known at every look, by value dates: a payment that is told late, or
that bounces after the promise was kept, changes the outcome, and the correction is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.monitor.domain.escalation.promise_money import Money, still_there
from services.monitor.domain.escalation.promise_question import Question
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor, Promise

KEPT: Final = "kept"
PARTIALLY_KEPT: Final = "partially_kept"
BROKEN: Final = "broken"
#: A promise whose day is not over and that is not kept yet, and one that was taken back: said only
#: where an outcome was said before.
OPEN: Final = "open"
WITHDRAWN: Final = "withdrawn"
#: Every status a promise can have.
STATUSES: Final = (OPEN, KEPT, PARTIALLY_KEPT, BROKEN, WITHDRAWN)
#: What counts as broken.
NOT_KEPT: Final = frozenset({PARTIALLY_KEPT, BROKEN})
#: For so many days after its own day an outcome is corrected; later it stays as it was said.
REVISED_DAYS_MAX: Final = 400

#: A promise with its id.
Named = tuple[str, Promise]


@dataclass(frozen=True, slots=True)
class Towards:
    """How far a promise has come by the end of its day, in minor units of its currency."""

    #: None: it gives none, and what it is for is in several, or nothing.
    currency: str | None
    #: What was paid and counts towards no earlier promise.
    paid: int
    #: None: all that is due by its day.
    promised: int | None
    #: What stays open of all that it is for.
    unpaid: int
    #: Whether anything was paid of what it is for, whatever promise that counts towards.
    is_paid_for: bool
    #: Whether it is kept by what was moved elsewhere since, and by nothing that is still there.
    rests_on_moved: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a promise ended, or that what was said of its end does not stand."""

    promise_id: str
    promised_on: date
    status: str
    currency: str | None
    paid: int
    promised: int | None
    #: What was said of it last; None: nothing, or that no outcome stands.
    was: str | None = None
    #: Counts the words about the promise, this one included.
    number: int = 1

    @property
    def newly_broken(self) -> int:
        """What it adds to the account's count of broken promises: 1, 0 or -1."""
        return (self.status in NOT_KEPT) - (self.was in NOT_KEPT)


def decide_promises(
    debtor: Debtor,
    said: Mapping[str, str],
    words: Mapping[str, int],
    open_items: Sequence[Item],
    money: Sequence[Money],
    today: date,
) -> tuple[list[Outcome], date | None]:
    """Return what is to be said of promises, and the first day on which one of them is over.

    `said` and `words` are by promise id: the outcome that stands as said, and how many were.
    """
    promises = debtor.promises
    found = towards(sharing(promises, said, today), said, open_items, money)
    outcomes: list[Outcome] = []
    looks: list[date] = []
    for promise_id, promise in sorted(promises.items()):
        was = said.get(promise_id)
        if promise.promised_on is None or not is_revised(promise, was, today):
            continue
        one = found.get(promise_id, _NOTHING)
        has_come = debtor.has_come(promise)
        status = _status(promise, promise.promised_on, one, was, today, has_come=has_come)
        if status == OPEN and today <= promise.promised_on:
            looks.append(promise.promised_on + timedelta(days=1))
        if status == (was or OPEN):
            continue
        number = words.get(promise_id, int(was is not None)) + 1
        figures = (one.currency, one.paid, one.promised)
        outcomes.append(Outcome(promise_id, promise.promised_on, status, *figures, was, number))
    return outcomes, min(looks, default=None)


def is_revised(promise: Promise, was: str | None, today: date) -> bool:
    """Say whether a look at the account decides about a promise: `was` is what was said of it."""
    if promise.made_on is None or promise.promised_on is None:
        return False
    if was is None:
        return not promise.is_withdrawn
    return promise.promised_on + timedelta(days=REVISED_DAYS_MAX) >= today


def sharing(promises: Mapping[str, Promise], said: Mapping[str, str], today: date) -> list[Named]:
    """Return the promises that are decided about, and those that may have had the same money.

    They are in the order in which money counts towards them: the earlier day first.
    """
    made = [
        one.made_on
        for name, one in promises.items()
        if one.made_on is not None and is_revised(one, said.get(name), today)
    ]
    if not made:
        return []
    first = min(made)
    found = [
        (promise.promised_on, promise.made_on, name, promise)
        for name, promise in promises.items()
        if promise.made_on is not None
        and promise.promised_on is not None
        and promise.promised_on >= first
        and not promise.is_withdrawn
    ]
    return [(name, promise) for _by, _made, name, promise in sorted(found, key=lambda one: one[:3])]


def towards(
    shared: Sequence[Named],
    said: Mapping[str, str],
    open_items: Sequence[Item],
    money: Sequence[Money],
) -> dict[str, Towards]:
    """Return how far promises have come, by id; `shared` are in the order of `sharing`.

    The same money counts once, towards the first of them that it is for. Where a promise has a
    choice it takes what the fewest are for, and leaves the others theirs. What was moved elsewhere
    counts as well where a promise was said to be kept, if only in part.
    """
    moved = [one for one in money if one.left is not None]
    money = [one for one in money if one.left is None]
    named = {invoice_id for _name, one in shared for invoice_id in one.invoice_ids or ()}
    # What is asked by name must not hang on whether another promise asks for the whole account.
    moved_of_named = still_there(one for one in moved if one.invoice_id in named)
    moved_of_all = still_there(moved)
    questions = [
        Question.of(one, open_items, money, was_broken=said.get(name) in NOT_KEPT)
        for name, one in shared
    ]
    payable = [
        [place for place, one in enumerate(money) if asked.counts(one)] for asked in questions
    ]
    rivals = [sum(place in places for places in map(set, payable)) for place in range(len(money))]
    left = [one.amount for one in money]
    found: dict[str, Towards] = {}
    for (name, _promise), asked, places in zip(shared, questions, payable, strict=True):
        lacking = asked.unpaid(open_items, money)
        unpaid = sum(lacking.values())
        paid = unmet = 0
        for place in sorted(places, key=lambda place: (rivals[place], money[place].on)):
            takes = left[place]
            if asked.promised:
                takes = min(takes, asked.promised - paid)
            elif money[place].invoice_id is None:
                # Without an amount it asks for no more money than is missing.
                takes = min(takes, max(0, unpaid - unmet))
                unmet += takes
            left[place] -= takes
            paid += takes
        is_whole = asked.promise.invoice_ids is None
        gone = moved_of_all if is_whole else moved_of_named
        if said.get(name) not in (KEPT, PARTIALLY_KEPT):
            gone = []
        away = asked.away(gone, lacking)
        rests = unpaid > 0 and not (asked.promised and paid >= asked.promised)
        if not is_whole:  # of a whole account it counts where it is
            paid = min(paid + away, asked.promised or paid + away)
        is_paid_for = bool(places) or any(asked.counts(one) for one in gone)
        found[name] = Towards(
            asked.currency, paid, asked.promised, unpaid - away, is_paid_for, rests
        )
    return found


_NOTHING: Final = Towards(None, 0, None, 0, is_paid_for=False)


def _status(
    promise: Promise,
    promised_on: date,
    one: Towards,
    was: str | None,
    today: date,
    *,
    has_come: bool,
) -> str:
    """Return how a promise stands on the creditor's day.

    It is kept when the amount was paid, or when nothing of what it is for stays open: of what has
    not come nobody can say that, so that it stays open until then. As long as nothing was paid
    the latter is no promise kept early.
    """
    if promise.is_withdrawn:
        return WITHDRAWN
    is_over = today > promised_on
    # What was kept in part is not mended by money that went elsewhere before.
    may_be_kept = was != PARTIALLY_KEPT or not one.rests_on_moved
    if may_be_kept and one.promised and one.paid >= one.promised:
        return KEPT
    if may_be_kept and one.unpaid <= 0 and has_come and (is_over or one.is_paid_for):
        return KEPT
    if not is_over or (one.unpaid <= 0 and not has_come):
        return OPEN
    return PARTIALLY_KEPT if one.paid else BROKEN
