"""Decide about items and say what was raised: the one way, for a batch and for a sweep alike."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime

from services.monitor.domain.escalation import decision as escalation
from services.monitor.domain.escalation.telling import raised_event
from services.monitor.domain.insurance.claim import claim_for
from services.monitor.domain.ledger.invoice import Item, Raised
from services.monitor.domain.policy.policy import INSURANCE_CLAIM, Policies, Policy
from services.monitor.handlers.ports import AccountKey, Contact, PlacedItem, Unit
from shared.contracts.escalation import EscalationEvent


async def attend(
    unit: Unit,
    items: Sequence[tuple[AccountKey, Item]],
    policies: Policies,
    now: datetime,
    *,
    live: Container[int],
) -> list[tuple[int, EscalationEvent]]:
    """Decide about items at an instant, write them with their timers, and return what was raised.

    In a partition that is not `live` (it is behind, so that a payment may be waiting) a reached
    level only sets the timer to now: the next sweep looks again.
    """
    placed: list[PlacedItem] = []
    fresh: list[tuple[AccountKey, Item, Raised, Policy]] = []
    for key, item in items:
        policy = policies.of(key[1])
        today = policy.today(now)
        decision = escalation.decide(item, policy, today)
        attention_at = None
        if decision.raises and key[0] not in live:
            item.next_attention_on, attention_at = today, now
        else:
            raised = escalation.apply(item, decision, policy, today)
            fresh.extend((key, item, one, policy) for one in raised)
            if decision.next_attention_on is not None:
                attention_at = policy.begins(decision.next_attention_on)
        placed.append(PlacedItem(*key, item, attention_at))
    await unit.save_items(placed)
    if not fresh:
        return []
    contacts = await unit.contacts(sorted({key for key, *_ in fresh}))
    return [_event(one, contacts, now) for one in fresh]


def _event(
    fresh: tuple[AccountKey, Item, Raised, Policy],
    contacts: Mapping[AccountKey, Contact],
    now: datetime,
) -> tuple[int, EscalationEvent]:
    """Return the partition and the event of one raise."""
    (partition, account_id), item, raised, policy = fresh
    contact = contacts[partition, account_id]
    is_claim = raised.action == INSURANCE_CLAIM
    claim = claim_for(item, contact.covers) if is_claim else None
    event = raised_event(
        account_id, item, raised, policy, now, customer=contact.customer, claim=claim
    )
    return partition, event
