"""Business days by the notices and laws they come from, and what a calendar refuses."""

from datetime import date, timedelta

import pytest

from shared.business_calendar import (
    CODES_MAX,
    DAYS_OFF_MAX,
    OWN_DAYS_MAX,
    SHIFT_DAYS_MAX,
    YEAR_MAX,
    YEAR_MIN,
    BusinessCalendar,
    check_code,
    read_codes,
)
from shared.errors import RejectedError

WEEKENDS = BusinessCalendar()
CHINA = BusinessCalendar(("CN",))


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


def off(first: str, last: str) -> list[tuple[str, bool]]:
    """Return rows for days off from the first to the last one."""
    days = (day(last) - day(first)).days
    return [((day(first) + timedelta(number)).isoformat(), False) for number in range(days + 1)]


def run_of_days_off(days: int) -> frozenset[date]:
    """Return that many days in a row from a Monday on."""
    return frozenset(day("2026-06-01") + timedelta(number) for number in range(days))


#: State Council General Office, 国办发明电 2024 no. 12 (12 November 2024), the holidays of 2025:
#: Spring Festival 28 January to 4 February, work on 26 January (Sunday) and 8 February (Saturday);
#: National Day 1 to 8 October, work on 28 September (Sunday) and 11 October (Saturday).
CHINA_2025 = [
    *off("2025-01-28", "2025-02-04"), ("2025-01-26", True), ("2025-02-08", True),
    ("2025-01-25", False), ("2025-02-09", False), ("2025-01-27", True), ("2025-02-05", True),
    *off("2025-10-01", "2025-10-08"), ("2025-09-28", True), ("2025-10-11", True),
    ("2025-09-27", False), ("2025-10-12", False), ("2025-09-30", True), ("2025-10-09", True),
]  # fmt: skip
#: The same office's notice of 4 November 2025, the holidays of 2026: New Year 1 to 3 January, work
#: on 4 January (Sunday); Spring Festival 15 to 23 February, work on 14 and 28 February (Saturdays).
CHINA_2026 = [
    *off("2026-01-01", "2026-01-03"), ("2026-01-04", True), ("2025-12-31", True),
    *off("2026-02-15", "2026-02-23"), ("2026-02-14", True), ("2026-02-28", True),
    ("2026-02-13", True), ("2026-02-24", True), ("2026-03-01", False), ("2026-02-07", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "works"), CHINA_2025 + CHINA_2026)
def test_china_works_and_rests_as_the_state_council_has_it(text: str, *, works: bool) -> None:
    assert CHINA.is_business_day(day(text)) is works


@pytest.mark.parametrize(
    ("codes", "text", "works"),
    [
        pytest.param((), "2026-10-01", True, id="no code: a holiday is worked"),
        pytest.param((), "2026-10-03", False, id="no code: Saturday"),
        pytest.param((), "2026-10-04", False, id="no code: Sunday"),
        # Act on Sundays and Holidays (FTG), article 1: Epiphany and Corpus Christi in Bavaria.
        pytest.param(("DE",), "2026-01-06", True, id="Epiphany is worked in most of Germany"),
        pytest.param(("DE-BY",), "2026-01-06", False, id="Epiphany in Bavaria"),
        pytest.param(("DE",), "2026-06-04", True, id="Corpus Christi in most of Germany"),
        pytest.param(("DE-BY",), "2026-06-04", False, id="Corpus Christi in Bavaria"),
        pytest.param(("DE-BY",), "2026-10-03", False, id="the whole country's day, in Bavaria"),
        # T2 closes on six days (ECB, 14 December 2000): Whit Monday is none, Good Friday is one.
        pytest.param(("XECB",), "2026-04-03", False, id="Good Friday at the central bank"),
        pytest.param(("XECB",), "2026-05-25", True, id="Whit Monday at the central bank"),
        pytest.param(("DE",), "2026-05-25", False, id="Whit Monday in Germany"),
        pytest.param(("ECB",), "2026-04-06", False, id="a market by its short name"),
        # NYSE Rule 7.2: Independence Day on a Saturday is kept on the Friday before.
        pytest.param(("XNYS",), "2026-07-03", False, id="New York keeps the Friday before"),
        pytest.param(("NYSE",), "2026-10-12", True, id="New York trades on Columbus Day"),
        pytest.param(("US",), "2026-10-12", False, id="Columbus Day in the United States"),
        # The royal order of 23 June 2013: the weekend is Friday and Saturday, no more Thursday.
        pytest.param(("SA",), "2026-08-07", False, id="Friday in Saudi Arabia"),
        pytest.param(("SA",), "2026-08-09", True, id="Sunday in Saudi Arabia"),
        pytest.param(("SA",), "2013-06-27", False, id="a Thursday before the change"),
        pytest.param(("DE", "SA"), "2026-08-07", False, id="a weekend of the second code"),
        pytest.param(("DE", "SA"), "2026-08-09", False, id="a weekend of the first code"),
        pytest.param(("DE", "SA"), "2026-08-06", True, id="a day that both work"),
        pytest.param(("CN", "DE"), "2025-10-11", False, id="China works, Germany has its weekend"),
        pytest.param(("CN", "XSHG"), "2025-10-11", False, id="China works, its market is closed"),
        # The notice for 2002 made 29 December 2001, a Saturday, a working day.
        pytest.param(("CN",), "2001-12-29", True, id="moved over the end of a year"),
        pytest.param(("CN",), "2090-10-04", False, id="far ahead: a weekday for a Sunday"),
        pytest.param(("CN",), "2090-10-05", True, id="far ahead: the law's own days and no more"),
        pytest.param(("CN",), "2090-10-07", False, id="far ahead: no working Saturday"),
        pytest.param(("IN",), "2060-01-26", False, id="a country that warns, far ahead"),
        pytest.param(("CN",), "2150-10-01", True, id="past what is known: weekends alone"),
        pytest.param(("CN",), "2150-10-03", False, id="past what is known: a Saturday"),
    ],
)
def test_a_day_is_off_where_any_code_has_it_off(
    codes: tuple[str, ...], text: str, *, works: bool
) -> None:
    assert BusinessCalendar(codes).is_business_day(day(text)) is works


