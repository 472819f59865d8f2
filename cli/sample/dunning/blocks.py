"""Blocks and enforcement: what staff say that holds dunning, for an invoice or an account."""

from collections.abc import Sequence
from random import Random
from typing import Final

from cli.sample.paying.courses import Course
from cli.sample.teller import Teller

#: Of the invoices that become overdue, and of the customers.
INVOICE_SHARE: Final = 0.03
ACCOUNT_SHARE: Final = 0.04
#: Counted from the first day overdue; an account's from the day the customer came.
INVOICE_DAYS: Final = (1, 14)
ACCOUNT_DAYS: Final = (45, 130)
#: Some blocks say when they end, and some of those are lifted before.
ENDED_SHARE: Final = 0.6
ENDED_DAYS: Final = (10, 30)
LIFTED_EARLY_SHARE: Final = 0.2
#: Most of the others are lifted after a while.
LIFTED_SHARE: Final = 0.7
LIFTED_DAYS: Final = (10, 40)
REASONS: Final = ("proof of delivery is being looked for", "customer asked for a copy", "audit")
ACCOUNT_REASON: Final = "the sales office is in talks with the customer"

#: Enforcement is switched off for few customers, for so many days.
UNENFORCED_SHARE: Final = 0.015
UNENFORCED_DAYS: Final = (40, 110)
UNENFORCED_FOR_DAYS: Final = (14, 45)

ENFORCED: Final = "dunning.enforcement_set.v1"


def block(teller: Teller, courses: Sequence[Course], random: Random) -> None:
    """Block dunning for some overdue invoices, and for some customers that owe something."""
    if not teller.knows("dunning.blocked.v1"):
        return
    for course in courses:
        overdue_day = course.first_overdue_day()
        if overdue_day is None or course.has_a_story or random.random() >= INVOICE_SHARE:
            continue
        day = teller.diary.office_day(overdue_day + random.randint(*INVOICE_DAYS))
        if course.is_due_all(day):
            _block(teller, course.invoice.invoice_id, day, random)
    if random.random() < ACCOUNT_SHARE:
        joined_day = teller.customer.joined_day
        day = teller.diary.office_day(joined_day + random.randint(*ACCOUNT_DAYS))
        if any(course.is_due_all(day) for course in courses):
            _block(teller, None, day, random)


def _block(teller: Teller, invoice_id: str | None, day: int, random: Random) -> None:
    block_id = f"BLK-{invoice_id or teller.customer.customer_id}"
    ended_day = day + random.randint(*ENDED_DAYS) if random.random() < ENDED_SHARE else None
    teller.tell(
        "dunning.blocked.v1",
        block_id,
        day,
        block_id=block_id,
        invoice_id=invoice_id,
        until=None if ended_day is None else teller.on(ended_day),
        reason=random.choice(REASONS) if invoice_id else ACCOUNT_REASON,
    )
    if random.random() >= (LIFTED_SHARE if ended_day is None else LIFTED_EARLY_SHARE):
        return
    last_day = day + random.randint(*LIFTED_DAYS) if ended_day is None else ended_day - 3
    lifted_day = teller.diary.office_day(random.randint(day + 1, last_day))
    teller.tell(
        "dunning.unblocked.v1",
        block_id,
        lifted_day,
        block_id=block_id,
        invoice_id=invoice_id,
        reason="settled with the customer",
    )


def suspend(teller: Teller, random: Random) -> None:
    """Switch enforcement off for few customers, and on again; a filing switches it off for good."""
    if random.random() >= UNENFORCED_SHARE or teller.customer.filing_day is not None:
        return
    key = teller.customer.customer_id
    day = teller.diary.office_day(teller.customer.joined_day + random.randint(*UNENFORCED_DAYS))
    reason = "the ledgers of a merger are being joined"
    teller.tell(ENFORCED, f"{key}/off", day, enforced=False, reason=reason)
    day = teller.diary.office_day(day + random.randint(*UNENFORCED_FOR_DAYS))
    teller.tell(ENFORCED, f"{key}/on", day, enforced=True, reason="the ledgers are joined")
