"""Write-offs: what of an invoice is given up, as a function of all that was said of it.

Money and credits take their room first, whenever they come: a recovery lowers the loss.

Source: IFRS 9, 5.4.4, "no reasonable expectations of recovering".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.monitor.domain.ledger.funds import readable


@dataclass(frozen=True, slots=True)
class WriteOff:
    """One write-off, or a reversal of what was written off."""

    on: date
    #: A decimal amount in the invoice's currency; None for all that is open, or was written off.
    amount: str | None
    is_reversal: bool = False


def written_off(words: Iterable[tuple[str, WriteOff]], room: Sequence[int], currency: str) -> int:
    """Return the minor units given up of an invoice with `room` open in its instalments.

    Words count in the order of their days, a reversal after the write-offs of its day, so that the
    order in which they came does not matter.
    """
    whole, given_up, reopened = False, 0, 0
    ordered = sorted(words, key=lambda one: (one[1].on, one[1].is_reversal, one[0]))
    for _name, word in ordered:
        amount = None if word.amount is None else readable(word.amount, currency)
        if word.is_reversal:
            if amount is None:
                whole, given_up, reopened = False, 0, 0
            elif whole:
                reopened += amount
            else:
                given_up = max(0, given_up - amount)
        elif amount is None:
            whole, reopened = True, 0
        elif whole:
            reopened = max(0, reopened - amount)
        else:
            given_up += amount
    total = sum(room)
    return max(0, total - reopened) if whole else min(total, given_up)


def spread(amount: int, room: Sequence[int], due: Sequence[date]) -> list[int]:
    """Spread a write-off over instalments, those that are due first first."""
    shares = [0] * len(room)
    for index in sorted(range(len(room)), key=lambda index: (due[index], index)):
        shares[index] = min(amount, room[index])
        amount -= shares[index]
    return shares
