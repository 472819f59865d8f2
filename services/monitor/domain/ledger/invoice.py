"""An invoice as its facts tell it, and its open items: one for each due part."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.monitor.domain.ledger.funds import FundsKey, FundsKind
from shared.errors import RejectedError
from shared.money import to_minor


@dataclass(frozen=True, slots=True)
class Part:
    """One due part of an invoice, in minor units."""

    due_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """New terms as they came: the amounts are read once the invoice's currency is known."""

    version: int
    #: (due date, decimal amount) of each part.
    parts: list[tuple[date, str]]


@dataclass(frozen=True, slots=True)
class NamedFunds:
    """Funds that name this invoice: how much of them may be matched here, in minor units."""

    kind: FundsKind
    funds_id: str
    currency: str
    value_on: date
    #: Place among the funds' allocations; one payment may name an invoice more than once.
    position: int
    amount: int
    instalment: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Minor units of some funds that have met one instalment."""

    kind: FundsKind
    funds_id: str
    instalment: int
    amount: int
    #: Whether an allocation named the item; else the creditor's clearing rule matched it.
    named: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """A level that stands raised for an item."""

    level: str
    action: str
    skipped: list[str]
    #: The creditor's day.
    raised_on: date
    #: Name and version of the policy that decided.
    policy: str
    days_overdue: int


@dataclass(slots=True)
class Item:
    """An open item: one due claim. `open = amount - cleared - credited - written_off`."""

    invoice_id: str
    instalment: int
    currency: str
    amount: int
    issued_on: date
    due_on: date
    #: The due date of the invoice as issued, whatever was agreed since.
    original_due_on: date
    cleared: int = 0
    credited: int = 0
    written_off: int = 0
    disputed: int = 0
    #: Counts the times the item came to be due: it ends when cleared or when the terms move.
    cycle: int = 1
    raised: list[Raised] = field(default_factory=list)
    next_attention_on: date | None = None

    @property
    def item_id(self) -> str:
        """`<invoice_id>/<instalment>`."""
        return f"{self.invoice_id}/{self.instalment}"

    @property
    def open(self) -> int:
        """Minor units still owed."""
        return self.amount - self.cleared - self.credited - self.written_off

    def days_overdue(self, today: date) -> int:
        """Return the days since the due date; the due date itself counts 0."""
        return max(0, (today - self.due_on).days)


@dataclass(slots=True)
class Invoice:
    """What is known of an invoice, in whatever order it came."""

    invoice_id: str
    #: None until `invoice.issued` has come: until then nothing of it is owed.
    currency: str | None = None
    issued_on: date | None = None
    parts: list[Part] = field(default_factory=list)
    amendment: Amendment | None = None
    cancelled_on: date | None = None
    named: list[NamedFunds] = field(default_factory=list)
    #: Every match that stands: those of the clearing rule in the order they were made, then named.
    matches: list[Match] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    #: The cycle a new item begins with: after every cycle of items that amendments have removed,
    #: since an escalation's id must not come twice when an instalment is there again.
    first_cycle: int = 1

    def funds_keys(self) -> set[FundsKey]:
        """Return the funds that name this invoice or are matched with it."""
        named = {(one.kind, one.funds_id) for one in self.named}
        return named | {(one.kind, one.funds_id) for one in self.matches}

    def terms(self) -> list[Part]:
        """Return what is due when: the highest version's parts; nothing before issue.

        A cancelled invoice keeps its dates and owes nothing.
        """
        if self.currency is None:
            return []
        parts = self.parts
        if self.amendment is not None:
            amended = read_parts(self.amendment, self.currency)
            parts = parts if amended is None else amended
        if self.cancelled_on is not None:
            return [Part(part.due_on, 0) for part in parts]
        return parts


OPEN: Final = "open"
CLEARED: Final = "cleared"
CANCELLED: Final = "cancelled"


def status_of(item: Item) -> str:
    """Return an item's status; only a cancelled invoice has items of nothing."""
    if not item.amount:
        return CANCELLED
    return OPEN if item.open else CLEARED


def read_parts(amendment: Amendment, currency: str) -> list[Part] | None:
    """Read an amendment's parts in a currency; None when an amount does not fit it."""
    try:
        return [Part(due_on, to_minor(text, currency)) for due_on, text in amendment.parts]
    except RejectedError:
        return None
