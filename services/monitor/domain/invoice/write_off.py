"""Write-offs as they were said: what they come to is in `loss`.

Source: IFRS 9, 5.4.4, "no reasonable expectations of recovering".
"""

from dataclasses import dataclass
from datetime import date, datetime

from services.monitor.domain.invoice.terms import UNTIMED


@dataclass(frozen=True, slots=True)
class WriteOff:
    """One write-off, or a reversal of what was written off."""

    on: date
    #: A decimal amount in the invoice's currency; None for all that is open, or was written off.
    amount: str | None
    is_reversal: bool = False
    #: The `time` of its event, which tells the order of two of one day.
    said_at: datetime = UNTIMED
