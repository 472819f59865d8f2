"""Write-offs: what money and credits leave is given up; what comes all the same lowers the loss."""

import itertools
from dataclasses import dataclass, field

import pytest

from services.monitor.domain.ledger.clearing import NONE, OLDEST_DUE_FIRST
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book, difference
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
from tests.unit.monitor.invoice_builders import extended, write_off_reversed, written_off

PARTS = (("2026-01-31", "60.00"), ("2026-03-02", "40.00"))


@dataclass(frozen=True)
class Loss:
    """Events, what is open, and what is given up of each item."""

    name: str
    events: list[Inbound]
    open: dict[str, str]
    given_up: dict[str, str] = field(default_factory=dict)
    unapplied: dict[str, str] = field(default_factory=dict)
    rule: str = OLDEST_DUE_FIRST


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param(loss, id=loss.name)
        for loss in (
            Loss(
                "all", [issued("A", "100.00"), written_off("A")], {"A/1": "0.00"}, {"A/1": "100.00"}
            ),
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
    ],
)
def test_a_write_off_gives_up_what_is_left(loss: Loss) -> None:
    book = Book(loss.rule)
    for event in loss.events:
        book.fold(event)
        assert difference(book.account) == {}
    assert (book.open(), book.written_off(), book.unapplied()) == (
        loss.open,
        loss.given_up,
        loss.unapplied,
    )
    book.account.close()


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param(loss, id=loss.name)
        for loss in (
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
            Loss(
                "a recovery that bounces is given up again",
                [
                    issued("A", "100.00"),
                    paid("P", "40.00", ("A", "40.00")),
                    written_off("A"),
                    paid("Q", "60.00", ("A", "60.00"), on="2026-03-05"),
                    reversed_("R", "Q", on="2026-03-15"),
                ],
                {"A/1": "0.00"},
                {"A/1": "60.00"},
            ),
            Loss(
                "a recovery stays one when other money bounces",
                [
                    issued("A", "100.00"),
                    paid("P", "40.00", ("A", "40.00")),
                    written_off("A"),
                    paid("Q", "20.00", ("A", "20.00"), on="2026-03-05"),
                    reversed_("R", "P", on="2026-03-15"),
                ],
                {"A/1": "40.00"},
                {"A/1": "40.00"},
            ),
            Loss(
                "a recovery stays one when an amendment adds to the invoice",
                [
                    issued("A", "100.00"),
                    written_off("A"),
                    paid("Q", "30.00", ("A", "30.00"), on="2026-03-05"),
                    amended("A", 1, "130.00", on="2026-03-15"),
                ],
                {"A/1": "30.00"},
                {"A/1": "70.00"},
            ),
            Loss(
                "money takes what is open before it is a recovery",
                [
                    issued("A", "100.00"),
                    written_off("A"),
                    write_off_reversed("A", "30.00", on="2026-03-10"),
                    paid("Q", "40.00", ("A", "40.00"), on="2026-03-15"),
                    reversed_("R", "Q", "15.00", on="2026-03-20", reason="refund"),
                ],
                {"A/1": "5.00"},
                {"A/1": "70.00"},
            ),
            Loss(
                "after the reversal of all, the bounce of a recovery is open",
                [
                    issued("A", "100.00"),
                    written_off("A"),
                    paid("Q", "30.00", ("A", "30.00"), on="2026-03-05"),
                    write_off_reversed("A", on="2026-03-10"),
                    reversed_("R", "Q", on="2026-03-15"),
                ],
                {"A/1": "100.00"},
            ),
            Loss(
                "what the bounce of money on account opens again is open",
                [
                    issued("A", "100.00"),
                    paid("P", "40.00"),
                    written_off("A"),
                    reversed_("R", "P", on="2026-03-15"),
                ],
                {"A/1": "40.00"},
                {"A/1": "60.00"},
            ),
            Loss(
                "what a cancelled credit note on account opens again is open",
                [
                    issued("A", "100.00"),
                    credited("N", "40.00"),
                    written_off("A"),
                    note_cancelled("N", on="2026-03-15"),
                ],
                {"A/1": "40.00"},
                {"A/1": "60.00"},
            ),
            Loss(
                "money on account that has met the invoice since is a recovery",
                [
                    issued("A", "100.00"),
                    paid("P", "40.00", on="2026-03-05"),
                    written_off("A"),
                ],
                {"A/1": "0.00"},
                {"A/1": "60.00"},
            ),
            Loss(
                "money on account that comes after the write-off makes it no smaller",
                [
                    issued("A", "100.00"),
                    written_off("A"),
                    write_off_reversed("A", "10.00", on="2026-03-10"),
                    paid("P", "40.00"),
                ],
                {"A/1": "0.00"},
                {"A/1": "90.00"},
                {"P": "30.00"},
            ),
            Loss(
                "money on account takes what a bounce has opened, whatever its day",
                [
                    issued("A", "100.00"),
                    paid("P", "40.00", ("A", "40.00")),
                    written_off("A"),
                    reversed_("R", "P", on="2026-03-15"),
                    paid("Q", "50.00"),
                ],
                {"A/1": "0.00"},
                {"A/1": "60.00"},
                {"Q": "10.00"},
            ),
            Loss(
                "money on account that was moved away never was the invoice's",
                [
                    issued("A", "100.00"),
                    issued("B", ("2026-04-30", "40.00")),
                    paid("P", "40.00"),
                    written_off("A"),
                    allocated("P", ("B", "40.00"), on="2026-03-15"),
                ],
                {"A/1": "0.00", "B/1": "0.00"},
                {"A/1": "100.00"},
            ),
            Loss(
                "nor was it when it is moved after it has bounced",
                [
                    issued("A", "100.00"),
                    issued("B", ("2026-04-30", "40.00")),
                    paid("P", "40.00"),
                    written_off("A"),
                    reversed_("R", "P", on="2026-03-15"),
                    allocated("P", ("B", "40.00"), on="2026-03-10"),
                ],
                {"A/1": "0.00", "B/1": "40.00"},
                {"A/1": "100.00"},
            ),
        )
    ],
)
def test_a_write_off_is_fixed_at_what_was_open_at_the_end_of_its_day(loss: Loss) -> None:
    test_a_write_off_gives_up_what_is_left(loss)


def test_beside_money_on_account_a_write_off_depends_on_which_came_first() -> None:
    """The limit of design 3.3: what was open then depends on what the clearing rule had matched."""
    money, loss = paid("P", "40.00"), written_off("A")
    first, last = Book(), Book()
    first.fold(issued("A", "100.00"), money, loss)
    last.fold(issued("A", "100.00"), loss, money)
    assert (first.written_off(), first.unapplied()) == ({"A/1": "60.00"}, {})
    assert (last.written_off(), last.unapplied()) == ({"A/1": "100.00"}, {"P": "40.00"})


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


def test_a_write_off_lifts_what_was_raised_and_its_reversal_begins_a_new_cycle() -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.raise_level("A/1")
    book.fold(written_off("A"))
    assert book.told() == [("A/1", "dunning", 1, "written off")]
    book.fold(write_off_reversed("A"))
    assert book.item("A/1").cycle == 2
