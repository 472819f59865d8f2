"""What interest grows on day by day where disputes, more time and amendments change it.

Of 3650.00 at 10 % a year each day costs 1.00, so that a case can be counted on one's fingers.
"""

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.monitor.domain.interest.claim import interest_of
from services.monitor.domain.interest.terms import always
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    DUE_ON,
    amended,
    credited,
    day,
    issued,
    note_cancelled,
    paid,
)
from tests.unit.monitor.interest.cases import terms
from tests.unit.monitor.invoice_builders import disputed, extended, resolved

TEN: dict[str, Any] = {"annual_percent": "10"}
WHOLE = issued("A", "3650.00")
HALVES = issued("A", "1825.00", "1825.00")
LATER_HALF = issued("A", (DUE_ON, "1825.00"), ("2026-03-31", "1825.00"))


@dataclass(frozen=True)
class Case:
    """Events in order, and the interest that has grown by the end of a day."""

    name: str
    events: list[Inbound]
    until: str
    accrued: str
    terms: dict[str, Any] = field(default_factory=lambda: TEN)


def book_of(events: list[Inbound]) -> Book:
    """Fold events in order."""
    book = Book()
    book.fold(*events)
    return book


def accrued(book: Book, until: str, **keys: Any) -> str:
    """Return what has grown on invoice A by the end of a day."""
    account = book.account
    rule = always(terms(**keys), "tests@1")
    return interest_of(account.invoices["A"], account.clearings, rule, day(until)).accrued


def check(case: Case) -> None:
    """Compare what has grown."""
    assert accrued(book_of(case.events), case.until, **case.terms) == case.accrued


def table(*cases: Case) -> pytest.MarkDecorator:
    """Run a test once for each case, under the case's name."""
    return pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in cases])


HALF = "1825.00"


@table(
    Case(
        "an amount is disputed once, and not of each instalment",
        [HALVES, disputed("D", "A", HALF)], "2026-02-10", "5.00",
    ),
    Case(
        "it is disputed of what is due first",
        [LATER_HALF, disputed("D", "A", HALF)], "2026-04-10", "5.00",
    ),
    Case(
        "an instalment is disputed alone",
        [LATER_HALF, disputed("D", "A", HALF, instalment=2)], "2026-04-10", "34.50",
    ),
    Case(
        "several disputes add up to never more than is open",
        [HALVES, disputed("D", "A", HALF), disputed("E", "A", "3000.00", on="2026-02-06")],
        "2026-02-20", "2.50",
    ),
    Case(
        "all of it and a part are not more than all of it",
        [WHOLE, disputed("D", "A"), disputed("E", "A", HALF), resolved("D", "A", on="2026-02-06")],
        "2026-02-10", "2.50",
    ),
    Case(
        "what was rejected bears interest from then on",
        [WHOLE, disputed("D", "A", HALF, on="2026-02-06"), resolved("D", "A", on="2026-02-11")],
        "2026-02-20", "17.50",
    ),
    Case(
        "and what was withdrawn",
        [
            WHOLE, disputed("D", "A", HALF, on="2026-02-06"),
            resolved("D", "A", "withdrawn", on="2026-02-11"),
        ],
        "2026-02-20", "17.50",
    ),
    Case(
        "what was accepted bears none while its credit has not come",
        [
            WHOLE, disputed("D", "A", HALF, on="2026-02-06"),
            resolved("D", "A", "accepted", on="2026-02-11"),
        ],
        "2026-02-20", "12.50",
    ),
    Case(
        "nor when it has come",
        [
            WHOLE, disputed("D", "A", HALF, on="2026-02-06"),
            resolved("D", "A", "accepted", on="2026-02-11"),
            credited("N", HALF, "A", on="2026-02-16"),
        ],
        "2026-02-20", "12.50",
    ),
    Case(
        "a credit that is taken back later was there until then",
        [
            WHOLE, disputed("D", "A", HALF, on="2026-02-06"),
            resolved("D", "A", "accepted", on="2026-02-06"),
            credited("N", HALF, "A", on="2026-02-11"), note_cancelled("N", on="2026-02-16"),
        ],
        "2026-02-20", "12.50",
    ),
    Case(
        "a credit disputes nothing less before its dispute is accepted",
        [
            WHOLE, disputed("D", "A", HALF, on="2026-02-06"),
            credited("N", HALF, "A", on="2026-02-08"),
            resolved("D", "A", "accepted", on="2026-02-11"),
        ],
        "2026-02-20", "11.00",
    ),
    Case(
        "what an amendment takes away was never owed nor disputed",
        [
            WHOLE, disputed("D", "A", HALF, on="2026-02-06"),
            resolved("D", "A", "accepted", on="2026-02-11"),
            amended("A", 1, HALF, on="2026-02-16"),
        ],
        "2026-02-20", "10.00",
    ),
    Case(
        "by terms that include it a disputed part bears interest like any other",
        [HALVES, disputed("D", "A", HALF), resolved("D", "A", "accepted")],
        "2026-02-20", "20.00", TEN | {"disputed": "included"},
    ),
)  # fmt: skip
def test_the_disputed_part_bears_none_while_dunning_leaves_it_out(case: Case) -> None:
    check(case)


