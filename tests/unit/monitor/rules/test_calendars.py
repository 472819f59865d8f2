"""Days of a level: calendar or business days, moved by days off, waits, and time that passes."""

import pytest

from services.monitor.domain.policy.policy import Level, Policy
from shared.business_calendar import BusinessCalendar
from tests.unit.monitor.builders import cover, day, issued
from tests.unit.monitor.debtor_builders import blocked
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

#: 2026: off from Sunday 15 to Monday 23 February, worked on the Saturdays 14 and 28 February
#: (General Office of the State Council, notice on the arrangement of holidays in 2026).
CN = BusinessCalendar(("CN",))
#: 2026: Good Friday on 3 April, Easter Monday on 6 April.
DE = BusinessCalendar(("DE",))
WEEKENDS = BusinessCalendar(())
#: A works holiday from Monday 9 to Wednesday 11 February, and work on Saturday 7.
OWN = BusinessCalendar(
    (),
    frozenset({day("2026-02-09"), day("2026-02-10"), day("2026-02-11")}),
    frozenset({day("2026-02-07")}),
)


def reached(calendar: BusinessCalendar, one: Level, due_on: str, days: str = "calendar") -> str:
    """Return the day on which an item reaches a level."""
    by = policy(one, calendar=calendar, days=days)
    return by.level_on(by.levels[0], day(due_on)).isoformat()


@pytest.mark.parametrize(
    ("calendar", "after_days", "due_on", "expected"),
    [
        (WEEKENDS, 10, "2026-01-30", "2026-02-13"),
        (WEEKENDS, 10, "2026-01-31", "2026-02-13"),
        (WEEKENDS, 1, "2026-01-30", "2026-02-02"),
        (WEEKENDS, 0, "2026-01-31", "2026-01-31"),
        (WEEKENDS, -5, "2026-01-31", "2026-01-26"),
        (WEEKENDS, -1, "2026-02-02", "2026-01-30"),
        (CN, 10, "2026-01-31", "2026-02-13"),
        (CN, 11, "2026-01-31", "2026-02-14"),
        (CN, 12, "2026-01-31", "2026-02-24"),
        (CN, 16, "2026-01-31", "2026-02-28"),
        (CN, 17, "2026-01-31", "2026-03-02"),
        (DE, 2, "2026-04-01", "2026-04-07"),
        (OWN, 6, "2026-01-30", "2026-02-07"),
        (OWN, 7, "2026-01-30", "2026-02-12"),
    ],
)
def test_business_days_are_counted_from_the_due_date_which_is_never_one_of_them(
    calendar: BusinessCalendar, after_days: int, due_on: str, expected: str
) -> None:
    assert reached(calendar, level("a", after_days), due_on, "business") == expected


@pytest.mark.parametrize(
    ("calendar", "on_holiday", "after_days", "expected"),
    [
        (WEEKENDS, "none", 15, "2026-02-15"),
        (WEEKENDS, "following", 15, "2026-02-16"),
        (WEEKENDS, "preceding", 15, "2026-02-13"),
        (WEEKENDS, "following", 16, "2026-02-16"),
        (WEEKENDS, "preceding", 16, "2026-02-16"),
        (CN, "following", 15, "2026-02-24"),
        (CN, "preceding", 15, "2026-02-14"),
        (CN, "following", 28, "2026-02-28"),
        (CN, "following", -30, "2026-01-04"),
        (DE, "following", 62, "2026-04-07"),
        (DE, "preceding", 65, "2026-04-02"),
        (OWN, "following", 9, "2026-02-12"),
        (OWN, "preceding", 11, "2026-02-07"),
        (OWN, "none", 11, "2026-02-11"),
    ],
)
def test_a_level_on_a_day_off_moves_as_it_says(
    calendar: BusinessCalendar, on_holiday: str, after_days: int, expected: str
) -> None:
    """*Following* and *preceding*: ISDA 2006 Definitions, section 4.12."""
    one = level("a", after_days, on_holiday=on_holiday)
    assert reached(calendar, one, "2026-01-31") == expected


