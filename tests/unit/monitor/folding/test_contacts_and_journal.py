"""Customers, covers, what the journal keeps of each event, and what the store must write."""

import itertools
from datetime import timedelta

import pytest

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import FOLDS, fold
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.funds import Funds, FundsKind
from services.monitor.domain.ledger.needs import Needs
from shared.contracts.catalogue import LEDGER_TYPES
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    ACCOUNT_ID,
    SAID_AT,
    amended,
    cancelled,
    cover,
    credit_note,
    credited,
    customer,
    issued,
    paid,
    payment,
    reversed_,
)
from tests.unit.monitor.debtor_builders import blocked, promised


def test_every_inbound_type_has_a_fold() -> None:
    assert set(FOLDS) == set(LEDGER_TYPES.values())


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))), ids=str)
def test_the_highest_version_of_a_customer_wins_in_any_order(order: tuple[int, ...]) -> None:
    book = Book()
    book.fold(*(customer(version, f"Name {version}") for version in order))
    assert book.account.debtor.customer == customer(3, "Name 3")
    assert book.account.touched_debtor


def test_an_older_word_on_a_customer_changes_nothing() -> None:
    account = Account(ACCOUNT_ID, debtor=Debtor(customer=customer(3)))
    changes = fold(account, Event("e1", SAID_AT, customer(2, "Other")), "none")
    assert changes == {"remark": "version 3 is known"}
    assert account.debtor.customer == customer(3)
    assert not account.touched_debtor


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_newest_word_on_a_cover_wins_in_any_order(order: tuple[int, ...]) -> None:
    limits = ("100", "200", "300")
    events = [
        Event("b", SAID_AT, cover(limit=limits[0])),
        Event("a", SAID_AT + timedelta(hours=1), cover(limit=limits[1])),
        Event("c", SAID_AT + timedelta(hours=1), cover(limit=limits[2])),
    ]
    account = Account(ACCOUNT_ID)
    for index in order:
        fold(account, events[index], "none")
    assert account.debtor.covers["TC-1"].terms.limit == "300"
    assert account.touched_debtor


def test_covers_of_several_policies_stand_beside_each_other() -> None:
    book = Book()
    book.fold(cover("TC-1"), cover("TC-2"))
    assert set(book.account.debtor.covers) == {"TC-1", "TC-2"}


def test_the_journal_keeps_open_before_and_after_of_each_item_that_changed() -> None:
    book = Book()
    book.fold(issued("A", ("2026-01-31", "60.00"), ("2026-03-02", "40.00")), issued("B", "50.00"))
    assert book.fold(paid("P", "80.00", ("A", "80.00"))) == {
        "items": {"A/1": [6000, 0], "A/2": [4000, 2000]}
    }
    assert book.fold(reversed_("R", "P")) == {"items": {"A/1": [0, 6000], "A/2": [2000, 4000]}}
    assert book.fold(amended("A", 1, "100.00")) == {
        "items": {"A/1": [6000, 10000], "A/2": [4000, 0]}
    }


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (issued("A", "60.00"), issued("A", "50.00")),
        (paid("P", "60.00"), paid("P", "50.00")),
        (credited("N", "60.00"), credited("N", "50.00", "A")),
    ],
    ids=["invoice", "payment", "credit note"],
)
def test_the_second_of_one_number_is_kept_as_a_remark(first: Inbound, again: Inbound) -> None:
    book = Book()
    book.fold(first)
    assert list(book.fold(again)) == ["remark"]


@pytest.mark.parametrize(
    ("event", "invoices", "funds", "may_free"),
    [
        (issued("A", "1"), {"A"}, set(), False),
        (amended("A", 1, "1"), {"A"}, set(), True),
        (cancelled("A"), {"A"}, set(), True),
        (paid("P", "9"), set(), {payment("P")}, True),
        (paid("P", "9", ("A", "1"), ("B", "2")), {"A", "B"}, {payment("P")}, True),
        (paid("P", "3.00", ("A", "1"), ("B", "2")), {"A", "B"}, {payment("P")}, False),
        (reversed_("R", "P"), set(), {payment("P")}, False),
        (credited("N", "1"), set(), {credit_note("N")}, True),
        (credited("N", "1", "A"), {"A"}, {credit_note("N")}, False),
        (customer(1), set(), set(), False),
        (cover(), set(), set(), False),
        (promised("P"), set(), set(), False),
        (promised("P", None, "A", "B"), {"A", "B"}, set(), False),
        (blocked("K"), set(), set(), False),
        (blocked("K", "A"), {"A"}, set(), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Inbound) else "",
)
def test_an_event_names_what_its_batch_must_load(
    event: Inbound, invoices: set[str], funds: set[tuple[str, str]], may_free: bool
) -> None:
    needs = Needs()
    needs.add(event)
    assert (needs.invoices, needs.funds, needs.may_free) == (invoices, funds, may_free)


@pytest.mark.parametrize(
    ("events", "money"),
    [
        ([issued("A", "1")], {"EUR": 30}),
        ([paid("P", "5")], {"EUR": 530}),
        ([paid("P", "5", ("A", "5")), credited("N", "0.50", "A")], {"EUR": 580}),
        ([paid("P", "5"), cancelled("A")], None),
        ([amended("A", 1, "1"), paid("P", "5")], None),
    ],
    ids=["what was free", "on account", "all that comes", "cancelled", "amended before"],
)
def test_a_batch_says_how_much_the_clearing_rule_may_match_at_most(
    events: list[Inbound], money: dict[str, int] | None
) -> None:
    needs = Needs()
    for event in events:
        needs.add(event)
    taken, unknown = Funds(FundsKind.PAYMENT, "R", "EUR", 20), Funds(FundsKind.PAYMENT, "W")
    taken.matched_on_account = 50
    free = Funds(FundsKind.PAYMENT, "Q", "EUR", 30)
    assert needs.money([free, taken, unknown]) == money
