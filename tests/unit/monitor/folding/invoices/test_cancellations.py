"""Cancellations: nothing is owed any more, and the cash goes back to the account."""

from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import amended, cancelled, day, issued, paid, reversed_
from tests.unit.monitor.cases import Case, check, table


@table(
    Case(
        "nothing of a cancelled invoice is owed",
        [issued("A", "100.00"), cancelled("A")],
        {"A/1": "0.00"},
    ),
    Case(
        "a cancellation before its invoice cancels it on arrival",
        [cancelled("A"), issued("A", "100.00")],
        {"A/1": "0.00"},
    ),
    Case(
        "every instalment is cancelled",
        [issued("A", ("2026-01-31", "60.00"), ("2026-03-02", "40.00")), cancelled("A")],
        {"A/1": "0.00", "A/2": "0.00"},
    ),
    Case(
        "named money is left unapplied",
        [issued("A", "100.00"), paid("P", "70.00", ("A", "70.00")), cancelled("A")],
        {"A/1": "0.00"},
        {"P": "70.00"},
    ),
    Case(
        "money on account meets the next item",
        [
            issued("A", ("2026-01-10", "100.00")),
            issued("B", "50.00"),
            paid("P", "70.00"),
            cancelled("A"),
        ],
        {"A/1": "0.00", "B/1": "0.00"},
        {"P": "20.00"},
    ),
    Case(
        "money that names a cancelled invoice is left unapplied",
        [cancelled("A"), paid("P", "70.00", ("A", "70.00")), issued("A", "100.00")],
        {"A/1": "0.00"},
        {"P": "70.00"},
    ),
    Case(
        "said twice, it changes nothing more",
        [issued("A", "100.00"), cancelled("A"), cancelled("A", on="2026-02-01")],
        {"A/1": "0.00"},
    ),
    Case(
        "a cancelled invoice keeps the number of parts it was amended to",
        [
            amended("A", 1, ("2026-01-31", "60.00"), ("2026-03-02", "40.00")),
            cancelled("A"),
            issued("A", "100.00"),
        ],
        {"A/1": "0.00", "A/2": "0.00"},
    ),
    Case(
        "a bounce afterwards takes the unapplied money and owes nothing",
        [
            issued("A", "100.00"),
            paid("P", "70.00", ("A", "70.00")),
            cancelled("A"),
            reversed_("R", "P"),
        ],
        {"A/1": "0.00"},
    ),
)
def test_a_cancelled_invoice_owes_nothing(case: Case) -> None:
    check(case)


def test_the_first_cancellation_is_the_one_that_counts() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), cancelled("A", on="2026-01-20"))
    assert "was cancelled before" in book.fold(cancelled("A", on="2026-02-01"))["remark"]
    assert book.account.invoices["A"].cancelled_on == day("2026-01-20")
