"""What the monitor says on `receivables.escalations`.

Ids are deterministic, so that a repeat is recognised: `escalation_id` is uuid5 of item, level and
cycle; `event_id` is uuid5 of the escalation, the kind of event and, where it can recur, its cause.
"""

import uuid
from datetime import date, datetime
from typing import Final

from msgspec import Struct

from shared.contracts.fields import Amount, CurrencyCode

RAISED: Final = "escalation.raised.v1"
UPDATED: Final = "escalation.updated.v1"
HELD: Final = "escalation.held.v1"
RESUMED: Final = "escalation.resumed.v1"
LIFTED: Final = "escalation.lifted.v1"

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "escalations.arrears")


def escalation_id(account_id: str, item_id: str, level: str, cycle: int) -> uuid.UUID:
    """Name the one raise that a level can have for an item in a cycle."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join((account_id, item_id, level, str(cycle))))


def event_id(escalation: uuid.UUID, event_type: str, cause: str = "") -> uuid.UUID:
    """Name an event about an escalation; `cause` tells apart those that can recur."""
    return uuid.uuid5(escalation, f"{event_type}\x1f{cause}")


class Recipient(Struct, kw_only=True, frozen=True):
    """Whom letters go to, as the monitor knew it when it spoke."""

    name: str | None = None
    email: str | None = None
    locale: str | None = None


class Claim(Struct, kw_only=True, frozen=True):
    """The figures of a claim on the insurance, or why there are none.

    `amount` is absent when the claim needs a person: `why` says the reason, else the arithmetic.
    A notice to the insurer carries the claim as things stand on its day. A claim whose figures
    become others while it stands is told again by `escalation.updated.v1`.
    """

    why: list[str]
    policy_no: str | None = None
    insurer: str | None = None
    amount: Amount | None = None
    currency: CurrencyCode | None = None
    #: What of the open amount is insured: undisputed, and within the limit.
    insured: Amount | None = None
    manual_review: bool = False
    #: What an annual aggregate deductible has taken off.
    deductible: Amount | None = None
    #: What the deductible of each claim has taken off: an invoice's instalments are one claim.
    deductible_each: Amount | None = None
    #: The last day to send the insurer the overdue notice.
    notify_by: date | None = None
    #: The first day on which the claim may be made.
    eligible_on: date | None = None
    #: The end of the maximum extension period: open beyond it, new deliveries are not covered.
    mep_on: date | None = None
    #: Whether the seller's own discretionary limit was used, for want of a named one.
    discretionary: bool = False
    #: The creditor's day on which the figures became these; absent while they are as raised.
    changed_on: date | None = None
    #: The amount before that day, where there was one.
    was: Amount | None = None


class Interest(Struct, kw_only=True, frozen=True):
    """Interest on late payment so far, a claim of its own beside the open amount."""

    #: What has grown, the fixed sum included.
    accrued: Amount
    #: What is owed of it: less what was paid and waived.
    open: Amount
    currency: CurrencyCode
    why: list[str]
    #: The day to whose end it is reckoned.
    until_on: date | None = None


class EscalationEvent(Struct, kw_only=True, frozen=True):
    """One word about one escalation: raised, updated, held, resumed or lifted."""

    event_id: uuid.UUID
    type: str
    escalation_id: uuid.UUID
    item_id: str
    account_id: str
    creditor_id: str
    customer_id: str
    invoice_id: str
    instalment: int
    level: str
    action: str
    #: Levels that were passed over by raising this one.
    skipped: list[str]
    cycle: int
    days_overdue: int
    amount: Amount
    open: Amount
    currency: CurrencyCode
    due_on: date
    issued_on: date
    #: The creditor's day on which the level was raised.
    raised_on: date
    #: The creditor's day on which this word is said; words of before 2026-12 do not have it.
    said_on: date | None = None
    time: datetime
    #: Name and version of the policy that decided, as in `default@1`.
    policy: str
    why: str
    recipient: Recipient | None = None
    claim: Claim | None = None
    #: The part of `open` that is in dispute and not dunned.
    disputed: Amount | None = None
    interest: Interest | None = None
    #: What holds the escalation, as in `promise P-17`; of held ones only.
    held_by: str | None = None
    #: The last day of the hold, where it has one.
    held_until: date | None = None
    #: Of a raise: the item's escalations of lower levels, which stood before; what of their work
    #: has not left is not to leave any more.
    supersedes: list[uuid.UUID] = []
