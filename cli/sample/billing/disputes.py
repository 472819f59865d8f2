"""What a customer disputes: it withholds that part until it is credited, or paid after all."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from cli.sample.paying.courses import Course
from cli.sample.teller import Teller

DISPUTED_SHARE: Final = 0.022
WITHHELD_HUNDREDTHS: Final = (15, 40)
#: Some dispute the whole instalment.
WHOLE_SHARE: Final = 0.2
#: Days from the invoice to the complaint, and from the due date to its end.
DISPUTED_DAYS: Final = (3, 12)
SETTLED_DAYS: Final = (15, 50)
#: How disputes end, of a hundred; None: they do not, in the time that is told of.
OUTCOMES: Final = {"accepted": 50, "rejected": 30, "withdrawn": 10, None: 10}
#: Days from the end to the credit note, or to the money.
FOLLOWED_DAYS: Final = (1, 4)
PAID_DAYS: Final = (3, 15)
REASONS: Final = ("goods damaged", "wrong quantity", "price not as agreed", "delivered late")

DISPUTED: Final = "invoice.disputed.v1"
RESOLVED: Final = "dispute.resolved.v1"
CREDITED: Final = "credit_note.issued.v1"


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """The disputed part of an invoice's last instalment, in minor units."""

    minor: int
    #: The day on which it is paid after all; None where it is not.
    paid_day: int | None


def dispute(teller: Teller, courses: Sequence[Course], random: Random) -> dict[str, Withheld]:
    """Dispute some invoices and tell how it ends; returns what is withheld by invoice id.

    A customer that stops paying does not bother. Without the words for disputes the customer
    withholds all the same, and only the end is seen: a credit note, or late money.
    """
    withheld: dict[str, Withheld] = {}
    if teller.customer.character.pays_invoices:
        return withheld
    for course in courses:
        if random.random() < DISPUTED_SHARE:
            part = _dispute(teller, course, random)
            if part:
                withheld[course.invoice.invoice_id] = part
                course.has_a_story = True
    return withheld


def _dispute(teller: Teller, course: Course, random: Random) -> Withheld | None:
    invoice = course.invoice
    last = invoice.parts[-1]
    whole = random.random() < WHOLE_SHARE
    minor = last.minor if whole else last.minor * random.randint(*WITHHELD_HUNDREDTHS) // 100
    outcome = random.choices(list(OUTCOMES), weights=list(OUTCOMES.values()))[0]
    if outcome == "accepted" and not teller.knows(CREDITED):
        outcome = "rejected"
    if not minor:
        return None
    disputed_day = teller.diary.office_day(invoice.known_day + random.randint(*DISPUTED_DAYS))
    settled_day = teller.diary.office_day(
        max(last.due_day, disputed_day) + random.randint(*SETTLED_DAYS)
    )
    dispute_id = f"DIS-{invoice.invoice_id}"
    named: dict[str, Any] = {"dispute_id": dispute_id, "invoice_id": invoice.invoice_id}
    teller.tell(
        DISPUTED,
        dispute_id,
        disputed_day,
        # Without an amount all of it is meant, which is more than one of several instalments.
        amount=None if whole and len(invoice.parts) == 1 else teller.text(minor),
        instalment=len(invoice.parts) if len(invoice.parts) > 1 else None,
        reason=random.choice(REASONS),
        **named,
    )
    if outcome is None:
        return Withheld(minor=minor, paid_day=None)
    if teller.knows(DISPUTED):
        teller.tell(RESOLVED, dispute_id, settled_day, outcome=outcome, **named)
    if outcome == "accepted":
        day = teller.diary.office_day(settled_day + random.randint(*FOLLOWED_DAYS))
        _credit(teller, course, day, minor)
        return Withheld(minor=minor, paid_day=None)
    return Withheld(minor=minor, paid_day=settled_day + random.randint(*PAID_DAYS))


def _credit(teller: Teller, course: Course, day: int, minor: int) -> None:
    note_id = f"CRN-{course.invoice.invoice_id}"
    teller.tell(
        CREDITED,
        note_id,
        day,
        credit_note_id=note_id,
        amount=teller.text(minor),
        currency=teller.customer.currency,
        invoice_id=course.invoice.invoice_id,
    )
    course.move(day, minor)
