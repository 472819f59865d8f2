"""What is decided about an account as a whole: promises, the stop of cover, its own default.

The facts are in the debtor; what was said about them so far is in `Said`, which decisions alone
change. So a word is said once, however often the account is looked at.

Sources: SAP Collections Management, "Evaluating Promises to Pay", for kept, partially kept and
broken; for the stop of cover and a default see `insurance.limit` and `default`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.monitor.domain.escalation.claimed import ClaimChange, Claimed, claims_of
from services.monitor.domain.escalation.default import default_cause
from services.monitor.domain.escalation.promise_money import Money
from services.monitor.domain.escalation.promises import (
    KEPT,
    OPEN,
    WITHDRAWN,
    Outcome,
    decide_promises,
    is_revised,
)
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.insurance.cover import in_force
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Policy

_NOTHING_STOPS: Final = "no insured item is open beyond the maximum extension period"


@dataclass(slots=True)
class Said:
    """What was said about an account so far."""

    #: Outcome by promise id, where one stands.
    promises: dict[str, str] = field(default_factory=dict)
    #: How many words there were about a promise, by its id; left out, one of each outcome.
    promise_words: dict[str, int] = field(default_factory=dict)
    broken_promises: int = 0
    #: By policy number, the day after which deliveries are insured no more.
    covers_stopped: dict[str, date] = field(default_factory=dict)
    #: How often each cover was said to have stopped.
    stops: int = 0
    #: The group that was told of the account's membership, and whether it is in default.
    group_id: str | None = None
    defaulted: bool = False
    #: Counts the words to groups.
    turn: int = 0
    #: By item id, the claims on the insurance that stand under a cover, as they were told last.
    claims: dict[str, Claimed] = field(default_factory=dict)
    #: How often a claim was told anew.
    claims_anew: int = 0

    @property
    def kept(self) -> frozenset[str]:
        """Ids of promises that hold nothing any more, for they were kept early."""
        return frozenset(name for name, outcome in self.promises.items() if outcome == KEPT)


@dataclass(frozen=True, slots=True)
class CoverChange:
    """Cover for new deliveries stops, or is there again."""

    policy_no: str
    insurer: str
    #: Why, for people.
    because: str
    #: The day after which deliveries are insured no more; None: cover is there again.
    stopped_on: date | None = None
    #: The same, where it is the end of an item's maximum extension period.
    mep_on: date | None = None


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
    #: Claims whose figures have become others.
    claims: tuple[ClaimChange, ...] = ()
    #: What is told by now of the claims that stand, by item id.
    claimed: Mapping[str, Claimed] = field(default_factory=dict)
    next_attention_on: date | None = None

    def changes(self, said: Said) -> bool:
        """Say whether anything is said now that was not, or stands no more."""
        return bool(self.outcomes or self.covers or self.groups or self.claimed != said.claims)


def decide_standing(
    debtor: Debtor,
    said: Said,
    open_items: Sequence[Item],
    money: Sequence[Money],
    policy: Policy,
    today: date,
    fresh: Collection[str] = (),
) -> StandingDecision:
    """Decide about an account on its creditor's day; `open_items` are all of them.

    `money` is what was paid, credited and given up of what its promises are for, from the day on
    which the first of `sharing` was made. `fresh` names items whose claim on the insurance is being
    raised.
    """
    claimed, claims = claims_of(debtor, said.claims, open_items, fresh)
    outcomes, over_on = decide_promises(
        debtor, said.promises, said.promise_words, open_items, money, today
    )
    return StandingDecision(
        outcomes=tuple(outcomes),
        covers=tuple(_cover_changes(debtor, said, open_items, today)),
        groups=tuple(_group_changes(debtor, said, open_items, policy, today)),
        claims=claims,
        claimed=claimed,
        next_attention_on=min(
            (day for day in (over_on, _next_fixed_day(debtor, said, today)) if day is not None),
            default=None,
        ),
    )


def wants_standing(debtor: Debtor, said: Said, today: date) -> bool:
    """Say whether a change of items or money may change what is said about the account."""
    return bool(
        said.covers_stopped
        or said.claims
        or said.defaulted
        or debtor.group_id != said.group_id
        or any(
            is_revised(one, said.promises.get(name), today) for name, one in debtor.promises.items()
        )
    )


def is_kept_early(debtor: Debtor, said: Said, today: date) -> bool:
    """Say whether a promise was kept whose day is not over: it holds again if its money goes."""
    return any(
        one.promised_on is not None and one.promised_on >= today
        for name, one in debtor.promises.items()
        if said.promises.get(name) == KEPT
    )


def _cover_changes(
    debtor: Debtor, said: Said, open_items: Sequence[Item], today: date
) -> list[CoverChange]:
    """Return which covers stop or resume for new deliveries.

    Cover stops when the oldest insured item is open beyond the maximum extension period, and by
    insolvency (Coface and Atradius general terms: automatic stop of cover). It is there again when
    nothing stops it any more and its terms are in force; that they have ended is the insurer's own
    word, and stops nothing that had not stopped.
    """
    stopped = _past_mep(debtor, open_items, today)
    if debtor.is_insolvent_on(today):
        insolvent_on = debtor.insolvent_on
        because = f"the customer is insolvent since {insolvent_on}"
        for number in _in_force(debtor, today) - stopped.keys():
            insurer = _insurer(debtor, number)
            stopped[number] = CoverChange(number, insurer, because, insolvent_on)
    changes = [
        change for number, change in sorted(stopped.items()) if number not in said.covers_stopped
    ]
    free = said.covers_stopped.keys() - stopped.keys()
    changes += [
        CoverChange(number, _insurer(debtor, number), _NOTHING_STOPS)
        for number in sorted(free & _in_force(debtor, today))
    ]
    return changes


def _past_mep(debtor: Debtor, open_items: Sequence[Item], today: date) -> dict[str, CoverChange]:
    """Return by policy number what stops its cover: the item whose period ended first."""
    found: dict[str, CoverChange] = {}
    for item in open_items:
        insurance = insurance_of(item, debtor.covers.values())
        number = None if insurance is None else insurance.past_mep(today)
        if insurance is None or number is None:
            continue
        mep_on = insurance.clocks.mep_on
        known = found.get(number)
        if known is None or known.mep_on is None or mep_on < known.mep_on:
            because = f"{item.item_id} is open beyond the maximum extension period to {mep_on}"
            insurer = _insurer(debtor, number)
            found[number] = CoverChange(number, insurer, because, mep_on, mep_on)
    return found


def _next_fixed_day(debtor: Debtor, said: Said, today: date) -> date | None:
    """Return the next day on which insolvency is filed, or terms begin that it or a stop hits."""
    if not said.covers_stopped and debtor.insolvent_on is None:
        return None
    days = [word.terms.valid_from for cover in debtor.covers.values() for word in cover.words]
    if debtor.insolvent_on is not None:
        days.append(debtor.insolvent_on)
    return min((day for day in days if day > today), default=None)


def _in_force(debtor: Debtor, today: date) -> frozenset[str]:
    """Return the numbers of the policies that insure what is delivered on a day."""
    return frozenset(
        number for number, cover in debtor.covers.items() if in_force(cover, today) is not None
    )


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
        if outcome.status in (OPEN, WITHDRAWN):
            del said.promises[outcome.promise_id]
        else:
            said.promises[outcome.promise_id] = outcome.status
        said.promise_words[outcome.promise_id] = outcome.number
        said.broken_promises += outcome.newly_broken
    for change in decision.covers:
        said.stops += 1
        if change.stopped_on is not None:
            said.covers_stopped[change.policy_no] = change.stopped_on
        else:
            said.covers_stopped.pop(change.policy_no, None)
    for word in decision.groups:
        said.turn += 1
        said.group_id = word.group_id if word.member else None
        said.defaulted = word.defaulted
    said.claims = dict(decision.claimed)
    said.claims_anew += len(decision.claims)
