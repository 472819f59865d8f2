"""Cases of every type of event on an invoice that is dunned, with what must come of each.

An invoice A of 500.00 was due on 2026-01-10; on 2026-01-30 dunning stands raised.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from tests.integration.monitor.events import (
    Said,
    blocked,
    covered,
    credited,
    disputed,
    enforced,
    extended,
    known,
    promised,
    resolved,
    reversed_payment,
    said,
    unblocked,
    written_off,
)
from tests.integration.monitor.world import invoice, payment

Events = Callable[[str], Sequence[Said]]

DUE: Final = date(2026, 1, 10)


def nothing(_customer: str) -> Sequence[Said]:
    return ()


@dataclass(frozen=True)
class Case:
    """One event and what comes of it."""

    name: str
    event: Events
    #: Open, disputed, written off (minor units), status and due date of the invoice's item.
    row: tuple[int, int, int, str, date]
    words: list[str]
    before: Events = field(default=nothing)


def a_payment(customer: str, amount: str, **more: Any) -> Said:
    return payment(customer, "P-1", amount, **more)


def on_a(amount: str) -> list[dict[str, str]]:
    return [{"invoice_id": "A", "amount": amount}]


CASES: Final = (
    Case(
        "all is written off",
        lambda c: [written_off(c, "A")],
        (0, 0, 50000, "written_off", DUE),
        ["lifted dunning"],
    ),
    Case(
        "a part is written off",
        lambda c: [written_off(c, "A", amount="100.00")],
        (40000, 0, 10000, "open", DUE),
        ["updated dunning"],
    ),
    Case(
        "a write-off is reversed",
        lambda c: [said("invoice.write_off_reversed", c, invoice_id="A", reversed_on="2026-01-30")],
        (50000, 0, 0, "open", DUE),
        ["raised dunning"],
        before=lambda c: [written_off(c, "A")],
    ),
    Case(
        "an amendment lowers the total",
        lambda c: [
            said(
                "invoice.amended",
                c,
                invoice_id="A",
                version=1,
                total="300.00",
                due_on="2026-01-10",
                amended_on="2026-01-29",
            )
        ],
        (30000, 0, 0, "open", DUE),
        ["updated dunning"],
    ),
    Case(
        "it is cancelled",
        lambda c: [said("invoice.cancelled", c, invoice_id="A", cancelled_on="2026-01-29")],
        (0, 0, 0, "cancelled", DUE),
        ["lifted dunning"],
    ),
    Case(
        "all is disputed",
        lambda c: [disputed(c, "A")],
        (50000, 50000, 0, "open", DUE),
        ["updated dunning", "held dunning"],
    ),
    Case(
        "a part is disputed",
        lambda c: [disputed(c, "A", amount="100.00")],
        (50000, 10000, 0, "open", DUE),
        ["updated dunning"],
    ),
    Case(
        "a dispute is rejected",
        lambda c: [resolved(c, "A", "rejected")],
        (50000, 0, 0, "open", DUE),
        ["updated dunning", "resumed dunning"],
        before=lambda c: [disputed(c, "A")],
    ),
    Case(
        "a dispute is accepted and waits for its credit",
        lambda c: [resolved(c, "A", "accepted")],
        (50000, 50000, 0, "open", DUE),
        [],
        before=lambda c: [disputed(c, "A")],
    ),
    Case(
        "the credit for what was accepted comes",
        lambda c: [credited(c, "100.00", invoice_id="A")],
        (40000, 0, 0, "open", DUE),
        ["updated dunning"],
        before=lambda c: [disputed(c, "A", amount="100.00"), resolved(c, "A", "accepted")],
    ),
    Case(
        "a credit comes on account",
        lambda c: [credited(c, "100.00")],
        (40000, 0, 0, "open", DUE),
        ["updated dunning"],
    ),
    Case(
        "a credit note is cancelled",
        lambda c: [
            said("credit_note.cancelled", c, credit_note_id="N-1", cancelled_on="2026-01-30")
        ],
        (50000, 0, 0, "open", DUE),
        ["updated dunning"],
        before=lambda c: [credited(c, "100.00", invoice_id="A")],
    ),
    Case(
        "more time is agreed",
        lambda c: [extended(c, "A", due_on="2026-06-01")],
        (50000, 0, 0, "open", date(2026, 6, 1)),
        ["lifted dunning"],
    ),
    Case(
        "money on account is moved away from it",
        lambda c: [
            said(
                "payment.allocated",
                c,
                payment_id="P-1",
                allocated_on="2026-01-30",
                allocations=[{"invoice_id": "B", "amount": "100.00"}],
            )
        ],
        (50000, 0, 0, "open", DUE),
        ["updated dunning"],
        before=lambda c: [invoice(c, "B", "100.00", "2026-06-01"), a_payment(c, "100.00")],
    ),
    Case(
        "a payment is charged back",
        lambda c: [reversed_payment(c, "P-1", "chargeback")],
        (50000, 0, 0, "open", DUE),
        ["raised dunning"],
        before=lambda c: [a_payment(c, "500.00", allocations=on_a("500.00"))],
    ),
    Case(
        "a part of a payment was a mistake",
        lambda c: [reversed_payment(c, "P-1", "mistake", amount="50.00")],
        (35000, 0, 0, "open", DUE),
        ["updated dunning"],
        before=lambda c: [a_payment(c, "200.00", allocations=on_a("200.00"))],
    ),
    Case(
        "the customer has another address",
        lambda c: [known(c, 2, email="new@example.com")],
        (50000, 0, 0, "open", DUE),
        ["updated dunning"],
        before=lambda c: [known(c, email="old@example.com")],
    ),
    Case(
        "the customer is insolvent",
        lambda c: [said("customer.insolvent", c, filed_on="2026-01-29")],
        (50000, 0, 0, "open", DUE),
        ["raised insurance_claim"],
    ),
    Case(
        "the cover's maximum extension period is over",
        lambda c: [covered(c, mep_days=5)],
        (50000, 0, 0, "open", DUE),
        ["cover stopped"],
    ),
    Case(
        "the debtor promises to pay",
        lambda c: [promised(c, "2026-03-10")],
        (50000, 0, 0, "open", DUE),
        ["held dunning"],
    ),
    Case(
        "a promise is withdrawn",
        lambda c: [said("promise.withdrawn", c, promise_id="W-1", withdrawn_on="2026-01-30")],
        (50000, 0, 0, "open", DUE),
        ["resumed dunning"],
        before=lambda c: [promised(c, "2026-03-10")],
    ),
    Case(
        "dunning is blocked",
        lambda c: [blocked(c, invoice_id="A", until="2026-03-10")],
        (50000, 0, 0, "open", DUE),
        ["held dunning"],
    ),
    Case(
        "a block is lifted",
        lambda c: [unblocked(c)],
        (50000, 0, 0, "open", DUE),
        ["resumed dunning"],
        before=lambda c: [blocked(c)],
    ),
    Case(
        "enforcement is switched off",
        lambda c: [enforced(c, on=False, set_on="2026-01-29")],
        (50000, 0, 0, "open", DUE),
        ["held dunning"],
    ),
    Case(
        "enforcement is switched on again",
        lambda c: [enforced(c, on=True, set_on="2026-01-30")],
        (50000, 0, 0, "open", DUE),
        ["resumed dunning"],
        before=lambda c: [enforced(c, on=False, set_on="2026-01-29")],
    ),
    Case(
        "interest is waived",
        lambda c: [
            said("interest.waived", c, waiver_id="I-1", invoice_id="A", waived_on="2026-01-30")
        ],
        (50000, 0, 0, "open", DUE),
        [],
    ),
)
