"""An account's running totals in one currency, and the law that they obey.

Arrears' own rule, from double entry: what goes out of one sum goes into another.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Balance:
    """Minor units since the account began, or their changes in a batch.

    Conservation of money, always: invoiced + interest - received - credited - written_off +
    reversed = open - unapplied.
    """

    invoiced: int = 0
    received: int = 0
    credited: int = 0
    written_off: int = 0
    reversed: int = 0
    #: Money that paid interest, which is no part of what was invoiced.
    interest: int = 0
    open: int = 0
    unapplied: int = 0

    @property
    def difference(self) -> int:
        """What breaks conservation, in minor units: zero when nothing does."""
        claims = (
            self.invoiced
            + self.interest
            - self.received
            - self.credited
            - self.written_off
            + self.reversed
        )
        return claims - (self.open - self.unapplied)