def test_days_of_ones_own_are_off_and_days_taken_away_are_worked() -> None:
    own = BusinessCalendar(("DE",), frozenset({day("2026-12-24")}), frozenset({day("2026-12-25")}))
    assert not own.is_business_day(day("2026-12-24"))
    assert own.is_business_day(day("2026-12-25"))
    assert own.following(day("2026-12-24")) == day("2026-12-25")
    assert BusinessCalendar(holidays_removed=frozenset({day("2026-10-03")})).is_business_day(
        day("2026-10-03")
    )


@pytest.mark.parametrize(
    ("calendar", "text", "business_days", "shifted"),
    [
        pytest.param(CHINA, "2025-09-26", 1, "2025-09-28", id="onto a working Sunday"),
        pytest.param(CHINA, "2025-09-30", 1, "2025-10-09", id="over the golden week"),
        pytest.param(CHINA, "2025-09-30", 3, "2025-10-11", id="onto a working Saturday"),
        pytest.param(CHINA, "2025-10-04", 1, "2025-10-09", id="from a day off"),
        pytest.param(CHINA, "2025-10-04", 0, "2025-10-04", id="by nothing: a day off stays"),
        pytest.param(CHINA, "2025-10-04", -1, "2025-09-30", id="back from a day off"),
        pytest.param(CHINA, "2025-10-09", -3, "2025-09-28", id="back onto a working Sunday"),
        pytest.param(CHINA, "2025-12-31", 1, "2026-01-04", id="over the new year"),
        pytest.param(CHINA, "2026-01-04", -1, "2025-12-31", id="back over the new year"),
        pytest.param(WEEKENDS, "2026-01-30", 15, "2026-02-20", id="three weeks"),
        pytest.param(WEEKENDS, "2026-02-20", -15, "2026-01-30", id="three weeks back"),
        pytest.param(WEEKENDS, "2026-01-05", 2610, "2036-01-07", id="2,610 days: ten years"),
        pytest.param(WEEKENDS, "2036-01-07", -2610, "2026-01-05", id="ten years back"),
    ],
)
def test_days_are_counted_by_business_days(
    calendar: BusinessCalendar, text: str, business_days: int, shifted: str
) -> None:
    assert calendar.shifted(day(text), business_days) == day(shifted)


