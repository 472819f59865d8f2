"""What a person should see: a sentence for each contradiction, gone when it is mended."""

from dataclasses import dataclass, field

import pytest

from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    amended,
    cancelled,
    credited,
    issued,
    note_cancelled,
    paid,
    reversed_,
)
from tests.unit.monitor.debtor_builders import blocked, promise_withdrawn, promised, unblocked
from tests.unit.monitor.invoice_builders import (
    disputed,
    extended,
    resolved,
    write_off_reversed,
    written_off,
)


@dataclass(frozen=True)
class Case:
    """Events, what is to be seen after them, and what mends it."""

    name: str
    events: list[Inbound]
    sentences: list[str]
    mended_by: list[Inbound] = field(default_factory=list)


A = issued("A", "100.00")
IN_USD = promised("P", "50.00", "A", currency="USD")

DEBTOR = (
    Case(
        "a promise for an invoice that has not come",
        [promised("P", None, "A")],
        ["invoice A has not come: promise P waits"],
        [A],
    ),
    Case(
        "a promise for an invoice that has come",
        [A, promised("P", None, "A")],
        [],
    ),
    Case(
        "promises and a block for an invoice that has not come",
        [promised("Q", None, "A", "B"), blocked("K", "A"), promised("P", None, "A")],
        ["invoice A has not come: promise P, promise Q, block K wait",
         "invoice B has not come: promise Q waits"],
        [A, issued("B", "50.00")],
    ),
    Case(
        "a block on an invoice that has not come, lifted",
        [blocked("K", "A")],
        ["invoice A has not come: block K waits"],
        [unblocked("K")],
    ),
    Case(
        "money and a promise for an invoice that has not come",
        [paid("R", "50.00", ("A", "50.00")), promised("P", None, "A")],
        ["invoice A has not come: payment R waits", "invoice A has not come: promise P waits"],
        [A],
    ),
    Case(
        "a promise in another currency than its invoice, withdrawn, even after its day",
        [A, IN_USD],
        ["promise P in USD names invoice A in EUR; nothing is converted"],
        [promise_withdrawn("P", on="2026-03-01")],
    ),
    Case(
        "the same before its invoice",
        [IN_USD, A],
        ["promise P in USD names invoice A in EUR; nothing is converted"],
    ),
    Case(
        "a promise for the account in a currency that nothing is owed in",
        [A, promised("P", "50.00", currency="USD")],
        ["promise P is in USD, and no invoice in USD has come; it holds nothing"],
        [issued("B", "50.00", currency="USD")],
    ),
)  # fmt: skip

DISPUTES = (
    Case(
        "a dispute of an instalment that is not there, until it is resolved",
        [A, disputed("D", "A", instalment=2)],
        ["dispute D names instalment 2 of invoice A, which has 1; it counts for the invoice"],
        [resolved("D", "A", "rejected")],
    ),
    Case(
        "a dispute of an instalment that is not there, until it is",
        [A, disputed("D", "A", "30.00", instalment=2)],
        ["dispute D names instalment 2 of invoice A, which has 1; it counts for the invoice"],
        [amended("A", 1, "50.00", "50.00")],
    ),
    Case("a dispute of an instalment that is there", [A, disputed("D", "A", instalment=1)], []),
    Case(
        "a dispute above its instalment, which a version raises",
        [issued("A", "60.00", "40.00"), disputed("D", "A", "60.00", instalment=2)],
        ["dispute D of 60.00 EUR is above the instalment's 40.00"],
        [amended("A", 1, "60.00", "60.00")],
    ),
    Case(
        "an accepted dispute, which a version settles, beside another one",
        [
            A,
            disputed("D", "A", "30.00"),
            disputed("E", "A", "20.00"),
            resolved("D", "A", "accepted"),
        ],
        ["dispute D was accepted, and its credit has not come"],
        [amended("A", 1, "90.00", on="2026-02-10")],
    ),
)

