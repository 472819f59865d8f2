"""What counts for an item on a day, fact by fact, and what is different of it after an event.

No event is looked at: an event has changed what was otherwise before it. The day is the same
before and after, so that time alone changes nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.monitor.domain.escalation.clock import exists, reached_on
from services.monitor.domain.escalation.holds import holds_on
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.interest.terms import always, ruling
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Item, status_of
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Policy
from services.monitor.domain.story.wording import (
    of_hold,
    of_insurance,
    of_interest,
    of_recipient,
)
from shared.money import to_text

#: What a fact is about, and which of several it is: a hold by its label, a level by its name.
FactKey = tuple[str, str]
#: In the order in which they are told.
Facts = Mapping[FactKey, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changed for the item.

    `what` is one of `status`, `amount`, `due_on`, `open`, `disputed`, `hold`, `policy`,
    `recipient`, `group`, `group_default`, `insolvent_on`, `level`, `cover`, `interest`, `waiver`.
    """

    what: str
    #: None: it was not there before; amounts are decimals of the item's currency.
    before: str | None
    #: None: it is there no more.
    after: str | None
    #: Which one, of several.
    name: str = ""


def facts_of(
    debtor: Debtor,
    invoice: Invoice | None,
    instalment: int,
    policy: Policy,
    kept: Collection[str],
    day: date,
) -> Facts:
    """Return what counts for an item on a day; nothing does before it is there.

    `kept` are the ids of promises that hold nothing any more.
    """
    items = [] if invoice is None else invoice.items
    item = next((one for one in items if one.instalment == instalment), None)
    if invoice is None or item is None:
        return {}
    found = dict(_of_item(item))
    if item.open > 0:
        for hold in holds_on(item, debtor, kept, day):
            found["hold", hold.label] = of_hold(hold)
    found.update(_of_account(debtor, policy))
    if item.amount:
        found.update(_of_levels(item, debtor, policy, day))
    found.update(_of_terms(item, invoice, debtor, policy))
    return found


def changes_of(before: Facts, after: Facts) -> tuple[Change, ...]:
    """Return what is different, in the order in which facts are told; what is gone comes first."""
    gone = [key for key in before if key not in after]
    return tuple(
        Change(key[0], before.get(key), after.get(key), key[1])
        for key in (*gone, *after)
        if before.get(key) != after.get(key)
    )


def _of_item(item: Item) -> Iterator[tuple[FactKey, str]]:
    yield ("status", ""), status_of(item)
    yield ("amount", ""), to_text(item.amount, item.currency)
    yield ("due_on", ""), item.due_on.isoformat()
    yield ("open", ""), to_text(item.open, item.currency)
    yield ("disputed", ""), to_text(item.disputed, item.currency)


def _of_terms(
    item: Item, invoice: Invoice, debtor: Debtor, policy: Policy
) -> Iterator[tuple[FactKey, str]]:
    insurance = insurance_of(item, debtor.covers.values())
    if insurance is not None:
        yield ("cover", ""), of_insurance(insurance)
    found = ruling(invoice.interest, item.currency, always(policy.interest, policy.label))
    if found.in_force[-1].terms is not None:
        yield ("interest", ""), of_interest(found, item.currency)
    for name, waiver in sorted(invoice.waivers.items()):
        amount = "all that had grown" if waiver.amount is None else waiver.amount
        yield ("waiver", name), f"{name}: {amount}, on {waiver.on}"


def _of_levels(
    item: Item, debtor: Debtor, policy: Policy, day: date
) -> Iterator[tuple[FactKey, str]]:
    insurance = insurance_of(item, debtor.covers.values())
    for level in policy.levels:
        if not exists(level, insurance):
            continue
        on, crossed = reached_on(level, item, debtor, policy, day)
        because = " by the default of others of its group" if crossed else ""
        yield ("level", level.name), f"{on}{because}"


def _of_account(debtor: Debtor, policy: Policy) -> Iterator[tuple[FactKey, str]]:
    yield ("policy", ""), policy.label
    recipient = of_recipient(debtor.customer)
    if recipient is not None:
        yield ("recipient", ""), recipient
    if debtor.group_id is not None:
        yield ("group", ""), debtor.group_id
    known = debtor.group_default
    if debtor.cross_defaulted_on is not None and known is not None:
        causes = "; ".join(known.causes)
        yield ("group_default", ""), f"since {debtor.cross_defaulted_on}: {causes}"
    if debtor.insolvent_on is not None:
        yield ("insolvent_on", ""), debtor.insolvent_on.isoformat()
