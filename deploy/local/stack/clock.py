"""The services' clock: the system's, or a manual one that the data folder keeps."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from deploy.local.errors import ContradictionError, StackError
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
    refuse_contradiction(options)
    file = options.data / FILE_NAME
    kept = parse_instant(file.read_text(encoding="utf-8").strip()) if file.exists() else None
    if options.clock == "system" or (options.clock is None and kept is None):
        _leave_manual_clock(options.data, kept)
        return "system"
    if options.at is None:
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


def refuse_contradiction(options: UpOptions) -> None:
    """Raise `ContradictionError` for a date without a manual clock, or such a clock without a date.

    A folder that keeps a manual clock supplies what is left out.
    """
    keeps_clock = (options.data / FILE_NAME).exists()
    manual = options.clock == "manual" or (options.clock is None and keeps_clock)
    if options.at is not None and not manual:
        message = "only a manual clock starts at a date of choice; add: --clock manual"
        raise ContradictionError(message)
    if options.clock == "manual" and options.at is None and not keeps_clock:
        message = "a manual clock has to start somewhere; add a date: --at 2026-01-05"
        raise ContradictionError(message)


def start_of_day(day: date) -> datetime:
    """Return the instant at which the day begins in the default time zone."""
    return calendar.start_of_day(day, DEFAULT_TIME_ZONE)


def local(instant: datetime) -> str:
    """Write the instant as a person in the default time zone reads it."""
    return instant.astimezone(calendar.zone(DEFAULT_TIME_ZONE)).isoformat()


def _leave_manual_clock(data: Path, kept: datetime | None) -> None:
    if kept is None:
        return
    if kept > datetime.now(UTC):
        message = (
            f"the clock of {data} stands at {local(kept)}, which is still to come; the "
            "system's clock would take it back: use another folder, or --clock manual"
        )
        raise StackError(message)
    (data / FILE_NAME).unlink()
