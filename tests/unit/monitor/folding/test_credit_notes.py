"""Credit notes: on an invoice, the last instalments first; on account, by the clearing rule.

The order is the creditor's reading, not everybody's: Lago and Odoo credit the first instalment.
"""

from services.monitor.domain.ledger.clearing import NONE
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import cancelled, credited, issued, paid
from tests.unit.monitor.cases import Case, check, table

PARTS = (("2026-01-31", "60.00"), ("2026-03-02", "100.00"), ("2026-04-01", "40.00"))


@table(
    Case(
        "it reduces the last instalments first",
        [issued("A", *PARTS), credited("N", "90.00", "A")],
        {"A/1": "60.00", "A/2": "50.00", "A/3": "0.00"},
    ),
    Case(
        "it leaves what is cleared, and takes the last of what is open",
        [issued("A", *PARTS), paid("P", "40.00", on="2026-01-05"), credited("N", "100.00", "A")],
        {"A/1": "20.00", "A/2": "40.00", "A/3": "0.00"},
    ),
    Case(
        "larger than what is open, it leaves unapplied credit",
        [issued("A", "100.00"), credited("N", "130.00", "A")],
        {"A/1": "0.00"},
        {"N": "30.00"},
    ),
    Case(
        "on its own invoice it does not wander to another one",
        [issued("A", "100.00"), issued("B", "50.00"), credited("N", "130.00", "A")],
        {"A/1": "0.00", "B/1": "50.00"},
        {"N": "30.00"},
    ),
    Case(
        "on account it meets the oldest item",
        [
            issued("B", ("2026-02-10", "50.00")),
            issued("A", ("2026-01-31", "100.00")),
            credited("N", "120.00"),
        ],
        {"A/1": "0.00", "B/1": "30.00"},
    ),
    Case(
        "on account without a clearing rule it waits",
        [issued("A", "100.00"), credited("N", "120.00")],
        {"A/1": "100.00"},
        {"N": "120.00"},
        rule=NONE,
    ),
    Case(
        "before its invoice it waits for it",
        [credited("N", "30.00", "A"), issued("A", "100.00")],
        {"A/1": "70.00"},
    ),
    Case(
        "a second one with the same id changes nothing",
        [issued("A", "100.00"), credited("N", "30.00", "A"), credited("N", "50.00")],
        {"A/1": "70.00"},
    ),
    Case(
        "a payment and a credit note with the same id are two things",
        [issued("A", "100.00"), credited("X", "30.00", "A"), paid("X", "20.00", ("A", "20.00"))],
        {"A/1": "50.00"},
    ),
    Case(
        "in another currency it meets nothing",
        [issued("A", "100.00"), credited("N", "30.00", "A", currency="USD")],
        {"A/1": "100.00"},
        {"N": "30.00"},
    ),
    Case(
        "of a cancelled invoice it becomes unapplied credit",
        [issued("A", "100.00"), credited("N", "30.00", "A"), cancelled("A")],
        {"A/1": "0.00"},
        {"N": "30.00"},
    ),
)
def test_a_credit_note_reduces_what_is_owed(case: Case) -> None:
    check(case)


def test_credited_and_cleared_are_counted_apart() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), credited("N", "30.00", "A"), paid("P", "20.00"))
    item = book.item("A/1")
    assert (item.amount, item.credited, item.cleared, item.open) == (10000, 3000, 2000, 5000)
