"""The days of clearing records: interest is reckoned by them, so that each must be the true one.

Named money counts from its value date, or the invoice's own date where that is later. A bounce or
a mistake leaves as if it had never come; a chargeback or a refund on its own day.
"""

import pytest

from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    allocated,
    amended,
    cancelled,
    credited,
    issued,
    note_cancelled,
    paid,
    reversed_,
)

#: (funds, item, amount, day) of a record.
Row = tuple[str, str, str, str]


def rows(book: Book) -> list[Row]:
    """Return each clearing record without its rule."""
    return [(funds, item, amount, day) for funds, item, amount, _rule, day in book.clearings()]


@pytest.mark.parametrize(
    ("reason", "left_on"),
    [
        ("bounced", "2026-01-15"),
        ("mistake", "2026-01-15"),
        ("chargeback", "2026-02-05"),
        ("refund", "2026-02-05"),
    ],
)
def test_what_was_never_there_leaves_on_the_day_it_seemed_to_come(
    reason: str, left_on: str
) -> None:
    for parts in ((), (("A", "100.00"),)):
        book = Book()
        book.fold(
            issued("A", "100.00"),
            paid("P", "100.00", *parts, on="2026-01-15"),
            reversed_("R", "P", on="2026-02-05", reason=reason),
        )
        assert rows(book)[1:] == [("P", "A/1", "-100.00", left_on)]


def test_money_of_before_the_invoice_counts_and_leaves_on_the_invoices_day() -> None:
    for parts in ((), (("A", "100.00"),)):
        book = Book()
        book.fold(
            paid("P", "100.00", *parts, on="2026-01-02"),
            issued("A", "100.00", on="2026-01-05"),
            reversed_("R", "P", on="2026-02-05"),
        )
        assert rows(book) == [
            ("P", "A/1", "100.00", "2026-01-05"),
            ("P", "A/1", "-100.00", "2026-01-05"),
        ]


def test_money_that_was_moved_leaves_no_earlier_than_it_was_moved() -> None:
    book = Book("none")
    book.fold(
        issued("A", "100.00"),
        paid("P", "100.00", on="2026-01-15"),
        allocated("P", ("A", "100.00"), on="2026-01-25"),
        reversed_("R", "P", on="2026-02-05"),
    )
    assert rows(book) == [
        ("P", "A/1", "100.00", "2026-01-25"),
        ("P", "A/1", "-100.00", "2026-01-25"),
    ]


def test_money_that_was_moved_twice_leaves_no_earlier_than_the_last_of_it_came() -> None:
    book = Book("none")
    book.fold(
        issued("A", "100.00"),
        paid("P", "50.00", on="2026-01-05"),
        allocated("P", ("A", "30.00"), on="2026-01-20"),
        allocated("P", ("A", "20.00"), on="2026-01-10"),
        reversed_("R", "P", on="2026-02-05"),
    )
    assert rows(book) == [
        ("P", "A/1", "30.00", "2026-01-20"),
        ("P", "A/1", "20.00", "2026-01-10"),
        ("P", "A/1", "-50.00", "2026-01-20"),
    ]


def test_money_that_older_money_displaces_was_never_there() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        paid("Q", "100.00", ("A", "100.00"), on="2026-01-12"),
        paid("P", "100.00", ("A", "100.00"), on="2026-01-10"),
    )
    assert rows(book)[1:] == [
        ("P", "A/1", "100.00", "2026-01-10"),
        ("Q", "A/1", "-100.00", "2026-01-12"),
    ]


def test_money_that_takes_the_room_of_a_bounce_counts_from_its_own_day() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        paid("P", "100.00", ("A", "100.00"), on="2026-01-10"),
        paid("Q", "100.00", ("A", "100.00"), on="2026-01-12"),
        reversed_("R", "P", on="2026-02-05"),
    )
    assert rows(book)[1:] == [
        ("P", "A/1", "-100.00", "2026-01-10"),
        ("Q", "A/1", "100.00", "2026-01-12"),
    ]


def test_a_cancelled_credit_note_leaves_on_the_day_of_its_cancellation() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        credited("N", "30.00", "A", on="2026-01-12"),
        note_cancelled("N", on="2026-02-05"),
    )
    assert rows(book) == [
        ("N", "A/1", "30.00", "2026-01-12"),
        ("N", "A/1", "-30.00", "2026-02-05"),
    ]


def test_money_of_the_rule_leaves_a_cancelled_invoice_on_the_day_of_its_cancellation() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        paid("P", "100.00", on="2026-01-15"),
        cancelled("A", on="2026-01-20"),
    )
    assert rows(book)[1:] == [("P", "A/1", "-100.00", "2026-01-20")]


def test_terms_that_shrink_leave_named_money_no_room_from_the_beginning() -> None:
    """An amendment says what was owed in truth."""
    book = Book()
    book.fold(
        issued("A", "100.00"),
        paid("P", "100.00", ("A", "100.00"), on="2026-01-15"),
        amended("A", 1, "60.00", on="2026-01-25"),
    )
    assert rows(book)[1:] == [("P", "A/1", "-40.00", "2026-01-15")]


def test_the_rule_meets_no_item_before_the_money_came_or_the_invoice_was_issued() -> None:
    book = Book()
    book.fold(issued("A", "50.00"), issued("B", ("2026-02-28", "50.00")), paid("P", "50.00"))
    book.fold(cancelled("A", on="2026-01-10"))
    assert book.clearings()[-1] == ("P", "B/1", "50.00", "oldest_due_first", "2026-01-15")
    book.fold(issued("C", ("2026-03-31", "50.00"), on="2026-03-01"), paid("Q", "50.00"))
    assert book.clearings()[-1] == ("Q", "C/1", "50.00", "oldest_due_first", "2026-03-01")


def test_what_was_never_there_had_met_nothing_before_it_was_moved_either() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        issued("B", ("2026-02-28", "100.00")),
        paid("P", "100.00", on="2026-01-15"),
        allocated("P", ("B", "60.00"), on="2026-01-20"),
        reversed_("R", "P", "50.00", on="2026-02-05"),
    )
    moved = [("P", "A/1", "-60.00", "2026-01-20"), ("P", "B/1", "60.00", "2026-01-20")]
    gone = [("P", "A/1", "-40.00", "2026-01-15"), ("P", "B/1", "-10.00", "2026-01-20")]
    days = [("P", "A/1", "-10.00", "2026-01-15"), ("P", "A/1", "10.00", "2026-01-20")]
    assert sorted(rows(book)[1:]) == sorted([*moved, *gone, *days])
    book.fold(reversed_("S", "P", on="2026-02-06"))
    gone = [("P", "B/1", "-50.00", "2026-01-20")]
    days = [("P", "A/1", "-50.00", "2026-01-15"), ("P", "A/1", "50.00", "2026-01-20")]
    assert sorted(rows(book)[7:]) == sorted([*gone, *days])


def test_what_was_charged_back_had_met_what_it_had_met_until_it_was_moved() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        issued("B", ("2026-02-28", "100.00")),
        paid("P", "100.00", on="2026-01-15"),
        allocated("P", ("B", "100.00"), on="2026-01-20"),
        reversed_("R", "P", on="2026-02-05", reason="chargeback"),
    )
    assert rows(book)[3:] == [("P", "B/1", "-100.00", "2026-02-05")]
