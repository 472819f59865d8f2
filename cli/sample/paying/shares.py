"""Shares: what a customer means to pay for each instalment, and when, by its character."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal

from cli.sample.billing.disputes import Withheld
from cli.sample.billing.invoices import Part
from cli.sample.parties.customers import Customer
from cli.sample.paying.courses import Course
from shared.money import to_minor

HUNDREDTHS: Final = 100
#: Some of those who are late pay half at first, and the rest within the days.
HALVED_SHARE: Final = 0.1
HALVED_DAYS: Final = (3, 8)
#: Banks abroad sometimes take their charges out of the money, in units of its currency.
CHARGED_SHARE: Final = 0.012
CHARGED_UNITS: Final = (15, 35)
#: What is open of an invoice and not more than this, in units, is a rest of charges.
REST_UNITS_MAX: Final = 40
#: Those who pay late sometimes pay the fixed sum that their contract asks for.
FIXED_SUM_SHARE: Final = 0.5


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
    hundredths, rest_days = character.first_hundredths, character.rest_days
    if random.random() < HALVED_SHARE and day > part.due_day and hundredths == (100, 100):
        hundredths, rest_days = (50, 50), HALVED_DAYS
    first_minor = max(1, minor * random.randint(*hundredths) // HUNDREDTHS)
    rest_minor = minor - first_minor
    first_minor -= _charges_minor(customer, first_minor, random)
    yield _share(course, instalment, day, first_minor)
    if rest_minor:
        yield _share(course, instalment, day + random.randint(*rest_days), rest_minor)
    contract = course.invoice.contract
    pays_sum = random.random() < FIXED_SUM_SHARE
    late = day > part.due_day and part is course.invoice.parts[-1]
    if contract and contract.fixed_sum and late and pays_sum:
        sum_minor = to_minor(contract.fixed_sum, customer.currency)
        yield replace(_share(course, None, day, sum_minor), claim="interest")


def _charges_minor(customer: Customer, minor: int, random: Random) -> int:
    """Draw what a bank abroad takes out of the money; nothing of small sums."""
    charges_minor = random.randint(*CHARGED_UNITS) * customer.minor_a_unit
    charged = random.random() < CHARGED_SHARE and customer.currency != "CNY"
    named = not customer.pays_on_account
    return charges_minor if charged and named and minor > 2 * charges_minor else 0
