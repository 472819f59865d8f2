"""Which escalations have nothing to say to the customer any more, though they stand: reminders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.monitor.domain.escalation.lifting import too_late
from services.monitor.handlers.answers.interest import Reading
from services.monitor.handlers.ports import AccountKey


@dataclass(frozen=True, slots=True)
class Raise:
    """A level that stands raised on an item."""

    account: AccountKey
    level: str
    #: The item's due date by now.
    due_on: date


async def late_now(
    reading: Reading, raises: Mapping[UUID, Raise], now: datetime, day: date | None = None
) -> dict[UUID, str]:
    """Return why a letter of a day, the creditor's today, is no more about an escalation.

    What it may be about is left out.
    """
    if not raises:
        return {}
    policies, _versions = await reading.policies()
    known = await reading.known(sorted({one.account for one in raises.values()}))
    found: dict[UUID, str] = {}
    for name, one in raises.items():
        policy = known[one.account].policy(one.account, policies)
        level = policy.level(one.level)
        late = None if level is None else too_late(level, one.due_on, day or policy.today(now))
        if late is not None:
            found[name] = late
    return found