#: An amount, and by how much it is too much.
REVERSED = "the reversal of a write-off of {} on 2026-03-10: {} more than was given up of invoice A"
WRITE_OFFS = (
    Case(
        "a write-off above what was open",
        [A, written_off("A", "500.00")],
        ["the write-off of 500.00 EUR on 2026-03-01: 400.00 EUR more than was open of invoice A"],
        [amended("A", 1, "500.00")],
    ),
    Case(
        "a write-off above what money has left open",
        [A, paid("P", "30.00", ("A", "30.00")), written_off("A", "70.01")],
        ["the write-off of 70.01 EUR on 2026-03-01: 0.01 EUR more than was open of invoice A"],
        [reversed_("R", "P")],
    ),
    Case(
        "a second write-off of what is given up already",
        [A, written_off("A"), written_off("A", "10.00", on="2026-03-02")],
        ["the write-off of 10.00 EUR on 2026-03-02: 10.00 EUR more than was open of invoice A"],
        [write_off_reversed("A", "10.00", on="2026-03-01")],
    ),
    Case("a write-off of what is open", [A, written_off("A", "100.00")], []),
    Case("a write-off of all where nothing is open", [A, written_off("A"), written_off("A")], []),
    Case(
        "a reversal of all without a write-off",
        [A, write_off_reversed("A")],
        ["the reversal of a write-off of all on 2026-03-10: nothing was given up of invoice A"],
        [written_off("A", "10.00")],
    ),
    Case(
        "a reversal of an amount without a write-off",
        [A, write_off_reversed("A", "10.00")],
        [REVERSED.format("10.00 EUR", "10.00 EUR")],
        [written_off("A", "10.00")],
    ),
    Case(
        "a reversal beyond a write-off",
        [A, written_off("A", "20.00"), write_off_reversed("A", "50.00")],
        [REVERSED.format("50.00 EUR", "30.00 EUR")],
        [written_off("A", "30.00", on="2026-03-02")],
    ),
    Case(
        "a reversal of a write-off",
        [A, written_off("A", "20.00"), write_off_reversed("A", "20.00")],
        [],
    ),
    Case(
        "an amount that does not fit is no more than was open",
        [issued("A", "100", currency="JPY"), written_off("A", "10.50")],
        ["the write-off of 10.50 does not fit JPY"],
    ),
)  # fmt: skip


PAYMENTS = (
    Case(
        "an invoice paid twice",
        [A, paid("P", "100.00", ("A", "100.00")), paid("Q", "100.00", ("A", "100.00"))],
        ["payment Q names 100.00 EUR more than was open of invoice A; it is on account"],
        [reversed_("R", "P")],
    ),
    Case(
        "more than is due of an instalment",
        [A, paid("P", "130.00", ("A", "130.00", 1))],
        ["payment P names 30.00 EUR more than was open of invoice A; it is on account"],
        [amended("A", 1, "130.00")],
    ),
    Case(
        "two payments of one invoice",
        [A, paid("P", "60.00", ("A", "60.00")), paid("Q", "40.00", ("A", "40.00"))],
        [],
    ),
    Case("a payment on account of more than is open", [A, paid("P", "130.00")], []),
    Case(
        "a part reversed, then all: the rest",
        [paid("P", "100.00"), reversed_("R", "P", "20.00"), reversed_("S", "P")],
        [],
    ),
    Case(
        "a part reversed on the day of all",
        [paid("P", "100.00"), reversed_("S", "P", on="2026-01-22"),
         reversed_("R", "P", "20.00", on="2026-01-22")],
        [],
    ),
    Case(
        "a part reversed after all",
        [paid("P", "100.00"), reversed_("S", "P", on="2026-01-22"),
         reversed_("R", "P", "30.00", on="2026-01-23")],
        ["payment P of 100.00 EUR was reversed by 130.00"],
    ),
    Case(
        "all reversed twice",
        [paid("P", "100.00"), reversed_("R", "P"), reversed_("S", "P")],
        ["payment P of 100.00 EUR was reversed by 200.00"],
    ),
)  # fmt: skip

