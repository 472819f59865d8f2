"""Waivers: interest that a contract asks for and the creditor gives up for the customer's sake."""

from collections.abc import Sequence
from random import Random
from typing import Final

from cli.sample.paying.courses import Course
from cli.sample.teller import Teller

WAIVED_SHARE: Final = 0.08
#: Interest of fewer days is not spoken of.
LATE_DAYS_MIN: Final = 5
WAIVED_DAYS: Final = (1, 10)


def waive(teller: Teller, courses: Sequence[Course], random: Random) -> None:
    """Waive the interest on some invoices that were paid late under a contract."""
    for course in courses:
        paid_day = course.closed_day()
        if course.invoice.contract is None or course.has_a_story or paid_day is None:
            continue
        late = paid_day >= course.last_due_day + LATE_DAYS_MIN
        if late and random.random() < WAIVED_SHARE:
            invoice_id = course.invoice.invoice_id
            waiver_id = f"WVR-{invoice_id}"
            teller.tell(
                "interest.waived.v1",
                waiver_id,
                teller.diary.office_day(paid_day + random.randint(*WAIVED_DAYS)),
                waiver_id=waiver_id,
                invoice_id=invoice_id,
                reason="the principal is paid in full",
            )
