"""Funds: a payment or a credit note, and how much of it may still be matched against items.

Sources: returns and refunds of the SEPA Direct Debit Core Rulebook for reversals; § 387 BGB for
credit that nothing is set off against. What a reversal in part takes first is Arrears' own.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from services.monitor.domain.invoice.terms import UNTIMED
from shared.errors import RejectedError
from shared.money import to_minor


class FundsKind(StrEnum):
    """Where funds come from."""

    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    #: Of clearing records alone: what was given up, and no money.
    WRITE_OFF = "write_off"


#: Reversals for which the money was never there: it leaves on the day it came.
NEVER_THERE: Final = frozenset({"bounced", "mistake"})
#: Names funds within an account: kind and the sender's own id.
FundsKey = tuple[FundsKind, str]


class Allocation(Struct, frozen=True):
    """A part of funds, in minor units, that names the invoice (and the instalment) it is for."""

    invoice_id: str
    amount: int
    instalment: int | None = None
    #: Whether it pays the interest on the invoice instead of the invoice.
    interest: bool = False
    #: The day a later move named it; None when the payment itself did.
    moved_on: date | None = None


@dataclass(frozen=True, slots=True)
class MovedPart:
    """A part of a move, its amount as it came: it is read once the payment's currency is known."""

    invoice_id: str
    amount: str
    instalment: int | None
    interest: bool


