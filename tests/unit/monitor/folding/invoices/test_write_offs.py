"""Write-offs: what money and credits leave is given up; what comes all the same lowers the loss."""

import itertools

import pytest

from services.monitor.domain.ledger.clearing import NONE
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    amended,
    cancelled,
    credited,
    issued,
    note_cancelled,
    paid,
    reversed_,
)
from tests.unit.monitor.folding.invoices.losses import PARTS, Loss, check, losses
from tests.unit.monitor.invoice_builders import write_off_reversed, written_off


@losses(
    Loss("all", [issued("A", "100.00"), written_off("A")], {"A/1": "0.00"}, {"A/1": "100.00"}),
    Loss(
        "a part",
        [issued("A", "100.00"), written_off("A", "30.00")],
        {"A/1": "70.00"},
        {"A/1": "30.00"},
    ),
    Loss(
        "two parts add up",
        [issued("A", "100.00"), written_off("A", "30.00"), written_off("A", "20.00")],
        {"A/1": "50.00"},
        {"A/1": "50.00"},
    ),
    Loss(
        "more than is open gives up what is open",
        [
            issued("A", "100.00"),
            paid("P", "80.00", ("A", "80.00")),
            written_off("A", "50.00"),
        ],
        {"A/1": "0.00"},
        {"A/1": "20.00"},
    ),
    Loss(
        "all of what a payment has left",
        [issued("A", "100.00"), paid("P", "80.00", ("A", "80.00")), written_off("A")],
        {"A/1": "0.00"},
        {"A/1": "20.00"},
    ),
    Loss(
        "before its invoice it waits for it",
        [written_off("A", "30.00"), issued("A", "100.00")],
        {"A/1": "70.00"},
        {"A/1": "30.00"},
    ),
    Loss(
        "a part of the instalments that are due first",
        [issued("A", *PARTS), written_off("A", "70.00")],
        {"A/1": "0.00", "A/2": "30.00"},
        {"A/1": "60.00", "A/2": "10.00"},
    ),
    Loss(
        "all instalments",
        [issued("A", *PARTS), paid("P", "10.00", ("A", "10.00")), written_off("A")],
        {"A/1": "0.00", "A/2": "0.00"},
        {"A/1": "50.00", "A/2": "40.00"},
    ),
    Loss(
        "the reversal owes all of it again",
        [issued("A", "100.00"), written_off("A"), write_off_reversed("A")],
        {"A/1": "100.00"},
    ),
    Loss(
        "the reversal in part owes that part again",
        [issued("A", "100.00"), written_off("A"), write_off_reversed("A", "40.00")],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "the reversal of more than was given up owes what was given up",
        [
            issued("A", "100.00"),
            written_off("A", "30.00"),
            write_off_reversed("A", "40.00"),
        ],
        {"A/1": "100.00"},
    ),
    Loss(
        "given up again after the reversal",
        [
            issued("A", "100.00"),
            written_off("A"),
            write_off_reversed("A", "40.00"),
            written_off("A", "10.00", on="2026-03-20"),
        ],
        {"A/1": "30.00"},
        {"A/1": "70.00"},
    ),
    Loss(
        "on one day the reversal counts after the write-off",
        [
            issued("A", "100.00"),
            write_off_reversed("A", "40.00", on="2026-03-01"),
            written_off("A", on="2026-03-01"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "a recovery lowers the loss and is no unapplied money",
        [issued("A", "100.00"), written_off("A"), paid("P", "30.00", ("A", "30.00"))],
        {"A/1": "0.00"},
        {"A/1": "70.00"},
    ),
    Loss(
        "a recovery of more than was owed leaves the rest unapplied",
        [issued("A", "100.00"), written_off("A"), paid("P", "130.00", ("A", "130.00"))],
        {"A/1": "0.00"},
        {},
        {"P": "30.00"},
    ),
    Loss(
        "money on account is not spent on what was given up",
        [issued("A", "100.00"), written_off("A"), paid("P", "30.00")],
        {"A/1": "0.00"},
        {"A/1": "100.00"},
        {"P": "30.00"},
    ),
    Loss(
        "the bounce of a recovery gives the same up again",
        [
            issued("A", "100.00"),
            written_off("A", "60.00"),
            paid("P", "100.00", ("A", "100.00"), on="2026-03-15"),
            reversed_("R", "P"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "a credit takes its room first",
        [issued("A", "100.00"), written_off("A", "80.00"), credited("N", "50.00", "A")],
        {"A/1": "0.00"},
        {"A/1": "50.00"},
    ),
    Loss(
        "a cancelled credit leaves room again",
        [
            issued("A", "100.00"),
            credited("N", "50.00", "A"),
            written_off("A", "80.00"),
            note_cancelled("N"),
        ],
        {"A/1": "20.00"},
        {"A/1": "80.00"},
    ),
    Loss(
        "an amendment leaves less to give up",
        [issued("A", "100.00"), written_off("A"), amended("A", 1, "60.00")],
        {"A/1": "0.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "an instalment that is gone takes what was given up of it along",
        [issued("A", *PARTS), written_off("A"), amended("A", 1, "60.00")],
        {"A/1": "0.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "nothing of a cancelled invoice is given up",
        [issued("A", "100.00"), written_off("A"), cancelled("A")],
        {"A/1": "0.00"},
    ),
    Loss(
        "an amount that does not fit the currency gives nothing up",
        [issued("A", "100", currency="JPY"), written_off("A", "30.50")],
        {"A/1": "100"},
    ),
    Loss(
        "without a clearing rule as well",
        [issued("A", "100.00"), paid("P", "30.00"), written_off("A")],
        {"A/1": "0.00"},
        {"A/1": "100.00"},
        {"P": "30.00"},
        rule=NONE,
    ),
)
def test_a_write_off_gives_up_what_is_left(loss: Loss) -> None:
    check(loss)


@pytest.mark.parametrize("order", list(itertools.permutations(range(5))), ids=str)
def test_what_is_given_up_is_the_same_in_any_order(order: tuple[int, ...]) -> None:
    events = [
        issued("A", *PARTS),
        written_off("A", on="2026-03-01"),
        write_off_reversed("A", "30.00", on="2026-03-10"),
        written_off("A", "10.00", on="2026-03-20"),
        paid("P", "15.00", ("A", "15.00"), on="2026-03-15"),
    ]
    book = Book()
    for index in order:
        book.fold_as(f"e{index}", events[index])
    assert book.written_off() == {"A/1": "45.00", "A/2": "35.00"}
    assert book.open() == {"A/1": "0.00", "A/2": "5.00"}


def test_a_write_off_lifts_what_was_raised_and_its_reversal_begins_a_new_cycle() -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.raise_level("A/1")
    book.fold(written_off("A"))
    assert book.told() == [("A/1", "dunning", 1, "written off")]
    book.fold(write_off_reversed("A"))
    assert book.item("A/1").cycle == 2
