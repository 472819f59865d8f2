"""Raised levels and cycles: what is lifted, what is only told anew, and when a cycle ends."""

from dataclasses import dataclass

import pytest

from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    amended,
    cancelled,
    credited,
    issued,
    paid,
    reversed_,
)

PARTS = (("2026-01-31", "60.00"), ("2026-03-02", "40.00"))


@dataclass(frozen=True)
class Word:
    """An event on a raised item, and what is said of the level."""

    name: str
    event: Inbound
    #: Why it is lifted; None when only the amount is told anew.
    lifted_because: str | None
    #: Minor units open in what is said.
    open: int
    cycle_after: int


@pytest.mark.parametrize(
    "word",
    [
        pytest.param(word, id=word.name)
        for word in (
            Word("paid whole", paid("P", "100.00", ("A", "100.00")), "paid", 0, 2),
            Word("paid on account", paid("P", "100.00"), "paid", 0, 2),
            Word("paid in part", paid("P", "40.00"), None, 6000, 1),
            Word("credited whole", credited("N", "100.00", "A"), "credited", 0, 2),
            Word("credited in part", credited("N", "30.00", "A"), None, 7000, 1),
            Word("cancelled", cancelled("A"), "cancelled", 0, 2),
            Word("terms moved", amended("A", 1, ("2026-04-30", "100.00")), "amended", 10000, 2),
            Word("amount amended, same day", amended("A", 1, "80.00"), None, 8000, 1),
        )
    ],
)
def test_an_event_lifts_a_level_or_tells_its_new_amount(word: Word) -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.raise_level("A/1")
    book.fold(word.event)
    assert book.told() == [("A/1", "dunning", 1, word.lifted_because)]
    assert book.account.told[0].item.open == word.open
    assert book.item("A/1").cycle == word.cycle_after
    assert bool(book.item("A/1").raised) == (word.lifted_because is None)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(issued("A", "70.00"), id="the same invoice again"),
        pytest.param(amended("A", 1, "100.00"), id="an amendment to the same terms"),
        pytest.param(issued("B", "50.00"), id="another invoice"),
        pytest.param(paid("P", "10.00", ("B", "10.00")), id="money for another invoice"),
        pytest.param(paid("P", "10.00", currency="USD"), id="money in another currency"),
    ],
)
def test_an_event_that_leaves_the_item_as_it_was_says_nothing(event: Inbound) -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.raise_level("A/1")
    book.fold(event)
    assert book.told() == []
    assert book.item("A/1").cycle == 1


def test_every_raised_level_is_lifted_at_once() -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.raise_level("A/1", "dunning")
    book.raise_level("A/1", "legal")
    book.fold(paid("P", "100.00"))
    assert book.told() == [("A/1", "dunning", 1, "paid"), ("A/1", "legal", 1, "paid")]


def test_only_the_instalment_that_is_touched_is_told() -> None:
    book = Book()
    book.fold(issued("A", *PARTS))
    book.raise_level("A/1")
    book.raise_level("A/2")
    book.fold(paid("P", "60.00"))
    assert book.told() == [("A/1", "dunning", 1, "paid")]


def test_an_instalment_that_an_amendment_removes_is_lifted() -> None:
    book = Book()
    book.fold(issued("A", *PARTS))
    book.raise_level("A/2")
    book.fold(amended("A", 1, "100.00"))
    assert book.told() == [("A/2", "dunning", 1, "amended")]


def test_an_instalment_that_comes_back_begins_a_new_cycle() -> None:
    book = Book()
    book.fold(issued("A", *PARTS))
    book.raise_level("A/2")
    book.fold(amended("A", 1, "100.00"), amended("A", 2, *PARTS))
    assert (book.item("A/1").cycle, book.item("A/2").cycle) == (1, 2)


def test_a_bounce_begins_the_next_cycle() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), paid("P", "100.00"), reversed_("R", "P"))
    assert book.item("A/1").cycle == 2
    assert book.told() == []
    book.raise_level("A/1")
    book.fold(paid("Q", "100.00"), reversed_("S", "Q"))
    assert book.told() == [("A/1", "dunning", 2, "paid")]
    assert book.item("A/1").cycle == 3


def test_an_item_that_was_never_owed_stays_in_its_first_cycle() -> None:
    book = Book()
    book.fold(paid("P", "100.00", ("A", "100.00")), issued("A", "100.00"))
    assert book.item("A/1").cycle == 1


def test_a_bounce_in_part_tells_the_amount_that_is_owed_again() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), paid("P", "60.00"))
    book.raise_level("A/1")
    book.fold(reversed_("R", "P", "25.00"))
    assert book.told() == [("A/1", "dunning", 1, None)]
    assert book.account.told[0].item.open == 6500


def test_a_word_shows_the_item_as_it_was_then() -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.raise_level("A/1")
    book.fold(paid("P", "10.00"), paid("Q", "20.00"))
    assert [told.item.open for told in book.account.told] == [9000, 7000]
