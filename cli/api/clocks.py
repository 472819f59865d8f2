"""The manual clock of a stack: read, set and moved on, on every service in the right order."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from cli.api.client import ANSWER_SECONDS_MAX, SERVICES, Client
from cli.errors import AwayError, FailedError, RefusedError, UsageError
from shared.calendar import start_of_day, zone
from shared.clock import parse_instant
from shared.errors import RejectedError

#: The monitor comes last: its sweep raises, and who hears of it must already have the time.
ORDER: Final = ("notifier", "ingest", "monitor")
#: A sweep after a long leap may have much to raise.
SWEEP_SECONDS_MAX: Final = 300.0
#: For what can also be shown without it: a monitor that hangs must not keep a list waiting.
TIME_ZONE_SECONDS_MAX: Final = 2.0
#: Leaps further than this are typing errors.
LEAP_DAYS_MAX: Final = 36_600

_DURATION: Final = re.compile(r"(?:\d{1,6}[wdhm])+", re.ASCII)
_PART: Final = re.compile(r"(\d+)([wdhm])", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Leap:
    """A way forward: civil days first, then hours and minutes of real time."""

    days: int
    minutes: int

    def after(self, instant: datetime, time_zone: str) -> datetime:
        """Return the instant that much later; a day later is the same time of the next day."""
        local = instant.astimezone(zone(time_zone)) + timedelta(days=self.days)
        return local.astimezone(UTC) + timedelta(minutes=self.minutes)


def parse_leap(text: str) -> Leap:
    """Read `3d`, `12h`, `1w`, `2d12h` or `90m`."""
    if not _DURATION.fullmatch(text):
        message = f"{text!r} is no way to advance; write it as in 3d, 12h, 1w or 2d12h"
        raise UsageError(message)
    counts = dict.fromkeys("wdhm", 0)
    for count, unit in _PART.findall(text):
        counts[unit] += int(count)
    leap = Leap(days=7 * counts["w"] + counts["d"], minutes=60 * counts["h"] + counts["m"])
    if leap.days + leap.minutes // (24 * 60) > LEAP_DAYS_MAX:
        message = f"{text!r} leads further than {LEAP_DAYS_MAX} days; advance by less"
        raise UsageError(message)
    return leap


def parse_moment(text: str, time_zone: str) -> datetime:
    """Read an instant with an offset, or a date, which is the start of that day in the zone."""
    try:
        if is_date(text):
            return start_of_day(date.fromisoformat(text), time_zone)
        return parse_instant(text)
    except (RejectedError, ValueError, OverflowError):
        message = (
            f"{text!r} is neither a date nor an instant; write it as in 2026-01-05 "
            "or 2026-01-05T09:00:00+08:00"
        )
        raise UsageError(message) from None


def is_date(text: str) -> bool:
    """Whether the text has the form of a date, which needs a time zone to be a moment."""
    return _DATE.fullmatch(text) is not None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Where one service's clock stands."""

    service: str
    now: datetime
    manual: bool


async def read_clock(client: Client, service: str) -> Reading:
    """Read one service's clock."""
    answer = await client.get(service, "/v1/clock")
    now = datetime.fromisoformat(answer["now"]).astimezone(UTC)
    return Reading(service=service, now=now, manual=answer["manual"])


async def read_clocks(client: Client) -> list[Reading]:
    """Read the clock of every service."""
    return list(await asyncio.gather(*(read_clock(client, service) for service in SERVICES)))


async def read_time_zone(client: Client, *, seconds_max: float = ANSWER_SECONDS_MAX) -> str:
    """Return the default creditor's time zone."""
    summary = await client.request("GET", "monitor", "/v1/summary", seconds_max=seconds_max)
    return str(summary["time_zone"])


async def time_zone_if_told(client: Client) -> str | None:
    """Return the default creditor's time zone; None when the monitor does not tell it at once."""
    try:
        return await read_time_zone(client, seconds_max=TIME_ZONE_SECONDS_MAX)
    except (AwayError, RefusedError, FailedError):
        return None


async def set_clock(client: Client, instant: datetime) -> None:
    """Move every service's clock there; returns when each has done all that is due by then.

    A service that is started again meanwhile is waited for. The same instant again changes nothing,
    so a call that failed half-way is repeated as it was.
    """
    body = {"now": instant.isoformat()}
    for service in ORDER:
        try:
            await client.patiently(
                "PUT", service, "/v1/clock", json=body, seconds_max=SWEEP_SECONDS_MAX
            )
        except RefusedError as error:
            message = f"{service}: {error.message}"
            raise FailedError(message, code=error.code) from None


def refuse_unless_movable(readings: list[Reading], instant: datetime, time_zone: str) -> None:
    """Refuse before anything has moved: a clock that is not manual, and a step back.

    The time zone is the one in which people are told the instants.
    """
    for reading in readings:
        if not reading.manual:
            message = (
                "this stack goes by the system's clock, which cannot be moved; start one with: "
                "arrears up --clock manual --at DATE"
            )
            raise FailedError(message, code="clock_not_manual")
    latest = max(reading.now for reading in readings)
    if instant < latest:
        stands, wanted = (moment.astimezone(zone(time_zone)) for moment in (latest, instant))
        message = (
            f"the clock stands at {stands.isoformat()} and only moves forward; "
            f"{wanted.isoformat()} is before that ({time_zone})"
        )
        raise FailedError(message, code="clock_backwards")
