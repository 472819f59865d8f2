"""Anomalies of what is said of a debtor: what waits for its invoice or its first word.

What is said of invoices and money is in `anomalies`, of amounts that promises give without their
currency in `escalation.unread`.
"""

from services.monitor.domain.ledger.anomalies import awaited
from services.monitor.domain.ledger.debtor import Debtor, Promise


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
        f"promise {name} was withdrawn on {promise.withdrawn_on}, before its own day, "
        f"{promise.made_on}; it counts as withdrawn"
        for name, promise in sorted(debtor.promises.items())
        if promise.made_on and promise.withdrawn_on and promise.withdrawn_on < promise.made_on
    ]
    found += [
        f"block {name} was lifted on {block.unblocked_on}, before its own day, "
        f"{block.blocked_on}; it holds nothing"
        for name, block in sorted(debtor.blocks.items())
        if block.blocked_on and block.unblocked_on and block.unblocked_on < block.blocked_on
    ]
    found += [
        f"of cover {name} only the withdrawal has come"
        for name, cover in sorted(debtor.covers.items())
        if cover.terms is None
    ]
    return found + _of_named(debtor) + _of_currencies(debtor)


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
    return [line for name in sorted(waiting) for line in awaited(name, waiting[name])]


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


def _standing(debtor: Debtor) -> list[tuple[str, Promise]]:
    """Return the promises that have come and that nobody has withdrawn, on whatever day."""
    return [
        (name, promise)
        for name, promise in sorted(debtor.promises.items())
        if promise.made_on is not None and promise.withdrawn_on is None
    ]
