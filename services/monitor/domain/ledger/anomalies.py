"""Anomalies: what the door could not see and a person should, derived from what is known.

Nothing is lost by any of them: the event is in the journal, and the list says what it waits for.

Arrears' own rule: what only the ledger can see is no reason to refuse an event at the door.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from services.monitor.domain.invoice.dispute import ACCEPTED
from services.monitor.domain.invoice.invoice import INTEREST, Invoice
from services.monitor.domain.invoice.terms import (
    Extension,
    Part,
    extend,
    is_overridden,
    read_parts,
    terms_of,
)
from services.monitor.domain.ledger.funds import (
    NEVER_THERE,
    Funds,
    FundsKind,
    is_readable,
    readable,
)
from shared.contracts.fields import DAYS_AHEAD_MAX
from shared.money import to_text


def of_invoice(invoice: Invoice) -> list[str]:
    """Return the sentences about an invoice that need a person's eyes."""
    found = list(invoice.contradictions)
    currency = invoice.currency
    if currency is None:
        return found + awaited(invoice.invoice_id, _waiting(invoice))
    if invoice.amendment is not None or invoice.extension is not None:
        found += _of_terms(invoice, currency)
    found += _of_days(invoice)
    if invoice.disputes:
        found += _of_disputes(invoice, currency)
    if invoice.losses_beyond:
        found += _of_write_offs(invoice, currency)
    if invoice.named:
        found += _of_payments(invoice, currency)
    for one in invoice.named:
        if one.currency != currency:
            found.append(
                f"{one.kind.replace('_', ' ')} {one.funds_id} in {one.currency} names invoice "
                f"{invoice.invoice_id} in {currency}; nothing is converted"
            )
        elif one.instalment is not None and one.instalment > len(invoice.items):
            found.append(
                f"{one.kind.replace('_', ' ')} {one.funds_id} names instalment {one.instalment} "
                f"of invoice {invoice.invoice_id}, which has {len(invoice.items)}"
            )
    if not invoice.write_offs and not invoice.waivers:
        return found
    words = [("write-off", one.amount) for one in invoice.write_offs.values()]
    words += [("waiver", one.amount) for one in invoice.waivers.values()]
    found += [
        f"the {noun} of {amount} does not fit {currency}"
        for noun, amount in words
        if amount is not None and not is_readable(amount, currency)
    ]
    return found


def awaited(invoice_id: str, waiting: Sequence[str]) -> list[str]:
    """Say that an invoice has not come, where anything waits for it."""
    if not waiting:
        return []
    verb = "waits" if len(waiting) == 1 else "wait"
    return [f"invoice {invoice_id} has not come: {', '.join(waiting)} {verb}"]


def _waiting(invoice: Invoice) -> list[str]:
    """Name what was said of an invoice that has not come; a cancellation needs nobody's eyes."""
    waiting = sorted({f"{one.kind.replace('_', ' ')} {one.funds_id}" for one in invoice.named})
    waiting += sorted(f"dispute {name}" for name in invoice.disputes)
    waiting += sorted(f"waiver {name}" for name in invoice.waivers)
    if invoice.amendment is not None:
        waiting.append(f"version {invoice.amendment.version}")
    if invoice.extension is not None:
        waiting.append(f"the agreement of {invoice.extension.agreed_on}")
    waiting += sorted({f"the write-off of {one.on}" for one in invoice.write_offs.values()})
    return waiting


def _of_terms(invoice: Invoice, currency: str) -> list[str]:
    found: list[str] = []
    amendment, extension = invoice.amendment, invoice.extension
    if amendment is not None and read_parts(amendment.parts, currency) is None:
        found.append(f"version {amendment.version} has amounts that do not fit {currency}")
    parts = terms_of(invoice.parts, invoice.versions(), [], currency)
    first_on, issued_on = min((part.due_on for part in parts), default=None), invoice.issued_on
    if first_on is not None and issued_on is not None and first_on < issued_on:
        found.append(
            f"invoice {invoice.invoice_id} is due on {first_on} by its newest version, before its "
            f"own date {issued_on}"
        )
    return (
        found if extension is None else found + _of_agreement(invoice, extension, parts, currency)
    )


