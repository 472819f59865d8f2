"""Corrections: an invoice is cancelled, amended, given more time, or credited by mistake.

At most one of them befalls an invoice, and the customer pays by what it says.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final

from cli.sample.billing.invoices import Invoice, Part, due_of, spread
from cli.sample.teller import Teller

Correction = Callable[[Teller, Invoice, Random], Invoice]

CANCELLED_SHARE: Final = 0.015
AMENDED_SHARE: Final = 0.025
EXTENDED_SHARE: Final = 0.015
MISCREDITED_SHARE: Final = 0.005
#: Corrections come within so many days of the invoice.
CORRECTED_DAYS: Final = (1, 6)
#: An amendment changes the total by so many hundredths, or the due date by so many days.
AMENDED_HUNDREDTHS: Final = (88, 107)
AMENDED_DAYS: Final = 15
#: More time is agreed around the due date, and is so long.
AGREED_DAYS: Final = (-8, 9)
EXTENDED_DAYS: Final = (15, 45)
#: Some get no later date but a plan of so many monthly instalments.
PLAN_SHARE: Final = 0.3
PLAN_INSTALMENTS: Final = (2, 4)
APPROVERS: Final = ("Chen Jing, credit management", "Zhao Lei, head of sales", "A. Brandt, CFO")
#: A note on the wrong invoice is taken back after so many days.
MISCREDITED_HUNDREDTHS: Final = (10, 60)
MISCREDITED_DAYS: Final = (2, 5)


def correct(teller: Teller, invoice: Invoice, random: Random) -> Invoice:
    """Correct an invoice, rarely; returns what is to be paid by then."""
    fate = random.random()
    corrections: tuple[tuple[float, Correction], ...] = (
        (CANCELLED_SHARE, _cancel),
        (AMENDED_SHARE, _amend),
        (EXTENDED_SHARE, _extend),
        (MISCREDITED_SHARE, _miscredit),
    )
    for share, correction in corrections:
        if fate < share:
            return correction(teller, invoice, random)
        fate -= share
    return invoice


def _corrected_day(teller: Teller, invoice: Invoice, random: Random) -> int:
    return teller.diary.office_day(invoice.issued_day + random.randint(*CORRECTED_DAYS))


def _cancel(teller: Teller, invoice: Invoice, random: Random) -> Invoice:
    if not teller.knows("invoice.cancelled.v1"):
        return invoice
    day = _corrected_day(teller, invoice, random)
    invoice_id = invoice.invoice_id
    reason = "order withdrawn"
    teller.tell("invoice.cancelled.v1", invoice_id, day, invoice_id=invoice_id, reason=reason)
    return replace(invoice, parts=(), known_day=day)


def _amend(teller: Teller, invoice: Invoice, random: Random) -> Invoice:
    if not teller.knows("invoice.amended.v1") or len(invoice.parts) > 1:
        return invoice
    part = invoice.parts[0]
    if random.random() < 1 / 2:
        part = replace(part, due_day=part.due_day + AMENDED_DAYS)
    else:
        part = replace(part, minor=max(1, part.minor * random.randint(*AMENDED_HUNDREDTHS) // 100))
    day = _corrected_day(teller, invoice, random)
    amended = replace(invoice, parts=(part,), known_day=day)
    teller.tell(
        "invoice.amended.v1",
        f"{invoice.invoice_id}/1",
        day,
        invoice_id=invoice.invoice_id,
        version=1,
        total=teller.text(amended.total_minor),
        **due_of(teller, amended.parts),
    )
    return amended


def _extend(teller: Teller, invoice: Invoice, random: Random) -> Invoice:
    if not teller.knows("invoice.terms_extended.v1") or len(invoice.parts) > 1:
        return invoice
    part = invoice.parts[0]
    agreed_day = max(invoice.issued_day + 1, part.due_day + random.randint(*AGREED_DAYS))
    agreed_day = teller.diary.office_day(agreed_day)
    due_day = part.due_day + random.randint(*EXTENDED_DAYS)
    parts: tuple[Part, ...] = (replace(part, due_day=due_day),)
    if random.random() < PLAN_SHARE:
        parts = spread(part.minor, due_day, random.randint(*PLAN_INSTALMENTS))
    extended = replace(invoice, parts=parts, known_day=agreed_day)
    teller.tell(
        "invoice.terms_extended.v1",
        invoice.invoice_id,
        agreed_day,
        invoice_id=invoice.invoice_id,
        approved_by=random.choice(APPROVERS),
        reason="customer asked for more time",
        **due_of(teller, parts),
    )
    return extended


def _miscredit(teller: Teller, invoice: Invoice, random: Random) -> Invoice:
    """Credit the wrong invoice, and take the note back before the customer pays."""
    if not teller.knows("credit_note.issued.v1", "credit_note.cancelled.v1"):
        return invoice
    minor = invoice.total_minor * random.randint(*MISCREDITED_HUNDREDTHS) // 100
    day = _corrected_day(teller, invoice, random)
    cancelled_day = teller.diary.office_day(day + random.randint(*MISCREDITED_DAYS))
    if not minor:
        return invoice
    note_id = f"CRN-{invoice.invoice_id}-X"
    teller.tell(
        "credit_note.issued.v1",
        note_id,
        day,
        credit_note_id=note_id,
        amount=teller.text(minor),
        currency=teller.customer.currency,
        invoice_id=invoice.invoice_id,
    )
    teller.tell(
        "credit_note.cancelled.v1",
        note_id,
        cancelled_day,
        credit_note_id=note_id,
        reason="credited to the wrong invoice",
    )
    return replace(invoice, known_day=cancelled_day)
