"""Reversals: they re-open exactly what their payment had cleared."""

import pytest

from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    day,
    issued,
    paid,
    payment,
    reversed_,
)
from tests.unit.monitor.cases import Case, check, table


@table(
    Case(
        "whole, it re-opens what its payment had cleared",
        [issued("A", "100.00"), paid("P", "100.00", ("A", "100.00")), reversed_("R", "P")],
        {"A/1": "100.00"},
    ),
    Case(
        "whole, it leaves what other payments have cleared",
        [
            issued("A", "100.00"),
            paid("P", "60.00", ("A", "60.00")),
            paid("Q", "30.00", ("A", "30.00")),
            reversed_("R", "P"),
        ],
        {"A/1": "70.00"},
    ),
    Case(
        "in part, it re-opens that part",
        [issued("A", "100.00"), paid("P", "100.00", ("A", "100.00")), reversed_("R", "P", "30")],
        {"A/1": "30.00"},
    ),
    Case(
        "in part, it takes what was on account first",
        [
            issued("A", "50.00"),
            issued("B", "50.00"),
            paid("P", "80.00", ("A", "50.00")),
            reversed_("R", "P", "30.00"),
        ],
        {"A/1": "0.00", "B/1": "50.00"},
    ),
    Case(
        "in part, it then takes from the last allocation",
        [
            issued("A", "50.00"),
            issued("B", "50.00"),
            paid("P", "90.00", ("A", "50.00"), ("B", "40.00")),
            reversed_("R", "P", "60.00"),
        ],
        {"A/1": "20.00", "B/1": "50.00"},
    ),
    Case(
        "in two parts, they add up",
        [
            issued("A", "100.00"),
            paid("P", "100.00", ("A", "100.00")),
            reversed_("R", "P", "30.00"),
            reversed_("S", "P", "20.00"),
        ],
        {"A/1": "50.00"},
    ),
    Case(
        "more than came takes back what came and no more",
        [
            issued("A", "100.00"),
            paid("P", "100.00", ("A", "100.00")),
            reversed_("R", "P", "80.00"),
            reversed_("S", "P"),
        ],
        {"A/1": "100.00"},
    ),
    Case(
        "said twice, it counts once",
        [
            issued("A", "100.00"),
            paid("P", "100.00", ("A", "100.00")),
            reversed_("R", "P", "30.00"),
            reversed_("R", "P", "30.00"),
        ],
        {"A/1": "30.00"},
    ),
    Case(
        "before its payment, it voids it",
        [issued("A", "100.00"), reversed_("R", "P"), paid("P", "100.00", ("A", "100.00"))],
        {"A/1": "100.00"},
    ),
    Case(
        "in part before its payment, it leaves the rest",
        [
            issued("A", "100.00"),
            reversed_("R", "P", "30.00"),
            paid("P", "100.00", ("A", "100.00")),
        ],
        {"A/1": "30.00"},
    ),
    Case(
        "before its payment and its invoice, it voids it",
        [reversed_("R", "P"), paid("P", "100.00", ("A", "100.00")), issued("A", "100.00")],
        {"A/1": "100.00"},
    ),
    Case(
        "of a payment that never comes, it takes nothing",
        [issued("A", "100.00"), reversed_("R", "P", "30.00")],
        {"A/1": "100.00"},
    ),
    Case(
        "with more decimals than the currency has, it takes nothing",
        [
            issued("A", "100", currency="JPY"),
            paid("P", "100", ("A", "100"), currency="JPY"),
            reversed_("R", "P", "30.50"),
        ],
        {"A/1": "0"},
    ),
    Case(
        "of what had met no item, it leaves nothing over",
        [issued("A", "60.00"), paid("P", "100.00", ("A", "100.00")), reversed_("R", "P", "40")],
        {"A/1": "0.00"},
    ),
    Case(
        "the room it leaves is taken by named money that waits",
        [
            issued("A", "100.00"),
            paid("P", "100.00", ("A", "100.00"), on="2026-01-10"),
            paid("Q", "100.00", ("A", "100.00"), on="2026-01-12"),
            reversed_("R", "P"),
        ],
        {"A/1": "0.00"},
    ),
    Case(
        "the room it leaves is taken by money on account that waits",
        [
            issued("A", "100.00"),
            paid("P", "100.00", ("A", "100.00")),
            paid("Q", "70.00"),
            reversed_("R", "P"),
        ],
        {"A/1": "30.00"},
    ),
)
def test_a_reversal_takes_back_what_its_payment_gave(case: Case) -> None:
    check(case)


def test_a_reversal_of_money_on_account_undoes_the_newest_match_first() -> None:
    book = check(
        Case(
            "",
            [
                issued("A", ("2026-01-10", "40.00")),
                issued("B", ("2026-01-20", "50.00")),
                paid("P", "90.00"),
                reversed_("R", "P", "60.00", on="2026-02-05", reason="refund"),
            ],
            {"A/1": "10.00", "B/1": "50.00"},
        )
    )
    assert book.clearings()[-2:] == [
        ("P", "B/1", "-50.00", "oldest_due_first", "2026-02-05"),
        ("P", "A/1", "-10.00", "oldest_due_first", "2026-02-05"),
    ]


def test_within_an_invoice_a_reversal_undoes_the_last_instalment_first() -> None:
    check(
        Case(
            "",
            [
                issued("A", ("2026-01-10", "40.00"), ("2026-01-20", "50.00")),
                paid("P", "90.00"),
                reversed_("R", "P", "60.00"),
            ],
            {"A/1": "10.00", "A/2": "50.00"},
        )
    )


def test_the_age_of_a_re_opened_item_counts_from_its_due_date() -> None:
    book = Book()
    book.fold(
        issued("A", ("2026-01-31", "100.00")),
        paid("P", "100.00", ("A", "100.00"), on="2026-01-20"),
        reversed_("R", "P", on="2026-03-01"),
    )
    assert book.item("A/1").days_overdue(day("2026-03-12")) == 40


@pytest.mark.parametrize("reason", ["bounced", "chargeback", "refund", "mistake"])
def test_every_reason_takes_the_money_back(reason: str) -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        paid("P", "100.00", ("A", "100.00")),
        reversed_("R", "P", reason=reason),
    )
    assert book.open() == {"A/1": "100.00"}


def test_the_remark_says_why_a_reversal_changed_nothing() -> None:
    book = Book()
    early = book.fold(reversed_("R", "P", "30.50"))
    assert early["remark"] == "payment P has not come yet; this waits for it"
    book.fold(paid("P", "100", currency="JPY"))
    assert "takes nothing back" in book.fold(reversed_("S", "P", "1.5"))["remark"]
    assert "reversal S came before" in book.fold(reversed_("S", "P", "1.5"))["remark"]
    assert book.account.funds[payment("P")].reversed == 0