def _of_agreement(
    invoice: Invoice, extension: Extension, parts: Sequence[Part], currency: str
) -> list[str]:
    """Return the sentences about more time that is none, by the terms without it."""
    extended = extend(parts, extension, currency)
    if extended is None:
        total = to_text(sum(part.amount for part in parts), currency)
        sentence = (
            f"the schedule agreed on {extension.agreed_on} does not add up to the {total} "
            f"{currency} of invoice {invoice.invoice_id}; its terms stay as they were"
        )
        return [sentence]
    if is_overridden(extension, invoice.versions(), currency):
        return []
    asked = [due_on for due_on, _amount in extension.parts]
    if extension.due_on is not None:
        if any(part.due_on <= extension.due_on for part in parts):
            return []
        asked = [extension.due_on] * len(parts)
    return [
        f"the agreement of {extension.agreed_on} gives {to_text(part.amount, currency)} {currency} "
        f"of invoice {invoice.invoice_id} to {on}, which was due later; it stays due on "
        f"{part.due_on}"
        for part, on in zip(extended, asked, strict=True)
        if on < part.due_on
    ]


def _of_days(invoice: Invoice) -> list[str]:
    """Return the sentences about days that cannot be: an end before its beginning."""
    found = [
        f"dispute {name} was resolved on {one.resolved_on}, before its own day, "
        f"{one.disputed_on}; it counts as resolved"
        for name, one in sorted(invoice.disputes.items())
        if one.disputed_on and one.resolved_on and one.resolved_on < one.disputed_on
    ]
    return found if invoice.cancelled_on is None else found + _of_cancelled(invoice)


def _of_cancelled(invoice: Invoice) -> list[str]:
    """Return the sentences about what was said of an invoice that is cancelled by then."""
    cancelled_on, name = invoice.cancelled_on, invoice.invoice_id
    assert cancelled_on is not None
    words = [(f"version {one.version}", one.amended_on) for one in invoice.versions()]
    if invoice.extension is not None:
        words.append(("the extension", invoice.extension.agreed_on))
    words += [
        (f"dispute {dispute_id}", one.disputed_on)
        for dispute_id, one in sorted(invoice.disputes.items())
        if one.stands
    ]
    found = [
        f"{word} of invoice {name} is of {on}, after its cancellation on {cancelled_on}; nothing "
        "is owed"
        for word, on in words
        if on is not None and on > cancelled_on
    ]
    found += [
        f"credit note {one.funds_id} names invoice {name}, which was cancelled; "
        f"{to_text(one.amount, one.currency)} {one.currency} of it is unapplied"
        for one in invoice.named
        if one.kind is FundsKind.CREDIT_NOTE and one.currency == invoice.currency
    ]
    return found


def _of_disputes(invoice: Invoice, currency: str) -> list[str]:
    found: list[str] = []
    total = sum(item.amount for item in invoice.items)
    amounts = {item.instalment: item.amount for item in invoice.items}
    is_disputed = any(item.disputed for item in invoice.items)
    for name, dispute in sorted(invoice.disputes.items()):
        most = amounts.get(dispute.instalment or 0, total)
        whose = "instalment" if dispute.instalment in amounts else "invoice"
        if dispute.stands and (dispute.instalment or 0) > len(invoice.items):
            found.append(
                f"dispute {name} names instalment {dispute.instalment} of invoice "
                f"{invoice.invoice_id}, which has {len(invoice.items)}; it counts for the invoice"
            )
        if dispute.disputed_on is None:
            found.append(f"dispute {name} was resolved, but has not come")
        elif dispute.amount is not None and readable(dispute.amount, currency) > most > 0:
            found.append(
                f"dispute {name} of {dispute.amount} {currency} is above the {whose}'s "
                f"{to_text(most, currency)}"
            )
        elif dispute.amount is not None and not is_readable(dispute.amount, currency):
            found.append(
                f"dispute {name} of {dispute.amount} does not fit {currency}; it counts for all of "
                f"the {whose}"
            )
        elif dispute.outcome == ACCEPTED and not invoice.is_settled(dispute) and is_disputed:
            found.append(f"dispute {name} was accepted, and its credit has not come")
    return found


