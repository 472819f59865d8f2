"""Insolvencies: what is told when proceedings are filed over a customer's estate."""

from collections.abc import Sequence
from random import Random
from typing import Final

from cli.sample.paying.courses import Course
from cli.sample.teller import Teller

JURISDICTIONS: Final = {
    "CN": "China, Shanghai No. 3 Intermediate People's Court",
    "DE": "Germany, Amtsgericht Hamburg",
    "NL": "Netherlands, Rechtbank Rotterdam",
    "FR": "France, Tribunal de commerce de Lyon",
    "US": "United States, Bankruptcy Court, District of Delaware",
    "SG": "Singapore, General Division of the High Court",
    "JP": "Japan, Tokyo District Court",
}
#: Some of what is owed is given up once the estate has been looked at, after so many days.
HOPELESS_SHARE: Final = 0.04
HOPELESS_DAYS: Final = (20, 45)


def is_cut_short(teller: Teller) -> bool:
    """Whether the customer's trade ends with a filing that may be told."""
    return teller.customer.filing_day is not None and teller.knows("customer.insolvent.v1")


def end_in_court(teller: Teller, courses: Sequence[Course], random: Random) -> None:
    """Tell of the filing; claims go to the administrator, so that dunning is switched off.

    What was told of the day of filing and later is dropped first.
    """
    customer = teller.customer
    filing_day = customer.filing_day
    assert filing_day is not None
    teller.forget_from(filing_day)
    jurisdiction = JURISDICTIONS[customer.party.country]
    key = customer.customer_id
    teller.tell("customer.insolvent.v1", key, filing_day, jurisdiction=jurisdiction)
    teller.tell(
        "dunning.enforcement_set.v1",
        f"{key}/insolvent",
        teller.diary.office_day(filing_day + 1),
        enforced=False,
        reason="insolvency: claims are lodged with the administrator",
    )
    for course in courses:
        day = teller.diary.office_day(filing_day + random.randint(*HOPELESS_DAYS))
        if random.random() < HOPELESS_SHARE and course.open_minor(filing_day):
            teller.tell(
                "invoice.written_off.v1",
                f"{course.invoice.invoice_id}/insolvent",
                day,
                invoice_id=course.invoice.invoice_id,
                reason="no assets in the estate",
            )
