"""An event as the folds take it."""

from datetime import datetime

from msgspec import Struct

from shared.contracts.fields import Inbound


class Event(Struct, frozen=True):
    """A validated event of an account, in the order of the ledger."""

    name: str
    said_at: datetime
    data: Inbound
