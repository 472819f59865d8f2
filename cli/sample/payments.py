"""How one customer pays what it was billed: in time, late, in part, in one go, or not at all.

Disputes, bounces and overpayments happen here too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from cli.sample.customers import Customer
from cli.sample.disputes import Withheld, settle_withheld, withhold
from cli.sample.events import Diary, Event
from cli.sample.invoices import Invoice, Part
from shared.money import to_text

BOUNCED_SHARE: Final = 0.025
BOUNCED_DAYS: Final = (2, 6)
#: What bounced is mostly paid again, after so many days.
PAID_AGAIN_SHARE: Final = 0.85
PAID_AGAIN_DAYS: Final = (12, 40)
OVERPAID_SHARE: Final = 0.012
OVERPAID_HUNDREDTHS: Final = (1, 6)
HUNDREDTHS: Final = 100


@dataclass(frozen=True, kw_only=True)
class Share:
    """Money meant for one instalment, on the day it is to leave."""

    day: int
    invoice_id: str
    instalment: int | None
    minor: int


def pay(
    customer: Customer,
    invoices: Sequence[Invoice],
    diary: Diary,
    random: Random,
    types: Iterable[str],
) -> Iterator[Event]:
    """Make up everything the customer does about its invoices, in no order of time."""
    shares: list[Share] = []
    pays = customer.character.pays_invoices
    paid_invoices = len(invoices) if pays is None else random.randint(*pays)
    for invoice in invoices[:paid_invoices]:
        for number, part in enumerate(invoice.parts, start=1):
            instalment = number if len(invoice.parts) > 1 else None
            withheld = withhold(invoice, part, customer, random)
            if withheld:
                events, late_minor = settle_withheld(withheld, customer, diary, random, types)
                yield from events
                if late_minor:
                    shares.append(_share(invoice, instalment, withheld.settled_day, late_minor))
            shares += _shares(
                customer,
                random,
                invoice=invoice,
                part=part,
                instalment=instalment,
                withheld=withheld,
            )
    number = 0
    for group in _grouped(customer, shares, diary):
        number += 1
        attempts = list(_attempts(customer, number, group, diary, random))
        number += len({event.data["payment_id"] for event in attempts}) - 1
        yield from attempts


def _share(invoice: Invoice, instalment: int | None, day: int, minor: int) -> Share:
    day = max(day, invoice.known_day + 1)
    return Share(day=day, invoice_id=invoice.invoice_id, instalment=instalment, minor=minor)


def _shares(
    customer: Customer,
    random: Random,
    *,
    invoice: Invoice,
    part: Part,
    instalment: int | None,
    withheld: Withheld | None,
) -> Iterator[Share]:
    """Split one instalment by the customer's character."""
    character = customer.character
    minor = part.minor - (withheld.minor if withheld else 0)
    day = part.due_day + random.randint(*character.days)
    first_minor = max(1, minor * random.randint(*character.first_hundredths) // HUNDREDTHS)
    yield _share(invoice, instalment, day, first_minor)
    if minor > first_minor:
        rest_day = day + random.randint(*character.rest_days)
        yield _share(invoice, instalment, rest_day, minor - first_minor)


def _grouped(customer: Customer, shares: list[Share], diary: Diary) -> Iterator[list[Share]]:
    """Gather what leaves together: by payment run, else each on its own."""
    by_day: dict[int, list[Share]] = defaultdict(list)
    for share in shares:
        day = share.day
        if customer.run_every_days:
            day = -(-day // customer.run_every_days) * customer.run_every_days
        by_day[diary.office_day(day)].append(share)
    for day in sorted(by_day):
        moved = [replace(share, day=day) for share in by_day[day]]
        if customer.run_every_days:
            yield moved
        else:
            yield from ([share] for share in moved)


def _attempts(
    customer: Customer, number: int, shares: list[Share], diary: Diary, random: Random
) -> Iterator[Event]:
    """Pay; sometimes the money goes back, and mostly it comes again."""
    received = _received(customer, number, shares, diary, random)
    yield received
    if random.random() >= BOUNCED_SHARE:
        return
    day = diary.office_day(shares[0].day + random.randint(*BOUNCED_DAYS))
    data = {
        **customer.ids(),
        "reversal_id": f"REV-{customer.number:04d}-{number:03d}",
        "payment_id": received.data["payment_id"],
        "reversed_on": diary.date(day).isoformat(),
        "reason": "bounced",
    }
    at = diary.moment(day)
    yield Event(at=at, type="payment.reversed.v1", key=data["reversal_id"], data=data)
    if random.random() < PAID_AGAIN_SHARE:
        day = diary.office_day(day + random.randint(*PAID_AGAIN_DAYS))
        again = [replace(share, day=day) for share in shares]
        yield _received(customer, number + 1, again, diary, random)


def _received(
    customer: Customer, number: int, shares: list[Share], diary: Diary, random: Random
) -> Event:
    minor = sum(share.minor for share in shares)
    if random.random() < OVERPAID_SHARE:
        minor += max(1, minor * random.randint(*OVERPAID_HUNDREDTHS) // HUNDREDTHS)
    data: dict[str, Any] = {
        **customer.ids(),
        "payment_id": f"PAY-{customer.number:04d}-{number:03d}",
        "amount": to_text(minor, customer.currency),
        "currency": customer.currency,
        "received_on": diary.date(shares[0].day).isoformat(),
    }
    if customer.pays_on_account:
        data["reference"] = f"{customer.party.name}, as agreed"
    else:
        data["allocations"] = [_allocation(share, customer) for share in shares]
    at = diary.moment(shares[0].day)
    return Event(at=at, type="payment.received.v1", key=data["payment_id"], data=data)


def _allocation(share: Share, customer: Customer) -> dict[str, Any]:
    allocation: dict[str, Any] = {
        "invoice_id": share.invoice_id,
        "amount": to_text(share.minor, customer.currency),
    }
    if share.instalment:
        allocation["instalment"] = share.instalment
    return allocation
