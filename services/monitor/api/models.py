"""The shapes the monitor answers with. Amounts are decimal strings of their currency."""

import uuid
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel


class Item(BaseModel):
    """An open item: one due part of an invoice."""

    item_id: str
    account_id: str
    invoice_id: str
    instalment: int
    currency: str
    amount: str
    open: str
    cleared: str
    credited: str
    written_off: str
    disputed: str
    issued_on: date
    due_on: date
    original_due_on: date
    status: str
    level: str | None
    days_overdue: int
    next_attention_on: date | None


class AccountCurrency(BaseModel):
    """An account's figures in one currency; `ageing` by days past due adds up to `open`."""

    currency: str
    invoiced: str
    open: str
    overdue: str
    unapplied: str
    ageing: dict[str, str]


class Account(BaseModel):
    """One debtor of one creditor."""

    account_id: str
    creditor_id: str
    customer_id: str
    name: str | None
    #: The highest level any of its items stands at.
    level: str | None
    currencies: list[AccountCurrency]


class Clearing(BaseModel):
    """A clearing record: money met an item, or, below zero, left it again."""

    clearing_id: str
    account_id: str
    item_id: str
    invoice_id: str
    instalment: int
    kind: str
    funds_id: str
    currency: str
    amount: str
    rule: str
    cleared_on: date


class Recipient(BaseModel):
    """Whom letters go to."""

    name: str | None
    email: str | None
    locale: str | None


class Standing(BaseModel):
    """Whether an escalation is still to be acted on, and if not, why."""

    escalation_id: uuid.UUID
    standing: bool
    open: str
    currency: str
    reason: str | None
    #: Whom to write to, as the customer is known now; None when nothing is known.
    recipient: Recipient | None


class Standings(BaseModel):
    """Answers in no particular order; unknown escalations are left out."""

    rows: list[Standing]


class PolicyVersion(BaseModel):
    """One policy, as it stands."""

    policy: str
    version: int
    document: str
    created_at: datetime


class PolicySet(BaseModel):
    """What a new version was stored as."""

    policy: str
    version: int


class PolicyValid(BaseModel):
    """The document can be set."""

    valid: bool


class LevelTotal(BaseModel):
    """What stands at a level in a currency."""

    level: str
    items: int
    currency: str
    open: str


class SummaryCurrency(AccountCurrency):
    """All accounts in one currency."""

    #: What breaks the conservation of money, summed over items and funds: `0` unless alarming.
    conservation_difference: str


class Summary(BaseModel):
    """The whole ledger at a glance, by the default creditor's day."""

    today: date
    time_zone: str
    accounts: int
    open_items: int
    events: int
    currencies: list[SummaryCurrency]
    by_level: list[LevelTotal]


#: One word about an escalation: see `EscalationEvent` in the contracts.
EscalationRow = dict[str, Any]
