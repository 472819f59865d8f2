"""What is billed: invoices and their instalments."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from cli.sample.billing.contracts import Contract
from cli.sample.parties.customers import Customer
from cli.sample.teller import Teller

DAYS_A_MONTH: Final = 30.4
INSTALMENTS_SHARE: Final = 0.06
INSTALMENTS: Final = (2, 3, 3, 4)
INSTALMENT_DAYS: Final = 30


@dataclass(frozen=True, kw_only=True)
class Part:
    """One instalment: when it is due, and its amount in minor units."""

    due_day: int
    minor: int


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """What is to be paid in the end, after corrections; without parts it was cancelled."""

    invoice_id: str
    issued_day: int
    parts: tuple[Part, ...]
    #: From this day on the customer knows its final terms.
    known_day: int
    contract: Contract | None

    @property
    def total_minor(self) -> int:
        """The sum of the parts, in minor units."""
        return sum(part.minor for part in self.parts)


def bill(
    teller: Teller, until_day: int, contract: Contract | None, random: Random
) -> Iterator[Invoice]:
    """Tell of every invoice of the customer before `until_day`, and give them as issued."""
    customer = teller.customer
    day = customer.joined_day
    number = 0
    while True:
        pause = random.expovariate(customer.invoices_a_month / DAYS_A_MONTH)
        day = teller.diary.office_day(day + max(1, round(pause)))
        if day >= until_day:
            return
        number += 1
        invoice = Invoice(
            invoice_id=f"INV-{customer.number:04d}-{number:03d}",
            issued_day=day,
            parts=_parts(customer, day, random),
            known_day=day,
            contract=contract,
        )
        _tell(teller, invoice)
        yield invoice


def _parts(customer: Customer, day: int, random: Random) -> tuple[Part, ...]:
    total_minor = customer.draw_total_minor(random)
    if random.random() >= INSTALMENTS_SHARE:
        return (Part(due_day=day + customer.terms_days, minor=total_minor),)
    return spread(total_minor, day + INSTALMENT_DAYS, random.choice(INSTALMENTS))


def spread(total_minor: int, first_due_day: int, count: int) -> tuple[Part, ...]:
    """Spread minor units over monthly instalments; the last one takes what does not divide."""
    count = min(count, total_minor)
    each = total_minor // count
    minors = [each] * (count - 1) + [total_minor - each * (count - 1)]
    return tuple(
        Part(due_day=first_due_day + INSTALMENT_DAYS * number, minor=minor)
        for number, minor in enumerate(minors)
    )


def due_of(teller: Teller, parts: tuple[Part, ...]) -> dict[str, Any]:
    """Write when what is due: one date, or a schedule."""
    if len(parts) == 1:
        return {"due_on": teller.on(parts[0].due_day)}
    schedule = [
        {"due_on": teller.on(part.due_day), "amount": teller.text(part.minor)} for part in parts
    ]
    return {"schedule": schedule}


def _tell(teller: Teller, invoice: Invoice) -> None:
    contract = invoice.contract
    teller.tell(
        "invoice.issued.v1",
        invoice.invoice_id,
        invoice.issued_day,
        invoice_id=invoice.invoice_id,
        currency=teller.customer.currency,
        total=teller.text(invoice.total_minor),
        contract_id=contract.contract_id if contract else None,
        interest=contract.interest if contract else None,
        **due_of(teller, invoice.parts),
    )
