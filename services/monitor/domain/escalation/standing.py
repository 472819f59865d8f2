"""What is decided about an account as a whole: promises, the stop of cover, its own default.

The facts are in the debtor; what was said about them so far is in `Said`, which decisions alone
change. So a word is said once, however often the account is looked at.

Sources: SAP Collections Management, "Evaluating Promises to Pay", for kept, partially kept and
broken; for the stop of cover and a default see `insurance.limit` and `default`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from services.monitor.domain.escalation.default import default_cause
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor, Promise
from services.monitor.domain.ledger.funds import readable
from services.monitor.domain.policy.policy import Policy

KEPT: Final = "kept"
PARTIALLY_KEPT: Final = "partially_kept"
BROKEN: Final = "broken"
#: Of the API: a promise whose day is not over, and one that was taken back.
OPEN: Final = "open"
WITHDRAWN: Final = "withdrawn"


@dataclass(slots=True)
class Said:
    """What was said about an account so far."""

    #: Outcome by promise id.
    promises: dict[str, str] = field(default_factory=dict)
    broken_promises: int = 0
    #: By policy number, the day the maximum extension period ended for the oldest item.
    covers_stopped: dict[str, date] = field(default_factory=dict)
    #: How often each cover was said to have stopped.
    stops: int = 0
    #: The group that was told of the account's membership, and whether it is in default.
    group_id: str | None = None
    defaulted: bool = False
    #: Counts the words to groups.
    turn: int = 0

    @property
    def kept(self) -> frozenset[str]:
        """Ids of promises that hold nothing any more, for they were kept early."""
        return frozenset(name for name, outcome in self.promises.items() if outcome == KEPT)


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid towards a promise from the day it was made to the day it was for."""

    #: Minor units by currency.
    by_currency: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a promise ended."""

    promise_id: str
    promised_on: date
    status: str
    currency: str | None
    paid: int
    promised: int | None


@dataclass(frozen=True, slots=True)
class CoverChange:
    """Cover for new deliveries stops (`mep_on` is given), or is there again."""

    policy_no: str
    insurer: str
    mep_on: date | None
    item_id: str | None


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What a group must hear."""

    group_id: str
    member: bool
    defaulted: bool
    because: str | None


@dataclass(frozen=True, slots=True)
class StandingDecision:
    """What to say about an account today, and the day on which to look again."""

    outcomes: tuple[Outcome, ...] = ()
    covers: tuple[CoverChange, ...] = ()
    groups: tuple[GroupChange, ...] = ()
    next_attention_on: date | None = None


def decide_standing(
    debtor: Debtor,
    said: Said,
    open_items: Sequence[Item],
    paid: dict[str, Paid],
    policy: Policy,
    today: date,
) -> StandingDecision:
    """Decide about an account on its creditor's day; `open_items` are all of them.

    `paid` is by promise id, for promises without an outcome.
    """
    outcomes: list[Outcome] = []
    looks: list[date] = []
    for promise_id, promise in sorted(debtor.promises.items()):
        if promise_id in said.promises or promise.withdrawn_on is not None:
            continue
        if promise.promised_on is None:
            continue
        outcome = _outcome(promise_id, promise, open_items, paid.get(promise_id, Paid()), today)
        if outcome is None:
            looks.append(promise.promised_on + timedelta(days=1))
        else:
            outcomes.append(outcome)
    return StandingDecision(
        outcomes=tuple(outcomes),
        covers=tuple(_cover_changes(debtor, said, open_items, today)),
        groups=tuple(_group_changes(debtor, said, open_items, policy, today)),
        next_attention_on=min(looks, default=None),
    )


def wants_standing(debtor: Debtor, said: Said) -> bool:
    """Say whether a change of items or money may change what is said about the account."""
    return bool(
        said.covers_stopped
        or said.defaulted
        or debtor.group_id != said.group_id
        or any(name not in said.promises for name in open_promises(debtor))
    )


def open_promises(debtor: Debtor) -> list[str]:
    """Return the ids of promises that have come and were not withdrawn."""
    return [
        name
        for name, one in debtor.promises.items()
        if one.promised_on is not None and one.withdrawn_on is None
    ]


