"""Money for the interest on an invoice: it leaves the invoice alone and is not lost."""

from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    INTEREST,
    allocated,
    cancelled,
    issued,
    paid,
    reversed_,
)
from tests.unit.monitor.cases import Case, check, table
from tests.unit.monitor.invoice_builders import waived


@table(
    Case(
        "it leaves the principal open, and is not unapplied",
        [issued("A", "100.00"), paid("P", "5.00", ("A", "5.00", INTEREST))],
        {"A/1": "100.00"},
    ),
    Case(
        "one payment for both",
        [issued("A", "100.00"), paid("P", "105.00", ("A", "100.00"), ("A", "5.00", INTEREST))],
        {"A/1": "0.00"},
    ),
    Case(
        "money on account is moved to it",
        [issued("A", "100.00"), paid("P", "5.00"), allocated("P", ("A", "5.00", INTEREST))],
        {"A/1": "100.00"},
    ),
    Case(
        "before its invoice it waits, unapplied",
        [paid("P", "5.00", ("A", "5.00", INTEREST))],
        {},
        {"P": "5.00"},
    ),
    Case(
        "it meets its invoice when that comes",
        [paid("P", "5.00", ("A", "5.00", INTEREST)), issued("A", "100.00")],
        {"A/1": "100.00"},
    ),
    Case(
        "in another currency it meets nothing",
        [issued("A", "100.00"), paid("P", "5.00", ("A", "5.00", INTEREST), currency="USD")],
        {"A/1": "100.00"},
        {"P": "5.00"},
    ),
    Case(
        "a bounce takes it back",
        [
            issued("A", "100.00"),
            paid("P", "25.00", ("A", "20.00"), ("A", "5.00", INTEREST)),
            reversed_("R", "P"),
        ],
        {"A/1": "100.00"},
    ),
    Case(
        "a reversal in part takes the last allocation first",
        [
            issued("A", "100.00"),
            paid("P", "25.00", ("A", "20.00"), ("A", "5.00", INTEREST)),
            reversed_("R", "P", "5.00"),
        ],
        {"A/1": "80.00"},
    ),
    Case(
        "a cancelled invoice gives it back too, for nothing grows on what is not owed",
        [issued("A", "100.00"), paid("P", "5.00", ("A", "5.00", INTEREST)), cancelled("A")],
        {"A/1": "0.00"},
        {"P": "5.00"},
    ),
)
def test_money_for_interest_leaves_the_invoice_alone(case: Case) -> None:
    check(case)


def test_money_for_interest_is_counted_apart() -> None:
    book = Book()
    book.fold(
        issued("A", "100.00"),
        paid("P", "30.00", ("A", "20.00"), ("A", "10.00", INTEREST)),
        reversed_("R", "P", "4.00", reason="refund"),
    )
    assert book.account.balance("EUR").interest == 600
    assert book.clearings() == [
        ("P", "A/0", "10.00", "named", "2026-01-15"),
        ("P", "A/1", "20.00", "named", "2026-01-15"),
        ("P", "A/0", "-4.00", "named", "2026-02-05"),
    ]


def test_money_for_interest_tells_nothing_new_of_what_is_raised() -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.raise_level("A/1")
    book.fold(paid("P", "5.00", ("A", "5.00", INTEREST)))
    assert book.told() == []


def test_a_waiver_leaves_the_principal_and_its_first_word_stands() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), waived("W", "A", "5.00"))
    assert book.open() == {"A/1": "100.00"}
    assert book.fold(waived("W", "A", "9.00")) == {
        "remark": "waiver W came before; event e3 changes nothing"
    }
    assert book.account.invoices["A"].waivers["W"].amount == "5.00"
