"""Folds of what is said of invoices: issue, terms, write-offs, disputes, waived interest."""

from datetime import date

from services.monitor.domain.folds.event import Event
from services.monitor.domain.invoice.dispute import Dispute
from services.monitor.domain.invoice.invoice import Waiver
from services.monitor.domain.invoice.terms import Amendment, Extension, Part, read_parts
from services.monitor.domain.invoice.write_off import WriteOff
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.settling import name_funds, settle
from shared.contracts.invoice import (
    DisputeResolved,
    InterestWaived,
    InvoiceAmended,
    InvoiceCancelled,
    InvoiceDisputed,
    InvoiceIssued,
    InvoiceTermsExtended,
    InvoiceWriteOffReversed,
    InvoiceWrittenOff,
)
from shared.money import to_minor


def issued(account: Account, data: InvoiceIssued, event: Event) -> date:
    """An invoice comes to be; all that was said of it before takes hold."""
    invoice = account.invoice(data.invoice_id)
    if invoice.currency is not None:
        sentence = (
            f"invoice {data.invoice_id} was issued before; kept as it was, and event {event.name} "
            f"({data.total} {data.currency}) changes nothing"
        )
        invoice.contradictions.append(sentence)
        account.remark(sentence)
        return data.issued_on
    invoice.currency = data.currency
    invoice.issued_on = data.issued_on
    invoice.interest = data.interest
    invoice.parts = [
        Part(due_on, to_minor(text, data.currency)) for due_on, text in _parts_of(data)
    ]
    if invoice.amendment and read_parts(invoice.amendment.parts, data.currency) is None:
        account.remark(unreadable(invoice.amendment, data.currency))
    account.came(invoice)
    settle(account, invoice, data.issued_on, "issued")
    return data.issued_on


def amended(account: Account, data: InvoiceAmended, event: Event) -> date:
    """An invoice has new terms; the highest version stands, and a lower one stood on its days.

    Of two words on one version the one said last stands, so that the order of arrival does not
    matter; where they differ a person should see it.
    """
    invoice = account.invoice(data.invoice_id)
    amendment = Amendment(data.version, _parts_of(data), data.amended_on, event.said_at, event.name)
    known = {one.version: one for one in invoice.versions()}
    same = known.get(data.version)
    if same is not None and not same.says_what(amendment):
        last = max(same, amendment, key=lambda one: one.rank)
        sentence = (
            f"version {data.version} of invoice {data.invoice_id} came with different terms; "
            f"those of event {last.event_name}, said last, count"
        )
        if sentence not in invoice.contradictions:
            invoice.contradictions.append(sentence)
        account.remark(sentence)
    elif same is not None:
        account.remark(f"version {data.version} of invoice {data.invoice_id} is known")
    if same is not None and same.rank >= amendment.rank:
        return data.amended_on
    known[data.version] = amendment
    *lower, highest = sorted(known.values(), key=lambda one: one.version)
    invoice.amended_before, invoice.amendment = lower, highest
    if highest is not amendment:
        account.remark(
            f"version {data.version} of invoice {data.invoice_id} does not stand: "
            f"version {highest.version} is known"
        )
    elif invoice.currency is not None and read_parts(amendment.parts, invoice.currency) is None:
        account.remark(unreadable(amendment, invoice.currency))
    settle(account, invoice, data.amended_on, "amended")
    return data.amended_on


def cancelled(account: Account, data: InvoiceCancelled, _event: Event) -> date:
    """Nothing of an invoice is owed any more; its cash goes back to the account.

    Of two cancellations the earlier day stands.
    """
    invoice = account.invoice(data.invoice_id)
    if invoice.cancelled_on is not None:
        account.remark(f"invoice {data.invoice_id} was cancelled before")
        if data.cancelled_on < invoice.cancelled_on:
            invoice.cancelled_on = data.cancelled_on
            settle(account, invoice, data.cancelled_on, "cancelled")
        return data.cancelled_on
    invoice.cancelled_on = data.cancelled_on
    paid = invoice.payments()
    invoice.named = [one for one in invoice.named if one.key not in paid]
    settle(account, invoice, data.cancelled_on, "cancelled")
    for key in sorted(paid):
        name_funds(account, account.funds_of(*key), data.cancelled_on, "paid")
    return data.cancelled_on


