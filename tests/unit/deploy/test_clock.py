"""Where a stack's clock stands, by what was wished and what the folder keeps."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from deploy.local.errors import StackError
from deploy.local.stack.clock import prepare_clock, start_of_day
from deploy.local.stack.options import UpOptions

JANUARY_5 = "2026-01-05T00:00:00+08:00"
FAR_AHEAD = "2999-01-01T00:00:00+08:00"


def options(data: Path, clock: str | None, at: str | None) -> UpOptions:
    day = date.fromisoformat(at) if at else None
    return UpOptions(data=data, clock=clock, at=day)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kept", "clock", "at", "expected", "stands_at"),
    [
        (None, None, None, "system", None),
        (None, "system", None, "system", None),
        (None, "manual", "2026-01-05", "manual", JANUARY_5),
        (JANUARY_5, None, None, "manual", JANUARY_5),
        (JANUARY_5, "manual", None, "manual", JANUARY_5),
        (JANUARY_5, "manual", "2026-01-05", "manual", JANUARY_5),
        (JANUARY_5, None, "2026-02-01", "manual", "2026-02-01T00:00:00+08:00"),
        (JANUARY_5, "system", None, "system", None),
    ],
)
def test_a_folder_keeps_its_clock_unless_another_is_wished(
    tmp_path: Path,
    kept: str | None,
    clock: str | None,
    at: str | None,
    expected: str,
    stands_at: str | None,
) -> None:
    file = tmp_path / "clock"
    if kept:
        file.write_text(kept)
    assert prepare_clock(options(tmp_path, clock, at)) == expected
    assert (datetime.fromisoformat(file.read_text()) if file.exists() else None) == (
        datetime.fromisoformat(stands_at) if stands_at else None
    )


@pytest.mark.parametrize(
    ("kept", "clock", "at", "message"),
    [
        (None, "manual", None, "add a date: --at"),
        (None, None, "2026-01-05", "add: --clock manual"),
        (None, "system", "2026-01-05", "add: --clock manual"),
        (JANUARY_5, "manual", "2026-01-04", "stands at 2026-01-05T00:00:00.*only moves forward"),
        (FAR_AHEAD, "system", None, "still to come"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_what_to_do(
    tmp_path: Path, kept: str | None, clock: str | None, at: str | None, message: str
) -> None:
    file = tmp_path / "clock"
    if kept:
        file.write_text(kept)
    with pytest.raises(StackError, match=message):
        prepare_clock(options(tmp_path, clock, at))
    assert (file.read_text() if file.exists() else None) == kept


def test_a_day_begins_at_midnight_of_the_default_creditor() -> None:
    assert start_of_day(date(2026, 1, 5)).astimezone(UTC).isoformat() == "2026-01-04T16:00:00+00:00"
