"""Instants as people are shown them: in the default creditor's time zone, as the clock is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shared.calendar import zone


def local(instant: datetime, time_zone: str) -> str:
    """Write an instant by the clocks of that zone, to the second, with its offset."""
    return instant.astimezone(zone(time_zone)).isoformat(timespec="seconds")


def with_local(row: dict[str, Any], names: Iterable[str], time_zone: str | None) -> dict[str, Any]:
    """Return the row with its instants of these names in the zone; unchanged without a zone."""
    if time_zone is None:
        return row
    return row | {
        name: local(datetime.fromisoformat(row[name]), time_zone) for name in names if row.get(name)
    }