def terms_extended(account: Account, data: InvoiceTermsExtended, event: Event) -> date:
    """More time was agreed; the latest agreement stands, the earlier ones count for interest."""
    invoice = account.invoice(data.invoice_id)
    parts = [(part.due_on, part.amount) for part in data.schedule or ()]
    extension = Extension(data.agreed_on, event.name, data.due_on, parts, event.said_at)
    others = [one for one in invoice.agreements() if one.name != event.name]
    *older, latest = sorted([*others, extension], key=lambda one: one.rank)
    invoice.extended_before, invoice.extension = older, latest
    if latest.name != event.name:
        account.remark(f"an agreement of {latest.agreed_on} is known; this does not stand")
    settle(account, invoice, data.agreed_on, "terms extended")
    return data.agreed_on


def written_off(account: Account, data: InvoiceWrittenOff, event: Event) -> date:
    """A part or all of what is open is given up."""
    invoice = account.invoice(data.invoice_id)
    invoice.write_offs[event.name] = WriteOff(
        data.written_off_on, data.amount, said_at=event.said_at
    )
    settle(account, invoice, data.written_off_on, "written off")
    return data.written_off_on


def write_off_reversed(account: Account, data: InvoiceWriteOffReversed, event: Event) -> date:
    """What was given up is owed again."""
    invoice = account.invoice(data.invoice_id)
    invoice.write_offs[event.name] = WriteOff(
        data.reversed_on, data.amount, is_reversal=True, said_at=event.said_at
    )
    settle(account, invoice, data.reversed_on, "write-off reversed")
    return data.reversed_on


def disputed(account: Account, data: InvoiceDisputed, event: Event) -> date:
    """A part or all of an invoice is contested."""
    invoice = account.invoice(data.invoice_id)
    dispute = invoice.disputes.setdefault(data.dispute_id, Dispute())
    if dispute.disputed_on is not None:
        sentence = f"dispute {data.dispute_id} came before; event {event.name} changes nothing"
        if dispute.resolved_on is not None:
            sentence += ", for it is resolved: what is disputed anew needs an id of its own"
        invoice.contradictions.append(sentence)
        account.remark(sentence)
        return data.disputed_on
    dispute.disputed_on = data.disputed_on
    dispute.amount = data.amount
    dispute.instalment = data.instalment
    settle(account, invoice, data.disputed_on, "disputed")
    return data.disputed_on


def dispute_resolved(account: Account, data: DisputeResolved, event: Event) -> date:
    """A dispute ends; a resolution that comes first waits for it."""
    invoice = account.invoice(data.invoice_id)
    dispute = invoice.disputes.setdefault(data.dispute_id, Dispute())
    if dispute.resolved_on is not None:
        sentence = (
            f"dispute {data.dispute_id} was resolved before; event {event.name} changes nothing"
        )
        if (dispute.outcome, dispute.resolved_on) != (data.outcome, data.resolved_on):
            invoice.contradictions.append(sentence)
        account.remark(sentence)
        return data.resolved_on
    dispute.resolved_on = data.resolved_on
    dispute.outcome = data.outcome
    if dispute.disputed_on is None:
        account.remark(f"dispute {data.dispute_id} has not come yet; this waits for it")
    settle(account, invoice, data.resolved_on, "dispute resolved")
    return data.resolved_on


def interest_waived(account: Account, data: InterestWaived, event: Event) -> None:
    """Interest is given up; it is no part of what is open."""
    invoice = account.invoice(data.invoice_id)
    waiver = Waiver(data.waived_on, data.amount)
    known = invoice.waivers.setdefault(data.waiver_id, waiver)
    if known is not waiver:
        sentence = f"waiver {data.waiver_id} came before; event {event.name} changes nothing"
        if known != waiver:
            invoice.contradictions.append(sentence)
        account.remark(sentence)


def _parts_of(data: InvoiceIssued | InvoiceAmended) -> list[tuple[date, str]]:
    if data.schedule:
        return [(part.due_on, part.amount) for part in data.schedule]
    assert data.due_on is not None
    return [(data.due_on, data.total)]


def unreadable(amendment: Amendment, currency: str) -> str:
    """Say that an amendment's amounts do not fit the invoice's currency."""
    return (
        f"version {amendment.version} has amounts with more decimals than {currency} has; "
        "the invoice keeps the terms it had until a higher version comes"
    )