@dataclass(frozen=True, slots=True)
class Move:
    """Money on account that was moved to invoices after it came."""

    moved_on: date
    parts: list[MovedPart]
    #: The `time` of its event, which decides between two of one day.
    said_at: datetime = UNTIMED


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
    #: The day on which they were told, where their value date lay ahead.
    told_on: date | None = None
    allocations: list[Allocation] = field(default_factory=list)
    #: By the name of its event.
    moves: dict[str, Move] = field(default_factory=dict)
    #: By reversal id, the decimal amount taken back, None for all of it.
    reversals: dict[str, str | None] = field(default_factory=dict)
    #: By reversal id, its own day; one that was stored without counts from the beginning.
    reversed_on: dict[str, date] = field(default_factory=dict)
    #: By reversal id, its reason; one that was stored without had any.
    reversed_because: dict[str, str] = field(default_factory=dict)
    #: Minor units matched because an allocation named the item.
    matched_named: int = 0
    #: Minor units matched by the creditor's clearing rule.
    matched_on_account: int = 0
    #: Invoices that the clearing rule has matched these funds with, in the order it did.
    rule_invoices: list[str] = field(default_factory=list)
    #: Invoices that were cancelled: what names them is on account again. Only money is released; a
    #: credit on an invoice that was never owed is nothing to pay others with.
    released: list[str] = field(default_factory=list)
    #: Sentences about events that contradicted what was known, for a person to look at.
    contradictions: list[str] = field(default_factory=list)

    @property
    def key(self) -> FundsKey:
        """Name the funds within the account."""
        return self.kind, self.funds_id

    def invoice_ids(self) -> set[str]:
        """Return the invoices that hang on these funds."""
        found = {part.invoice_id for part in self.allocations}
        found.update(self.rule_invoices)
        for move in self.moves.values():
            found.update(part.invoice_id for part in move.parts)
        return found

    def counts_on(self, cleared_on: date) -> date:
        """Return the day on which what met an item on a day counts for promises.

        A payment by its value date: it was promised to be there. A credit told ahead from the day
        on which it was told, for nothing is owed of it since.
        """
        if self.kind is FundsKind.PAYMENT:
            return self.value_on or cleared_on
        if self.told_on is not None and cleared_on == self.value_on:
            return self.told_on
        return cleared_on

    @property
    def reversed(self) -> int:
        """Minor units taken back, never more than came; an unreadable reversal takes nothing."""
        return self.reversed_by(date.max)

    def reversed_by(self, day: date) -> int:
        """Return the minor units taken back by the end of a day."""
        return min(self.reversals_asked(day), self.amount) if self.reversals else 0

    def reversals_asked(self, day: date = date.max) -> int:
        """Return what reversals up to a day have asked for, which may be more than came.

        One of all is of what those of its day and before leave; a second one asks for all again.
        """
        if self.currency is None or not self.reversals:
            return 0
        days = [
            (self.reversed_on.get(reversal_id, date.min), text)
            for reversal_id, text in self.reversals.items()
        ]
        total, is_all_back = 0, False
        for on, text in sorted(days, key=lambda one: (one[0], one[1] is None)):
            if on > day:
                break
            if text is not None:
                total += readable(text, self.currency)
            elif is_all_back:
                total += self.amount
            else:
                total, is_all_back = max(total, self.amount), True
        return total

    @property
    def unapplied(self) -> int:
        """Minor units that have met no item."""
        return self.amount - self.reversed - self.matched_named - self.matched_on_account

    def own_allocations(self) -> list[Allocation]:
        """Return what the funds named when they came; what was released since is nought."""
        if not self.released:
            return list(self.allocations)
        return [
            replace(part, amount=0) if part.invoice_id in self.released else part
            for part in self.allocations
        ]

    def release(self, cancelled: Collection[str]) -> None:
        """Let go of what stands for invoices that were cancelled."""
        if self.released or cancelled:
            self.released = []
            standing = {one.invoice_id for one in self.standing_allocations() if one.amount}
            self.released = sorted(standing.intersection(cancelled))

    def named_allocations(self) -> list[Allocation]:
        """Return what names invoices: the payment's own allocations, then moves by their day.

        Those of one day are in the order of their events' `time`.

        Together they are never more than the funds: what a move asks for beyond them is left out.
        """
        named = self.own_allocations()
        if not self.moves or self.currency is None:
            return named
        left = self.amount - sum(part.amount for part in named)
        for _name, move in sorted(self.moves.items(), key=_by_day):
            for part in move.parts:
                amount = min(left, readable(part.amount, self.currency))
                if part.invoice_id in self.released:
                    amount = 0
                left -= amount
                named.append(
                    Allocation(
                        part.invoice_id, amount, part.instalment, part.interest, move.moved_on
                    )
                )
        return named

    def moves_asked(self) -> int:
        """Return the minor units that moves ask for; unreadable amounts count nothing."""
        if self.currency is None or not self.moves:
            return 0
        return sum(
            readable(part.amount, self.currency)
            for move in self.moves.values()
            for part in move.parts
        )

    def standing_allocations(self, day: date = date.max) -> list[Allocation]:
        """Return the allocations that reversals up to a day have left standing.

        A reversal in part takes from what names no invoice first, then from the last allocation.
        """
        named = self.named_allocations()
        if not self.reversals:
            return named
        cut = max(0, sum(part.amount for part in named) - self.amount + self.reversed_by(day))
        standing: list[Allocation] = []
        for part in reversed(named):
            taken = min(cut, part.amount)
            cut -= taken
            standing.append(
                Allocation(
                    part.invoice_id,
                    part.amount - taken,
                    part.instalment,
                    part.interest,
                    part.moved_on,
                )
            )
        standing.reverse()
        return standing

    @property
    def on_account(self) -> int:
        """Minor units that name no invoice and stand: what the clearing rule may match."""
        return self.on_account_by(date.max)

    def on_account_by(self, day: date) -> int:
        """Return the minor units that name no invoice, whenever they were moved to one.

        They are what reversals up to a day have left standing.
        """
        named = sum(part.amount for part in self.standing_allocations(day))
        return self.amount - self.reversed_by(day) - named

    @property
    def free(self) -> int:
        """Minor units the clearing rule may still match; below zero when some must come back."""
        return self.on_account - self.matched_on_account


def _by_day(named: tuple[str, Move]) -> tuple[date, datetime, str]:
    name, move = named
    return move.moved_on, move.said_at, name


def readable(text: str, currency: str) -> int:
    """Read an amount that came before its currency was known; one that does not fit it is nought.

    It is then listed among the account's anomalies: nothing is ever rounded.
    """
    try:
        return to_minor(text, currency)
    except RejectedError:
        return 0


def is_readable(text: str, currency: str) -> bool:
    """Say whether an amount fits a currency."""
    try:
        to_minor(text, currency)
    except RejectedError:
        return False
    return True
