"""The settings of sending."""

from dataclasses import dataclass

from services.notifier.domain.delivery import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The settings of sending."""

    instance: str
    time_zone: str
    letters_per_customer_per_day: int
    patience: Patience
    #: How long a claimed letter may be looked after before another instance takes it.
    claim_seconds: float
    #: After how long in `sending` nobody is working on a letter any more.
    lease_seconds: float
