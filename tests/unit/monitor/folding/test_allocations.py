"""Moves: money on account is given to invoices after it came, whatever it had met until then."""

import itertools
from datetime import timedelta

import pytest

from services.monitor.domain.ledger.clearing import NONE
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    SAID_AT,
    allocated,
    cancelled,
    credited,
    issued,
    paid,
    reversed_,
)
from tests.unit.monitor.cases import Case, check, table

FIRST = ("2026-01-31", "60.00")
SECOND = ("2026-03-02", "40.00")


@table(
    Case(
        "money on account is moved to an invoice",
        [issued("A", "100.00"), paid("P", "70.00"), allocated("P", ("A", "70.00"))],
        {"A/1": "30.00"},
        rule=NONE,
    ),
    Case(
        "what the rule had matched elsewhere is taken from there",
        [
            issued("A", ("2026-01-31", "50.00")),
            issued("B", ("2026-02-28", "50.00")),
            paid("P", "50.00"),
            allocated("P", ("B", "50.00")),
        ],
        {"A/1": "50.00", "B/1": "0.00"},
    ),
    Case(
        "what the rule had matched in the same place is named now",
        [issued("A", "50.00"), paid("P", "50.00"), allocated("P", ("A", "50.00"))],
        {"A/1": "0.00"},
    ),
    Case(
        "the invoice that it leaves is met by other money that waits",
        [
            issued("A", ("2026-01-31", "50.00")),
            paid("P", "50.00"),
            paid("Q", "30.00"),
            allocated("P", ("B", "50.00")),
            issued("B", ("2026-02-28", "70.00")),
        ],
        {"A/1": "20.00", "B/1": "20.00"},
    ),
    Case(
        "a part is moved, the rest stays where the rule had put it",
        [
            issued("A", ("2026-01-31", "50.00")),
            issued("B", ("2026-02-28", "50.00")),
            paid("P", "50.00"),
            allocated("P", ("B", "20.00")),
        ],
        {"A/1": "20.00", "B/1": "30.00"},
    ),
    Case(
        "to an instalment",
        [issued("A", FIRST, SECOND), paid("P", "40.00"), allocated("P", ("A", "40.00", 2))],
        {"A/1": "60.00", "A/2": "0.00"},
    ),
    Case(
        "to several invoices at once",
        [
            issued("A", "50.00"),
            issued("B", "50.00"),
            paid("P", "60.00"),
            allocated("P", ("A", "20.00"), ("B", "40.00")),
        ],
        {"A/1": "30.00", "B/1": "10.00"},
        rule=NONE,
    ),
    Case(
        "before the payment it waits for it",
        [issued("A", "50.00"), allocated("P", ("A", "50.00")), paid("P", "50.00")],
        {"A/1": "0.00"},
        rule=NONE,
    ),
    Case(
        "before the invoice it waits for it",
        [paid("P", "50.00"), allocated("P", ("A", "50.00")), issued("A", "50.00")],
        {"A/1": "0.00"},
        rule=NONE,
    ),
    Case(
        "money that waits for its invoice meets no other one",
        [paid("P", "50.00"), allocated("P", ("A", "50.00")), issued("B", "50.00")],
        {"B/1": "50.00"},
        {"P": "50.00"},
    ),
    Case(
        "more than the payment: the last allocations go without",
        [
            issued("A", "50.00"),
            issued("B", "50.00"),
            paid("P", "60.00"),
            allocated("P", ("A", "50.00"), ("B", "50.00")),
        ],
        {"A/1": "0.00", "B/1": "40.00"},
    ),
    Case(
        "what the payment itself names goes before every move",
        [
            issued("A", "50.00"),
            issued("B", "50.00"),
            allocated("P", ("B", "50.00")),
            paid("P", "60.00", ("A", "50.00")),
        ],
        {"A/1": "0.00", "B/1": "40.00"},
    ),
    Case(
        "of two moves the one of the earlier day goes first, whichever came first",
        [
            issued("A", "50.00"),
            issued("B", "50.00"),
            paid("P", "60.00"),
            allocated("P", ("A", "50.00"), on="2026-01-20"),
            allocated("P", ("B", "50.00"), on="2026-01-18"),
        ],
        {"A/1": "40.00", "B/1": "0.00"},
    ),
    Case(
        "more than the invoice is open stays unapplied",
        [issued("A", "50.00"), paid("P", "80.00"), allocated("P", ("A", "80.00"))],
        {"A/1": "0.00"},
        {"P": "30.00"},
    ),
    Case(
        "to a cancelled invoice it changes nothing",
        [
            issued("A", "50.00"),
            issued("B", "50.00"),
            cancelled("A"),
            paid("P", "50.00"),
            allocated("P", ("A", "50.00")),
        ],
        {"A/1": "0.00", "B/1": "0.00"},
    ),
    Case(
        "money that named an invoice which was cancelled since is moved like any on account",
        [
            issued("A", "50.00"),
            paid("P", "50.00", ("A", "50.00")),
            cancelled("A"),
            allocated("P", ("B", "30.00")),
            issued("B", "50.00"),
        ],
        {"A/1": "0.00", "B/1": "20.00"},
        {"P": "20.00"},
        rule=NONE,
    ),
    Case(
        "a reversal in part takes first what a cancelled invoice has let go",
        [
            issued("A", "30.00"),
            issued("B", "20.00"),
            paid("P", "50.00", ("A", "30.00"), ("B", "20.00")),
            cancelled("A"),
            reversed_("R", "P", "25.00"),
        ],
        {"A/1": "0.00", "B/1": "0.00"},
        {"P": "5.00"},
    ),
    Case(
        "a credit note on a cancelled invoice pays no other",
        [issued("A", "50.00"), issued("B", "50.00"), credited("N", "50.00", "A"), cancelled("A")],
        {"A/1": "0.00", "B/1": "50.00"},
        {"N": "50.00"},
    ),
    Case(
        "an amount that does not fit the payment's currency moves nothing",
        [
            issued("A", "50", currency="JPY"),
            paid("P", "30", currency="JPY"),
            allocated("P", ("A", "20.50")),
        ],
        {"A/1": "50"},
        {"P": "30"},
        rule=NONE,
    ),
    Case(
        "to an invoice in another currency it meets nothing",
        [issued("A", "50.00", currency="USD"), paid("P", "50.00"), allocated("P", ("A", "50.00"))],
        {"A/1": "50.00"},
        {"P": "50.00"},
    ),
    Case(
        "a bounce takes it back from where it was moved to",
        [
            issued("A", "50.00"),
            paid("P", "50.00"),
            allocated("P", ("A", "50.00")),
            reversed_("R", "P"),
        ],
        {"A/1": "50.00"},
    ),
    Case(
        "a reversal in part takes the last move first",
        [
            issued("A", "50.00"),
            issued("B", "50.00"),
            paid("P", "60.00"),
            allocated("P", ("A", "20.00"), on="2026-01-18"),
            allocated("P", ("B", "40.00"), on="2026-01-20"),
            reversed_("R", "P", "30.00"),
        ],
        {"A/1": "30.00", "B/1": "40.00"},
        rule=NONE,
    ),
)
def test_a_move_gives_money_to_an_invoice(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("order", list(itertools.permutations(range(5))), ids=str)
def test_money_that_is_moved_whole_ends_in_one_place_in_any_order(order: tuple[int, ...]) -> None:
    events = [
        issued("A", ("2026-01-31", "50.00")),
        issued("B", ("2026-02-28", "50.00")),
        paid("P", "70.00"),
        allocated("P", ("B", "50.00"), on="2026-01-18"),
        allocated("P", ("A", "20.00"), on="2026-01-19"),
    ]
    book = Book()
    for index in order:
        book.fold_as(f"e{index}", events[index])
    assert book.open() == {"A/1": "30.00", "B/1": "0.00"}
    assert book.unapplied() == {}


@pytest.mark.parametrize("first", ["e1", "e2"])
@pytest.mark.parametrize("comes", [(0, 1), (1, 0)], ids=["in order", "the later first"])
def test_of_two_moves_of_one_day_the_one_said_later_goes_without(
    first: str, comes: tuple[int, int]
) -> None:
    book = Book()
    book.fold(issued("A", "100.00"), issued("B", "100.00"), paid("P", "100.00"))
    second = "e2" if first == "e1" else "e1"
    said = [
        (first, allocated("P", ("B", "100.00")), SAID_AT),
        (second, allocated("P", ("A", "100.00")), SAID_AT + timedelta(hours=3)),
    ]
    for index in comes:
        book.fold_as(*said[index])
    assert book.open() == {"A/1": "100.00", "B/1": "0.00"}


def test_money_counts_from_the_day_it_was_moved() -> None:
    book = Book(NONE)
    book.fold(
        issued("A", "100.00"),
        paid("P", "70.00", on="2026-01-15"),
        allocated("P", ("A", "70.00"), on="2026-01-20"),
    )
    assert book.clearings() == [("P", "A/1", "70.00", "named", "2026-01-20")]


def test_a_move_that_is_older_than_the_money_counts_from_the_moneys_day() -> None:
    book = Book(NONE)
    book.fold(
        issued("A", "100.00"),
        allocated("P", ("A", "70.00"), on="2026-01-10"),
        paid("P", "70.00", on="2026-01-15"),
    )
    assert book.clearings() == [("P", "A/1", "70.00", "named", "2026-01-15")]


def test_the_remark_says_what_a_move_waits_for_or_goes_without() -> None:
    book = Book()
    changes = book.fold(allocated("P", ("A", "50.00")))
    assert changes == {"remark": "payment P has not come yet; this waits for it"}
    book.fold(paid("P", "60.00"))
    remark = book.fold(allocated("P", ("B", "20.00")))["remark"]
    assert "less than all that it was allocated to" in remark
    assert book.anomalies()[-1] == (
        "payment P of 60.00 EUR was allocated to 70.00; the last allocations go without"
    )


def test_a_move_lifts_what_it_pays() -> None:
    book = Book()
    book.fold(issued("A", ("2026-01-31", "50.00")), issued("B", ("2026-02-28", "50.00")))
    book.fold(paid("P", "50.00"))
    book.raise_level("B/1")
    book.fold(allocated("P", ("B", "50.00")))
    assert book.told() == [("B/1", "dunning", 1, "paid")]
    assert book.item("A/1").cycle == 2
