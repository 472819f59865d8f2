"""More time: the latest agreement stands, the day as issued stays, a later amendment overrides."""

import itertools
from datetime import timedelta

import msgspec
import pytest

from services.monitor.domain.invoice.terms import Extension
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    SAID_AT,
    amended,
    cancelled,
    cover,
    credited,
    day,
    issued,
    paid,
)
from tests.unit.monitor.cases import Case, check, table
from tests.unit.monitor.invoice_builders import extended

PARTS = (("2026-01-31", "60.00"), ("2026-03-02", "40.00"))
LATER = (("2026-03-15", "30.00"), ("2026-04-15", "70.00"))


@pytest.mark.parametrize(
    ("events", "due"),
    [
        pytest.param(
            [issued("A", "100.00"), extended("A", "2026-02-28")],
            {"A/1": "2026-02-28"},
            id="a later day moves the item",
        ),
        pytest.param(
            [extended("A", "2026-02-28"), issued("A", "100.00")],
            {"A/1": "2026-02-28"},
            id="before its invoice it waits for it",
        ),
        pytest.param(
            [issued("A", *PARTS), extended("A", "2026-02-28")],
            {"A/1": "2026-02-28", "A/2": "2026-03-02"},
            id="one day moves the parts that were due before it, and no part to an earlier day",
        ),
        pytest.param(
            [issued("A", *PARTS), extended("A", *LATER)],
            {"A/1": "2026-03-15", "A/2": "2026-04-15"},
            id="a schedule takes the place of the old one",
        ),
        pytest.param(
            [issued("A", "100.00"), extended("A", *LATER)],
            {"A/1": "2026-03-15", "A/2": "2026-04-15"},
            id="a schedule makes parts of what was one",
        ),
        pytest.param(
            [
                issued("A", "100.00"),
                extended("A", ("2026-01-25", "40.00"), ("2026-04-15", "60.00")),
            ],
            {"A/1": "2026-01-31", "A/2": "2026-04-15"},
            id="no part of a schedule is due before what it stands for",
        ),
        pytest.param(
            [
                issued("A", *PARTS),
                extended("A", ("2026-02-28", "50.00"), ("2026-02-15", "50.00")),
            ],
            {"A/1": "2026-03-02", "A/2": "2026-02-15"},
            id="it stands for what was due first where it is due first",
        ),
        pytest.param(
            [issued("A", *PARTS), extended("A", ("2026-02-20", "100.00"))],
            {"A/1": "2026-03-02"},
            id="one part for all is due with the last",
        ),
        pytest.param(
            [issued("A", *PARTS), extended("A", ("2026-04-30", "90.00"))],
            {"A/1": "2026-01-31", "A/2": "2026-03-02"},
            id="a schedule that does not add up changes nothing",
        ),
        pytest.param(
            [
                issued("A", "100.00"),
                extended("A", "2026-02-28"),
                extended("A", ("2026-04-30", "90.00"), agreed_on="2026-01-21"),
            ],
            {"A/1": "2026-02-28"},
            id="one that does not add up leaves the agreement before it",
        ),
        pytest.param(
            [
                issued("A", "100.00"),
                extended("A", ("2026-04-30", "70.00")),
                amended("A", 1, "70.00", on="2026-01-10"),
            ],
            {"A/1": "2026-04-30"},
            id="a schedule that adds up to an amendment of an earlier day takes hold with it",
        ),
        pytest.param(
            [
                issued("A", "100.00"),
                extended("A", "2026-02-28", agreed_on="2026-01-20"),
                extended("A", "2026-02-15", agreed_on="2026-01-25"),
            ],
            {"A/1": "2026-02-15"},
            id="the agreement of the later day stands, even where it gives less",
        ),
        pytest.param(
            [
                issued("A", "100.00"),
                extended("A", "2026-02-28", agreed_on="2026-01-20"),
                extended("A", "2026-02-15", agreed_on="2026-01-20"),
            ],
            {"A/1": "2026-02-15"},
            id="of two on one day the one whose event's name sorts last",
        ),
        pytest.param(
            [
                issued("A", "100.00"),
                extended("A", "2026-02-28", agreed_on="2026-01-20"),
                amended("A", 1, ("2026-02-10", "100.00"), on="2026-01-21"),
            ],
            {"A/1": "2026-02-10"},
            id="an amendment of a later day overrides it",
        ),
        pytest.param(
            [
                issued("A", "100.00"),
                extended("A", "2026-02-28", agreed_on="2026-01-20"),
                amended("A", 1, ("2026-02-10", "100.00"), on="2026-01-20"),
            ],
            {"A/1": "2026-02-28"},
            id="an amendment of the same day does not",
        ),
        pytest.param(
            [
                issued("A", "100", currency="JPY"),
                extended("A", "2026-02-28", agreed_on="2026-01-20"),
                amended("A", 1, ("2026-02-10", "70.50"), on="2026-01-25"),
            ],
            {"A/1": "2026-02-28"},
            id="nor does one whose amounts do not fit the currency",
        ),
    ],
)
def test_more_time_moves_what_is_due(events: list[Inbound], due: dict[str, str]) -> None:
    book = Book()
    book.fold(*events)
    assert book.due() == due


