"""When an item must be looked at again, though nothing is said of it until then.

Arrears' own rule (decision 4, timers as rows).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.monitor.domain.escalation.clock import Prospect, own_on
from services.monitor.domain.escalation.holds import Hold, free_on, hold_of, next_hold_on
from services.monitor.domain.insurance.clocks import Insurance
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Policy

#: What may still be raised, each with what holds it back.
Outlook = Sequence[tuple[Prospect, str | None]]


def next_look(
    item: Item,
    standing: Sequence[Raised],
    outlook: Outlook,
    policy: Policy,
    debtor: Debtor,
    holds: Sequence[Hold],
    insurance: Insurance | None,
    today: date,
) -> date | None:
    """Return the next date on which the passing of time alone can change the decision.

    It is made anew from the item's data at every look, never counted on from the last one.
    """
    dates = [
        *_for_outlook(outlook, holds, today),
        *_for_standing(item, standing, policy, debtor, holds, insurance, today),
        # What is not raised by then has a day of its own, and is looked at on it.
        next_hold_on(item, debtor, today) if standing else None,
    ]
    threshold = policy.cross_default is not None and policy.cross_default.threshold
    if (policy.needs_account or threshold) and item.due_on >= today:
        # From the day after its due date the item adds to what is overdue of the account.
        dates.append(_day_after(item.due_on))
    if insurance is not None and insurance.clocks.mep_on >= today:
        dates.append(_day_after(insurance.clocks.mep_on))
    return min((day for day in dates if day is not None), default=None)


def _for_outlook(outlook: Outlook, holds: Sequence[Hold], today: date) -> Iterator[date | None]:
    for prospect, waits in outlook:
        if prospect.follows:
            # The level before it is looked at first: raising that one looks at this one again, and
            # so does the day on which that one's time has passed.
            yield from (_day_after(one.until) for one, _waits in outlook)
            continue
        hold = hold_of(prospect.level, holds)
        if hold is None and waits is not None:
            # An event alone ends it, or another item's due date, which has a look of its own.
            continue
        if prospect.on > today:
            yield prospect.on
        else:
            # Under `backlog: step` the next one waits for tomorrow.
            yield _day_after(today) if hold is None else free_on(hold)


def _for_standing(
    item: Item,
    standing: Sequence[Raised],
    policy: Policy,
    debtor: Debtor,
    holds: Sequence[Hold],
    insurance: Insurance | None,
    today: date,
) -> Iterator[date | None]:
    for raised in standing:
        level = policy.level(raised.level)
        hold = hold_of(level, holds)
        if hold is not None:
            yield free_on(hold)
            if level is not None and level.is_reminder and item.due_on > today:
                # On hold until then, it is called back.
                yield item.due_on
        if raised.cross_default and level is not None:
            # From that day the item's own age is a default, whatever becomes of the others'.
            on = own_on(level, item, debtor, insurance, policy, today)
            yield on if on > today else None


def _day_after(day: date | None) -> date | None:
    return None if day is None else day + timedelta(days=1)