#: Days that cannot be.
DAYS = (
    Case(
        "a dispute resolved before its own day",
        [A, disputed("D", "A", on="2026-02-02"), resolved("D", "A", on="2026-02-01")],
        [("dispute D was resolved on 2026-02-01, before its own day, 2026-02-02; "
         "it counts as resolved")],
    ),
    Case(
        "a dispute resolved on its day",
        [A, disputed("D", "A", on="2026-02-02"), resolved("D", "A", on="2026-02-02")],
        [],
    ),
    Case(
        "a payment refunded before its own day",
        [paid("P", "50.00", on="2026-01-15"),
         reversed_("R", "P", on="2026-01-14", reason="refund")],
        ["payment P was reversed on 2026-01-14, before its own day, 2026-01-15"],
    ),
    Case(
        "a payment of which it was known beforehand that it would bounce",
        [paid("P", "50.00", on="2026-01-15"), reversed_("R", "P", on="2026-01-08")],
        [],
    ),
    Case(
        "a payment that bounced before anybody could tell of it",
        [paid("P", "50.00", on="2026-01-15"), reversed_("R", "P", on="2026-01-07")],
        ["payment P was reversed on 2026-01-07, before its own day, 2026-01-15"],
    ),
    Case(
        "a payment refunded on its day",
        [paid("P", "50.00"), reversed_("R", "P", on="2026-01-15", reason="refund")],
        [],
    ),
    Case(
        "a credit note cancelled before its own day",
        [credited("N", "50.00", on="2026-01-12"), note_cancelled("N", on="2026-01-11")],
        ["credit note N was cancelled on 2026-01-11, before its own day, 2026-01-12"],
    ),
    Case(
        "a version of after the cancellation, and one of its day",
        [A, cancelled("A", on="2026-01-20"), amended("A", 1, "90.00", on="2026-01-21"),
         amended("A", 2, "80.00", on="2026-01-20")],
        [("version 1 of invoice A is of 2026-01-21, after its cancellation on 2026-01-20; "
         "nothing is owed")],
    ),
    Case(
        "a schedule of which a part is due earlier, before the invoice's own date",
        [issued("A", "100.00"), extended("A", ("2025-02-15", "40.00"), ("2026-04-20", "60.00"))],
        [("the agreement of 2026-01-20 gives 40.00 EUR of invoice A to 2025-02-15, which was due "
          "later; it stays due on 2026-01-31")],
        [extended("A", ("2026-02-15", "40.00"), ("2026-04-20", "60.00"), agreed_on="2026-01-21")],
    ),
    Case(
        "more time to an earlier day",
        [issued("A", ("2026-03-31", "100.00")), extended("A", "2026-02-15")],
        [("the agreement of 2026-01-20 gives 100.00 EUR of invoice A to 2026-02-15, which was due "
          "later; it stays due on 2026-03-31")],
        [extended("A", "2026-04-15", agreed_on="2026-01-21")],
    ),
    Case(
        "a schedule that a later version has overridden",
        [A, extended("A", ("2026-02-15", "40.00"), ("2026-04-20", "60.00")),
         amended("A", 1, ("2026-05-31", "100.00"), on="2026-01-21")],
        [],
    ),
    Case(
        "one day that moves some of the parts",
        [issued("A", ("2026-01-31", "4.00"), ("2026-04-20", "6.00")), extended("A", "2026-02-15")],
        [],
    ),
    Case(
        "a version that is due before the invoice's own date",
        [issued("A", "100.00", on="2026-01-05"), amended("A", 1, ("2026-01-04", "100.00"))],
        ["invoice A is due on 2026-01-04 by its newest version, before its own date 2026-01-05"],
        [amended("A", 2, ("2026-01-05", "100.00"))],
    ),
    Case(
        "a second agreement that does not add up, after one that does",
        [A, extended("A", "2026-02-28"),
         extended("A", ("2026-04-30", "90.00"), agreed_on="2026-01-21")],
        [("the schedule agreed on 2026-01-21 does not add up to the 100.00 EUR of invoice A; "
          "its terms stay as they were")],
        [amended("A", 1, "90.00")],
    ),
    Case(
        "a block lifted before its own day",
        [blocked("K", on="2026-02-10"), unblocked("K", on="2026-02-05")],
        ["block K was lifted on 2026-02-05, before its own day, 2026-02-10; it holds nothing"],
    ),
    Case(
        "a block lifted on its own day",
        [blocked("K", on="2026-02-10"), unblocked("K", on="2026-02-10")],
        [],
    ),
    Case(
        "a promise withdrawn before its own day",
        [promised("P", made_on="2026-02-12"), promise_withdrawn("P", on="2026-02-11")],
        [("promise P was withdrawn on 2026-02-11, before its own day, 2026-02-12; it counts as "
          "withdrawn")],
    ),
    Case(
        "a dispute of a cancelled invoice, until it is resolved",
        [A, cancelled("A"), disputed("D", "A", on="2026-01-21")],
        [("dispute D of invoice A is of 2026-01-21, after its cancellation on 2026-01-20; nothing "
          "is owed")],
        [resolved("D", "A")],
    ),
    Case("a dispute of its last day", [A, cancelled("A"), disputed("D", "A", on="2026-01-20")], []),
    Case(
        "more time for a cancelled invoice",
        [A, cancelled("A"), extended("A", "2026-03-31", agreed_on="2026-01-21")],
        [("the extension of invoice A is of 2026-01-21, after its cancellation on 2026-01-20; "
          "nothing is owed")],
    ),
    Case(
        "a credit note on an invoice that was cancelled, until it is cancelled as well",
        [A, credited("N", "5.00", "A"), cancelled("A")],
        ["credit note N names invoice A, which was cancelled; 5.00 EUR of it is unapplied"],
        [note_cancelled("N")],
    ),
    Case(
        "money for an invoice that was cancelled, until another one has it",
        [A, cancelled("A"), paid("P", "60.00", ("A", "60.00"))],
        ["payment P names invoice A, which was cancelled; 60.00 EUR of it is on account"],
        [issued("B", "60.00")],
    ),
)  # fmt: skip

ALL = (*DEBTOR, *DISPUTES, *WRITE_OFFS, *PAYMENTS, *DAYS)


@pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in ALL])
def test_what_waits_or_contradicts_is_shown_until_it_is_mended(case: Case) -> None:
    book = Book()
    book.fold(*case.events)
    assert book.anomalies() == case.sentences
    if case.mended_by:
        book.fold(*case.mended_by)
        assert book.anomalies() == []
