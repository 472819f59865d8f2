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
    #: Open and not disputed: what may be dunned.
    dunnable: str
    issued_on: date
    due_on: date
    original_due_on: date
    status: str
    #: The highest level that stands, in the order of the policy.
    level: str | None
    #: What holds the highest of those that are held, as in `promise P-17`; null while all go on.
    held_by: str | None
    days_overdue: int
    next_attention_on: date | None


class AccountCurrency(BaseModel):
    """An account's figures in one currency; `ageing` by days past due adds up to `open`."""

    currency: str
    invoiced: str
    open: str
    #: The part of `open` that is in dispute, and the rest, which may be dunned once it is due.
    disputed: str
    dunnable: str
    overdue: str
    unapplied: str
    ageing: dict[str, str]


class Promise(BaseModel):
    """A promise to pay: open, kept, partially_kept, broken or withdrawn."""

    promise_id: str
    status: str
    made_on: date | None
    promised_on: date | None
    amount: str | None
    currency: str | None
    #: Null: the whole account.
    invoice_ids: list[str] | None


class ListedPromise(Promise):
    """A promise with its account, and what was paid towards it so far, in its currency."""

    account_id: str
    #: Null where no currency is known.
    paid: str | None


class Block(BaseModel):
    """A block of dunning that is not lifted; `until` is its last day."""

    block_id: str
    blocked_on: date | None
    invoice_id: str | None
    until: date | None


class Account(BaseModel):
    """One debtor of one creditor."""

    account_id: str
    creditor_id: str
    customer_id: str
    name: str | None
    #: The highest level any of its items stands at.
    level: str | None
    currencies: list[AccountCurrency]
    #: The policy that applies, by name and version.
    policy: str
    group_id: str | None
    grade: str | None
    segment: str | None
    #: False while enforcement is switched off.
    enforced: bool
    insolvent_on: date | None
    #: Others of the customer's group that are in default.
    cross_default: list[str]
    #: Insurance policies whose cover for new deliveries has stopped.
    covers_stopped: list[str]
    broken_promises: int
    promises: list[Promise]
    blocks: list[Block]


class Invoice(BaseModel):
    """An invoice, its status from its items: open while one of them is."""

    invoice_id: str
    account_id: str
    currency: str
    status: str
    amount: str
    open: str
    overdue: str
    disputed: str
    issued_on: date
    #: The earliest due date of what is open, else the last one.
    due_on: date
    items: int
    #: The highest level any of its items stands at.
    level: str | None


class InvoiceInterest(BaseModel):
    """Interest on late payment of one invoice, a claim of its own."""

    account_id: str
    invoice_id: str
    currency: str
    accrued: str
    paid: str
    #: What of it is beyond what has grown; interest that grows later uses it up.
    overpaid: str
    #: What waivers have taken away of what would be owed without them.
    waived: str
    #: What is owed of it.
    open: str
    #: The day to whose end it is reckoned.
    as_of: date
    #: `contract`, or the policy it grows by.
    terms: str
    why: list[str]


class Anomaly(BaseModel):
    """What a person should look at."""

    account_id: str
    #: `account`, `invoice I-7` or `payment P-3`.
    subject: str
    sentence: str


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


class Interest(BaseModel):
    """Interest on late payment of an invoice, as words about escalations bring it."""

    accrued: str
    #: What is owed of it.
    open: str
    currency: str
    why: list[str]
    #: The day to whose end it is reckoned.
    until_on: date | None


class Standing(BaseModel):
    """Whether an escalation is still to be acted on, and if not, why."""

    escalation_id: uuid.UUID
    standing: bool
    open: str
    currency: str
    reason: str | None
    #: Whom to write to, as the customer is known now; None when nothing is known.
    recipient: Recipient | None
    #: The part of `open` that is in dispute and not dunned.
    disputed: str
    held: bool
    held_by: str | None
    #: On the item's invoice, all of its items together; null where late payment bears none.
    interest: Interest | None


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
    #: What is valid in it and most likely not meant.
    warnings: list[str]


class PolicyValid(BaseModel):
    """The document can be set."""

    valid: bool
    #: What is valid in it and most likely not meant.
    warnings: list[str]


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