@table(
    Case(
        "a schedule keeps what is cleared, the first parts first",
        [issued("A", *PARTS), paid("P", "50.00", ("A", "50.00")), extended("A", *LATER)],
        {"A/1": "0.00", "A/2": "50.00"},
    ),
    Case(
        "a schedule keeps what is credited, the last parts first",
        [issued("A", *PARTS), credited("N", "50.00", "A"), extended("A", *LATER)],
        {"A/1": "30.00", "A/2": "20.00"},
    ),
    Case(
        "what the clearing rule had matched with a part that is smaller now goes on to the next",
        [issued("A", *PARTS), paid("P", "60.00"), extended("A", *LATER)],
        {"A/1": "0.00", "A/2": "40.00"},
    ),
    Case(
        "a cancelled invoice owes nothing, whatever was agreed",
        [issued("A", *PARTS), extended("A", *LATER), cancelled("A")],
        {"A/1": "0.00", "A/2": "0.00"},
    ),
)
def test_more_time_costs_no_money(case: Case) -> None:
    check(case)


def test_the_day_as_issued_stays_for_the_insurer() -> None:
    book = Book()
    book.fold(issued("A", *PARTS), extended("A", *LATER))
    found = [item.original_due_on for item in book.items()]
    assert found == [day("2026-01-31"), day("2026-03-02")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_terms_are_the_same_in_any_order_of_arrival(order: tuple[int, ...]) -> None:
    events = [
        issued("A", *PARTS),
        amended("A", 1, "90.00", on="2026-01-15"),
        extended("A", "2026-03-20", agreed_on="2026-01-20"),
        extended("A", ("2026-04-01", "45.00"), ("2026-05-01", "45.00"), agreed_on="2026-01-25"),
    ]
    book = Book()
    for index in order:
        book.fold_as(f"e{index}", events[index])
    assert book.due() == {"A/1": "2026-04-01", "A/2": "2026-05-01"}
    assert book.open() == {"A/1": "45.00", "A/2": "45.00"}


@pytest.mark.parametrize("first", ["e1", "e2"])
@pytest.mark.parametrize("comes", [(0, 1), (1, 0)], ids=["in order", "the later first"])
def test_of_two_agreements_of_one_day_the_one_said_later_stands(
    first: str, comes: tuple[int, int]
) -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    second = "e2" if first == "e1" else "e1"
    said = [
        (first, extended("A", "2026-03-31"), SAID_AT),
        (second, extended("A", "2026-04-30"), SAID_AT + timedelta(hours=3)),
    ]
    for index in comes:
        book.fold_as(*said[index])
    assert book.due() == {"A/1": "2026-04-30"}


def test_an_agreement_that_was_stored_without_its_time_is_before_others_of_its_day() -> None:
    stored = b'{"agreed_on": "2026-01-20", "name": "z", "due_on": "2026-03-31", "parts": []}'
    timed = Extension(day("2026-01-20"), "a", day("2026-02-28"), [], SAID_AT)
    assert msgspec.json.decode(stored, type=Extension).rank < timed.rank


def test_an_older_agreement_says_so_and_changes_no_due_date() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), extended("A", "2026-03-20", agreed_on="2026-01-25"))
    changes = book.fold(extended("A", "2026-02-20", agreed_on="2026-01-20"))
    assert changes == {"remark": "an agreement of 2026-01-25 is known; this does not stand"}


@pytest.mark.parametrize("known_later", [True, False])
def test_more_time_lifts_what_was_raised_and_not_the_insurers_claim(*, known_later: bool) -> None:
    book = Book()
    book.fold(issued("A", "100.00"))
    book.raise_level("A/1", "dunning")
    book.raise_level("A/1", "insurance_claim", insured=not known_later, action="insurance_claim")
    if known_later:
        book.fold(cover())
    book.fold(extended("A", "2026-04-30"))
    assert book.told() == [("A/1", "dunning", 1, "terms extended")]
    assert [raised.level for raised in book.item("A/1").raised] == ["insurance_claim"]
    book.fold(paid("P", "100.00"))
    assert book.told()[1:] == [("A/1", "insurance_claim", 1, "paid")]


def test_more_time_lifts_a_claim_that_no_cover_is_behind() -> None:
    book = Book()
    book.fold(issued("A", "100.00"), cover(currency="USD"))
    book.raise_level("A/1", "insurance_claim", action="insurance_claim")
    book.fold(extended("A", "2026-04-30"))
    assert book.told() == [("A/1", "insurance_claim", 1, "terms extended")]
