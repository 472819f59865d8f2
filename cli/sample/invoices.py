"""What is billed: invoices, instalments, amendments and cancellations of one customer."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from cli.sample.customers import Customer
from cli.sample.events import Diary, Event
from shared.money import to_text

DAYS_A_MONTH: Final = 30.4
INSTALMENTS_SHARE: Final = 0.06
INSTALMENTS: Final = 3
INSTALMENT_DAYS: Final = 30
AMENDED_SHARE: Final = 0.025
CANCELLED_SHARE: Final = 0.015
#: Corrections come within so many days of the invoice.
CORRECTED_DAYS: Final = (1, 6)
#: An amendment changes the total by so many hundredths, or gives more time.
AMENDED_HUNDREDTHS: Final = (88, 107)
EXTENSION_DAYS: Final = 15


@dataclass(frozen=True, kw_only=True)
class Part:
    """One instalment: when it is due, and its amount in minor units."""

    due_day: int
    minor: int


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """What is to be paid in the end, after amendments; without parts it was cancelled."""

    invoice_id: str
    issued_day: int
    parts: tuple[Part, ...]
    #: From this day on the customer knows its final terms.
    known_day: int

    @property
    def total_minor(self) -> int:
        """The sum of the parts, in minor units."""
        return sum(part.minor for part in self.parts)


def bill(
    customer: Customer, days: int, diary: Diary, random: Random
) -> Iterator[tuple[Invoice, list[Event]]]:
    """Make up every invoice of the customer, with the events that tell of it."""
    day = customer.joined_day
    number = 0
    while True:
        pause = random.expovariate(customer.invoices_a_month / DAYS_A_MONTH)
        day = diary.office_day(day + max(1, round(pause)))
        if day >= days:
            return
        number += 1
        yield _invoice(customer, number, day, diary, random)


def _invoice(
    customer: Customer, number: int, day: int, diary: Diary, random: Random
) -> tuple[Invoice, list[Event]]:
    parts = _parts(customer, day, random)
    invoice_id = f"INV-{customer.number:04d}-{number:03d}"
    invoice = Invoice(invoice_id=invoice_id, issued_day=day, parts=parts, known_day=day)
    data = {
        **customer.ids(),
        "invoice_id": invoice_id,
        "currency": customer.currency,
        "issued_on": diary.date(day).isoformat(),
        **_terms(parts, customer, diary),
    }
    events = [Event(at=diary.moment(day), type="invoice.issued.v1", key=invoice_id, data=data)]
    fate = random.random()
    corrected_day = diary.office_day(day + random.randint(*CORRECTED_DAYS))
    if fate < CANCELLED_SHARE:
        events.append(_cancelled(customer, invoice_id, corrected_day, diary))
        invoice = Invoice(invoice_id=invoice_id, issued_day=day, parts=(), known_day=corrected_day)
    elif fate < CANCELLED_SHARE + AMENDED_SHARE and len(parts) == 1:
        invoice = Invoice(
            invoice_id=invoice_id,
            issued_day=day,
            parts=_amended_parts(parts[0], random),
            known_day=corrected_day,
        )
        events.append(_amended(customer, invoice, diary))
    return invoice, events


def _parts(customer: Customer, day: int, random: Random) -> tuple[Part, ...]:
    total_minor = customer.draw_total_minor(random)
    if total_minor < INSTALMENTS or random.random() >= INSTALMENTS_SHARE:
        return (Part(due_day=day + customer.terms_days, minor=total_minor),)
    each = total_minor // INSTALMENTS
    minors = [each] * (INSTALMENTS - 1) + [total_minor - each * (INSTALMENTS - 1)]
    return tuple(
        Part(due_day=day + INSTALMENT_DAYS * number, minor=minor)
        for number, minor in enumerate(minors, start=1)
    )


def _amended_parts(part: Part, random: Random) -> tuple[Part, ...]:
    if random.random() < 1 / 2:
        return (Part(due_day=part.due_day + EXTENSION_DAYS, minor=part.minor),)
    minor = max(1, part.minor * random.randint(*AMENDED_HUNDREDTHS) // 100)
    return (Part(due_day=part.due_day, minor=minor),)


def _terms(parts: tuple[Part, ...], customer: Customer, diary: Diary) -> dict[str, Any]:
    total = to_text(sum(part.minor for part in parts), customer.currency)
    if len(parts) == 1:
        return {"total": total, "due_on": diary.date(parts[0].due_day).isoformat()}
    schedule = [
        {
            "due_on": diary.date(part.due_day).isoformat(),
            "amount": to_text(part.minor, customer.currency),
        }
        for part in parts
    ]
    return {"total": total, "schedule": schedule}


def _amended(customer: Customer, invoice: Invoice, diary: Diary) -> Event:
    data = {
        **customer.ids(),
        "invoice_id": invoice.invoice_id,
        "version": 1,
        "amended_on": diary.date(invoice.known_day).isoformat(),
        **_terms(invoice.parts, customer, diary),
    }
    at = diary.moment(invoice.known_day)
    return Event(at=at, type="invoice.amended.v1", key=f"{invoice.invoice_id}/1", data=data)


def _cancelled(customer: Customer, invoice_id: str, day: int, diary: Diary) -> Event:
    data = {
        **customer.ids(),
        "invoice_id": invoice_id,
        "cancelled_on": diary.date(day).isoformat(),
        "reason": "order withdrawn",
    }
    at = diary.moment(day)
    return Event(at=at, type="invoice.cancelled.v1", key=invoice_id, data=data)