def _outcome(
    promise_id: str, promise: Promise, open_items: Sequence[Item], paid: Paid, today: date
) -> Outcome | None:
    """Return how a promise ended; None while its day is not over and it is not yet kept.

    Promised is an amount, or else that nothing it is for and that is due by its day stays open. As
    long as nothing was paid that is no promise kept early: its invoice may not have come yet.
    """
    assert promise.promised_on is not None
    covered = [item for item in open_items if promise.covers(item.invoice_id)]
    currency = _currency_of(promise, covered, paid)
    promised = None
    if promise.amount is not None and currency is not None:
        promised = readable(promise.amount, currency)
    sum_paid = paid.by_currency.get(currency, 0) if currency is not None else 0
    if promised:
        kept = sum_paid >= promised
    else:
        kept = not any(item.due_on <= promise.promised_on for item in covered)
        kept = kept and (today > promise.promised_on or any(paid.by_currency.values()))
    if kept:
        status = KEPT
    elif today <= promise.promised_on:
        return None
    else:
        status = PARTIALLY_KEPT if sum_paid > 0 else BROKEN
    return Outcome(promise_id, promise.promised_on, status, currency, sum_paid, promised)


def _currency_of(promise: Promise, covered: Sequence[Item], paid: Paid) -> str | None:
    """Return the promise's currency: its own, else the only one of what is open or was paid."""
    if promise.currency is not None:
        return promise.currency
    known = {item.currency for item in covered} | set(paid.by_currency)
    return next(iter(known)) if len(known) == 1 else None


def _cover_changes(
    debtor: Debtor, said: Said, open_items: Sequence[Item], today: date
) -> list[CoverChange]:
    """Return which covers stop or resume for new deliveries.

    Cover stops when the oldest insured item is open beyond the maximum extension period, and is
    there again once nothing is (Coface and Atradius general terms: automatic stop of cover).
    """
    past: dict[str, tuple[date, Item]] = {}
    for item in open_items:
        insurance = insurance_of(item, debtor.covers.values())
        number = None if insurance is None else insurance.past_mep(today)
        if insurance is None or number is None:
            continue
        mep_on = insurance.clocks.mep_on
        if number not in past or mep_on < past[number][0]:
            past[number] = (mep_on, item)
    changes = [
        CoverChange(number, _insurer(debtor, number), mep_on, item.item_id)
        for number, (mep_on, item) in sorted(past.items())
        if number not in said.covers_stopped
    ]
    changes += [
        CoverChange(number, _insurer(debtor, number), None, None)
        for number in sorted(said.covers_stopped)
        if number not in past
    ]
    return changes


def _insurer(debtor: Debtor, policy_no: str) -> str:
    cover = debtor.covers.get(policy_no)
    return "" if cover is None or cover.terms is None else cover.terms.insurer


def _group_changes(
    debtor: Debtor, said: Said, open_items: Sequence[Item], policy: Policy, today: date
) -> list[GroupChange]:
    """Return what the present group, and one that was left, must hear."""
    because = default_cause(debtor, open_items, policy, today)
    changes: list[GroupChange] = []
    if said.group_id is not None and said.group_id != debtor.group_id:
        changes.append(GroupChange(said.group_id, member=False, defaulted=False, because=None))
    if debtor.group_id is not None and (
        debtor.group_id != said.group_id or bool(because) != said.defaulted
    ):
        changes.append(
            GroupChange(debtor.group_id, member=True, defaulted=bool(because), because=because)
        )
    return changes


def apply_standing(said: Said, decision: StandingDecision) -> None:
    """Remember what is said now."""
    for outcome in decision.outcomes:
        said.promises[outcome.promise_id] = outcome.status
        said.broken_promises += outcome.status != KEPT
    for change in decision.covers:
        said.stops += 1
        if change.mep_on is not None:
            said.covers_stopped[change.policy_no] = change.mep_on
        else:
            said.covers_stopped.pop(change.policy_no, None)
    for word in decision.groups:
        said.turn += 1
        said.group_id = word.group_id if word.member else None
        said.defaulted = word.defaulted
