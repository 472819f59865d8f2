"""What becomes of a level is told in one line: reached when, held until when, raised when."""

from typing import Any, Final

import pytest

from cli.show.outlook import prospect

PROSPECT: Final[dict[str, Any]] = {
    "level": "legal",
    "action": "letter",
    "on": "2026-02-19",
    "until": None,
    "delays": [],
    "becomes": "waits",
    "becomes_on": None,
    "by": None,
    "follows": False,
    "cross_default": False,
    "clock_stands": False,
}
PROMISE: Final = {"because": "held by promise P", "since": "2026-02-01", "until": "2026-02-20"}
DISPUTE: Final = {"because": "held by dispute", "since": "2026-02-01", "until": None}
MINIMUM: Final = {"because": "below the minimum", "since": None, "until": None}


@pytest.mark.parametrize(
    ("changed", "raised_on", "how"),
    [
        (
            {"becomes": "raised", "becomes_on": "2026-02-19"},
            "2026-02-19",
            "reached on 2026-02-19; raised that day",
        ),
        (
            {"on": "2026-02-01", "becomes": "raised", "becomes_on": "2026-02-07"},
            "2026-02-07",
            "reached on 2026-02-01; raised at the next look",
        ),
        (
            {"delays": [PROMISE], "becomes": "raised", "becomes_on": "2026-02-21"},
            "2026-02-21",
            ("reached on 2026-02-19; held by promise P since 2026-02-01 to the end of 2026-02-20; "
            "then raised on 2026-02-21"),
        ),
        (
            {"delays": [DISPUTE], "until": "2026-03-01"},
            None,
            ("reached on 2026-02-19; held by dispute since 2026-02-01, until an event ends it; "
            "makes no sense after 2026-03-01"),
        ),
        ({"delays": [MINIMUM]}, None, "reached on 2026-02-19; below the minimum"),
        (
            {"becomes": "passed_over", "becomes_on": "2026-02-21", "by": "final"},
            None,
            "reached on 2026-02-19; passed over by final on 2026-02-21",
        ),
        (
            {"on": "2026-01-10", "until": "2026-01-15", "becomes": "over",
             "becomes_on": "2026-01-16"},
            None,
            "reached on 2026-01-10; its time is over since 2026-01-16",
        ),
        (
            {"until": "2026-02-15", "becomes": "over", "becomes_on": "2026-02-16"},
            None,
            "is not reached in its time; its time is over on 2026-02-16",
        ),
        (
            {"follows": True, "delays": [DISPUTE]},
            None,
            ("the level before it comes first: on 2026-02-19 at the earliest; held by dispute "
            "since 2026-02-01, until an event ends it"),
        ),
        (
            {"clock_stands": True},
            None,
            "its clock stands still: on 2026-02-19 at the earliest, if the dispute ended today",
        ),
        (
            {"cross_default": True, "becomes": "raised", "becomes_on": "2026-02-19"},
            "2026-02-19",
            "reached on 2026-02-19, by the default of others of the group; raised that day",
        ),
    ],
)  # fmt: skip
def test_a_level_to_come_says_when_and_what_stands_in_the_way(
    changed: dict[str, Any], raised_on: str | None, how: str
) -> None:
    row = prospect({**PROSPECT, **changed}, "2026-02-07")
    assert (row["raised_on"], row["how"]) == (raised_on, how)
