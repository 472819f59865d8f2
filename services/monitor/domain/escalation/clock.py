"""The clock of an item's levels: the day on which each is reached, and why it is that day.

Sources: days after the due date as in SAP's "Grace Days for Line Items and Minimum Numbers of Days
in Arrears for Accounts" and Kill Bill's overdue states; a negative number for a reminder before it
as in Odoo's "Follow-up on invoices"; the wait for the level before as "Effective after" of SAP
Business One's dunning levels. What a dispute gives back is Arrears' own.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from msgspec import Struct

from services.monitor.domain.escalation.holds import DISPUTE
from services.monitor.domain.insurance.clocks import Insurance, insurance_of
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import RESTART, Level, Policy


class Prospect(Struct, frozen=True):
    """A level that may still be raised in this cycle, and the local date on which it is reached."""

    level: Level
    on: date
    #: The same, leaving aside how long it waits for the level before it.
    without_wait_on: date
    #: Whether the level before it must be raised first.
    follows: bool = False
    #: Whether only another account's default brings it on that day.
    cross_default: bool = False
    #: The last day on which it makes sense; None: it always does.
    until: date | None = None


def exists(level: Level, insurance: Insurance | None) -> bool:
    """Say whether an item has a level at all: without cover there is nothing to tell an insurer."""
    return not level.is_notice or insurance is not None


def reached_on(
    level: Level, item: Item, debtor: Debtor, policy: Policy, today: date
) -> tuple[date, bool]:
    """Return the day on which an item's own data reach a level, and whether by cross-default alone.

    A claim under a cover counts from the original due date and not before the waiting period is
    over, the notice to the insurer from then too and not after the cover's last day for it;
    insolvency brings both at once. Other levels count from the due date, moved by the calendar,
    and get the days back on which all of it was disputed under `on_resolution: restart`.
    """
    insurance = insurance_of(item, debtor.covers.values()) if level.is_insurers else None
    on = own_on(level, item, debtor, insurance, policy, today)
    crossed = crossed_on(level, item, debtor, policy)
    return (on, False) if crossed is None or on <= crossed else (crossed, True)


def own_on(
    level: Level,
    item: Item,
    debtor: Debtor,
    insurance: Insurance | None,
    policy: Policy,
    today: date,
) -> date:
    """Return the day on which an item reaches a level whatever other accounts do.

    `insurance` is what insures the item.
    """
    if level.is_insurers:
        due_on = item.due_on if insurance is None else item.original_due_on
        on = _insurers_on(level, due_on, cover_on(level, insurance), policy)
        return _or_insolvent(on, item, debtor)
    if policy.on_resolution == RESTART and DISPUTE in level.held_by:
        return _given_back_on(level, item, policy, today)
    return policy.level_on(level, item.due_on)


def was_reached(
    raised: Raised,
    level: Level,
    item: Item,
    debtor: Debtor,
    insurance: Insurance | None,
    policy: Policy,
) -> bool:
    """Say whether an item had reached a level by its own data on the day it was raised.

    A dispute that was not over before that day had stopped no clock, whatever it has come to since;
    and what is for the insurer goes by the cover and by the due date of then: what was told to the
    insurer is not called back for what has become of them, but by another policy's own days.
    """
    on = raised.raised_on
    if level.is_insurers:
        by_cover = raised.cover_on
        if raised.insured and by_cover is None:
            by_cover = cover_on(level, insurance)
        late_days = timedelta(raised.days_overdue)
        due_on = on - late_days if late_days and not raised.insured else item.due_on
        due_on = item.original_due_on if raised.insured else due_on
        return _or_insolvent(_insurers_on(level, due_on, by_cover, policy), item, debtor) <= on
    over = [span for span in item.disputed_days if span[1] is not None and span[1] < on]
    then = replace(item, disputed_days=over)
    return own_on(level, then, debtor, None, policy, on) <= on


def cover_on(level: Level, insurance: Insurance | None) -> date | None:
    """Return the day that a cover's own terms set for a level; None where they set none.

    A notice is given by then, a claim is made from then on.
    """
    if insurance is None or not level.is_insurers:
        return None
    return insurance.clocks.notify_by if level.is_notice else insurance.clocks.eligible_on


def _given_back_on(level: Level, item: Item, policy: Policy, today: date) -> date:
    """Return the day on which a level is reached whose clock stands still during a dispute.

    It stands while nothing else can be dunned: for the rest of what is open the item goes on, or a
    small objection would be time for all of it. What begins on or after that day gives nothing back
    any more.
    """
    days, on = 0, policy.level_on(level, item.due_on)
    for first, end in item.disputed_days:
        if on <= first:
            break
        days += policy.days_in(max(first, item.due_on), end or today)
        on = policy.level_on(level, item.due_on, days)
        if end is None:
            # Where no day of the policy's has passed, as on a weekend, it is not reached either.
            return max(on, today + timedelta(days=1))
    return on


def crossed_on(level: Level, item: Item, debtor: Debtor, policy: Policy) -> date | None:
    """Return the day on which another account's default brings a level; None when none does.

    It brings overdue items there at once, moved by no calendar and without the wait for the level
    before.
    """
    since, rule = debtor.cross_defaulted_on, policy.cross_default
    if since is None or rule is None or rule.raise_level != level.name:
        return None
    return max(since, item.due_on + timedelta(days=1))


def _insurers_on(level: Level, due_on: date, by_cover: date | None, policy: Policy) -> date:
    """Return the day on which a level for the insurer is reached, by the day that a cover sets."""
    on = policy.level_on(level, due_on)
    if level.is_notice:
        return date.max if by_cover is None else min(on, by_cover)
    return on if by_cover is None else max(on, by_cover)


def _or_insolvent(on: date, item: Item, debtor: Debtor) -> date:
    """Return the day of a level for the insurer, or that of an insolvency before it."""
    if debtor.insolvent_on is None:
        return on
    return min(on, max(debtor.insolvent_on, item.issued_on))


def prospects(
    item: Item,
    raised: list[Raised],
    debtor: Debtor,
    insurance: Insurance | None,
    policy: Policy,
    short: Collection[str],
    today: date,
) -> list[Prospect]:
    """Return what may still be raised in this cycle, lowest first, given what stands raised.

    `insurance` is what insures the item. What is for the insurer is no level before another, nor is
    one that is `short` of a condition before one that is not: it may never be raised.
    """
    passed: dict[str, Raised] = {}
    highest = -1
    for one in raised:
        passed.update(dict.fromkeys((one.level, *one.skipped), one))
        known = policy.level(one.level)
        if known is not None and not known.is_insurers:
            highest = max(highest, policy.index(one.level))
    found: list[Prospect] = []
    #: The level before, and the same among those that are not short.
    before: Raised | Prospect | None = None
    before_raisable: Raised | Prospect | None = None
    for index, level in enumerate(policy.levels):
        if level.name in passed:
            if not level.is_insurers:
                before = before_raisable = passed[level.name]
            continue
        if index < highest and not level.is_insurers:
            continue
        if not exists(level, insurance):
            continue
        is_short = level.name in short
        previous = before if is_short else before_raisable
        prospect = _prospect(level, item, previous, debtor, insurance, policy, today)
        if prospect is None:
            continue
        found.append(prospect)
        if not level.is_insurers:
            before = prospect
            before_raisable = before_raisable if is_short else prospect
    return found


def _prospect(
    level: Level,
    item: Item,
    before: Raised | Prospect | None,
    debtor: Debtor,
    insurance: Insurance | None,
    policy: Policy,
    today: date,
) -> Prospect | None:
    """Return when a level is reached, after the one before it; None when its time has passed."""
    on, follows, is_crossed = own_on(level, item, debtor, insurance, policy, today), False, False
    without_wait_on = on
    if level.min_days_after_previous is not None and before is not None and not level.is_insurers:
        follows = isinstance(before, Prospect)
        since = max(before.on, today) if isinstance(before, Prospect) else before.raised_on
        on = max(on, policy.waited_on(level, since))
    crossed = crossed_on(level, item, debtor, policy)
    if crossed is not None and (follows or crossed < on):
        on, follows, is_crossed = crossed, False, True
        without_wait_on = min(without_wait_on, on)
    until = policy.last_on(level, item.due_on)
    # What follows may come sooner than reckoned: should the time of the one before it pass.
    if until is not None and (today if follows else max(on, today)) > until:
        return None
    return Prospect(level, on, without_wait_on, follows, is_crossed, until)
