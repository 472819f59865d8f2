"""Bonuses: credit notes on account for a quarter's turnover; some are taken back again."""

from random import Random
from typing import Final

from cli.sample.teller import Teller

BONUS_SHARE: Final = 0.08
BONUS_DAYS: Final = (85, 170)
#: The bonus, in hundredths of the median invoice.
BONUS_HUNDREDTHS: Final = (3, 12)
CANCELLED_SHARE: Final = 0.2
CANCELLED_DAYS: Final = (5, 30)


def grant(teller: Teller, random: Random) -> None:
    """Grant a bonus to some customers, and cancel it where the turnover was not reached."""
    customer = teller.customer
    if random.random() >= BONUS_SHARE or not teller.knows("credit_note.issued.v1"):
        return
    day = teller.diary.office_day(customer.joined_day + random.randint(*BONUS_DAYS))
    median_minor = round(customer.amount_median) * customer.minor_a_unit
    minor = max(1, median_minor * random.randint(*BONUS_HUNDREDTHS) // 100)
    note_id = f"CRN-{customer.number:04d}-BONUS"
    teller.tell(
        "credit_note.issued.v1",
        note_id,
        day,
        credit_note_id=note_id,
        amount=teller.text(minor),
        currency=customer.currency,
    )
    if random.random() < CANCELLED_SHARE:
        day = teller.diary.office_day(day + random.randint(*CANCELLED_DAYS))
        reason = "the turnover agreed for the bonus was not reached"
        teller.tell("credit_note.cancelled.v1", note_id, day, credit_note_id=note_id, reason=reason)
