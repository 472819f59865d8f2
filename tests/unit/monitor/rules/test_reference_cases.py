"""Cases worked out by hand from public sources; the source stands beside each."""

from datetime import UTC, datetime

import pytest

from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import credited, day, issued, paid
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

#: Due on 05-31 and 06-30; Kill Bill counts from the invoice's own date, which is the due date.
TWO_INVOICES = {
    "2012-05-01": [
        issued("A", ("2012-05-31", "249.95"), on="2012-05-01", currency="USD"),
        issued("B", ("2012-06-30", "249.95"), on="2012-05-01", currency="USD"),
    ]
}
A_IS_PAID = {"2012-07-05": [paid("P", "249.95", ("A", "249.95"), on="2012-07-05", currency="USD")]}
AGES = (level("first", 30), level("second", 40), level("third", 50))
BY_ITEM = policy(*AGES)
BY_ACCOUNT = policy(*AGES, minimum={"USD": 24995}, minimum_scope="account")


@stories(
    *(
        Story(
            f"nothing is paid, {view}",
            by,
            TWO_INVOICES,
            "2012-07-29",
            {
                "2012-06-30": ["A/1 raised first"],
                "2012-07-10": ["A/1 raised second"],
                "2012-07-20": ["A/1 raised third"],
            },
        )
        for view, by in (("by item", BY_ITEM), ("by account", BY_ACCOUNT))
    ),
    *(
        Story(
            f"A is paid, {view}",
            by,
            TWO_INVOICES | A_IS_PAID,
            "2012-08-09",
            {
                "2012-06-30": ["A/1 raised first"],
                "2012-07-05": ["A/1 lifted first: paid"],
                "2012-07-30": ["B/1 raised first"],
                "2012-08-09": ["B/1 raised second"],
            },
        )
        for view, by in (("by item", BY_ITEM), ("by account", BY_ACCOUNT))
    ),
)
def test_ages_of_30_40_and_50_days_clear_at_once_when_the_oldest_is_paid(story: Story) -> None:
    """Kill Bill, `TestOverdueIntegration`: overdue states by the oldest unpaid invoice's age.

    Its account is clear on 07-05, when A is paid and B is five days late; here that is so of every
    item, and so of the account, whichever of the two the minimums are compared with.
    """
    check(story)


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


def test_an_item_is_one_day_in_arrears_on_the_day_after_its_due_date() -> None:
    """SAP, "Grace Days for Line Items and Minimum Numbers of Days in Arrears for Accounts".

    (SAP Library, globalization extensions 6.07: due 03/12/1997, issue date 03/13/1997.)
    """
    book = Book()
    book.fold(issued("A", ("1997-03-12", "100.00"), on="1997-02-10"))
    assert book.item("A/1").days_overdue(day("1997-03-12")) == 0
    assert book.item("A/1").days_overdue(day("1997-03-13")) == 1


@stories(
    Story(
        "three days of grace",
        policy(level("dunning", 3)),
        {"1997-02-10": [issued("A", ("1997-03-12", "100.00"), on="1997-02-10")]},
        "1997-03-20",
        {"1997-03-15": ["A/1 raised dunning"]},
    )
)
def test_after_three_days_of_grace_nothing_comes_before_the_third_day(story: Story) -> None:
    """The same page: with three grace days nothing is in arrears on 03/13/1997."""
    check(story)


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