@table(
    Case(
        "what had grown stays, and no more grows before the new day",
        [WHOLE, extended("A", "2026-03-15", agreed_on="2026-02-11")], "2026-03-15", "10.00",
    ),
    Case(
        "after it interest grows on",
        [WHOLE, extended("A", "2026-03-15", agreed_on="2026-02-11")], "2026-03-20", "15.00",
    ),
    Case(
        "agreed in time, nothing had grown",
        [WHOLE, extended("A", "2026-02-10", agreed_on="2026-02-01")], "2026-02-15", "5.00",
    ),
    Case(
        "one agreement after the other, each from its own day on",
        [
            WHOLE, extended("A", "2026-02-28", agreed_on="2026-02-11"),
            extended("A", "2026-03-31", agreed_on="2026-03-06"),
        ],
        "2026-04-05", "20.00",
    ),
    Case(
        "a second one that came in time",
        [
            WHOLE, extended("A", "2026-02-28", agreed_on="2026-02-11"),
            extended("A", "2026-03-31", agreed_on="2026-02-20"),
        ],
        "2026-04-05", "15.00",
    ),
    Case(
        "paid within the new time",
        [
            WHOLE, extended("A", "2026-03-15", agreed_on="2026-02-11"),
            paid("P", "3650.00", ("A", "3650.00"), on="2026-03-01"),
        ],
        "2026-05-01", "10.00",
    ),
    Case(
        "a schedule of other parts",
        [
            WHOLE,
            extended("A", ("2026-02-20", HALF), ("2026-03-31", HALF), agreed_on="2026-02-11"),
        ],
        "2026-02-25", "12.50",
    ),
    Case(
        "a schedule of other parts, partly paid before it",
        [
            WHOLE, paid("P", HALF, ("A", HALF), on="2026-02-06"),
            extended("A", ("2026-02-20", HALF), ("2026-02-28", HALF), agreed_on="2026-02-11"),
        ],
        "2026-03-05", "10.00",
    ),
    Case(
        "a schedule of fewer parts",
        [LATER_HALF, extended("A", ("2026-04-15", "3650.00"), agreed_on="2026-02-11")],
        "2026-04-20", "10.00",
    ),
    Case(
        "the fixed sum stays once it was earned",
        [WHOLE, extended("A", "2026-03-31", agreed_on="2026-02-02")], "2026-03-15", "41.00",
        TEN | {"fixed_sum": {"EUR": "40.00"}},
    ),
    Case(
        "and is earned once",
        [WHOLE, extended("A", "2026-03-31", agreed_on="2026-02-02")], "2026-04-04", "45.00",
        TEN | {"fixed_sum": {"EUR": "40.00"}},
    ),
    Case(
        "it is not earned where more time came first",
        [WHOLE, extended("A", "2026-03-31", agreed_on="2026-02-01")], "2026-03-31", "0.00",
        TEN | {"fixed_sum": {"EUR": "40.00"}},
    ),
    Case(
        "nor where a schedule of fewer parts came on the first day overdue",
        [HALVES, extended("A", ("2026-03-31", "3650.00"), agreed_on="2026-02-01")],
        "2026-03-31", "0.00", TEN | {"fixed_sum": {"EUR": "40.00"}},
    ),
    Case(
        "it is earned by one day late, though that bears no interest",
        [WHOLE, paid("P", "3650.00", ("A", "3650.00"), on="2026-02-01")], "2026-03-31", "40.00",
        TEN | {"fixed_sum": {"EUR": "40.00"}},
    ),
    Case(
        "the rate of the breach is that of the new one after more time",
        [WHOLE, extended("A", "2026-03-15", agreed_on="2026-02-11")], "2026-03-20", "20.00",
        {
            "reference": "own", "rates": {"2026-01-01": "10", "2026-03-01": "20"},
            "rate_of": "first_day_overdue",
        },
    ),
    Case(
        "a corrected due date counts from the beginning",
        [WHOLE, amended("A", 1, ("2026-02-20", "3650.00"), on="2026-02-15")],
        "2026-02-25", "5.00",
    ),
    Case(
        "more time after a correction goes from its own day on",
        [
            WHOLE, amended("A", 1, ("2026-02-05", "3650.00"), on="2026-02-08"),
            extended("A", "2026-03-15", agreed_on="2026-02-11"),
        ],
        "2026-03-20", "10.00",
    ),
    Case(
        "a correction after more time sets the due date anew from the beginning",
        [
            WHOLE, extended("A", "2026-03-15", agreed_on="2026-02-11"),
            amended("A", 1, ("2026-02-20", "3650.00"), on="2026-02-15"),
        ],
        "2026-02-25", "5.00",
    ),
)  # fmt: skip
def test_interest_grows_by_the_due_date_of_each_day(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_agreements_count_in_the_order_of_their_days_in_any_order_of_arrival(
    order: tuple[int, ...],
) -> None:
    events = [
        WHOLE,
        extended("A", "2026-02-20", agreed_on="2026-02-06"),
        extended("A", "2026-02-28", agreed_on="2026-02-23"),
        extended("A", "2026-03-31", agreed_on="2026-03-06"),
    ]
    book = Book()
    for index in order:
        book.fold_as(f"e{index}", events[index])
        book.fold_as(f"e{index}", events[index])
    # Five days of February before the first, two before the second, five of March before the third.
    assert accrued(book, "2026-03-31", **TEN) == "12.00"
    assert book.due() == {"A/1": "2026-03-31"}
    assert len(book.account.invoices["A"].agreements()) == 3
