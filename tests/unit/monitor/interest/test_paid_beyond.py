"""Money for interest beyond what has grown: shown, said to a person, and used up as it grows."""

from dataclasses import dataclass
from typing import Any

import pytest

from services.monitor.domain.interest.terms import always
from services.monitor.handlers.answers.interest import InvoiceInterest, interest_on
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import INTEREST, cancelled, day, issued, paid, reversed_
from tests.unit.monitor.interest.cases import terms
from tests.unit.monitor.invoice_builders import waived

TEN: dict[str, Any] = {"annual_percent": "10"}
#: At 10 % a year each day costs 1.00.
WHOLE = issued("A", "3650.00")


def found(events: list[Inbound], until: str, keys: dict[str, Any] | None) -> InvoiceInterest | None:
    """Return the interest on invoice A to the end of a day, by a policy with or without terms."""
    book = Book()
    book.fold(*events)
    rule = always(None if keys is None else terms(**keys), "tests@1")
    account = book.account
    return interest_on(account.invoices["A"], account.clearings, rule, day(until))


@dataclass(frozen=True)
class Case:
    """Events, a day, and (grown, paid, paid beyond, owed) in minor units."""

    name: str
    events: list[Inbound]
    until: str
    figures: tuple[str, int, int, str]
    terms: dict[str, Any] | None


CASES = [
    Case(
        "no more than has grown", [WHOLE, paid("P", "10.00", ("A", "10.00", INTEREST))],
        "2026-02-10", ("10.00", 10_00, 0, "0.00"), TEN,
    ),
    Case(
        "more than has grown", [WHOLE, paid("P", "50.00", ("A", "50.00", INTEREST))],
        "2026-02-10", ("10.00", 50_00, 40_00, "0.00"), TEN,
    ),
    Case(
        "what grows later uses it up", [WHOLE, paid("P", "50.00", ("A", "50.00", INTEREST))],
        "2026-03-12", ("40.00", 50_00, 10_00, "0.00"), TEN,
    ),
    Case(
        "all of it", [WHOLE, paid("P", "50.00", ("A", "50.00", INTEREST))],
        "2026-03-27", ("55.00", 50_00, 0, "5.00"), TEN,
    ),
    Case(
        "before it was paid nothing was", [WHOLE, paid("P", "50.00", ("A", "50.00", INTEREST))],
        "2026-01-14", ("0.00", 0, 0, "0.00"), TEN,
    ),
    Case(
        "what left again is not beyond", [
            WHOLE, paid("P", "50.00", ("A", "50.00", INTEREST)),
            reversed_("R", "P", "45.00", on="2026-02-05", reason="refund"),
        ],
        "2026-02-10", ("10.00", 5_00, 0, "5.00"), TEN,
    ),
    Case(
        "it was until it left", [
            WHOLE, paid("P", "50.00", ("A", "50.00", INTEREST)),
            reversed_("R", "P", "45.00", on="2026-02-05", reason="refund"),
        ],
        "2026-02-04", ("4.00", 50_00, 46_00, "0.00"), TEN,
    ),
    Case(
        "a waiver takes what money has left",
        [WHOLE, paid("P", "15.00", ("A", "15.00", INTEREST)), waived("W", "A", on="2026-02-05")],
        "2026-02-10", ("10.00", 15_00, 5_00, "0.00"), TEN,
    ),
    Case(
        "without terms all of it", [WHOLE, paid("P", "50.00", ("A", "50.00", INTEREST))],
        "2026-02-10", ("0.00", 50_00, 50_00, "0.00"), None,
    ),
    Case(
        "a cancelled invoice gives it back",
        [WHOLE, paid("P", "50.00", ("A", "50.00", INTEREST)), cancelled("A")],
        "2026-02-10", ("0.00", 0, 0, "0.00"), TEN,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in CASES])
def test_what_is_paid_beyond_what_has_grown_is_shown(case: Case) -> None:
    one = found(case.events, case.until, case.terms)
    assert one is not None
    figures = (one.interest.accrued, one.paid, one.overpaid, one.interest.open)
    assert figures == case.figures
    assert bool(one.beyond) == (one.overpaid > 0)
    assert any(line.startswith("paid beyond") for line in one.why) == (one.overpaid > 0)


def test_without_terms_and_money_there_is_no_interest() -> None:
    assert found([WHOLE], "2026-02-10", None) is None
    assert found([WHOLE, paid("P", "5.00", ("A", "5.00", INTEREST))], "2026-01-14", None) is None


def test_the_sentence_names_the_payment_what_has_grown_and_what_to_do() -> None:
    one = found([WHOLE, paid("P-1", "50.00", ("A", "50.00", INTEREST))], "2026-02-10", TEN)
    assert one is not None
    sentence = (
        "payment P-1 paid 50.00 EUR of interest on invoice A; 10.00 EUR has grown: 40.00 EUR is "
        "beyond it; reverse the payment as a mistake and send it anew under another id, or wait "
        "for interest to grow"
    )
    assert one.beyond == [sentence]


def test_of_several_payments_the_last_to_come_is_beyond_first() -> None:
    payments = [
        paid("LATE", "20.00", ("A", "20.00", INTEREST), on="2026-02-08"),
        paid("LATER", "5.00", ("A", "5.00", INTEREST), on="2026-02-09"),
        paid("EARLY", "4.00", ("A", "4.00", INTEREST), on="2026-02-05"),
    ]
    one = found([WHOLE, *payments], "2026-02-10", TEN)
    assert one is not None
    assert one.overpaid == 19_00
    late, later = (line.partition("; reverse")[0] for line in one.beyond)
    assert late == (
        "payment LATE paid 20.00 EUR of interest on invoice A; 10.00 EUR has grown and 4.00 EUR "
        "was paid before: 14.00 EUR is beyond it"
    )
    assert later == (
        "payment LATER paid 5.00 EUR of interest on invoice A; 10.00 EUR has grown and 24.00 EUR "
        "was paid before: 5.00 EUR is beyond it"
    )
