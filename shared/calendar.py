"""Civil dates and the instants they begin at, in a creditor's time zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.errors import RejectedError


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return an IANA time zone, or refuse a name that the tz database does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        message = f"{name!r} is no IANA time zone; give one such as Asia/Shanghai"
        raise RejectedError(message, code="unknown_time_zone") from None


@lru_cache(maxsize=4096)
def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the first instant of a civil day in the zone, in UTC.

    Where the clocks skip midnight, it is the first instant that exists on that day.
    """
    local = datetime.combine(day, time(), tzinfo=zone(time_zone))
    instant = local.astimezone(UTC)
    # In a gap at midnight the conversion yields the hour before; the day begins after the gap.
    while instant.astimezone(zone(time_zone)).date() < day:
        instant += timedelta(minutes=15)
    return instant


# One batch asks for each of its items, always at the same instant.
@lru_cache(maxsize=256)
def local_date(instant: datetime, time_zone: str) -> date:
    """Return the civil date of an instant in the zone."""
    return instant.astimezone(zone(time_zone)).date()


def latest_date(instant: datetime) -> date:
    """Return the date at an instant where days begin first: on the Line Islands, at UTC+14."""
    return (instant.astimezone(UTC) + timedelta(hours=14)).date()
