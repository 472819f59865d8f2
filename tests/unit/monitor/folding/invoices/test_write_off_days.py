"""Write-offs are fixed at what was open at the end of their day, whatever opens again later."""

import itertools
from datetime import timedelta

import pytest

from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    SAID_AT,
    amended,
    credited,
    issued,
    note_cancelled,
    paid,
    reversed_,
)
from tests.unit.monitor.folding.invoices.losses import PARTS, Loss, check, losses
from tests.unit.monitor.invoice_builders import extended, write_off_reversed, written_off


@losses(
    Loss(
        "what a bounce opens again is open",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            written_off("A"),
            reversed_("R", "P", on="2026-03-15"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "what a refund in part opens again is open",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            written_off("A"),
            reversed_("R", "P", "15.00", on="2026-03-15", reason="refund"),
        ],
        {"A/1": "15.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "what a bounce had opened by the end of the day was given up",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            written_off("A"),
            reversed_("R", "P", on="2026-03-01"),
        ],
        {"A/1": "0.00"},
        {"A/1": "100.00"},
    ),
    Loss(
        "what a cancelled credit note opens again is open",
        [
            issued("A", "100.00"),
            credited("N", "40.00", "A"),
            written_off("A"),
            note_cancelled("N", on="2026-03-15"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "what an amendment adds later is open",
        [
            issued("A", "100.00"),
            written_off("A"),
            amended("A", 1, "130.00", on="2026-03-15"),
        ],
        {"A/1": "30.00"},
        {"A/1": "100.00"},
    ),
    Loss(
        "the version of the day counts, and comes as late as it likes",
        [
            issued("A", "100.00"),
            written_off("A"),
            amended("A", 2, "130.00", on="2026-03-15"),
            amended("A", 1, "120.00", on="2026-02-15"),
        ],
        {"A/1": "10.00"},
        {"A/1": "120.00"},
    ),
    Loss(
        "the version of the day counts, and comes in time",
        [
            issued("A", "100.00"),
            amended("A", 1, "120.00", on="2026-02-15"),
            written_off("A"),
            amended("A", 2, "130.00", on="2026-03-15"),
        ],
        {"A/1": "10.00"},
        {"A/1": "120.00"},
    ),
    Loss(
        "the agreement of the day counts: money had met an instalment that is gone",
        [
            issued("A", "100.00"),
            extended("A", *PARTS, agreed_on="2026-02-01"),
            paid("P", "40.00", ("A", "40.00", 2), on="2026-02-15"),
            written_off("A"),
            extended("A", "2026-04-30", agreed_on="2026-03-15"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
        {"P": "40.00"},
    ),
    Loss(
        "a word of a day before the invoice counts from the invoice's day",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00"), on="2025-12-15"),
            written_off("A", on="2025-12-01"),
            reversed_("R", "P", on="2026-03-15"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "of one day's money the first takes what is open",
        [
            issued("A", "100.00"),
            written_off("A"),
            write_off_reversed("A", "30.00", on="2026-03-10"),
            paid("P", "30.00", ("A", "30.00"), on="2026-03-15"),
            paid("Q", "40.00", ("A", "40.00"), on="2026-03-15"),
            reversed_("R", "Q", on="2026-03-20"),
        ],
        {"A/1": "0.00"},
        {"A/1": "70.00"},
    ),
    Loss(
        "a reversal in part comes between",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            written_off("A"),
            write_off_reversed("A", "20.00", on="2026-03-10"),
            reversed_("R", "P", on="2026-03-15"),
        ],
        {"A/1": "60.00"},
        {"A/1": "40.00"},
    ),
    Loss(
        "given up again, all is given up",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            written_off("A"),
            reversed_("R", "P", on="2026-03-15"),
            written_off("A", on="2026-03-20"),
        ],
        {"A/1": "0.00"},
        {"A/1": "100.00"},
    ),
    Loss(
        "an amount beyond what was open gives up what was open",
        [
            issued("A", "100.00"),
            paid("P", "80.00", ("A", "80.00")),
            written_off("A", "50.00"),
            reversed_("R", "P", on="2026-03-15"),
        ],
        {"A/1": "80.00"},
        {"A/1": "20.00"},
    ),
    Loss(
        "money of an earlier day that is told late makes it smaller from the start",
        [
            issued("A", "100.00"),
            written_off("A"),
            paid("P", "40.00", ("A", "40.00"), on="2026-02-15"),
            reversed_("R", "P", on="2026-03-15"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
)
def test_a_write_off_is_fixed_at_what_was_open_at_the_end_of_its_day(loss: Loss) -> None:
    check(loss)


@pytest.mark.parametrize("order", list(itertools.permutations(range(5))), ids=str)
def test_what_a_bounce_opens_again_is_the_same_in_any_order(order: tuple[int, ...]) -> None:
    events = [
        issued("A", "100.00"),
        paid("P", "40.00", ("A", "40.00")),
        written_off("A"),
        paid("Q", "20.00", ("A", "20.00"), on="2026-03-05"),
        reversed_("R", "P", on="2026-03-15"),
    ]
    book = Book()
    for index in order:
        book.fold_as(f"e{index}", events[index])
    assert (book.open(), book.written_off()) == ({"A/1": "40.00"}, {"A/1": "40.00"})


def test_a_bounce_after_the_write_off_leaves_its_record_alone() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        paid("P", "40.00", ("A", "40.00"), on="2026-01-15"),
        written_off("A", on="2026-03-01"),
        reversed_("R", "P", on="2026-03-15"),
    )
    assert book.clearings() == [
        ("P", "A/1", "40.00", "named", "2026-01-15"),
        ("A", "A/1", "60.00", "written_off", "2026-03-01"),
        ("P", "A/1", "-40.00", "named", "2026-01-15"),
    ]


def test_a_write_off_is_recorded_on_its_day_and_a_recovery_on_the_day_of_the_money() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        written_off("A", on="2026-03-01"),
        paid("P", "30.00", ("A", "30.00"), on="2026-03-15"),
    )
    assert book.clearings() == [
        ("A", "A/1", "100.00", "written_off", "2026-03-01"),
        ("P", "A/1", "30.00", "named", "2026-03-15"),
        ("A", "A/1", "-30.00", "written_off", "2026-03-15"),
    ]


def test_money_of_an_earlier_day_changes_what_was_given_up_on_the_day_it_was() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        written_off("A", on="2026-03-01"),
        paid("P", "30.00", ("A", "30.00"), on="2026-02-15"),
    )
    assert book.clearings()[1:] == [
        ("P", "A/1", "30.00", "named", "2026-02-15"),
        ("A", "A/1", "-30.00", "written_off", "2026-03-01"),
    ]


def test_a_write_off_that_waited_is_recorded_on_its_own_day() -> None:
    book = Book()
    book.fold(written_off("A", on="2026-03-01"), issued("A", "100.00", on="2026-01-05"))
    assert book.clearings() == [("A", "A/1", "100.00", "written_off", "2026-03-01")]


def test_nothing_is_taken_from_a_write_off_before_the_last_one() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        written_off("A", on="2026-03-01"),
        write_off_reversed("A", on="2026-03-10"),
        written_off("A", on="2026-03-20"),
        paid("P", "30.00", ("A", "30.00"), on="2026-03-05"),
    )
    assert book.clearings()[-1] == ("A", "A/1", "-30.00", "written_off", "2026-03-20")


def test_a_write_off_is_recorded_on_no_day_before_its_invoice() -> None:
    book = Book()
    book.fold(issued("A", "100.00", on="2026-01-05"), written_off("A", on="2025-12-01"))
    assert book.clearings() == [("A", "A/1", "100.00", "written_off", "2026-01-05")]


def test_money_by_the_rule_takes_nothing_from_a_write_off_of_before_the_invoices_date() -> None:
    book = Book()
    book.fold(
        issued("A", "20.00", on="2026-01-02"),
        written_off("A", on="2026-01-01"),
        write_off_reversed("A", "10.00", on="2026-01-01"),
        paid("P", "50.00", on="2026-01-01"),
    )
    assert book.open() == {"A/1": "0.00"}
    assert [funds.free for funds in book.account.funds.values()] == [4000]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_words_of_one_day_count_in_the_order_of_their_times(order: tuple[int, ...]) -> None:
    words = [
        written_off("A", "40.00"),
        write_off_reversed("A", on="2026-03-01"),
        written_off("A", "60.00"),
    ]
    book = Book()
    book.fold(issued("A", "100.00"))
    for place in order:
        said_at = SAID_AT + timedelta(hours=place)
        book.fold_as(f"w{3 - place}", words[place], said_at)
    assert book.open() == {"A/1": "40.00"}


#: On March 1: the day before the write-off, on which what is of March 5 was told.
AHEAD = SAID_AT + timedelta(days=59)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
@pytest.mark.parametrize(
    ("ahead", "back"),
    [
        (paid("P", "60.00", ("A", "60.00"), on="2026-03-05"), reversed_("R", "P", on="2026-03-06")),
        (credited("N", "60.00", "A", on="2026-03-05"), note_cancelled("N", on="2026-03-06")),
    ],
    ids=["money", "a credit"],
)
def test_what_was_told_ahead_counts_for_a_write_off_said_meanwhile(
    ahead: Inbound, back: Inbound, order: tuple[int, ...]
) -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    words = [(ahead, AHEAD), (written_off("A", on="2026-03-02"), SAID_AT + timedelta(days=60)),
             (back, SAID_AT + timedelta(days=64))]  # fmt: skip
    for index in order:
        book.fold_as(f"e{index}", *words[index])
    assert (book.open(), book.written_off()) == ({"A/1": "60.00"}, {"A/1": "40.00"})


def test_so_does_money_on_account() -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.fold_as("e2", paid("P", "60.00", on="2026-03-05"), AHEAD)
    book.fold_as("e3", written_off("A", on="2026-03-02"), SAID_AT + timedelta(days=60))
    assert book.open() == {"A/1": "0.00"}
    book.fold_as("e4", reversed_("R", "P", on="2026-03-06"), SAID_AT + timedelta(days=64))
    assert (book.open(), book.written_off()) == ({"A/1": "60.00"}, {"A/1": "40.00"})


def test_and_a_version() -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.fold_as("e2", amended("A", 1, "130.00", on="2026-03-05"), AHEAD)
    book.fold_as("e3", written_off("A", "120.00", on="2026-03-02"), SAID_AT + timedelta(days=60))
    assert (book.open(), book.anomalies()) == ({"A/1": "10.00"}, [])


def test_what_is_told_after_a_write_off_counts_from_its_own_day() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), written_off("A", on="2026-02-27"))
    book.fold_as("e3", paid("P", "60.00", ("A", "60.00"), on="2026-03-05"), AHEAD)
    assert book.clearings()[-1] == ("A", "A/1", "-60.00", "written_off", "2026-03-05")
