"""Write-offs: small rests after bank charges, and old invoices that no one will pay.

Now and then the money comes all the same; then the write-off is reversed and the invoice paid.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

from cli.sample.paying.courses import Course
from cli.sample.paying.payments import Payments
from cli.sample.paying.shares import REST_UNITS_MAX, Share
from cli.sample.paying.transfers import Transfer
from cli.sample.teller import Teller

WRITTEN_OFF: Final = "invoice.written_off.v1"
REVERSED: Final = "invoice.write_off_reversed.v1"

#: A rest under `REST_UNITS_MAX` is mostly given up, so many days after the last payment.
REST_SHARE: Final = 0.7
REST_DAYS: Final = (15, 40)
#: An invoice of which nothing was paid is sometimes given up, so long after its last due date.
HOPELESS_SHARE: Final = 0.07
HOPELESS_DAYS: Final = (60, 90)
#: Some are given up in part only: the rest is still asked for.
HALF_SHARE: Final = 0.25
RECOVERED_SHARE: Final = 0.5
RECOVERED_DAYS: Final = (8, 25)
PAID_DAYS: Final = (1, 3)


def write_off(
    teller: Teller, payments: Payments, courses: Sequence[Course], random: Random
) -> None:
    """Give up what is not worth asking for any more."""
    if not teller.knows(WRITTEN_OFF):
        return
    for course in courses:
        if course.has_a_story:
            continue
        days = course.move_days()
        if days:
            _give_up_rest(teller, course, days[-1], random)
        elif teller.customer.character.pays_invoices and random.random() < HOPELESS_SHARE:
            _give_up(teller, payments, course, random)


def _give_up_rest(teller: Teller, course: Course, paid_day: int, random: Random) -> None:
    rest_minor = course.open_minor(paid_day)
    if 0 < rest_minor <= REST_UNITS_MAX * teller.customer.minor_a_unit:
        course.has_a_story = True
        if random.random() < REST_SHARE:
            day = teller.diary.office_day(paid_day + random.randint(*REST_DAYS))
            _tell(teller, course, day, rest_minor, "bank charges, not worth a reminder")


def _give_up(teller: Teller, payments: Payments, course: Course, random: Random) -> None:
    invoice = course.invoice
    course.has_a_story = True
    day = teller.diary.office_day(course.last_due_day + random.randint(*HOPELESS_DAYS))
    if random.random() < HALF_SHARE and invoice.total_minor > 1:
        _tell(teller, course, day, invoice.total_minor // 2, "half is not expected to come")
        return
    _tell(teller, course, day, None, "customer cannot be found")
    if random.random() >= RECOVERED_SHARE or not teller.knows(REVERSED):
        return
    day = teller.diary.office_day(day + random.randint(*RECOVERED_DAYS))
    invoice_id = invoice.invoice_id
    reason = "customer found, and pays"
    teller.tell(REVERSED, invoice_id, day, invoice_id=invoice_id, reason=reason)
    course.move(day, -invoice.total_minor)
    day = teller.diary.office_day(day + random.randint(*PAID_DAYS))
    shares = [
        Share(
            day=day,
            invoice_id=invoice_id,
            instalment=number if len(invoice.parts) > 1 else None,
            minor=part.minor,
        )
        for number, part in enumerate(invoice.parts, start=1)
    ]
    payments.receive(Transfer(day=day, shares=tuple(shares)))


def _tell(teller: Teller, course: Course, day: int, minor: int | None, reason: str) -> None:
    """Tell of a write-off; without an amount, of all that is open."""
    invoice_id = course.invoice.invoice_id
    amount = None if minor is None else teller.text(minor)
    teller.tell(WRITTEN_OFF, invoice_id, day, invoice_id=invoice_id, amount=amount, reason=reason)
    course.move(day, course.open_minor(day) if minor is None else minor)
