"""The invariants that an audit looks at in production: one a file, each one statement."""

from typing import Final

from services.monitor.adapters.upkeep.invariants import (
    conservation,
    escalations,
    funds,
    items,
    outbox,
    positions,
    records,
    timers,
)
from services.monitor.adapters.upkeep.invariants.invariant import Invariant

#: Looked at range by range of account ids.
BY_ACCOUNT: Final[tuple[Invariant, ...]] = (
    conservation.INVARIANT,
    items.INVARIANT,
    funds.INVARIANT,
    records.INVARIANT,
    timers.INVARIANT,
    escalations.INVARIANT,
)
#: Looked at once for a partition.
BY_PARTITION: Final[tuple[Invariant, ...]] = (positions.INVARIANT, outbox.INVARIANT)
