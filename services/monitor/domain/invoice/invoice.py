"""An invoice as its facts tell it, in whatever order they came.

That order does not matter is Arrears' own rule (decision 3).
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from services.monitor.domain.invoice.dispute import ACCEPTED, Dispute
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.invoice.terms import Amendment, Extension, Part, terms_of
from services.monitor.domain.invoice.write_off import WriteOff
from services.monitor.domain.ledger.funds import FundsKey, FundsKind

#: The instalment that stands for the interest on an invoice in matches and clearing records.
INTEREST: Final = 0


@dataclass(frozen=True, slots=True)
class NamedFunds:
    """Funds that name this invoice: how much of them may be matched here, in minor units."""

    kind: FundsKind
    funds_id: str
    currency: str
    #: The day from which it counts here: its value date, or the day it was moved.
    value_on: date
    #: Place among the funds' allocations; one payment may name an invoice more than once.
    position: int
    amount: int
    #: None: the first instalments first (a credit note: the last); `INTEREST`: the interest.
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
class Waiver:
    """Interest given up: a decimal amount, or (None) all that had grown by the day."""

    on: date
    amount: str | None


@dataclass(slots=True)
class Invoice:
    """What is known of an invoice."""

    invoice_id: str
    #: None until `invoice.issued` has come: until then nothing of it is owed.
    currency: str | None = None
    issued_on: date | None = None
    parts: list[Part] = field(default_factory=list)
    amendment: Amendment | None = None
    extension: Extension | None = None
    cancelled_on: date | None = None
    #: By the name of their events.
    write_offs: dict[str, WriteOff] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    #: The contract's own terms of interest, as they came.
    interest: dict[str, Any] | None = None
    waivers: dict[str, Waiver] = field(default_factory=dict)
    named: list[NamedFunds] = field(default_factory=list)
    #: Every match that stands: those of the clearing rule in the order they were made, then named.
    matches: list[Match] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    #: The cycle a new item begins with: after every cycle of items that amendments have removed,
    #: since an escalation's id must not come twice when an instalment is there again.
    first_cycle: int = 1
    #: The `turns` it begins with: cycles of removed items that decisions have ended, and no event.
    first_turns: int = 0
    #: Sentences about events that contradicted what was known, for a person to look at.
    contradictions: list[str] = field(default_factory=list)

    def funds_keys(self) -> set[FundsKey]:
        """Return the funds that name this invoice or are matched with it."""
        named = {(one.kind, one.funds_id) for one in self.named}
        return named | {(one.kind, one.funds_id) for one in self.matches}

    def terms(self) -> list[Part]:
        """Return what is due when; nothing before issue.

        A cancelled invoice keeps its dates and owes nothing.
        """
        if self.currency is None:
            return []
        parts = terms_of(self.parts, self.amendment, self.extension, self.currency)
        if self.cancelled_on is not None:
            return [Part(part.due_on, 0) for part in parts]
        return parts

    def matched(self, instalment: int, kind: FundsKind) -> int:
        """Return the minor units of one kind of funds that have met an instalment."""
        return sum(
            match.amount
            for match in self.matches
            if match.instalment == instalment and match.kind is kind
        )

    def conceded(self) -> int:
        """Return what was credited since the first accepted dispute, in minor units.

        It settles what was accepted: the credit has come, by a note or by an amendment.
        """
        accepted = [
            one.disputed_on
            for one in self.disputes.values()
            if one.disputed_on is not None and one.outcome == ACCEPTED
        ]
        if not accepted:
            return 0
        since = min(accepted)
        credited = sum(
            one.amount
            for one in self.named
            if one.kind is FundsKind.CREDIT_NOTE
            and one.currency == self.currency
            and one.value_on >= since
        )
        amended = self.amendment.amended_on if self.amendment is not None else None
        if amended is not None and amended >= since:
            before = sum(part.amount for part in self.parts)
            credited += max(0, before - sum(part.amount for part in self.terms()))
        return credited
