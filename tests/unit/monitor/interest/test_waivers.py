"""Waived interest: what each waiver takes of what is owed by its day, whatever came first."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.monitor.domain.interest.terms import always
from services.monitor.handlers.answers.interest import interest_on
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import INTEREST, day, issued, paid
from tests.unit.monitor.interest.cases import terms
from tests.unit.monitor.invoice_builders import waived

TEN: dict[str, Any] = {"annual_percent": "10"}
#: At 10 % a year each day costs 1.00, from 2026-02-01 on.
WHOLE = issued("A", "3650.00")


@dataclass(frozen=True)
class Case:
    """Waivers and money, a day, what is owed and was waived by its end, and who asked too much."""

    name: str
    events: list[Inbound]
    until: str
    owed: str
    waived: int
    #: (waiver, decimal amount that was owed).
    beyond: list[tuple[str, str]] = field(default_factory=list)
    terms: dict[str, Any] | None = field(default_factory=lambda: TEN)


CASES = [
    Case("an amount", [waived("W", "A", "4.00", on="2026-02-10")], "2026-02-10", "6.00", 4_00),
    Case("an amount, later", [waived("W", "A", "4.00", on="2026-02-10")], "2026-02-20", "16.00",
         4_00),
    Case("before its day", [waived("W", "A", "4.00", on="2026-02-10")], "2026-02-09", "9.00", 0),
    Case("all", [waived("W", "A", on="2026-02-10")], "2026-02-10", "0.00", 10_00),
    Case("all, and what grows later", [waived("W", "A", on="2026-02-10")], "2026-03-01", "19.00",
         10_00),
    Case("to the cent", [waived("W", "A", "10.00", on="2026-02-10")], "2026-02-10", "0.00", 10_00),
    Case(
        "more than has grown takes nothing of what grows later",
        [waived("W", "A", "50.00", on="2026-02-10")],
        "2026-03-01", "19.00", 10_00, [("W", "10.00")],
    ),
    Case(
        "before anything has grown",
        [waived("W", "A", "50.00", on="2026-01-20")],
        "2026-02-10", "10.00", 0, [("W", "0.00")],
    ),
    Case(
        "no more than money has left",
        [paid("P", "8.00", ("A", "8.00", INTEREST), on="2026-02-08"),
         waived("W", "A", "5.00", on="2026-02-10")],
        "2026-02-10", "0.00", 2_00, [("W", "2.00")],
    ),
    Case(
        "an amount and then all",
        [waived("V", "A", "4.00", on="2026-02-05"), waived("W", "A", on="2026-02-10")],
        "2026-02-11", "1.00", 10_00,
    ),
    Case(
        "of several the one of the earlier day comes first",
        [waived("V", "A", "20.00", on="2026-03-01"), waived("W", "A", on="2026-02-10")],
        "2026-03-01", "0.00", 29_00, [("V", "19.00")],
    ),
    Case(
        "of one day, by their ids",
        [waived("V", "A", "6.00", on="2026-02-10"), waived("W", "A", "6.00", on="2026-02-10")],
        "2026-02-10", "0.00", 10_00, [("W", "4.00")],
    ),
    Case(
        "where none grows",
        [waived("W", "A", "5.00", on="2026-02-10")],
        "2026-02-10", "0.00", 0, [("W", "0.00")], None,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in CASES])
def test_a_waiver_takes_what_is_owed_by_its_day_whatever_came_first(case: Case) -> None:
    rule = always(None if case.terms is None else terms(**case.terms), "tests@1")
    amounts = {one.waiver_id: one.amount for one in case.events if hasattr(one, "waiver_id")}
    days = {one.waiver_id: one.waived_on for one in case.events if hasattr(one, "waiver_id")}
    for events in itertools.permutations(case.events):
        book = Book()
        book.fold(WHOLE, *events)
        account = book.account
        one = interest_on(account.invoices["A"], account.clearings, rule, day(case.until))
        assert one is not None
        assert (one.interest.open, one.waived) == (case.owed, case.waived)
        assert one.beyond == [
            f"waiver {name} of {amounts[name]} EUR on {days[name]}: {was} EUR of interest was owed "
            "on invoice A; what grows later is not waived by it"
            for name, was in case.beyond
        ]
