"""What of an invoice is due when: as issued, as amended, as extended.

Sources: a corrected invoice takes the place of the one before (EN 16931, "preceding invoice
reference"); the original due date stays beside the one agreed later (Atradius glossary,
"postponement of payment").
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final

from msgspec import Struct

from shared.calendar import latest_date
from shared.contracts.fields import DAYS_AHEAD_MAX
from shared.errors import RejectedError
from shared.money import to_minor

#: When an event was said that was stored without its time: before any other.
UNTIMED: Final = datetime.min.replace(tzinfo=UTC)


class Part(Struct, frozen=True):
    """One due part of an invoice, in minor units."""

    due_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """New terms as they came: the amounts are read once the invoice's currency is known."""

    version: int
    #: (due date, decimal amount) of each part.
    parts: list[tuple[date, str]]
    amended_on: date | None = None
    #: The `time` and the name of its event, which decide between two of one version.
    said_at: datetime = UNTIMED
    event_name: str = ""

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """What tells the one that stands of two: its version, the event's `time`, its name."""
        return self.version, self.said_at, self.event_name

    def says_what(self, other: "Amendment") -> bool:
        """Say whether two of one version are the same terms from the same day on."""
        return (self.parts, self.amended_on) == (other.parts, other.amended_on)


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, as agreed: one date, or a schedule in decimal amounts."""

    agreed_on: date
    #: The name of its event.
    name: str
    due_on: date | None
    parts: list[tuple[date, str]]
    #: The `time` of its event, which decides between two of one day.
    said_at: datetime = UNTIMED

    @property
    def rank(self) -> tuple[date, datetime, str]:
        """What tells the later of two: its day, the event's `time`, then its name."""
        return self.agreed_on, self.said_at, self.name


def told_on(day: date, said_at: datetime) -> date:
    """Return the day on which something was told: its own, or an earlier one if it lay ahead.

    Nothing is told more than `DAYS_AHEAD_MAX` days ahead: such a time tells nothing.
    """
    said_on = latest_date(said_at)
    return said_on if said_on < day <= said_on + timedelta(DAYS_AHEAD_MAX) else day


def amended_by(versions: Sequence[Amendment], on: date) -> list[Amendment]:
    """Return the versions that were amended by the end of a day, in their order."""
    return [one for one in versions if one.amended_on is None or one.amended_on <= on]


def agreed_by(agreements: Sequence[Extension], on: date) -> list[Extension]:
    """Return the agreements that were made by the end of a day, in their order."""
    return [one for one in agreements if one.agreed_on <= on]


def terms_of(
    issued: list[Part],
    versions: Sequence[Amendment],
    agreements: Sequence[Extension],
    currency: str,
) -> list[Part]:
    """Return the parts in force; versions and agreements come in order.

    The highest version whose amounts fit the currency replaces the parts. The latest agreement that
    adds up to them moves the due dates, unless a later amendment has set them anew.
    """
    parts, amended_on = issued, None
    for version in reversed(versions):
        amended = read_parts(version.parts, currency)
        if amended is not None:
            parts, amended_on = amended, version.amended_on
            break
    for agreement in reversed(agreements):
        if amended_on is not None and amended_on > agreement.agreed_on:
            break
        extended = extend(parts, agreement, currency)
        if extended is not None:
            return extended
    return parts


def is_overridden(agreement: Extension, versions: Sequence[Amendment], currency: str) -> bool:
    """Say whether the version in force is of a later day, and has set the due dates anew."""
    readable = [one for one in versions if read_parts(one.parts, currency) is not None]
    amended_on = readable[-1].amended_on if readable else None
    return amended_on is not None and amended_on > agreement.agreed_on


def extend(parts: Sequence[Part], extension: Extension, currency: str) -> list[Part] | None:
    """Move parts to later days; None when a schedule does not add up to what they are worth.

    One date moves every part that was due before it. Nothing is ever due earlier by more time: a
    part of a schedule is not due before the last of what it stands for, the first due first.
    """
    if extension.due_on is not None:
        return [Part(max(part.due_on, extension.due_on), part.amount) for part in parts]
    scheduled = read_parts(extension.parts, currency)
    if scheduled is None:
        return None
    if sum(part.amount for part in scheduled) != sum(part.amount for part in parts):
        return None
    before = _due_before(parts, scheduled)
    return [
        Part(max(part.due_on, due_on), part.amount)
        for part, due_on in zip(scheduled, before, strict=True)
    ]


def _due_before(parts: Sequence[Part], scheduled: Sequence[Part]) -> list[date]:
    """Return for each part of a schedule when the last of what it stands for was due."""
    owed = sorted(parts, key=lambda part: part.due_on)
    until = list(accumulate(part.amount for part in owed))
    found = [date.min] * len(scheduled)
    reached = 0
    for index in sorted(range(len(scheduled)), key=lambda index: (scheduled[index].due_on, index)):
        reached += scheduled[index].amount
        found[index] = owed[bisect_left(until, reached)].due_on
    return found


def read_parts(parts: Sequence[tuple[date, str]], currency: str) -> list[Part] | None:
    """Read parts in a currency; None when an amount does not fit it."""
    try:
        return [Part(due_on, to_minor(text, currency)) for due_on, text in parts]
    except RejectedError:
        return None