def test_business_days_that_end_on_the_due_date_itself_move_off_a_day_off() -> None:
    one = level("a", 0, on_holiday="following")
    assert reached(WEEKENDS, one, "2026-01-31", "business") == "2026-02-02"


def test_each_level_moves_by_its_own_rule() -> None:
    by = policy(
        level("a", 15, on_holiday="preceding"),
        level("b", 15),
        level("c", 15, on_holiday="following"),
    )
    found = [by.level_on(one, day("2026-01-31")).isoformat() for one in by.levels]
    assert found == ["2026-02-13", "2026-02-15", "2026-02-16"]


@pytest.mark.parametrize("days", ["calendar", "business"])
@pytest.mark.parametrize("on_holiday", ["none", "following", "preceding"])
@pytest.mark.parametrize("action", ["insurance_claim", "insurance_notice"])
def test_what_the_insurer_is_told_is_moved_by_no_calendar(
    days: str, on_holiday: str, action: str
) -> None:
    told = level("told", 15, action, on_holiday=on_holiday)
    assert reached(CN, told, "2026-01-31", days) == "2026-02-15"


#: What each story says of A/1, on which days, when nothing else happens to it.
EASTER: Policy = policy(
    level("call", 3, on_holiday="following"),
    level("claim", 3, "insurance_claim"),
    calendar=DE,
    time_zone="Europe/Berlin",
)
BY_TENS = (level("first", 10), level("second", 12, min_days_after_previous=7))
REMINDED = policy(level("remind", -5), level("first", 10))
INVOICE = {"2026-01-01": [issued("A", "100.00")]}
#: Due on a Friday; the due date, and ten days later a Monday.
FRIDAY = {"2026-01-01": [issued("A", ("2026-01-30", "100.00"))]}


