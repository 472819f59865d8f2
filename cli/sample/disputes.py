"""What a customer disputes: it withholds a part until it is credited or paid after all."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from cli.sample.customers import Customer
from cli.sample.events import Diary, Event
from cli.sample.invoices import Invoice, Part
from shared.money import to_text

DISPUTED_SHARE: Final = 0.04
WITHHELD_HUNDREDTHS: Final = (15, 40)
#: Days from the invoice to the complaint, and from the due date to its end.
DISPUTED_DAYS: Final = (3, 12)
SETTLED_DAYS: Final = (15, 50)
ACCEPTED_SHARE: Final = 0.6
REASONS: Final = ("goods damaged", "wrong quantity", "price not as agreed", "delivered late")

DISPUTED: Final = "invoice.disputed.v1"
RESOLVED: Final = "dispute.resolved.v1"


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """The disputed part of one instalment, in minor units, and the day it is settled."""

    invoice_id: str
    disputed_day: int
    settled_day: int
    minor: int


def withhold(invoice: Invoice, part: Part, customer: Customer, random: Random) -> Withheld | None:
    """Dispute a part of the last instalment, rarely; a defaulter does not bother."""
    if random.random() >= DISPUTED_SHARE or part is not invoice.parts[-1]:
        return None
    minor = part.minor * random.randint(*WITHHELD_HUNDREDTHS) // 100
    if not minor or customer.character.pays_invoices:
        return None
    return Withheld(
        invoice_id=invoice.invoice_id,
        disputed_day=invoice.known_day + random.randint(*DISPUTED_DAYS),
        settled_day=part.due_day + random.randint(*SETTLED_DAYS),
        minor=minor,
    )


def settle_withheld(
    withheld: Withheld, customer: Customer, diary: Diary, random: Random, types: Iterable[str]
) -> tuple[list[Event], int]:
    """Return what is said of the dispute, and what is paid after all, in minor units.

    The dispute's own types are used only when the catalogue's `types` have them.
    """
    accepted = random.random() < ACCEPTED_SHARE
    reason = random.choice(REASONS)
    invoice_id = withheld.invoice_id
    amount = to_text(withheld.minor, customer.currency)
    ids = {**customer.ids(), "invoice_id": invoice_id}
    disputed = {**ids, "dispute_id": f"DIS-{invoice_id}", "amount": amount, "reason": reason}
    resolved: dict[str, Any] = {
        **ids,
        "dispute_id": f"DIS-{invoice_id}",
        "outcome": "accepted" if accepted else "rejected",
    }
    credited = {
        **ids,
        "credit_note_id": f"CRN-{invoice_id}",
        "amount": amount,
        "currency": customer.currency,
    }
    said = [
        (DISPUTED, withheld.disputed_day, "disputed_on", disputed),
        (RESOLVED, withheld.settled_day, "resolved_on", resolved),
    ]
    if accepted:
        said.append(("credit_note.issued.v1", withheld.settled_day, "issued_on", credited))
    known = {"credit_note.issued.v1", *types}
    events = [
        Event(
            at=diary.moment(day),
            type=event_type,
            key=invoice_id,
            data={**data, day_field: diary.date(day).isoformat()},
        )
        for event_type, day, day_field, data in said
        if event_type in known
    ]
    return events, 0 if accepted else withheld.minor
