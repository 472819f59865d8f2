"""Faults of clocks: steps back and forth, one that is off, and the days on which calendars turn."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from shared.calendar import local_date, start_of_day
from shared.clock import write_instant
from tests.faults.parts.service import Service
from tests.faults.rest import until_at_rest
from tests.faults.striking.course import Course, Strike
from tests.faults.striking.debts import owed, tell
from tests.faults.system import ALWAYS, TIME_ZONE, System

#: The default policy's first level, in calendar days after the due date.
LEVEL_DAYS: Final = 15
HOUR: Final = timedelta(hours=1)
#: A zone whose clocks are changed in spring and autumn.
SUMMER_ZONE: Final = "Europe/Berlin"
SUMMER_POLICY: Final = """\
policy: summer-time
applies_to: {creditor: summer}
calendar: {time_zone: Europe/Berlin, days: calendar, on_holiday: none}
levels:
  - {level: dunning, after_days: 15, action: dunning_letter}
"""


def steps(seconds: float) -> Strike:
    """Step the clocks of monitor and notifier over the hour in which a level falls due, and back.

    A manual clock only moves forward, so that a step back is a restart at an earlier time.
    """

    async def strike(course: Course) -> None:
        system = course.system
        today = local_date(system.now(), TIME_ZONE)
        customer = f"STEP-{course.random.randrange(10**9)}"
        await tell(course, owed(customer, today, overdue_days=LEVEL_DAYS - 1))
        await until_at_rest(system)
        midnight = start_of_day(today + timedelta(days=1), TIME_ZONE)
        step = timedelta(seconds=seconds)
        for instant in (midnight - HOUR, midnight, midnight + step, midnight, midnight + HOUR):
            for name in ("monitor-1", "notifier-1"):
                await _restart_at(system.services[name], instant, system)
            course.struck(f"the clocks stood at {instant.isoformat()}")
        course.expects.append(_raised_once(system, {f"default:{customer}": midnight}, TIME_ZONE))

    return strike


def skewed(kind: str, minutes: float) -> Strike:
    """Have a service go by a clock that is some minutes off, until the run's end."""

    async def strike(course: Course) -> None:
        system, service = course.system, course.system.services[f"{kind}-1"]
        today = local_date(system.now(), TIME_ZONE)
        customer = f"SKEW-{course.random.randrange(10**9)}"
        await tell(course, owed(customer, today, overdue_days=LEVEL_DAYS - 1))
        service.skew = timedelta(minutes=minutes)
        await _restart_at(service, system.now() + service.skew, system)
        course.struck(f"the clock of {kind} is {minutes:+g} minutes off")
        await until_at_rest(system)
        midnight = start_of_day(today + timedelta(days=1), TIME_ZONE)
        # A clock that is late at midnight is right a little later.
        for instant in (midnight, midnight + HOUR):
            await go_to_instant(system, instant)
        await until_at_rest(system)
        course.expects.append(_raised_once(system, {f"default:{customer}": midnight}, TIME_ZONE))

    return strike


def turning(days: tuple[date, ...]) -> Strike:
    """Let levels fall due on days on which clocks or calendars turn, hour by hour."""

    async def strike(course: Course) -> None:
        system = course.system
        answer = await system.http.post(
            f"{system.services['monitor-1'].url}/v1/policies",
            content=SUMMER_POLICY,
            headers={"Content-Type": "application/yaml"},
        )
        answer.raise_for_status()
        expected = {}
        for day in days:
            midnight = start_of_day(day, SUMMER_ZONE)
            # A debt that lies more than a year ahead is refused: each is told the day before.
            await go_to_instant(system, midnight - timedelta(days=1))
            customer = f"TURN-{course.random.randrange(10**9)}"
            await tell(course, owed(customer, day, overdue_days=LEVEL_DAYS, creditor_id="summer"))
            await until_at_rest(system)
            expected[f"summer:{customer}"] = midnight
            for instant in (midnight - HOUR, midnight - timedelta(minutes=1), midnight):
                await go_to_instant(system, instant)
            for hours in range(1, 5):
                await go_to_instant(system, midnight + hours * HOUR)
        course.struck(f"levels fell due on {', '.join(day.isoformat() for day in days)}")
        course.expects.append(_raised_once(system, expected, SUMMER_ZONE))

    return strike


async def _restart_at(service: Service, instant: datetime, system: System) -> None:
    """Stop a service and start it by a clock of its own that stands at an instant."""
    await service.stop()
    file = system.folder / f"clock-{service.name}"
    write_instant(file, instant)
    service.environ = {**service.environ, "ARREARS_CLOCK_FILE": str(file)}
    await service.start()


async def go_to_instant(system: System, instant: datetime) -> None:
    """Move every clock on and let what is due be done."""
    for name in ALWAYS:
        service = system.services[name]
        answer = await system.http.put(
            f"{service.url}/v1/clock",
            json={"now": (instant + service.skew).isoformat()},
            timeout=60.0,
        )
        if answer.status_code != 409:
            answer.raise_for_status()


def _raised_once(system: System, expected: dict[str, datetime], zone: str) -> Any:
    """Object unless each account has its first level once, of its day, and not before that day."""

    async def objections() -> list[str]:
        rows = await system.sql(
            "SELECT account_id, raised_on FROM notifier.escalations"
            " WHERE account_id = ANY($1) AND level = 'dunning'",
            list(expected),
        )
        found: dict[str, list[date]] = {account_id: [] for account_id in expected}
        for row in rows:
            found[row["account_id"]].append(row["raised_on"])
        return [
            f"{account_id} reached its level on {days}, not once on {local_date(at, zone)}"
            for account_id, at in expected.items()
            if (days := found[account_id]) != [local_date(at, zone)]
        ]

    return objections
