"""Losses: what of an invoice is given up, as a function of all that was said of it.

A write-off is fixed at what is open at the end of its day. What happens later is followed day by
day: money and credits take what is open first, then what was given up, which is a recovery; when
they leave again, what they had recovered is given up again, and the rest is open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import zip_longest

from msgspec import structs

from services.monitor.domain.invoice.invoice import (
    INTEREST,
    Invoice,
    LossStep,
    Match,
    NamedFunds,
)
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.invoice.terms import told_on
from services.monitor.domain.invoice.write_off import WriteOff
from services.monitor.domain.ledger.clearing import matches_on, room_of
from services.monitor.domain.ledger.funds import Funds, FundsKey, readable


def course_of(
    invoice: Invoice, funds: Mapping[FundsKey, Funds], items: Sequence[Item]
) -> tuple[list[LossStep], dict[str, int]]:
    """Return what was given up, and what of it recovered or owed again, by day and instalment.

    Beside it stands what words asked for beyond what there was, by the name of their event.

    What was told ahead of its day counts for a word said meanwhile, as it does for what is open.
    Words count in the order of their days, of one day in that of their events' `time`, of one time
    the write-offs first; none before the invoice's own day. So the order in which they came does
    not matter. The steps add up to what is given up of each of `items`, by the room they have now.
    """
    if not invoice.write_offs or invoice.currency is None or invoice.issued_on is None:
        return [], {}
    currency = invoice.currency
    words = sorted(
        invoice.write_offs.items(),
        key=lambda one: (one[1].on, one[1].said_at, one[1].is_reversal, one[0]),
    )
    said: dict[date, list[tuple[str, WriteOff]]] = {}
    for name, word in words:
        said.setdefault(max(word.on, invoice.issued_on), []).append((name, word))
    invoice = _as_known(invoice, sorted(said))
    first_on = min(said)
    loss = _Loss()
    steps: list[LossStep] = []
    beyond: dict[str, int] = {}
    shares: list[int] = []
    days = sorted({*said, *(one for one in invoice.days() if one > first_on)})
    for day in days:
        parts = invoice.terms(day)
        matches = matches_on(invoice, funds, day)
        rooms = room_of(parts, matches)
        loss.meet(sum(rooms), _met(matches))
        for name, word in said.get(day, ()):
            excess = loss.hear(word, currency)
            if excess is not None:
                beyond[name] = excess
        due = [part.due_on for part in parts]
        if day == days[-1]:
            rooms = [item.amount - item.cleared - item.credited for item in items]
            due = [item.due_on for item in items]
        before, shares = shares, spread(loss.amount, rooms, due)
        steps += [
            LossStep(number, now - was, day)
            for number, (was, now) in enumerate(zip_longest(before, shares, fillvalue=0), start=1)
            if now != was
        ]
    return steps, beyond


def _as_known(invoice: Invoice, said_on: Sequence[date]) -> Invoice:
    """Return an invoice whose money and versions count for words between their telling and day."""

    def counts_on(day: date, told: date | None) -> date:
        return day if told is None else next((on for on in said_on if told <= on < day), day)

    def known(one: NamedFunds) -> NamedFunds:
        value_on = counts_on(one.value_on, one.told_on)
        return one if value_on == one.value_on else structs.replace(one, value_on=value_on)

    steps = [replace(one, on=counts_on(one.on, one.told_on)) for one in invoice.rule_steps]
    versions = [
        one
        if one.amended_on is None
        else replace(
            one, amended_on=counts_on(one.amended_on, told_on(one.amended_on, one.said_at))
        )
        for one in invoice.versions()
    ]
    return replace(
        invoice,
        amendment=versions[-1] if versions else None,
        amended_before=versions[:-1],
        named=[known(one) for one in invoice.named],
        rule_steps=steps,
        withdrawn=[replace(one, funds=known(one.funds)) for one in invoice.withdrawn],
    )


def spread(amount: int, room: Sequence[int], due: Sequence[date]) -> list[int]:
    """Spread a loss over instalments, those that are due first first."""
    shares = [0] * len(room)
    for index in sorted(range(len(room)), key=lambda index: (due[index], index)):
        shares[index] = min(amount, room[index])
        amount -= shares[index]
    return shares


@dataclass(slots=True)
class _Loss:
    """What is given up at the end of a day, in minor units."""

    amount: int = 0
    #: What money and credits have left open or given up.
    room: int = 0
    matched: dict[FundsKey, int] = field(default_factory=dict)
    #: By how much funds have lowered the loss: it is given up again when they leave.
    recovered: dict[FundsKey, int] = field(default_factory=dict)

    def meet(self, room: int, matched: dict[FundsKey, int]) -> None:
        """Go on to a day at whose end funds have met so much and left so much room."""
        before = self.matched
        for key, amount in before.items():
            again = min(max(0, amount - matched.get(key, 0)), self.recovered.get(key, 0))
            if again:
                self.recovered[key] -= again
                self.amount += again
        less = max(0, self.amount - room)
        self.amount -= less
        # Of a day's money the first takes what is open, the last what was given up. What no money
        # has taken is gone with the invoice's own amount, and no recovery.
        for key, amount in reversed(matched.items()):
            taken = min(less, max(0, amount - before.get(key, 0)))
            if taken:
                self.recovered[key] = self.recovered.get(key, 0) + taken
                less -= taken
        self.room, self.matched = room, matched

    def hear(self, word: WriteOff, currency: str) -> int | None:
        """Give up, or owe again, what a word says; an unreadable amount is nought.

        Returns what it asks for beyond what there is, or None: nought for a reversal of all where
        nothing is given up.
        """
        before = self.amount
        amount = None if word.amount is None else readable(word.amount, currency)
        if not word.is_reversal:
            self.amount = self.room if amount is None else min(self.room, self.amount + amount)
            asked = None if amount is None else before + amount - self.amount
        elif amount is None:
            self.amount = 0
            self.recovered.clear()
            return None if before else 0
        else:
            self.amount = max(0, self.amount - amount)
            asked = amount - (before - self.amount)
        return asked or None


def _met(matches: Iterable[Match]) -> dict[FundsKey, int]:
    """Return what funds have met of the principal, in their order."""
    met: dict[FundsKey, int] = {}
    for match in matches:
        if match.instalment != INTEREST:
            key = (match.kind, match.funds_id)
            met[key] = met.get(key, 0) + match.amount
    return met
