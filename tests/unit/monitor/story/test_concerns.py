"""Which events an item's story tells: those that name its invoice, and those about all of them."""

from typing import Final

import pytest

from services.monitor.handlers.answers.chapters import concerns
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    allocated,
    amended,
    cover,
    credited,
    customer,
    issued,
    note_cancelled,
    paid,
    reversed_,
)
from tests.unit.monitor.debtor_builders import (
    blocked,
    enforced,
    group_defaulted,
    insolvent,
    promise_withdrawn,
    promised,
    unblocked,
)

EVERY: Final = ("I-1", "I-2")
#: Events in order, and the invoices that the last of them is about.
CASES: Final[dict[str, tuple[tuple[Inbound, ...], tuple[str, ...]]]] = {
    "an invoice itself": ((issued("I-1", "10.00"),), ("I-1",)),
    "its amendment": ((amended("I-1", 1, "10.00"),), ("I-1",)),
    "money that names it": ((paid("P-1", "10.00", ("I-1", "5.00")),), ("I-1",)),
    "money on account": ((paid("P-1", "10.00"),), ()),
    "money that is moved to it": ((allocated("P-1", ("I-2", "5.00")),), ("I-2",)),
    "a reversal, which shows by what it changed": ((reversed_("R-1", "P-1"),), ()),
    "its credit note": ((credited("N-1", "1.00", "I-1"),), ("I-1",)),
    "a credit on account": ((credited("N-1", "1.00"),), ()),
    "a credit note's cancellation, likewise": ((note_cancelled("N-1"),), ()),
    "a promise for it": ((promised("W-1", None, "I-1"),), ("I-1",)),
    "a promise for the account": ((promised("W-1"),), EVERY),
    "the end of a promise for it": (
        (promised("W-1", None, "I-1"), promise_withdrawn("W-1")),
        ("I-1",),
    ),
    "a block of it": ((blocked("B-1", "I-2"),), ("I-2",)),
    "a block of the account": ((blocked("B-1"),), EVERY),
    "the end of a block of it": ((blocked("B-1", "I-2"), unblocked("B-1")), ("I-2",)),
    "who the customer is": ((customer(1),), EVERY),
    "cover": ((cover(),), EVERY),
    "insolvency": ((insolvent(),), EVERY),
    "enforcement": ((enforced(is_on=False),), EVERY),
    "a default in the group": ((customer(1, group_id="G"), group_defaulted(1)), EVERY),
}


@pytest.mark.parametrize(("events", "about"), CASES.values(), ids=list(CASES))
def test_an_event_is_about_the_invoices_it_names_or_all_of_them(
    events: tuple[Inbound, ...], about: tuple[str, ...]
) -> None:
    book = Book()
    book.fold(*events)
    assert tuple(one for one in EVERY if concerns(events[-1], one, book.account)) == about
