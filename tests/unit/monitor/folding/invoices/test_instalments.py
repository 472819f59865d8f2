"""Instalments: an item each, cleared and credited one by one, and every one of them counts."""

from services.monitor.domain.invoice.item import status_of
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import amended, cancelled, credited, day, issued, paid
from tests.unit.monitor.cases import Case, check, table
from tests.unit.monitor.invoice_builders import written_off

#: 100 = 30/50/20 at 30, 60 and 90 days from 2026-01-01.
THIRTY_FIFTY_TWENTY = (("2026-01-31", "30.00"), ("2026-03-02", "50.00"), ("2026-04-01", "20.00"))
SIXTY_HUNDRED_FORTY = (("2026-01-31", "60.00"), ("2026-03-02", "100.00"), ("2026-04-01", "40.00"))


@table(
    Case(
        # Money goes to what is due first, as ERPNext's users ask of its payment schedule
        # (frappe/erpnext issue 15831: "it should be FIFO ... i1 will be paid first not i2").
        "40 on account of 100 in three parts clears the first and some of the second",
        [issued("A", *THIRTY_FIFTY_TWENTY), paid("P", "40.00")],
        {"A/1": "0.00", "A/2": "40.00", "A/3": "20.00"},
    ),
    Case(
        # Oracle Receivables asks which way a credit memo splits over instalments: first in first
        # out, last in first out, or in proportion ("Crediting Transactions", split term method).
        # Ours is the second: what is given back was not yet to be paid.
        "200 in three parts, 40 paid, 100 credited on the invoice: the last parts first",
        [
            issued("A", *SIXTY_HUNDRED_FORTY),
            paid("P", "40.00", on="2026-01-10"),
            credited("N", "100.00", "A"),
        ],
        {"A/1": "20.00", "A/2": "40.00", "A/3": "0.00"},
    ),
    Case(
        "the same in the other order of arrival, where the payment names the invoice",
        [
            credited("N", "100.00", "A", on="2026-01-12"),
            paid("P", "40.00", ("A", "40.00"), on="2026-01-10"),
            issued("A", *SIXTY_HUNDRED_FORTY),
        ],
        {"A/1": "20.00", "A/2": "40.00", "A/3": "0.00"},
    ),
    Case(
        "by their days, whatever their numbers say: the part due first is paid first",
        [
            issued("A", ("2026-03-02", "50.00"), ("2026-01-31", "30.00")),
            paid("P", "40.00", ("A", "40.00")),
        ],
        {"A/1": "40.00", "A/2": "0.00"},
    ),
    Case(
        "by their days, whatever their numbers say: the part due last is credited first",
        [
            issued("A", ("2026-03-02", "50.00"), ("2026-01-31", "30.00")),
            credited("N", "60.00", "A"),
        ],
        {"A/1": "0.00", "A/2": "20.00"},
    ),
    Case(
        "of parts due on one day the first is paid first, and the last credited first",
        [
            issued("A", "30.00", "50.00"),
            paid("P", "10.00", ("A", "10.00")),
            credited("N", "20.00", "A"),
        ],
        {"A/1": "20.00", "A/2": "30.00"},
    ),
    Case(
        "a credit of more than the last parts goes on to the first",
        [issued("A", *THIRTY_FIFTY_TWENTY), credited("N", "90.00", "A")],
        {"A/1": "10.00", "A/2": "0.00", "A/3": "0.00"},
    ),
    Case(
        "money for one of them and money on account go round each other",
        [
            issued("A", *THIRTY_FIFTY_TWENTY),
            paid("P", "50.00", ("A", "50.00", 2)),
            paid("Q", "40.00"),
        ],
        {"A/1": "0.00", "A/2": "0.00", "A/3": "10.00"},
    ),
)
def test_instalments_are_cleared_by_their_days(case: Case) -> None:
    check(case)


def test_each_instalment_has_its_own_age_and_status() -> None:
    book = Book()
    book.fold(
        issued("A", *THIRTY_FIFTY_TWENTY),
        paid("P", "30.00", ("A", "30.00", 1)),
        written_off("A", "50.00"),
    )
    found = [(status_of(item), item.days_overdue(day("2026-03-12"))) for item in book.items()]
    assert found == [("cleared", 40), ("written_off", 10), ("open", 0)]


def test_every_instalment_of_a_cancelled_invoice_is_cancelled() -> None:
    book = Book()
    book.fold(issued("A", *THIRTY_FIFTY_TWENTY), cancelled("A"))
    assert [status_of(item) for item in book.items()] == ["cancelled"] * 3


def test_a_part_that_an_amendment_adds_was_due_as_issued_with_the_last_one() -> None:
    book = Book()
    book.fold(
        issued("A", *THIRTY_FIFTY_TWENTY[:2]),
        amended("A", 1, *THIRTY_FIFTY_TWENTY, on="2026-01-10"),
    )
    found = [item.original_due_on.isoformat() for item in book.items()]
    assert found == ["2026-01-31", "2026-03-02", "2026-03-02"]
