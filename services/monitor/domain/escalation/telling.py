"""What the monitor says about an escalation, as the event that others act on."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.monitor.domain.escalation.claimed import ClaimChange
from services.monitor.domain.escalation.holds import Hold
from services.monitor.domain.escalation.reasons import why_raised
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.account import Told
from services.monitor.domain.policy.policy import INSURANCE_NOTICE, Policy
from shared.contracts.customer import CustomerUpdated
from shared.contracts.escalation import (
    HELD,
    LIFTED,
    RAISED,
    RESUMED,
    UPDATED,
    Claim,
    EscalationEvent,
    Interest,
    Recipient,
    escalation_id,
    event_id,
)
from shared.money import Money, to_text


def raised_event(
    account_id: str,
    item: Item,
    raised: Raised,
    policy: Policy,
    now: datetime,
    *,
    reached_on: date,
    customer: CustomerUpdated | None,
    claim: Claim | None,
    interest: Interest | None = None,
) -> EscalationEvent:
    """Say that a level is raised for an item, with all that is needed to act on it."""
    return _event(
        RAISED,
        account_id,
        item,
        raised,
        now,
        why=why_raised(
            item, raised, policy, reached_on, None if claim is None else claim.notify_by
        ),
        today=raised.raised_on,
        recipient=recipient_of(customer),
        claim=claim,
        interest=interest,
        supersedes=[
            escalation_id(account_id, item.item_id, one.level, one.cycle)
            for one in item.raised
            # What is raised on one day is all meant, as a claim beside the step of the day; and
            # that the insurer is told takes nothing back.
            if raised.action != INSURANCE_NOTICE
            and one.raised_on < raised.raised_on
            and policy.index(one.level) < policy.index(raised.level)
        ],
    )


def told_event(
    account_id: str,
    told: Told,
    policy: Policy,
    now: datetime,
    cause: str,
    customer: CustomerUpdated | None = None,
) -> EscalationEvent:
    """Say that a raised level was lifted, or that its open amount changed.

    `cause` tells several changes of one escalation apart: the place of the event in the ledger.
    """
    if told.lifted_because is not None:
        return lifted_event(account_id, told.item, told.raised, told.lifted_because, policy, now)
    item = told.item
    why = f"open is now {Money(item.open, item.currency)}"
    if item.disputed:
        why += f", of which {to_text(item.disputed, item.currency)} disputed"
    return _event(
        UPDATED,
        account_id,
        item,
        told.raised,
        now,
        cause=cause,
        why=why,
        today=policy.today(now),
        recipient=recipient_of(customer),
    )


def reclaimed(
    account_id: str,
    changes: Sequence[ClaimChange],
    counted: int,
    policy: Policy,
    now: datetime,
    customer: CustomerUpdated | None = None,
) -> list[EscalationEvent]:
    """Say that the figures of claims that stand have become others.

    `counted` is how often claims of the account were told anew, these included.
    """
    today, first = policy.today(now), counted - len(changes) + 1
    return [
        _event(
            UPDATED,
            account_id,
            one.item,
            one.raised,
            now,
            cause=f"claim {number}",
            why=f"open {Money(one.item.open, one.item.currency)}; {one.sentence}",
            today=today,
            recipient=recipient_of(customer),
            claim=one.told_on(today),
        )
        for number, one in enumerate(changes, start=first)
    ]


def readdressed_event(
    account_id: str,
    item: Item,
    raised: Raised,
    policy: Policy,
    now: datetime,
    customer: CustomerUpdated,
) -> EscalationEvent:
    """Say that the customer of a raised level has another name or address by now."""
    return _event(
        UPDATED,
        account_id,
        item,
        raised,
        now,
        cause=f"customer {customer.version}",
        why="the customer's name or address has changed",
        today=policy.today(now),
        recipient=recipient_of(customer),
    )


def lifted_event(
    account_id: str, item: Item, raised: Raised, because: str, policy: Policy, now: datetime
) -> EscalationEvent:
    """Say that a raised level is called back."""
    return _event(LIFTED, account_id, item, raised, now, why=because, today=policy.today(now))


def held_event(
    account_id: str,
    item: Item,
    raised: Raised,
    hold: Hold,
    policy: Policy,
    now: datetime,
    customer: CustomerUpdated | None = None,
) -> EscalationEvent:
    """Say that the work of a raised level pauses."""
    until = f" to the end of {hold.until}" if hold.until else ""
    return _event(
        HELD,
        account_id,
        item,
        raised,
        now,
        cause=str(raised.holds),
        why=f"held by {hold.label}{until}",
        today=policy.today(now),
        recipient=recipient_of(customer),
        held_until=hold.until,
    )


def resumed_event(
    account_id: str,
    item: Item,
    raised: Raised,
    policy: Policy,
    now: datetime,
    customer: CustomerUpdated | None = None,
) -> EscalationEvent:
    """Say that the work of a raised level goes on."""
    return _event(
        RESUMED,
        account_id,
        item,
        raised,
        now,
        cause=str(raised.holds),
        why="nothing holds it any more",
        today=policy.today(now),
        recipient=recipient_of(customer),
    )


def _event(
    event_type: str,
    account_id: str,
    item: Item,
    raised: Raised,
    now: datetime,
    *,
    cause: str = "",
    why: str,
    today: date,
    recipient: Recipient | None = None,
    claim: Claim | None = None,
    interest: Interest | None = None,
    held_until: date | None = None,
    supersedes: Sequence[UUID] = (),
) -> EscalationEvent:
    creditor_id, _, customer_id = account_id.partition(":")
    escalation = escalation_id(account_id, item.item_id, raised.level, raised.cycle)
    return EscalationEvent(
        event_id=event_id(escalation, event_type, cause),
        type=event_type,
        escalation_id=escalation,
        item_id=item.item_id,
        account_id=account_id,
        creditor_id=creditor_id,
        customer_id=customer_id,
        invoice_id=item.invoice_id,
        instalment=item.instalment,
        level=raised.level,
        action=raised.action,
        skipped=raised.skipped,
        cycle=raised.cycle,
        days_overdue=item.days_overdue(today),
        amount=to_text(item.amount, item.currency),
        open=to_text(item.open, item.currency),
        currency=item.currency,
        due_on=item.due_on,
        issued_on=item.issued_on,
        raised_on=raised.raised_on,
        said_on=today,
        time=now,
        policy=raised.policy,
        why=why,
        recipient=recipient,
        claim=claim,
        disputed=to_text(item.disputed, item.currency) if item.disputed else None,
        interest=interest,
        held_by=raised.held_by,
        held_until=held_until,
        supersedes=list(supersedes),
    )


def recipient_of(customer: CustomerUpdated | None) -> Recipient | None:
    """Return whom letters go to: the customer's own address, else its first contact's."""
    if customer is None:
        return None
    addresses = [contact.email for contact in customer.contacts or [] if contact.email]
    email = customer.email or (addresses[0] if addresses else None)
    return Recipient(name=customer.name, email=email, locale=customer.locale)


def address_of(customer: CustomerUpdated | None) -> str:
    """Return whom letters go to in one short text, so that a change of it is seen."""
    recipient = recipient_of(customer)
    if recipient is None:
        return ""
    text = "\x1f".join((recipient.name or "", recipient.email or "", recipient.locale or ""))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
