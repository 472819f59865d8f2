"""Oldest due first: the oldest money meets the oldest debt; a match stays until it is undone."""

import pytest

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.ledger.account import Account
from shared.errors import BrokenInvariantError
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    ACCOUNT_ID,
    SAID_AT,
    cancelled,
    credited,
    issued,
    paid,
    reversed_,
)
from tests.unit.monitor.cases import Case, check, table


@table(
    Case(
        "the item due first is cleared first, whichever came first",
        [
            issued("A", ("2026-03-01", "50.00"), on="2026-01-01"),
            issued("B", ("2026-02-01", "50.00"), on="2026-01-02"),
            paid("P", "60.00"),
        ],
        {"A/1": "40.00", "B/1": "0.00"},
    ),
    Case(
        "of two due on one day, the one issued first",
        [
            issued("A", ("2026-03-01", "50.00"), on="2026-01-02"),
            issued("B", ("2026-03-01", "50.00"), on="2026-01-01"),
            paid("P", "60.00"),
        ],
        {"A/1": "40.00", "B/1": "0.00"},
    ),
    Case(
        "of two due and issued on one day, the one with the first id",
        [
            issued("B", ("2026-03-01", "50.00")),
            issued("A", ("2026-03-01", "50.00")),
            paid("P", "60.00"),
        ],
        {"A/1": "0.00", "B/1": "40.00"},
    ),
    Case(
        "of two instalments due on one day, the one with the first number",
        [issued("A", ("2026-03-01", "50.00"), ("2026-03-01", "50.00")), paid("P", "60.00")],
        {"A/1": "0.00", "A/2": "40.00"},
    ),
    Case(
        "what is dated ahead comes after all that was issued, and that by the due date",
        [
            issued("A", ("2026-04-30", "50.00")),
            issued("B", ("2026-03-31", "50.00"), on="2026-03-02"),
            issued("C", ("2026-03-30", "50.00"), on="2026-03-01"),
            paid("P", "60.00"),
            paid("Q", "50.00", on="2026-03-01"),
        ],
        {"A/1": "0.00", "B/1": "40.00", "C/1": "0.00"},
    ),
    Case(
        "what was passed over waits in its place for later money",
        [
            issued("A", ("2026-04-30", "50.00")),
            issued("B", ("2026-03-31", "50.00"), on="2026-03-02"),
            paid("P", "10.00"),
            paid("Q", "50.00", on="2026-03-02"),
        ],
        {"A/1": "40.00", "B/1": "0.00"},
    ),
    Case(
        "the oldest money is used first",
        [
            paid("P", "50.00", on="2026-01-09"),
            paid("Q", "50.00", on="2026-01-08"),
            issued("A", "60.00"),
        ],
        {"A/1": "0.00"},
        {"P": "40.00"},
    ),
    Case(
        "of two sums of one day, the credit note before the payment, then by id",
        [
            paid("A", "50.00", on="2026-01-08"),
            credited("N", "50.00", on="2026-01-08"),
            issued("X", "60.00"),
        ],
        {"X/1": "0.00"},
        {"A": "40.00"},
    ),
    Case(
        "a match stays when an older item comes later",
        [
            issued("A", ("2026-03-01", "50.00")),
            paid("P", "50.00"),
            issued("B", ("2026-02-01", "50.00")),
        ],
        {"A/1": "0.00", "B/1": "50.00"},
    ),
    Case(
        "a match stays when named money comes later",
        [issued("A", "50.00"), paid("P", "50.00"), paid("Q", "50.00", ("A", "50.00"))],
        {"A/1": "0.00"},
        {"Q": "50.00"},
    ),
    Case(
        "money that one item sets free meets the next in the same event",
        [
            issued("A", ("2026-02-01", "50.00")),
            issued("B", ("2026-03-01", "20.00")),
            issued("C", ("2026-04-01", "50.00")),
            paid("P", "50.00"),
            cancelled("A"),
        ],
        {"A/1": "0.00", "B/1": "0.00", "C/1": "20.00"},
    ),
    Case(
        "named money keeps its item, money on account takes what is left",
        [
            issued("A", ("2026-02-01", "50.00"), ("2026-03-01", "50.00")),
            paid("P", "30.00", ("A", "30.00", 1)),
            paid("Q", "40.00"),
        ],
        {"A/1": "0.00", "A/2": "30.00"},
    ),
    Case(
        "a bounce takes the match back and the next money takes its place",
        [
            issued("A", "50.00"),
            paid("P", "50.00"),
            reversed_("R", "P"),
            paid("Q", "50.00"),
        ],
        {"A/1": "0.00"},
    ),
)
def test_money_on_account_meets_the_oldest_item(case: Case) -> None:
    check(case)


def test_a_match_that_moves_says_both_steps() -> None:
    book = Book()
    book.fold(
        issued("A", ("2026-02-01", "50.00")),
        issued("B", ("2026-03-01", "50.00")),
        paid("P", "50.00", on="2026-01-15"),
        cancelled("A", on="2026-01-20"),
    )
    assert book.clearings() == [
        ("P", "A/1", "50.00", "oldest_due_first", "2026-01-15"),
        ("P", "A/1", "-50.00", "oldest_due_first", "2026-01-20"),
        ("P", "B/1", "50.00", "oldest_due_first", "2026-01-20"),
    ]


def test_the_rule_does_not_run_on_an_account_that_is_not_loaded_whole() -> None:
    account = Account(ACCOUNT_ID, has_open_in_reach=False)
    with pytest.raises(BrokenInvariantError, match="the open items were not loaded"):
        fold(account, Event("e1", SAID_AT, paid("P", "50.00")), "oldest_due_first")


def test_closing_a_batch_stops_when_money_was_not_kept() -> None:
    book = Book()
    book.fold(issued("A", "50.00"))
    book.account.balance("EUR").received += 1
    with pytest.raises(BrokenInvariantError, match="money is not conserved in EUR: -1 minor units"):
        book.account.close()
