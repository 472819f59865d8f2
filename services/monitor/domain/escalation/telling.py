"""What the monitor says about an escalation, as the event that others act on."""

from datetime import date, datetime

from services.monitor.domain.ledger.account import Told
from services.monitor.domain.ledger.invoice import Item, Raised
from services.monitor.domain.policy.policy import Policy
from shared.contracts.customer import CustomerUpdated
from shared.contracts.escalation import (
    LIFTED,
    RAISED,
    UPDATED,
    Claim,
    EscalationEvent,
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
    customer: CustomerUpdated | None,
    claim: Claim | None,
) -> EscalationEvent:
    """Say that a level is raised for an item, with all that is needed to act on it."""
    level = next(level for level in policy.levels if level.name == raised.level)
    reached_on = policy.level_on(level, item.due_on)
    minimum = policy.minimum_open.get(item.currency, 0)
    why = [
        f"due on {item.due_on}, {_days(level.after_days)} {reached_on}",
        f"open {Money(item.open, item.currency)}"
        + (f", at least the minimum of {to_text(minimum, item.currency)}" if minimum else ""),
    ]
    if raised.skipped:
        why.append(f"{', '.join(raised.skipped)} reached as well and passed over")
    return _event(
        RAISED,
        account_id,
        Told(item, raised, item.cycle, None),
        now,
        cause="",
        why="; ".join(why) + f" (policy {raised.policy})",
        overdue_on=raised.raised_on,
        recipient=recipient_of(customer),
        claim=claim,
    )


def told_event(
    account_id: str, told: Told, policy: Policy, now: datetime, cause: str
) -> EscalationEvent:
    """Say that a raised level was lifted, or that its open amount changed.

    `cause` tells several changes of one escalation apart: the place of the event in the ledger.
    """
    lifted = told.lifted_because is not None
    return _event(
        LIFTED if lifted else UPDATED,
        account_id,
        told,
        now,
        cause="" if lifted else cause,
        why=told.lifted_because or f"open is now {Money(told.item.open, told.item.currency)}",
        overdue_on=policy.today(now),
    )


def _days(after_days: int) -> str:
    if after_days < 0:
        return f"{-after_days} days before that is"
    return f"{after_days} days later is"


def _event(
    event_type: str,
    account_id: str,
    told: Told,
    now: datetime,
    *,
    cause: str,
    why: str,
    overdue_on: date,
    recipient: Recipient | None = None,
    claim: Claim | None = None,
) -> EscalationEvent:
    item, raised = told.item, told.raised
    creditor_id, _, customer_id = account_id.partition(":")
    escalation = escalation_id(account_id, item.item_id, raised.level, told.cycle)
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
        cycle=told.cycle,
        days_overdue=item.days_overdue(overdue_on),
        amount=to_text(item.amount, item.currency),
        open=to_text(item.open, item.currency),
        currency=item.currency,
        due_on=item.due_on,
        issued_on=item.issued_on,
        raised_on=raised.raised_on,
        time=now,
        policy=raised.policy,
        why=why,
        recipient=recipient,
        claim=claim,
    )


def recipient_of(customer: CustomerUpdated | None) -> Recipient | None:
    """Return whom letters go to: the customer's own address, else its first contact's."""
    if customer is None:
        return None
    addresses = [contact.email for contact in customer.contacts or [] if contact.email]
    email = customer.email or (addresses[0] if addresses else None)
    return Recipient(name=customer.name, email=email, locale=customer.locale)
