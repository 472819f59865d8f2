"""Disputes: which part is contested, from when to when, and what of it has been credited since."""

import itertools
from dataclasses import dataclass, field

import pytest

from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import amended, cancelled, credited, issued, note_cancelled, paid
from tests.unit.monitor.invoice_builders import disputed, resolved, written_off

PARTS = (("2026-01-31", "60.00"), ("2026-03-02", "40.00"))


@dataclass(frozen=True)
class Contest:
    """Events, and what is disputed of each item."""

    name: str
    events: list[Inbound]
    disputed: dict[str, str] = field(default_factory=dict)


def contests(*cases: Contest) -> pytest.MarkDecorator:
    """Run a test once for each case, under the case's name."""
    return pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in cases])


@contests(
    Contest("whole", [issued("A", "100.00"), disputed("D", "A")], {"A/1": "100.00"}),
    Contest("in part", [issued("A", "100.00"), disputed("D", "A", "30.00")], {"A/1": "30.00"}),
    Contest(
        "whole, what is paid is not in dispute",
        [issued("A", "100.00"), disputed("D", "A"), paid("P", "40.00", ("A", "40.00"))],
        {"A/1": "60.00"},
    ),
    Contest(
        "in part, never more than is open",
        [issued("A", "100.00"), disputed("D", "A", "30.00"), paid("P", "80.00", ("A", "80.00"))],
        {"A/1": "20.00"},
    ),
    Contest(
        "above the amount, all of it",
        [issued("A", "100.00"), disputed("D", "A", "130.00")],
        {"A/1": "100.00"},
    ),
    Contest(
        "nothing of what is cleared",
        [issued("A", "100.00"), paid("P", "100.00", ("A", "100.00")), disputed("D", "A")],
    ),
    Contest(
        "nothing of a cancelled invoice",
        [issued("A", "100.00"), disputed("D", "A"), cancelled("A")],
    ),
    Contest(
        "nothing of what is written off",
        [issued("A", "100.00"), disputed("D", "A"), written_off("A", "70.00")],
        {"A/1": "30.00"},
    ),
    Contest(
        "a part of the instalments that are due first",
        [issued("A", *PARTS), disputed("D", "A", "70.00")],
        {"A/1": "60.00", "A/2": "10.00"},
    ),
    Contest(
        "one instalment",
        [issued("A", *PARTS), disputed("D", "A", instalment=2)],
        {"A/2": "40.00"},
    ),
    Contest(
        "a part of one instalment",
        [issued("A", *PARTS), disputed("D", "A", "15.00", instalment=2)],
        {"A/2": "15.00"},
    ),
    Contest(
        "an instalment that is not there: the invoice",
        [issued("A", *PARTS), disputed("D", "A", instalment=3)],
        {"A/1": "60.00", "A/2": "40.00"},
    ),
    Contest(
        "a part of an instalment that is not there: so much of the invoice",
        [issued("A", *PARTS), disputed("D", "A", "70.00", instalment=3)],
        {"A/1": "60.00", "A/2": "10.00"},
    ),
    Contest(
        "an instalment that comes with an amendment",
        [issued("A", "100.00"), disputed("D", "A", instalment=2), amended("A", 1, *PARTS)],
        {"A/2": "40.00"},
    ),
    Contest(
        "an instalment that an amendment has removed: the invoice",
        [issued("A", *PARTS), disputed("D", "A", instalment=2), amended("A", 1, "100.00")],
        {"A/1": "100.00"},
    ),
    Contest(
        "an instalment that is not there, rejected",
        [
            issued("A", *PARTS),
            disputed("D", "A", instalment=3),
            resolved("D", "A", "rejected"),
        ],
    ),
    Contest(
        "several add up",
        [issued("A", "100.00"), disputed("D", "A", "30.00"), disputed("E", "A", "50.00")],
        {"A/1": "80.00"},
    ),
    Contest(
        "of several the earlier takes its part first",
        [
            issued("A", *PARTS),
            disputed("E", "A", "40.00", instalment=1, on="2026-02-02"),
            disputed("D", "A", "70.00", on="2026-02-01"),
        ],
        {"A/1": "60.00", "A/2": "10.00"},
    ),
    Contest(
        "a credit on an instalment that was accepted whole settles no other dispute",
        [
            issued("A", *PARTS),
            disputed("D", "A", instalment=2, on="2026-02-01"),
            disputed("E", "A", "20.00", on="2026-02-02"),
            resolved("D", "A", "accepted"),
            resolved("E", "A", "accepted"),
            credited("N", "30.00", "A", on="2026-02-12"),
        ],
        {"A/1": "20.00", "A/2": "10.00"},
    ),
    Contest(
        "a credit that takes off other instalments settles the one that was accepted whole",
        [
            issued("A", *PARTS),
            disputed("D", "A", instalment=1),
            resolved("D", "A", "accepted"),
            credited("N", "60.00", "A", on="2026-02-12"),
        ],
    ),
    Contest(
        "and in part where it is less",
        [
            issued("A", *PARTS),
            disputed("D", "A", instalment=1),
            resolved("D", "A", "accepted"),
            credited("N", "45.00", "A", on="2026-02-12"),
        ],
        {"A/1": "15.00"},
    ),
    Contest(
        "what was paid of it needs no credit",
        [
            issued("A", *PARTS),
            paid("P", "20.00", ("A", "20.00", 1)),
            disputed("D", "A", instalment=1),
            resolved("D", "A", "accepted"),
            credited("N", "40.00", "A", on="2026-02-12"),
        ],
    ),
    Contest(
        "nor what a credit on account has met",
        [
            issued("A", *PARTS),
            credited("M", "20.00", on="2026-01-12"),
            disputed("D", "A", instalment=1),
            resolved("D", "A", "accepted"),
            credited("N", "40.00", "A", on="2026-02-12"),
        ],
    ),
    Contest(
        "a credit beyond it settles the next",
        [
            issued("A", *PARTS),
            disputed("D", "A", instalment=2, on="2026-02-01"),
            disputed("E", "A", "20.00", on="2026-02-02"),
            resolved("D", "A", "accepted"),
            resolved("E", "A", "accepted"),
            credited("N", "55.00", "A", on="2026-02-12"),
        ],
        {"A/1": "5.00"},
    ),
    Contest(
        "several overlap no more than is open",
        [issued("A", "100.00"), disputed("D", "A", "70.00"), disputed("E", "A", "50.00")],
        {"A/1": "100.00"},
    ),
    Contest(
        "one of the whole and one of an instalment",
        [issued("A", *PARTS), disputed("D", "A"), disputed("E", "A", instalment=2)],
        {"A/1": "60.00", "A/2": "40.00"},
    ),
    Contest(
        "before its invoice it waits for it",
        [disputed("D", "A", "30.00"), issued("A", "100.00")],
        {"A/1": "30.00"},
    ),
    Contest(
        "with more decimals than the currency has, all of it",
        [issued("A", "100", currency="JPY"), disputed("D", "A", "50.50")],
        {"A/1": "100"},
    ),
    Contest(
        "an amendment that leaves less leaves less to dispute",
        [issued("A", "100.00"), disputed("D", "A"), amended("A", 1, "60.00", on="2026-01-10")],
        {"A/1": "60.00"},
    ),
)
def test_a_dispute_takes_its_part_out_of_what_is_dunned(case: Contest) -> None:
    book = Book()
    book.fold(*case.events)
    assert book.disputed() == case.disputed