@pytest.mark.parametrize(
    ("text", "preceding", "following"),
    [
        pytest.param("2025-09-28", "2025-09-28", "2025-09-28", id="a working Sunday stays"),
        pytest.param("2025-10-01", "2025-09-30", "2025-10-09", id="the first day of a run"),
        pytest.param("2025-10-08", "2025-09-30", "2025-10-09", id="the last day of a run"),
        pytest.param("2026-01-01", "2025-12-31", "2026-01-04", id="New Year"),
    ],
)
def test_a_day_off_moves_to_the_next_business_day_or_the_one_before(
    text: str, preceding: str, following: str
) -> None:
    assert CHINA.preceding(day(text)) == day(preceding)
    assert CHINA.following(day(text)) == day(following)


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        pytest.param("2025-09-30", "2025-10-08", 0, id="days off alone"),
        pytest.param("2025-09-30", "2025-10-09", 1, id="the last day counts"),
        pytest.param("2025-09-28", "2025-09-30", 2, id="the first day does not"),
        pytest.param("2025-12-31", "2026-01-04", 1, id="over the new year"),
        # 2025 has 248 working days by its notice (statutory holidays 13, weekends 104).
        pytest.param("2024-12-31", "2025-12-31", 248, id="a whole year"),
        pytest.param("2025-10-09", "2025-10-09", 0, id="the same day"),
        pytest.param("2025-10-09", "2025-09-01", 0, id="the wrong way round"),
    ],
)
def test_business_days_between_leave_the_first_day_out(after: str, until: str, count: int) -> None:
    assert CHINA.business_days_between(day(after), day(until)) == count


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("cn", "near ones are CN", id="small letters"),
        pytest.param("XX", "give one such as CN, DE, DE-BY or XECB", id="no country"),
        pytest.param("", "'' is no known calendar", id="nothing"),
        pytest.param("DE-XX", "DE-BY", id="no part: the parts are told"),
        pytest.param("DE-", "is no known part of DE", id="a hyphen and no part"),
        pytest.param("XNYS-NY", "it has no parts: give XNYS", id="a market has no parts"),
        pytest.param("HolidayBase", "is no known calendar", id="a name of the package"),
        pytest.param("X" * 1000, f"{'X' * 40!r}", id="long ones are shortened"),
    ],
)
def test_a_code_that_is_not_known_is_refused(code: str, words: str) -> None:
    with pytest.raises(RejectedError) as refused:
        check_code(code, "calendar.holidays")
    assert refused.value.code == "unknown_calendar"
    assert refused.value.field == "calendar.holidays"
    assert refused.value.message.startswith("calendar.holidays: ")
    assert words in refused.value.message
    with pytest.raises(RejectedError):
        BusinessCalendar((code,))


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        pytest.param(None, (), id="nothing"),
        pytest.param([], (), id="an empty list"),
        pytest.param("CN", ("CN",), id="one code"),
        pytest.param(["CN", "DE-BY", "ECB"], ("CN", "DE-BY", "ECB"), id="several"),
    ],
)
def test_codes_are_read_as_one_or_a_list(value: object, codes: tuple[str, ...]) -> None:
    assert read_codes(value) == codes


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(7, "bad_calendar", id="a number"),
        pytest.param({"CN": True}, "bad_calendar", id="a mapping"),
        pytest.param(["CN", 7], "bad_calendar", id="a number in the list"),
        pytest.param(["CN", "CN"], "bad_calendar", id="twice the same"),
        pytest.param(["CN"] * (CODES_MAX + 1), "bad_calendar", id="too many"),
        pytest.param(["CN", "XX"], "unknown_calendar", id="one that is not known"),
    ],
)
def test_codes_that_cannot_be_read_are_refused(value: object, code: str) -> None:
    with pytest.raises(RejectedError) as refused:
        read_codes(value, "calendar.holidays")
    assert (refused.value.code, refused.value.field) == (code, "calendar.holidays")


@pytest.mark.parametrize(
    ("added", "removed", "words"),
    [
        pytest.param(
            run_of_days_off(DAYS_OFF_MAX - 1), frozenset(),
            "no business day stands between 2026-05-29 and 2026-07-30",
            id="sixty-one days in a row, the weekend before with them",
        ),
        pytest.param(
            run_of_days_off(400), frozenset(), "no business day stands between",
            id="a whole year and more",
        ),
        pytest.param(
            run_of_days_off(5), run_of_days_off(1), "2026-06-01 is both added and removed",
            id="added and removed",
        ),
        pytest.param(
            run_of_days_off(OWN_DAYS_MAX + 1), frozenset(),
            f"{OWN_DAYS_MAX + 1} days of your own are more than {OWN_DAYS_MAX}",
            id="too many",
        ),
        pytest.param(
            frozenset({date(226, 6, 1)}), frozenset(), "0226-06-01 is not between 1901",
            id="a slip in the year",
        ),
    ],
)  # fmt: skip
def test_days_of_ones_own_that_cannot_be_are_refused(
    added: frozenset[date], removed: frozenset[date], words: str
) -> None:
    with pytest.raises(RejectedError) as refused:
        BusinessCalendar(("DE",), added, removed)
    assert refused.value.code == "bad_calendar"
    assert words in refused.value.message


def test_a_calendar_takes_so_many_codes_and_no_more() -> None:
    assert BusinessCalendar(("CN",) * CODES_MAX).codes
    with pytest.raises(RejectedError, match="11 codes are more than 10"):
        BusinessCalendar(("CN",) * (CODES_MAX + 1))


def test_sixty_days_off_in_a_row_are_the_most() -> None:
    # The run begins on a Monday: the weekend before it makes two more days.
    longest = BusinessCalendar((), run_of_days_off(DAYS_OFF_MAX - 2))
    assert longest.preceding(day("2026-06-01")) == day("2026-05-29")
    assert longest.following(day("2026-06-01")) == day("2026-07-29")


@pytest.mark.parametrize(
    ("text", "business_days", "code"),
    [
        pytest.param("2026-01-05", SHIFT_DAYS_MAX + 1, "bad_calendar", id="too far"),
        pytest.param("2026-01-05", -SHIFT_DAYS_MAX - 1, "bad_calendar", id="too far back"),
        pytest.param(f"{YEAR_MAX}-12-31", 1, "day_out_of_calendar", id="past the last year"),
        pytest.param(f"{YEAR_MIN}-01-01", -1, "day_out_of_calendar", id="before the first one"),
    ],
)
def test_a_shift_ends_where_the_calendar_does(text: str, business_days: int, code: str) -> None:
    with pytest.raises(RejectedError) as refused:
        WEEKENDS.shifted(day(text), business_days)
    assert refused.value.code == code
