"""An event as the folds take it."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.fields import Inbound


@dataclass(frozen=True, slots=True)
class Event:
    """A validated event of an account, in the order of the ledger."""

    name: str
    said_at: datetime
    data: Inbound
