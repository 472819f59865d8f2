"""The services' clock: the system's, or a manual one that the data folder keeps."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from deploy.local.errors import StackError
from deploy.local.stack.options import UpOptions
from shared import calendar
from shared.clock import parse_instant, write_instant

FILE_NAME = "clock"
#: The time zone of the default creditor: a date on the command line means the start of its day.
DEFAULT_TIME_ZONE = "Asia/Shanghai"


def prepare_clock(options: UpOptions) -> Literal["system", "manual"]:
    """Decide which clock the services have, and put a manual one where it has to stand.

    A folder keeps its manual clock; `--at` may only move it forward. Raises `StackError` with
    what to do when the wishes contradict each other or the folder.
    """
    file = options.data / FILE_NAME
    kept = parse_instant(file.read_text(encoding="utf-8").strip()) if file.exists() else None
    if options.clock == "system" or (options.clock is None and kept is None):
        _leave_manual_clock(options, file, kept)
        return "system"
    if options.at is None:
        if kept is None:
            message = "a manual clock has to start somewhere; add a date: --at 2026-01-05"
            raise StackError(message)
        return "manual"
    wanted = start_of_day(options.at)
    if kept is not None and wanted < kept:
        message = (
            f"the clock of {options.data} stands at {local(kept)} and only moves forward; "
            f"--at {options.at} is before that: leave --at out, or use another folder"
        )
        raise StackError(message)
    write_instant(file, wanted)
    return "manual"


def start_of_day(day: date) -> datetime:
    """Return the instant at which the day begins in the default time zone."""
    return calendar.start_of_day(day, DEFAULT_TIME_ZONE)


def local(instant: datetime) -> str:
    """Write the instant as a person in the default time zone reads it."""
    return instant.astimezone(calendar.zone(DEFAULT_TIME_ZONE)).isoformat()


def _leave_manual_clock(options: UpOptions, file: Path, kept: datetime | None) -> None:
    if options.at is not None:
        message = "only a manual clock starts at a date of choice; add: --clock manual"
        raise StackError(message)
    if kept is None:
        return
    if kept > datetime.now(UTC):
        message = (
            f"the clock of {options.data} stands at {local(kept)}, which is still to come; the "
            "system's clock would take it back: use another folder, or --clock manual"
        )
        raise StackError(message)
    file.unlink()
