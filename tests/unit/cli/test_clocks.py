"""Moments are read as people write them; the clock moves in one order and never back."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cli.api.clocks import (
    Leap,
    Reading,
    parse_leap,
    parse_moment,
    refuse_unless_movable,
    set_clock,
)
from cli.errors import FailedError, UsageError

SHANGHAI = "Asia/Shanghai"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "leap"),
    [
        ("3d", Leap(days=3, minutes=0)),
        ("12h", Leap(days=0, minutes=720)),
        ("1w", Leap(days=7, minutes=0)),
        ("2d12h", Leap(days=2, minutes=720)),
        ("90m", Leap(days=0, minutes=90)),
        ("1w1w", Leap(days=14, minutes=0)),
        ("0d", Leap(days=0, minutes=0)),
    ],
)
def test_a_step_is_days_and_hours(text: str, leap: Leap) -> None:
    assert parse_leap(text) == leap


@pytest.mark.parametrize(
    "text", ["", "3", "d", "-3d", "3 d", "1y", "2d-1h", "٣d", "99999d", "1.5d"]
)
def test_what_is_no_step_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"write it as in 3d|by less"):
        parse_leap(text)


@pytest.mark.parametrize(
    ("start", "step", "zone", "end"),
    [
        ("2026-01-05T00:00:00+08:00", "1d", SHANGHAI, "2026-01-06T00:00:00+08:00"),
        ("2026-01-05T00:00:00+08:00", "2d12h", SHANGHAI, "2026-01-07T12:00:00+08:00"),
        # The clocks go forward on 29 March 2026: the day has 23 hours, and 24 hours are 24 hours.
        ("2026-03-29T00:00:00+01:00", "1d", "Europe/Berlin", "2026-03-30T00:00:00+02:00"),
        ("2026-03-29T00:00:00+01:00", "24h", "Europe/Berlin", "2026-03-30T01:00:00+02:00"),
    ],
)
def test_a_day_later_is_the_same_time_of_the_next_day(
    start: str, step: str, zone: str, end: str
) -> None:
    assert parse_leap(step).after(datetime.fromisoformat(start), zone) == datetime.fromisoformat(
        end
    )


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-02-20", SHANGHAI, "2026-02-19T16:00:00+00:00"),
        ("2026-02-20", "Europe/Berlin", "2026-02-19T23:00:00+00:00"),
        ("2026-02-20T09:00:00+08:00", "Europe/Berlin", "2026-02-20T01:00:00+00:00"),
        ("2026-02-20T09:00:00Z", SHANGHAI, "2026-02-20T09:00:00+00:00"),
    ],
)
def test_a_date_is_the_start_of_the_day_in_the_zone(text: str, zone: str, moment: str) -> None:
    assert parse_moment(text, zone) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-02-30", "2026-02-20T09:00:00", "20/02/2026"]
)
def test_what_is_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="write it as in 2026-01-05"):
        parse_moment(text, SHANGHAI)


async def test_the_monitor_moves_last(client_of: Any) -> None:
    moved: list[tuple[str, Any]] = []

    def answer(service: str, request: httpx.Request) -> httpx.Response:
        moved.append((service, json.loads(request.content)))
        return httpx.Response(200, json={"now": NOON.isoformat(), "manual": True})

    await set_clock(client_of(answer), NOON)
    body = {"now": "2026-01-05T12:00:00+00:00"}
    assert moved == [("notifier", body), ("ingest", body), ("monitor", body)]


async def test_a_service_that_refuses_stops_the_move_and_is_named(
    client_of: Any, script: Any
) -> None:
    refusal = httpx.Response(409, json={"code": "clock_backwards", "detail": "only forward"})
    answers = script(notifier=[{}], ingest=[refusal], monitor=[{}])
    with pytest.raises(FailedError, match=r"^ingest: only forward$"):
        await set_clock(client_of(answers), NOON)
    assert answers.asked == ["notifier", "ingest"]


@pytest.mark.parametrize(
    ("manual", "hours", "message"),
    [
        pytest.param(False, 1, "arrears up --clock manual", id="the machine's clock"),
        pytest.param(True, -1, "only moves forward", id="a step back"),
    ],
)
def test_a_clock_that_cannot_move_is_refused_before_anything_has(
    manual: bool, hours: int, message: str
) -> None:
    readings = [Reading(service="ingest", now=NOON, manual=manual)]
    with pytest.raises(FailedError, match=message):
        refuse_unless_movable(readings, NOON + timedelta(hours=hours), SHANGHAI)


def test_the_service_that_is_furthest_decides_what_is_back() -> None:
    readings = [
        Reading(service="ingest", now=NOON, manual=True),
        Reading(service="monitor", now=NOON + timedelta(days=1), manual=True),
    ]
    with pytest.raises(FailedError, match="only moves forward"):
        refuse_unless_movable(readings, NOON + timedelta(hours=1), SHANGHAI)
    refuse_unless_movable(readings, NOON + timedelta(days=1), SHANGHAI)


def test_a_step_back_is_told_by_the_creditors_clocks() -> None:
    readings = [Reading(service="monitor", now=NOON, manual=True)]
    with pytest.raises(FailedError) as refused:
        refuse_unless_movable(readings, NOON - timedelta(days=1), SHANGHAI)
    assert refused.value.message == (
        "the clock stands at 2026-01-05T20:00:00+08:00 and only moves forward; "
        "2026-01-04T20:00:00+08:00 is before that (Asia/Shanghai)"
    )
