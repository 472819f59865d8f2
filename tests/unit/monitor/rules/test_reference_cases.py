"""Cases worked out by hand from public sources; the source stands beside each."""

from datetime import UTC, datetime

import pytest

from services.monitor.domain.escalation.decision import apply, decide
from services.monitor.domain.policy.policy import Policy
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import credited, day, issued, paid
from tests.unit.monitor.policies import policy

#: A policy that raises after 30, 40 and 50 days, for the case of overdue states.
THIRTY_FORTY_FIFTY = policy(
    ("first", 30, "letter"), ("second", 40, "letter"), ("third", 50, "call")
)


def levels_on(book: Book, by: Policy, on: str) -> dict[str, list[str]]:
    """Look at every item on a day, and return the levels raised by item."""
    return {
        item.item_id: [one.level for one in apply(item, decide(item, by, day(on)), by, day(on))]
        for item in book.items()
    }


def test_ages_of_30_40_and_50_days() -> None:
    """Kill Bill's overdue states by days since the oldest unpaid invoice; two of 249.95."""
    book = Book()
    book.fold(issued("A", ("2012-05-31", "249.95"), on="2012-05-01", currency="USD"))
    book.fold(issued("B", ("2012-06-30", "249.95"), on="2012-05-31", currency="USD"))
    found = {
        on: levels_on(book, THIRTY_FORTY_FIFTY, on)["A/1"]
        for on in ("2012-06-29", "2012-06-30", "2012-07-05", "2012-07-09", "2012-07-10")
    }
    assert found == {
        "2012-06-29": [],
        "2012-06-30": ["first"],
        "2012-07-05": [],
        "2012-07-09": [],
        "2012-07-10": ["second"],
    }
    assert levels_on(book, THIRTY_FORTY_FIFTY, "2012-07-20")["A/1"] == ["third"]


def test_ages_clear_at_once_when_the_oldest_invoice_is_paid() -> None:
    """The same case: A is paid on 07-05, B is only five days late."""
    book = Book()
    book.fold(issued("A", ("2012-05-31", "249.95"), on="2012-05-01", currency="USD"))
    book.fold(issued("B", ("2012-06-30", "249.95"), on="2012-05-31", currency="USD"))
    levels_on(book, THIRTY_FORTY_FIFTY, "2012-06-30")
    book.fold(paid("P", "249.95", ("A", "249.95"), on="2012-07-05", currency="USD"))
    assert book.told() == [("A/1", "first", 1, "paid")]
    assert levels_on(book, THIRTY_FORTY_FIFTY, "2012-07-10") == {"A/1": [], "B/1": []}


def test_forty_on_account_against_30_50_20() -> None:
    """Payment terms of 30/60/90 days with oldest due first, as in ERPNext's payment schedules."""
    parts = (("2026-01-31", "30.00"), ("2026-03-02", "50.00"), ("2026-04-01", "20.00"))
    book = Book()
    book.fold(issued("A", *parts), paid("P", "40.00"))
    assert book.open() == {"A/1": "0.00", "A/2": "40.00", "A/3": "20.00"}


def test_a_credit_note_of_100_on_60_100_40_with_40_paid() -> None:
    """Last instalments first: what is not yet to be paid is given back (design, section 3.6)."""
    parts = (("2026-01-31", "60.00"), ("2026-03-02", "100.00"), ("2026-04-01", "40.00"))
    book = Book()
    book.fold(issued("A", *parts), paid("P", "40.00"), credited("N", "100.00", "A"))
    assert book.open() == {"A/1": "20.00", "A/2": "40.00", "A/3": "0.00"}


def test_one_day_in_arrears_and_three_days_of_grace() -> None:
    """Due 1997-03-12: one day in arrears on 03-13; after three days, on 03-15 and not before."""
    book = Book()
    book.fold(issued("A", ("1997-03-12", "100.00"), on="1997-02-10"))
    grace = policy(("dunning", 3, "dunning_letter"))
    assert book.item("A/1").days_overdue(day("1997-03-13")) == 1
    assert levels_on(book, grace, "1997-03-13") == {"A/1": []}
    assert levels_on(book, grace, "1997-03-14") == {"A/1": []}
    assert levels_on(book, grace, "1997-03-15") == {"A/1": ["dunning"]}


@pytest.mark.parametrize(
    ("due_on", "after_days", "reached_on"),
    [
        ("2026-01-31", 30, "2026-03-02"),
        ("2024-01-31", 30, "2024-03-01"),
        ("2024-02-29", 366, "2025-03-01"),
        ("2025-12-31", 60, "2026-03-01"),
        ("2026-03-10", -10, "2026-02-28"),
    ],
    ids=["end of January", "leap year", "leap day", "over new year", "a reminder"],
)
def test_days_are_calendar_days_and_never_months(
    due_on: str, after_days: int, reached_on: str
) -> None:
    """ISO 8601 calendar dates: 2026-01-31 + 30 days is 2026-03-02."""
    one = policy(("level", after_days, "letter"))
    assert one.level_on(one.levels[0], day(due_on)) == day(reached_on)


@pytest.mark.parametrize(
    ("time_zone", "on", "begins"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00"),
        ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00"),
        ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00"),
        ("Asia/Shanghai", "2026-03-29", "2026-03-28T16:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),
    ],
    ids=[
        "Berlin, clocks go forward",
        "Berlin, the day after that",
        "Berlin, clocks go back",
        "Berlin, the day after that too",
        "Shanghai has no summer time",
        "Cairo skips midnight",
        "Havana has midnight twice",
        "Apia skipped the whole day",
    ],
)
def test_a_day_begins_at_its_first_instant_in_the_creditors_zone(
    time_zone: str, on: str, begins: str
) -> None:
    """The tz database's rules for these days."""
    zoned = policy(("level", 0, "letter"), time_zone=time_zone)
    expected = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert zoned.begins(day(on)) == expected


@pytest.mark.parametrize(
    ("instant", "today"),
    [
        ("2026-03-28T22:59:59+00:00", "2026-03-28"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29"),
        ("2026-03-29T21:59:59+00:00", "2026-03-29"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("2026-10-25T22:59:59+00:00", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
    ],
)
def test_an_invoice_due_on_the_day_berlin_changes_its_clocks(instant: str, today: str) -> None:
    berlin = policy(("level", 0, "letter"), time_zone="Europe/Berlin")
    assert berlin.today(datetime.fromisoformat(instant)) == day(today)
