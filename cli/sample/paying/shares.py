"""Shares: what a customer means to pay for each instalment, and when, by its character."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from cli.sample.billing.disputes import Withheld
from cli.sample.billing.invoices import Part
from cli.sample.parties.customers import Customer
from cli.sample.paying.courses import Course
from shared.money import to_minor

HUNDREDTHS: Final = 100
#: Banks abroad sometimes take their charges out of the money, in units of its currency.
CHARGED_SHARE: Final = 0.012
CHARGED_UNITS: Final = (15, 35)
#: What is open of an invoice and not more than this, in units, is a rest of charges.
REST_UNITS_MAX: Final = 40
#: Those who pay late sometimes pay the fixed sum that their contract asks for.
FIXED_SUM_SHARE: Final = 0.3


@dataclass(frozen=True, kw_only=True)
class Share:
    """Money meant for one instalment, on the day it is to leave."""

    day: int
    invoice_id: str
    instalment: int | None
    minor: int
    claim: Literal["principal", "interest"] = "principal"


def plan(
    customer: Customer, courses: Sequence[Course], withheld: Mapping[str, Withheld], random: Random
) -> Iterator[Share]:
    """Plan all that the customer means to pay, in no order of time."""
    pays = customer.character.pays_invoices
    paid_invoices = len(courses) if pays is None else random.randint(*pays)
    for course in courses[:paid_invoices]:
        invoice = course.invoice
        kept_back = withheld.get(invoice.invoice_id)
        for number, part in enumerate(invoice.parts, start=1):
            instalment = number if len(invoice.parts) > 1 else None
            minor = part.minor
            if kept_back and part is invoice.parts[-1]:
                minor -= kept_back.minor
                if kept_back.paid_day:
                    yield _share(course, instalment, kept_back.paid_day, kept_back.minor)
            if minor:
                yield from _split(customer, course, instalment, part, minor, random)


def _share(course: Course, instalment: int | None, day: int, minor: int) -> Share:
    day = max(day, course.invoice.known_day + 1)
    invoice_id = course.invoice.invoice_id
    return Share(day=day, invoice_id=invoice_id, instalment=instalment, minor=minor)


def _split(
    customer: Customer,
    course: Course,
    instalment: int | None,
    part: Part,
    minor: int,
    random: Random,
) -> Iterator[Share]:
    """Split one instalment by the customer's character."""
    character = customer.character
    day = part.due_day + random.randint(*character.days)
    first_minor = max(1, minor * random.randint(*character.first_hundredths) // HUNDREDTHS)
    rest_minor = minor - first_minor
    charged_minor = random.randint(*CHARGED_UNITS) * customer.minor_a_unit
    charged = random.random() < CHARGED_SHARE and customer.currency != "CNY"
    if charged and not customer.pays_on_account and first_minor > 2 * charged_minor:
        first_minor -= charged_minor
    yield _share(course, instalment, day, first_minor)
    if rest_minor:
        yield _share(course, instalment, day + random.randint(*character.rest_days), rest_minor)
    contract = course.invoice.contract
    late = day > part.due_day and part is course.invoice.parts[-1]
    if contract and contract.fixed_sum and late and random.random() < FIXED_SUM_SHARE:
        sum_minor = to_minor(contract.fixed_sum, customer.currency)
        owed = _share(course, None, day, sum_minor)
        yield Share(
            day=owed.day,
            invoice_id=owed.invoice_id,
            instalment=None,
            minor=sum_minor,
            claim="interest",
        )
