"""Look at items and accounts, decide, and say what came of it: the one way, for batch and sweep.

An item is decided by itself, unless its policy looks at the account's whole overdue amount: then a
sweep, which has all of the account's items before it, decides; a batch only sets the timer to now.
So it does while a promise is kept early, for what was touched may be what kept it.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.monitor.domain.escalation.applied import Applied, apply
from services.monitor.domain.escalation.clock import reached_on
from services.monitor.domain.escalation.conditions import Overdue, overdue_of
from services.monitor.domain.escalation.decision import Circumstances, decide
from services.monitor.domain.escalation.standing import is_kept_early
from services.monitor.domain.escalation.telling import (
    address_of,
    held_event,
    lifted_event,
    raised_event,
    readdressed_event,
    resumed_event,
)
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Policy
from services.monitor.handlers.figures import Figures, figures_for
from services.monitor.handlers.ports import AccountKey, Known, PlacedItem, Unit, Word
from services.monitor.handlers.standing import attend_standing, wanted
from shared.contracts.escalation import EscalationEvent


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: items, and accounts as wholes."""

    items: Sequence[tuple[AccountKey, Item]]
    #: Accounts to be decided about as wholes, whatever becomes of their items.
    accounts: frozenset[AccountKey] = frozenset()
    #: Accounts all of whose open items are among `items`.
    whole: frozenset[AccountKey] = frozenset()
    #: Whether the items have changed already and must be written in any case.
    touched: bool = False


@dataclass(slots=True)
class _Course:
    """One look under way."""

    policies: Policies
    now: datetime
    placed: list[PlacedItem] = field(default_factory=list)
    decided: list[tuple[AccountKey, Item, Policy, Applied]] = field(default_factory=list)
    standing: set[AccountKey] = field(default_factory=set)
    #: Items whose claim on the insurance is raised now.
    claimed: dict[AccountKey, set[str]] = field(default_factory=dict)


async def attend(
    unit: Unit,
    look: Look,
    known: Mapping[AccountKey, Known],
    policies: Policies,
    now: datetime,
    *,
    live: Container[int],
) -> list[Word]:
    """Decide at an instant, write what has changed with its timers, and return what is said.

    In a partition that is not `live` (it is behind, so that a payment may be waiting) nothing is
    said: timers are set to now, and the next sweep looks again.
    """
    course = _Course(policies, now, standing=set(look.accounts))
    overdue = _overdue(look, known, policies, now)
    for key, item in look.items:
        _decide(course, key, item, known[key], look, overdue.get(key), live=live)
    await unit.save_items(course.placed)
    figures = await figures_for(unit, course.decided, known, policies)
    words = [
        word
        for key, item, policy, applied in course.decided
        for word in _words(key, item, policy, applied, known[key], figures, now)
    ]
    return words + await attend_standing(
        unit, course.standing, known, policies, now, live=live, claimed=course.claimed
    )


def _overdue(
    look: Look, known: Mapping[AccountKey, Known], policies: Policies, now: datetime
) -> dict[AccountKey, Overdue]:
    """Return the whole overdue amount of accounts where it is needed and can be known."""
    items: dict[AccountKey, list[Item]] = {}
    for key, item in look.items:
        if key in look.whole:
            items.setdefault(key, []).append(item)
    return {
        key: overdue_of(found, known[key].policy(key, policies).today(now))
        for key, found in items.items()
    }


def _decide(
    course: _Course,
    key: AccountKey,
    item: Item,
    known: Known,
    look: Look,
    overdue: Overdue | None,
    *,
    live: Container[int],
) -> None:
    """Decide about one item and note what must be written and said."""
    policy = known.policy(key, course.policies)
    today = policy.today(course.now)
    addressed = address_of(known.debtor.customer) if item.open else ""
    around = Circumstances(known.debtor, known.said.kept, overdue, addressed)
    before = (item.raised, item.next_attention_on)
    waits_for_account = policy.needs_account and key not in look.whole
    if waits_for_account or (look.touched and is_kept_early(known.debtor, known.said, today)):
        waits = item.open > 0
        item.next_attention_on = today if waits else None
        course.placed.append(PlacedItem(*key, item, course.now if waits else None))
        return
    decision = decide(item, policy, today, around)
    if decision.says and key[0] not in live:
        item.next_attention_on = today
        course.placed.append(PlacedItem(*key, item, course.now))
        return
    applied = apply(item, decision, policy, today, around)
    if decision.says:
        course.decided.append((key, item, policy, applied))
    if any(one.is_claim for one in applied.raised):
        course.claimed.setdefault(key, set()).add(item.item_id)
    if wanted(item, decision, applied, known, policy):
        course.standing.add(key)
    next_on = decision.next_attention_on
    changed = look.touched or before != (item.raised, next_on)
    attention_at = None if next_on is None else policy.begins(next_on)
    course.placed.append(PlacedItem(*key, item, attention_at, changed=changed))


def _words(
    key: AccountKey,
    item: Item,
    policy: Policy,
    applied: Applied,
    known: Known,
    figures: Figures,
    now: datetime,
) -> Iterable[Word]:
    """Return what is said of one item, in the order in which it holds."""
    partition, account_id = key
    customer = known.debtor.customer
    for raised, because in applied.lifted:
        yield partition, lifted_event(account_id, item, raised, because, policy, now)
    for raised in applied.resumed:
        yield partition, resumed_event(account_id, item, raised, policy, now, customer)
    for raised, hold in applied.held:
        yield partition, held_event(account_id, item, raised, hold, policy, now, customer)
    for raised in applied.readdressed:
        if customer is not None:
            word = readdressed_event(account_id, item, raised, policy, now, customer)
            yield partition, word
    for raised in applied.raised:
        yield partition, _raised(key, item, policy, raised, known, figures, now)


def _raised(
    key: AccountKey,
    item: Item,
    policy: Policy,
    raised: Raised,
    known: Known,
    figures: Figures,
    now: datetime,
) -> EscalationEvent:
    level = policy.level(raised.level)
    assert level is not None
    today = policy.today(now)
    on, _crossed = reached_on(level, item, known.debtor, policy, today)
    return raised_event(
        key[1],
        item,
        raised,
        policy,
        now,
        reached_on=on,
        customer=known.debtor.customer,
        claim=figures.claim(level, key, item, known.debtor, today),
        interest=figures.interest(key, item, today),
    )
