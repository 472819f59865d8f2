"""What an account owes by its facts alone, in decimals: a second opinion that knows no clearing."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from shared.contracts.credit_note import CreditNoteIssued
from shared.contracts.fields import Inbound
from shared.contracts.invoice import InvoiceAmended, InvoiceCancelled, InvoiceIssued
from shared.contracts.payment import PaymentReceived, PaymentReversed


def owed_by_facts(facts: Iterable[Inbound]) -> dict[str, Decimal]:
    """Return invoiced - received - credited + reversed by currency, in order of arrival.

    The first of several contradicting events counts; of amendments, the first of the highest
    version.
    """
    facts = list(facts)
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    seen: set[tuple[type, str]] = set()
    for one in facts:
        match one:
            case InvoiceIssued(invoice_id=name):
                worth = _invoiced(one, facts)
            case PaymentReceived(payment_id=name):
                worth = -Decimal(one.amount) + _reversed(one, facts)
            case CreditNoteIssued(credit_note_id=name):
                worth = -Decimal(one.amount)
            case _:
                continue
        if (type(one), name) not in seen:
            seen.add((type(one), name))
            sums[one.currency] += worth
    return {currency: amount for currency, amount in sums.items() if amount}


def _invoiced(invoice: InvoiceIssued, facts: list[Inbound]) -> Decimal:
    about = [one for one in facts if getattr(one, "invoice_id", None) == invoice.invoice_id]
    if any(isinstance(one, InvoiceCancelled) for one in about):
        return Decimal(0)
    amendments = [one for one in about if isinstance(one, InvoiceAmended)]
    if amendments:
        newest = max(amendments, key=lambda one: one.version)  # max keeps the first of equals
        parts = [part.amount for part in newest.schedule or []] or [newest.total]
        if all(_fits(part, invoice.currency) for part in parts):
            return Decimal(newest.total)
    return Decimal(invoice.total)


def _reversed(payment: PaymentReceived, facts: list[Inbound]) -> Decimal:
    amounts: dict[str, str] = {}
    for one in facts:
        if isinstance(one, PaymentReversed) and one.payment_id == payment.payment_id:
            amounts.setdefault(one.reversal_id, one.amount or payment.amount)
    back = sum((Decimal(a) for a in amounts.values() if _fits(a, payment.currency)), Decimal(0))
    return min(back, Decimal(payment.amount))


def _fits(amount: str, currency: str) -> bool:
    return currency != "JPY" or "." not in amount