@contests(
    Contest("rejected", [disputed("D", "A"), resolved("D", "A", "rejected")]),
    Contest("withdrawn", [disputed("D", "A"), resolved("D", "A", "withdrawn")]),
    Contest("resolved before it came", [resolved("D", "A", "rejected"), disputed("D", "A")]),
    Contest(
        "of two the other one stands",
        [disputed("D", "A", "30.00"), disputed("E", "A", "50.00"), resolved("D", "A")],
        {"A/1": "50.00"},
    ),
    Contest(
        "accepted, it waits for its credit",
        [disputed("D", "A", "30.00"), resolved("D", "A", "accepted")],
        {"A/1": "30.00"},
    ),
    Contest(
        "accepted before it came",
        [resolved("D", "A", "accepted"), disputed("D", "A", "30.00")],
        {"A/1": "30.00"},
    ),
    Contest(
        "accepted and credited",
        [
            disputed("D", "A", "30.00"),
            resolved("D", "A", "accepted"),
            credited("N", "30.00", "A", on="2026-02-12"),
        ],
    ),
    Contest(
        "accepted and credited in part",
        [
            disputed("D", "A", "30.00"),
            resolved("D", "A", "accepted"),
            credited("N", "20.00", "A", on="2026-02-12"),
        ],
        {"A/1": "10.00"},
    ),
    Contest(
        "accepted whole and credited in part: the rest of it waits still",
        [
            disputed("D", "A"),
            resolved("D", "A", "accepted"),
            credited("N", "60.00", "A", on="2026-02-12"),
        ],
        {"A/1": "40.00"},
    ),
    Contest(
        "accepted by its whole amount and credited in part: the same",
        [
            disputed("D", "A", "100.00"),
            resolved("D", "A", "accepted"),
            credited("N", "60.00", "A", on="2026-02-12"),
        ],
        {"A/1": "40.00"},
    ),
    Contest(
        "a credit of before the dispute is not its credit",
        [
            credited("N", "30.00", "A", on="2026-01-12"),
            disputed("D", "A", "30.00"),
            resolved("D", "A", "accepted"),
        ],
        {"A/1": "30.00"},
    ),
    Contest(
        "nor is one in another currency",
        [
            disputed("D", "A", "30.00"),
            resolved("D", "A", "accepted"),
            credited("N", "30.00", "A", on="2026-02-12", currency="USD"),
        ],
        {"A/1": "30.00"},
    ),
    Contest(
        "a credit that is cancelled leaves it waiting again",
        [
            disputed("D", "A", "30.00"),
            resolved("D", "A", "accepted"),
            credited("N", "30.00", "A", on="2026-02-12"),
            note_cancelled("N", on="2026-02-14"),
        ],
        {"A/1": "30.00"},
    ),
    Contest(
        "an amendment to less is a credit too",
        [
            disputed("D", "A", "30.00"),
            resolved("D", "A", "accepted"),
            amended("A", 1, "70.00", on="2026-02-12"),
        ],
    ),
    Contest(
        "an amendment after the acceptance says what is owed, whatever it takes off",
        [
            disputed("D", "A", "30.00", on="2026-02-01"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            amended("A", 1, "95.00", on="2026-02-10"),
        ],
    ),
    Contest(
        "one before it takes off what it takes off",
        [
            disputed("D", "A", "30.00", on="2026-02-01"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            amended("A", 1, "95.00", on="2026-02-09"),
        ],
        {"A/1": "25.00"},
    ),
    Contest(
        "accepted whole: one since the dispute says what is owed",
        [
            disputed("D", "A", on="2026-02-01"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            amended("A", 1, "90.00", on="2026-02-01"),
        ],
    ),
    Contest(
        "accepted whole: one before the dispute does not",
        [
            disputed("D", "A", on="2026-02-01"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            amended("A", 1, "90.00", on="2026-01-31"),
        ],
        {"A/1": "90.00"},
    ),
    Contest(
        "nor does one that lowers nothing",
        [
            disputed("D", "A", "30.00"),
            resolved("D", "A", "accepted"),
            amended("A", 1, "120.00", on="2026-02-12"),
        ],
        {"A/1": "30.00"},
    ),
    Contest(
        "what a version has settled stays settled when a later one raises the total",
        [
            disputed("D", "A", "20.00", on="2026-02-05"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            amended("A", 1, "80.00", on="2026-02-12"),
            amended("A", 2, "105.00", on="2026-02-13"),
        ],
    ),
    Contest(
        "so it does where all of it was accepted",
        [
            disputed("D", "A", on="2026-02-05"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            amended("A", 2, "105.00", on="2026-02-13"),
            amended("A", 1, "80.00", on="2026-02-12"),
        ],
    ),
    Contest(
        "and what one of before the acceptance has taken off stays taken off",
        [
            disputed("D", "A", "30.00", on="2026-02-01"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            amended("A", 1, "80.00", on="2026-02-08"),
            amended("A", 2, "105.00", on="2026-02-09"),
        ],
        {"A/1": "10.00"},
    ),
    Contest(
        "what an amendment took off for one is not taken off for another",
        [
            disputed("D", "A", "30.00", on="2026-02-01"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            disputed("E", "A", "20.00", on="2026-02-05"),
            amended("A", 1, "65.00", on="2026-02-12"),
            resolved("E", "A", "accepted", on="2026-02-14"),
        ],
        {"A/1": "15.00"},
    ),
    Contest(
        "nor what it took off for all of it",
        [
            disputed("D", "A", on="2026-02-01"),
            resolved("D", "A", "accepted", on="2026-02-10"),
            disputed("E", "A", "20.00", on="2026-02-05"),
            amended("A", 1, "65.00", on="2026-02-12"),
            resolved("E", "A", "accepted", on="2026-02-14"),
        ],
        {"A/1": "20.00"},
    ),
    Contest(
        "one credit settles two that were accepted",
        [
            disputed("D", "A", "30.00"),
            disputed("E", "A", "20.00"),
            resolved("D", "A", "accepted"),
            resolved("E", "A", "accepted"),
            credited("N", "40.00", "A", on="2026-02-12"),
        ],
        {"A/1": "10.00"},
    ),
    Contest(
        "a credit leaves alone what is still contested",
        [
            disputed("D", "A", "30.00"),
            disputed("E", "A", "20.00"),
            resolved("D", "A", "accepted"),
            credited("N", "30.00", "A", on="2026-02-12"),
        ],
        {"A/1": "20.00"},
    ),
)
def test_the_end_of_a_dispute_is_as_it_was_resolved(case: Contest) -> None:
    book = Book()
    book.fold(issued("A", "100.00"), *case.events)
    assert book.disputed() == case.disputed


@dataclass(frozen=True)
class Span:
    """Disputes of invoice A, and the days on which its first item was in dispute."""

    name: str
    events: list[Inbound]
    days: list[tuple[str, str | None]]


@pytest.mark.parametrize(
    "span",
    [
        pytest.param(span, id=span.name)
        for span in (
            Span("open", [disputed("D", "A", on="2026-02-01")], [("2026-02-01", None)]),
            Span(
                "resolved, the day of resolution is no day of it",
                [disputed("D", "A", on="2026-02-01"), resolved("D", "A", on="2026-02-10")],
                [("2026-02-01", "2026-02-10")],
            ),
            Span(
                "resolved on its day",
                [disputed("D", "A", on="2026-02-10"), resolved("D", "A", on="2026-02-10")],
                [],
            ),
            Span(
                "two apart",
                [
                    disputed("D", "A", on="2026-02-01"),
                    resolved("D", "A", on="2026-02-05"),
                    disputed("E", "A", on="2026-02-08"),
                ],
                [("2026-02-01", "2026-02-05"), ("2026-02-08", None)],
            ),
            Span(
                "two that overlap",
                [
                    disputed("E", "A", on="2026-02-04"),
                    resolved("E", "A", on="2026-02-12"),
                    disputed("D", "A", on="2026-02-01"),
                    resolved("D", "A", on="2026-02-05"),
                ],
                [("2026-02-01", "2026-02-12")],
            ),
            Span(
                "one within the other",
                [
                    disputed("D", "A", on="2026-02-01"),
                    resolved("D", "A", on="2026-02-20"),
                    disputed("E", "A", on="2026-02-04"),
                    resolved("E", "A", on="2026-02-06"),
                ],
                [("2026-02-01", "2026-02-20")],
            ),
            Span(
                "an open one swallows what comes after",
                [
                    disputed("D", "A", on="2026-02-01"),
                    disputed("E", "A", on="2026-02-04"),
                    resolved("E", "A", on="2026-02-06"),
                ],
                [("2026-02-01", None)],
            ),
            Span(
                "one that begins on the day the other ends goes on",
                [
                    disputed("D", "A", on="2026-02-01"),
                    resolved("D", "A", on="2026-02-05"),
                    disputed("E", "A", on="2026-02-05"),
                    resolved("E", "A", on="2026-02-07"),
                ],
                [("2026-02-01", "2026-02-07")],
            ),
            Span("of another instalment", [disputed("D", "A", instalment=2)], []),
            Span(
                "of an instalment that is not there",
                [disputed("D", "A", instalment=3, on="2026-02-01")],
                [("2026-02-01", None)],
            ),
            Span(
                "accepted, the clock goes on although the part waits for its credit",
                [
                    disputed("D", "A", on="2026-02-01"),
                    resolved("D", "A", "accepted", on="2026-02-05"),
                ],
                [("2026-02-01", "2026-02-05")],
            ),
        )
    ],
)
def test_the_days_of_disputes_are_apart_and_in_order(span: Span) -> None:
    book = Book()
    book.fold(issued("A", "60.00", "40.00"), *span.events)
    found = [
        (first.isoformat(), None if end is None else end.isoformat())
        for first, end in book.item("A/1").disputed_days
    ]
    assert found == span.days


@pytest.mark.parametrize("order", list(itertools.permutations(range(5))), ids=str)
def test_disputes_end_in_one_state_in_any_order(order: tuple[int, ...]) -> None:
    events = [
        issued("A", *PARTS),
        disputed("D", "A", "70.00", on="2026-02-01"),
        disputed("E", "A", "20.00", instalment=2, on="2026-02-03"),
        resolved("D", "A", "accepted", on="2026-02-05"),
        credited("N", "50.00", "A", on="2026-02-07"),
    ]
    book = Book()
    for index in order:
        book.fold_as(f"e{index}", events[index])
    # The credit has taken 40 from the last instalment and 10 from the first; 20 of 70 are left.
    assert book.disputed() == {"A/1": "20.00"}


def test_what_is_raised_is_told_anew_when_its_disputed_part_changes() -> None:
    book = Book()
    book.fold(issued("A", "100.00", ("2026-03-02", "50.00")))
    book.raise_level("A/1")
    book.fold(disputed("D", "A", "30.00"))
    book.fold(disputed("E", "A", instalment=2))
    book.fold(resolved("D", "A"))
    assert book.told() == [("A/1", "dunning", 1, None)] * 2
    assert [told.item.dunnable for told in book.account.told] == [7000, 10000]
    assert book.item("A/1").cycle == 1


def test_the_first_word_on_a_dispute_stands() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), disputed("D", "A", "30.00"))
    assert book.fold(disputed("D", "A", "50.00")) == {
        "remark": "dispute D came before; event e3 changes nothing"
    }
    book.fold(resolved("D", "A", "rejected"))
    remark = book.fold(resolved("D", "A", "accepted"))["remark"]
    assert remark == "dispute D was resolved before; event e5 changes nothing"
    assert book.disputed() == {}


def test_a_resolution_that_came_first_says_what_it_waits_for() -> None:
    remark = Book().fold(resolved("D", "A"))["remark"]
    assert remark == "dispute D has not come yet; this waits for it"
