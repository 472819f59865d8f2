"""Funds: a payment or a credit note, and how much of it may still be matched against items."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.errors import RejectedError
from shared.money import to_minor


class FundsKind(StrEnum):
    """Where funds come from."""

    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"


#: Names funds within an account: kind and the sender's own id.
FundsKey = tuple[FundsKind, str]


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of funds, in minor units, that names the invoice (and the instalment) it is for."""

    invoice_id: str
    amount: int
    instalment: int | None = None


@dataclass(slots=True)
class Funds:
    """One payment or credit note of an account; before it has come, only what is known of it.

    A reversal can come before its payment: the funds then exist without a currency, worth nothing.
    """

    kind: FundsKind
    funds_id: str
    #: None until the payment or credit note itself has come.
    currency: str | None = None
    amount: int = 0
    value_on: date | None = None
    allocations: list[Allocation] = field(default_factory=list)
    #: By reversal id, the decimal amount taken back, None for all of it.
    reversals: dict[str, str | None] = field(default_factory=dict)
    #: Minor units matched because an allocation named the item.
    matched_named: int = 0
    #: Minor units matched by the creditor's clearing rule.
    matched_on_account: int = 0
    #: Invoices that the clearing rule has matched these funds with, in the order it did.
    rule_invoices: list[str] = field(default_factory=list)

    @property
    def key(self) -> FundsKey:
        """Name the funds within the account."""
        return self.kind, self.funds_id

    def invoice_ids(self) -> set[str]:
        """Return the invoices that hang on these funds."""
        return {part.invoice_id for part in self.allocations} | set(self.rule_invoices)

    @property
    def reversed(self) -> int:
        """Minor units taken back, never more than came; an unreadable reversal takes nothing."""
        if self.currency is None:
            return 0
        total = 0
        for text in self.reversals.values():
            total += self.amount if text is None else _readable(text, self.currency)
        return min(total, self.amount)

    @property
    def unapplied(self) -> int:
        """Minor units that have met no item."""
        return self.amount - self.reversed - self.matched_named - self.matched_on_account

    def standing_allocations(self) -> list[Allocation]:
        """Return the allocations that reversals have left standing.

        A reversal in part takes from what names no invoice first, then from the last allocation.
        """
        if not self.reversals:
            return self.allocations
        cut = max(0, sum(part.amount for part in self.allocations) - self.amount + self.reversed)
        standing: list[Allocation] = []
        for part in reversed(self.allocations):
            taken = min(cut, part.amount)
            cut -= taken
            standing.append(Allocation(part.invoice_id, part.amount - taken, part.instalment))
        standing.reverse()
        return standing

    @property
    def on_account(self) -> int:
        """Minor units that name no invoice and stand: what the clearing rule may match."""
        named = sum(part.amount for part in self.standing_allocations())
        return self.amount - self.reversed - named

    @property
    def free(self) -> int:
        """Minor units the clearing rule may still match; below zero when some must come back."""
        return self.on_account - self.matched_on_account


def _readable(text: str, currency: str) -> int:
    try:
        return to_minor(text, currency)
    except RejectedError:
        return 0