def _of_write_offs(invoice: Invoice, currency: str) -> list[str]:
    """Return the sentences about write-offs and reversals beyond what there was."""
    found: list[str] = []
    for name, excess in sorted(invoice.losses_beyond.items()):
        word = invoice.write_offs[name]
        if word.is_reversal:
            noun, there_was = "the reversal of a write-off", "given up"
        else:
            noun, there_was = "the write-off", "open"
        amount = "all" if word.amount is None else f"{word.amount} {currency}"
        less = f"{to_text(excess, currency)} {currency} more than was" if excess else "nothing was"
        found.append(
            f"{noun} of {amount} on {word.on}: {less} {there_was} of invoice {invoice.invoice_id}"
        )
    return found


def _of_payments(invoice: Invoice, currency: str) -> list[str]:
    """Return the sentences about payments that name more of it than there was, as one paid twice.

    Where an invoice was cancelled they name nothing any more.
    """
    beyond = Counter[str]()
    for one in invoice.named:
        if one.kind is FundsKind.PAYMENT and one.currency == currency:
            beyond[one.funds_id] += one.amount if one.instalment != INTEREST else 0
    for match in invoice.matches:
        if match.named and match.kind is FundsKind.PAYMENT and match.instalment != INTEREST:
            beyond[match.funds_id] -= match.amount
    return [
        f"payment {funds_id} names {to_text(amount, currency)} {currency} more than was open of "
        f"invoice {invoice.invoice_id}; it is on account"
        for funds_id, amount in sorted(beyond.items())
        if amount > 0
    ]


def of_funds(funds: Funds) -> list[str]:
    """Return the sentences about a payment or credit note that need a person's eyes."""
    found = list(funds.contradictions)
    noun = funds.kind.replace("_", " ")
    currency = funds.currency
    if currency is None:
        if funds.reversals or funds.moves:
            found.append(f"{noun} {funds.funds_id} has not come, but was reversed or allocated")
        return found
    if funds.reversals_asked() > funds.amount:
        found.append(
            f"{noun} {funds.funds_id} of {to_text(funds.amount, currency)} {currency} was "
            f"reversed by {to_text(funds.reversals_asked(), currency)}"
        )
    found += _of_days_of_funds(funds)
    if funds.released and funds.unapplied > 0:
        left = to_text(funds.unapplied, currency)
        found += [
            f"payment {funds.funds_id} names invoice {invoice_id}, which was cancelled; {left} "
            f"{currency} of it is on account"
            for invoice_id in funds.released
        ]
    unreadable = [text for text in funds.reversals.values() if text is not None]
    unreadable += [part.amount for move in funds.moves.values() for part in move.parts]
    found += [
        f"{text} does not fit {currency}, the currency of {noun} {funds.funds_id}"
        for text in unreadable
        if not is_readable(text, currency)
    ]
    moved, named = funds.moves_asked(), sum(part.amount for part in funds.own_allocations())
    if funds.kind is FundsKind.PAYMENT and moved + named > funds.amount:
        sentence = (
            f"{noun} {funds.funds_id} of {to_text(funds.amount, currency)} {currency} was "
            f"allocated to {to_text(moved + named, currency)}; the last allocations go without"
        )
        if moved and named:
            sentence += (
                "; only money that names no invoice can be moved: to take it from one, reverse it "
                "as a mistake and tell it anew"
            )
        found.append(sentence)
    return found


def _of_days_of_funds(funds: Funds) -> list[str]:
    """Return the sentences about what was taken back before it came.

    That it never will may be known as long beforehand as a value date may be told.
    """
    assert funds.value_on is not None
    is_payment = funds.kind is FundsKind.PAYMENT
    noun, verb = ("payment", "reversed") if is_payment else ("credit note", "cancelled")
    found: list[str] = []
    for name, on in sorted(funds.reversed_on.items()):
        was_there = funds.reversed_because.get(name) not in NEVER_THERE
        if on < funds.value_on - timedelta(0 if was_there else DAYS_AHEAD_MAX):
            found.append(
                f"{noun} {funds.funds_id} was {verb} on {on}, before its own day, {funds.value_on}"
            )
    return found
