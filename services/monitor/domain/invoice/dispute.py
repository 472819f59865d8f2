"""Disputes: which part of an invoice's items is contested.

Source of the rule: SAP Dispute Management keeps a disputed amount beside the open one, and dunning
leaves it out; what the creditor accepts stays out until its credit has come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.monitor.domain.ledger.funds import is_readable, readable

ACCEPTED: Final = "accepted"


@dataclass(slots=True)
class Dispute:
    """One dispute, in whatever order its words came."""

    #: None until the dispute itself has come.
    disputed_on: date | None = None
    #: A decimal amount in the invoice's currency, see `asks`; None for all.
    amount: str | None = None
    instalment: int | None = None
    resolved_on: date | None = None
    outcome: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it is open, or was accepted and waits for its credit."""
        if self.disputed_on is None:
            return False
        return self.resolved_on is None or self.outcome == ACCEPTED

    def is_about(self, instalment: int, count: int) -> bool:
        """Say whether it contests an instalment of an invoice that has so many.

        One that names an instalment that is not there contests the invoice: the customer has
        objected, and nobody is dunned for what may be meant by it.
        """
        return self.instalment in (None, instalment) or self.instalment > count

    def asks(self, currency: str) -> int | None:
        """Return the minor units that it contests; None for all.

        What does not fit the currency is all: nobody is dunned for what may be meant by it.
        """
        if self.amount is None or not is_readable(self.amount, currency):
            return None
        return readable(self.amount, currency)

    def known_by(self, day: date) -> "Dispute":
        """Return it with its outcome only where that was known by the end of a day."""
        if self.resolved_on is None or self.resolved_on <= day:
            return self
        return replace(self, resolved_on=None, outcome=None)


def shares(
    opens: Sequence[int],
    credited: Sequence[int],
    due: Sequence[date],
    disputes: Iterable[Dispute],
    currency: str,
    conceded: int,
) -> list[int]:
    """Return the disputed minor units of each instalment, never more than is open of it.

    A part goes to the instalments that are due first, for those are asked for now. `conceded` is
    what was credited for accepted disputes already: it disputes nothing any more. `credited` is
    what notes on the invoice have taken off each instalment, which need not be the one disputed.
    """
    room = list(opens)
    disputed = [0] * len(room)
    order = sorted(range(len(room)), key=lambda index: (due[index], index))
    for dispute in sorted(disputes, key=_by_day):
        if not dispute.stands:
            continue
        place = dispute.instalment or 0
        asked = dispute.asks(currency)
        if asked is None and not 0 < place <= len(room):
            left = sum(room)  # what was credited of it is not open any more
            conceded = 0 if dispute.resolved_on is not None else conceded
        else:
            left = room[place - 1] + credited[place - 1] if asked is None else asked
            if dispute.resolved_on is not None:
                settled = min(left, conceded)
                conceded -= settled
                left -= settled
        for index in order:
            if not dispute.is_about(index + 1, len(room)):
                continue
            taken = min(left, room[index])
            room[index] -= taken
            disputed[index] += taken
            left -= taken
    return disputed


def _by_day(dispute: Dispute) -> tuple[date, str, int]:
    assert dispute.disputed_on is not None or not dispute.stands
    return dispute.disputed_on or date.max, dispute.amount or "", dispute.instalment or 0
