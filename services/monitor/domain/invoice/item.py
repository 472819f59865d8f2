"""An open item: one due claim of an invoice, and the levels that stand raised for it.

Sources: the open items of SAP; an item for each instalment as in ERPNext's payment schedule.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.monitor.domain.policy.policy import INSURANCE_CLAIM, INSURANCE_NOTICE


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
    #: The item's cycle in which it was raised: part of the escalation's id.
    cycle: int
    #: What holds it, as in `dispute D-7`; None while it goes on.
    held_by: str | None = None
    #: The last day of the hold, where it has one.
    held_until: date | None = None
    #: How often it has been held so far.
    holds: int = 0
    #: Whether it is for the insurer, under a cover, whose clock no later agreement moves.
    insured: bool = False
    #: The day that the cover's own terms set for it then; None without, or in rows from before.
    cover_on: date | None = None
    #: Whether it was raised by another account's default, ahead of the item's own age.
    cross_default: bool = False
    #: Whom it was last told with, as `telling.address_of` has it.
    addressed: str = ""

    @property
    def is_claim(self) -> bool:
        """Whether it is a claim on the insurance."""
        return self.action == INSURANCE_CLAIM

    @property
    def is_insurers(self) -> bool:
        """Whether it is for the insurer: a claim, or the overdue notice."""
        return self.action in (INSURANCE_CLAIM, INSURANCE_NOTICE)


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
    #: The part of what is open that is not dunned, since it is disputed.
    disputed: int = 0
    #: Days on which all of it was in dispute: (first, first day after or None), apart, in order.
    disputed_days: list[tuple[date, date | None]] = field(default_factory=list)
    #: Counts the times the item came to be due: it ends when cleared or when the terms move.
    cycle: int = 1
    #: How many of its cycles a decision has ended, and no event.
    turns: int = 0
    #: What stands, in the order of the policy that decided last, lowest first.
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

    @property
    def dunnable(self) -> int:
        """Minor units that may be dunned: open, and not disputed."""
        return self.open - self.disputed

    @property
    def level(self) -> str | None:
        """The highest level that stands raised; None where none does."""
        return self.raised[-1].level if self.raised else None

    def days_overdue(self, today: date) -> int:
        """Return the days since the due date; the due date itself counts 0."""
        return max(0, (today - self.due_on).days)


OPEN: Final = "open"
CLEARED: Final = "cleared"
CANCELLED: Final = "cancelled"
WRITTEN_OFF: Final = "written_off"
#: Every status an item can have.
STATUSES: Final = (OPEN, CLEARED, CANCELLED, WRITTEN_OFF)


def status_of(item: Item) -> str:
    """Return an item's status; only a cancelled invoice has items of nothing."""
    if not item.amount:
        return CANCELLED
    if item.open:
        return OPEN
    return WRITTEN_OFF if item.written_off else CLEARED
