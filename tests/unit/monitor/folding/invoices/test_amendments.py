"""Amendments: the highest version wins in any order of arrival, and keeps what is cleared."""

import itertools

import pytest

from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    amended,
    cancelled,
    credited,
    day,
    issued,
    paid,
    reversed_,
)
from tests.unit.monitor.cases import Case, check, table

FIRST = ("2026-01-31", "60.00")
SECOND = ("2026-03-02", "40.00")


@table(
    Case(
        "a higher total leaves more open",
        [issued("A", "100.00"), paid("P", "40.00", ("A", "40.00")), amended("A", 1, "150.00")],
        {"A/1": "110.00"},
    ),
    Case(
        "a lower total keeps what is cleared",
        [issued("A", "100.00"), paid("P", "40.00", ("A", "40.00")), amended("A", 1, "70.00")],
        {"A/1": "30.00"},
    ),
    Case(
        "a total under what named money cleared gives the rest back",
        [issued("A", "100.00"), paid("P", "80.00", ("A", "80.00")), amended("A", 1, "50.00")],
        {"A/1": "0.00"},
        {"P": "30.00"},
    ),
    Case(
        "a total under what the rule cleared sets the rest free for the next item",
        [
            issued("A", ("2026-01-10", "100.00")),
            issued("B", "100.00"),
            paid("P", "80.00"),
            amended("A", 1, ("2026-01-10", "50.00")),
        ],
        {"A/1": "0.00", "B/1": "70.00"},
    ),
    Case(
        "a higher total takes money that waits on account",
        [issued("A", "100.00"), paid("P", "130.00"), amended("A", 1, "120.00")],
        {"A/1": "0.00"},
        {"P": "10.00"},
    ),
    Case(
        "a higher total takes named money that was too much",
        [issued("A", "100.00"), paid("P", "130.00", ("A", "130.00")), amended("A", 1, "120")],
        {"A/1": "0.00"},
        {"P": "10.00"},
    ),
    Case(
        "more instalments: what is cleared stays, the first are paid first",
        [
            issued("A", "100.00"),
            paid("P", "70.00", ("A", "70.00")),
            amended("A", 1, FIRST, SECOND),
        ],
        {"A/1": "0.00", "A/2": "30.00"},
    ),
    Case(
        "fewer instalments: what stood on the last ones moves to those that are left",
        [
            issued("A", FIRST, SECOND),
            paid("P", "40.00", ("A", "40.00")),
            credited("N", "40.00", "A"),
            amended("A", 1, "100.00"),
        ],
        {"A/1": "20.00"},
    ),
    Case(
        "fewer instalments: money for a named instalment that is gone is left over",
        [
            issued("A", FIRST, SECOND),
            paid("P", "40.00", ("A", "40.00", 2)),
            amended("A", 1, "100.00"),
        ],
        {"A/1": "100.00"},
        {"P": "40.00"},
    ),
    Case(
        "fewer instalments: what the rule cleared on those gone is matched anew",
        [
            issued("A", FIRST, SECOND),
            paid("P", "100.00"),
            amended("A", 1, "100.00"),
        ],
        {"A/1": "0.00"},
    ),
    Case(
        "before its invoice it waits for it",
        [amended("A", 1, "70.00"), issued("A", "100.00")],
        {"A/1": "70.00"},
    ),
    Case(
        "the same version again with other terms: the one said last stands",
        [issued("A", "100.00"), amended("A", 1, "70.00"), amended("A", 1, "50.00")],
        {"A/1": "50.00"},
    ),
    Case(
        "more decimals than the currency has keep the terms as issued",
        [issued("A", "100", currency="JPY"), amended("A", 1, "70.50")],
        {"A/1": "100"},
    ),
    Case(
        "more decimals than the currency has, before the invoice, keep the terms as issued",
        [amended("A", 1, "70.50"), issued("A", "100", currency="JPY")],
        {"A/1": "100"},
    ),
    Case(
        "a higher version that can be read mends one that cannot",
        [issued("A", "100", currency="JPY"), amended("A", 1, "70.50"), amended("A", 2, "70")],
        {"A/1": "70"},
    ),
    Case(
        "of a cancelled invoice it brings nothing back",
        [issued("A", "100.00"), cancelled("A"), amended("A", 1, "150.00")],
        {"A/1": "0.00"},
    ),
    Case(
        "what it set free is still taken back by a later reversal",
        [
            issued("A", "100.00"),
            paid("P", "100.00", ("A", "100.00")),
            amended("A", 1, "60.00"),
            reversed_("R", "P"),
        ],
        {"A/1": "60.00"},
    ),
)
def test_an_amendment_gives_an_invoice_new_terms(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_the_highest_version_wins_in_any_order_of_arrival(order: tuple[int, ...]) -> None:
    events = [
        issued("A", "100.00"),
        amended("A", 1, ("2026-02-28", "90.00")),
        amended("A", 2, ("2026-02-10", "50.00"), ("2026-03-10", "30.00")),
        amended("A", 3, ("2026-02-15", "20.00"), ("2026-03-20", "55.00")),
    ]
    book = Book()
    book.fold(*(events[index] for index in order))
    found = [(item.due_on, item.original_due_on, item.open) for item in book.items()]
    assert found == [
        (day("2026-02-15"), day("2026-01-31"), 2000),
        (day("2026-03-20"), day("2026-01-31"), 5500),
    ]


def test_the_original_due_date_stays_for_ever() -> None:
    book = Book()
    book.fold(
        issued("A", FIRST, SECOND),
        amended("A", 1, ("2026-05-01", "60.00"), ("2026-06-01", "40.00")),
    )
    found = [(item.due_on, item.original_due_on) for item in book.items()]
    assert found == [
        (day("2026-05-01"), day("2026-01-31")),
        (day("2026-06-01"), day("2026-03-02")),
    ]


def test_the_remark_says_what_an_amendment_did_not_change() -> None:
    book = Book()
    book.fold(issued("A", "100", currency="JPY"), amended("A", 5, "90"))
    assert "version 5 is known" in book.fold(amended("A", 4, "80"))["remark"]
    assert "more decimals than JPY has" in book.fold(amended("A", 6, "70.5"))["remark"]
    late = Book()
    late.fold(amended("A", 1, "70.5"))
    assert "more decimals" in late.fold(issued("A", "100", currency="JPY"))["remark"]


def test_an_invoice_says_where_an_amendment_left_fewer_items_than_were_loaded() -> None:
    book = Book()
    book.fold(issued("A", FIRST, SECOND), issued("B", FIRST, SECOND))
    book.account.admit(list(book.account.invoices.values()), [])
    book.fold(amended("A", 1, "100.00"), amended("B", 1, "70.00"), amended("B", 2, FIRST, SECOND))
    assert book.account.shrunk() == [("A", 1)]
