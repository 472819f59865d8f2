"""Anomalies: what the door could not see and a person should, derived from what is known.

Nothing is lost by any of them: the event is in the journal, and the list says what it waits for.

Arrears' own rule: what only the ledger can see is no reason to refuse an event at the door.
"""

from collections import Counter
from collections.abc import Sequence

from services.monitor.domain.invoice.dispute import ACCEPTED
from services.monitor.domain.invoice.invoice import INTEREST, Invoice
from services.monitor.domain.invoice.terms import extend, read_parts, terms_of
from services.monitor.domain.ledger.debtor import Debtor, Promise
from services.monitor.domain.ledger.funds import Funds, FundsKind, is_readable, readable
from shared.money import to_text


def of_invoice(invoice: Invoice) -> list[str]:
    """Return the sentences about an invoice that need a person's eyes."""
    found = list(invoice.contradictions)
    currency = invoice.currency
    if currency is None:
        return found + _awaited(invoice.invoice_id, _waiting(invoice))
    if invoice.amendment is not None or invoice.extension is not None:
        found += _of_terms(invoice, currency)
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


def _awaited(invoice_id: str, waiting: Sequence[str]) -> list[str]:
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
    if extension is not None and extend(parts, extension, currency) is None:
        total = to_text(sum(part.amount for part in parts), currency)
        found.append(
            f"the schedule agreed on {extension.agreed_on} does not add up to the {total} "
            f"{currency} of invoice {invoice.invoice_id}; its terms stay as they were"
        )
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
            found.append(f"dispute {name} of {dispute.amount} does not fit {currency}")
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
    unreadable = [text for text in funds.reversals.values() if text is not None]
    unreadable += [part.amount for move in funds.moves.values() for part in move.parts]
    found += [
        f"{text} does not fit {currency}, the currency of {noun} {funds.funds_id}"
        for text in unreadable
        if not is_readable(text, currency)
    ]
    allocated = funds.moves_asked() + sum(part.amount for part in funds.own_allocations())
    if funds.kind is FundsKind.PAYMENT and allocated > funds.amount:
        found.append(
            f"{noun} {funds.funds_id} of {to_text(funds.amount, currency)} {currency} was "
            f"allocated to {to_text(allocated, currency)}; the last allocations go without"
        )
    return found


def of_debtor(debtor: Debtor) -> list[str]:
    """Return the sentences about a debtor that need a person's eyes."""
    found = list(debtor.contradictions)
    found += [
        f"promise {name} was withdrawn, but has not come"
        for name, promise in sorted(debtor.promises.items())
        if promise.made_on is None
    ]
    found += [
        f"block {name} was lifted, but has not come"
        for name, block in sorted(debtor.blocks.items())
        if block.blocked_on is None
    ]
    found += [
        f"of cover {name} only the withdrawal has come"
        for name, cover in sorted(debtor.covers.items())
        if cover.terms is None
    ]
    return found + _of_named(debtor) + _of_currencies(debtor) + _of_amounts(debtor)


def _of_named(debtor: Debtor) -> list[str]:
    """Return the sentences about invoices that promises and blocks wait for."""
    waiting: dict[str, list[str]] = {name: [] for name in debtor.named if debtor.waits_for(name)}
    words: list[tuple[str, list[str] | None]] = [
        (f"promise {name}", promise.invoice_ids) for name, promise in _standing(debtor)
    ]
    words += [
        (f"block {name}", block.invoice_ids)
        for name, block in sorted(debtor.blocks.items())
        if block.unblocked_on is None
    ]
    for word, invoice_ids in words:
        for invoice_id in invoice_ids or ():
            if invoice_id in waiting:
                waiting[invoice_id].append(word)
    return [line for name in sorted(waiting) for line in _awaited(name, waiting[name])]


def _of_currencies(debtor: Debtor) -> list[str]:
    """Return the sentences about promises in a currency that what they are for is not in."""
    found: list[str] = []
    for name, promise in _standing(debtor):
        if promise.currency is None:
            continue
        if promise.invoice_ids is None and promise.currency not in debtor.currencies:
            found.append(
                f"promise {name} is in {promise.currency}, and no invoice in {promise.currency} "
                "has come; it holds nothing"
            )
        found += [
            f"promise {name} in {promise.currency} names invoice {invoice_id} in "
            f"{debtor.named[invoice_id]}; nothing is converted"
            for invoice_id in promise.invoice_ids or ()
            if debtor.named.get(invoice_id) not in (None, promise.currency)
        ]
    return found


def _of_amounts(debtor: Debtor) -> list[str]:
    """Return the sentences about promises of an amount that nobody can read."""
    found: list[str] = []
    for name, promise in _standing(debtor):
        if promise.amount is None or promise.currency is not None:
            continue
        ids = promise.invoice_ids
        known = debtor.currencies if ids is None else [debtor.named.get(one) for one in ids]
        currencies = sorted({one for one in known if one is not None})
        if len(currencies) > 1:
            why = f"names no currency, and what it is for is in {' and '.join(currencies)}"
        elif currencies and not is_readable(promise.amount, currencies[0]):
            why = f"does not fit {currencies[0]}"
        else:
            continue
        found.append(
            f"promise {name} of {promise.amount} {why}: it is taken for one of all that is due; "
            "withdraw it, and send it anew under another id"
        )
    return found


def _standing(debtor: Debtor) -> list[tuple[str, Promise]]:
    """Return the promises that have come and that nobody has withdrawn, on whatever day."""
    return [
        (name, promise)
        for name, promise in sorted(debtor.promises.items())
        if promise.made_on is not None and promise.withdrawn_on is None
    ]