@stories(
    Story(
        "a claim on Good Friday's weekend does not wait for Tuesday",
        EASTER,
        {"2026-03-01": [cover(waiting_days=0), issued("A", ("2026-03-31", "9.00"))]},
        "2026-04-10",
        {"2026-04-03": ["A/1 raised claim"], "2026-04-07": ["A/1 raised call"]},
    ),
    Story(
        "a reminder and a letter on the due date",
        policy(level("remind", -5), level("due", 0)),
        INVOICE,
        "2026-03-01",
        {"2026-01-26": ["A/1 raised remind"], "2026-01-31": ["A/1 raised due"]},
    ),
    Story(
        "a level waits for the one before it",
        policy(*BY_TENS),
        INVOICE,
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"], "2026-02-17": ["A/1 raised second"]},
    ),
    Story(
        "it waits for the day that one was raised, not for the day it was reached",
        policy(*BY_TENS),
        {"2026-02-20": [issued("A", "100.00")]},
        "2026-03-10",
        {"2026-02-20": ["A/1 raised first"], "2026-02-27": ["A/1 raised second"]},
    ),
    Story(
        "it waits in business days where those are counted",
        policy(*BY_TENS, days="business", calendar=WEEKENDS),
        FRIDAY,
        "2026-03-01",
        {"2026-02-13": ["A/1 raised first"], "2026-02-24": ["A/1 raised second"]},
    ),
    Story(
        "a wait that ends on a Saturday ends on Monday where a level keeps to business days",
        policy(
            level("first", 7),
            level("second", 8, min_days_after_previous=8, on_holiday="preceding"),
        ),
        FRIDAY,
        "2026-03-01",
        {"2026-02-06": ["A/1 raised first"], "2026-02-16": ["A/1 raised second"]},
    ),
    Story(
        "one that waits still when a higher one is raised is passed over",
        policy(*BY_TENS, level("third", 15)),
        INVOICE,
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"], "2026-02-15": ["A/1 raised third over second"]},
    ),
    Story(
        "so is one that waits for a level that is held",
        policy(
            level("first", 10, held_by="block"),
            level("second", 12, min_days_after_previous=7),
            level("third", 15),
        ),
        INVOICE | {"2026-02-01": [blocked("B")]},
        "2026-03-01",
        {"2026-02-15": ["A/1 raised third over first, second"]},
    ),
    Story(
        "the first seen after its time is not raised any more",
        policy(level("call", 3, not_after_days=5), level("first", 10)),
        {"2026-02-06": [issued("A", "100.00")]},
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "the first seen on its last day is",
        policy(level("call", 3, not_after_days=5), level("first", 10)),
        {"2026-02-05": [issued("A", "100.00")]},
        "2026-03-01",
        {"2026-02-05": ["A/1 raised call"], "2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "a reminder goes out late, on the last day before the due date",
        REMINDED,
        {"2026-01-30": [issued("A", "100.00")]},
        "2026-03-01",
        {"2026-01-30": ["A/1 raised remind"], "2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "and not on the due date, of an invoice that is told then",
        REMINDED,
        {"2026-01-31": [issued("A", "100.00")]},
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "nor when what held it ends by then",
        policy(level("remind", -5, held_by="block"), level("first", 10)),
        INVOICE | {"2026-01-20": [blocked("B", on="2026-01-20", until="2026-01-30")]},
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "what waits for the reminder then waits no longer",
        policy(level("remind", -5), level("first", 1, min_days_after_previous=20)),
        {"2026-02-03": [issued("A", "100.00")]},
        "2026-03-01",
        {"2026-02-03": ["A/1 raised first"]},
    ),
    Story(
        "a notice to the insurer of before the due date is no reminder",
        policy(level("notice", -5, "insurance_notice")),
        {"2026-02-03": [cover(mep_days=300), issued("A", "100.00")]},
        "2026-03-01",
        {"2026-02-03": ["A/1 raised notice"]},
    ),
    Story(
        "its last day is counted in business days where those are counted",
        policy(level("first", 10, not_after_days=10), days="business", calendar=WEEKENDS),
        FRIDAY,
        "2026-03-01",
        {"2026-02-13": ["A/1 raised first"]},
    ),
    Story(
        "what waits for a level whose time has passed waits no longer",
        policy(
            level("first", 10, not_after_days=12, held_by="block"),
            level("second", 11, min_days_after_previous=7),
        ),
        INVOICE | {"2026-02-01": [blocked("B")]},
        "2026-03-01",
        {"2026-02-13": ["A/1 raised second"]},
    ),
    Story(
        "what is only kept in mind is raised as any other",
        policy(level("first", 10, "do_nothing"), level("second", 20)),
        INVOICE,
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"], "2026-02-20": ["A/1 raised second"]},
    ),
)  # fmt: skip
def test_levels_come_on_their_days(story: Story) -> None:
    check(story)


def test_a_level_for_what_is_overdue_is_not_moved_before_the_item_is() -> None:
    """Easter Sunday 5 April 2026 is the due date; the business day before it is the Thursday."""
    one = level("dunning", 1, "dunning_letter", on_holiday="preceding")
    assert reached(DE, one, "2026-04-05") == "2026-04-06"


@pytest.mark.parametrize(
    ("calendar", "after_days", "due_on", "days", "expected"),
    [
        # The National Day of 2025 is off from 1 to 8 October.
        (CN, -3, "2025-10-04", "calendar", "2025-09-30"),
        (CN, -8, "2025-10-09", "calendar", "2025-09-30"),
        (CN, -2, "2025-10-10", "calendar", "2025-10-09"),
        (CN, -1, "2025-10-10", "calendar", "2025-10-09"),
        (CN, -1, "2025-10-08", "business", "2025-09-30"),
        (WEEKENDS, -1, "2026-02-02", "calendar", "2026-01-30"),
        (WEEKENDS, -3, "2026-02-03", "calendar", "2026-02-02"),
    ],
)
def test_a_reminder_on_a_day_off_goes_back_rather_than_to_the_due_date(
    calendar: BusinessCalendar, after_days: int, due_on: str, days: str, expected: str
) -> None:
    one = level("reminder", after_days, on_holiday="following")
    assert reached(calendar, one, due_on, days) == expected
