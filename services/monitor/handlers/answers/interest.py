"""The interest on one invoice as people ask for it: grown, paid, waived, owed, by whose terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from services.monitor.domain.interest.claim import interest_of, paid_beyond, paid_of, waived_beyond
from services.monitor.domain.interest.in_force import terms_in_force
from services.monitor.domain.interest.terms import InForce, ruling
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.policy.policies import Policies
from services.monitor.handlers.collector import collector_paused
from services.monitor.handlers.ports import AccountKey, Known
from shared.contracts.escalation import Interest
from shared.money import to_minor

#: Partition, account id, invoice id.
InvoiceKey = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class InvoiceInterest:
    """The interest on one invoice to the end of a day; amounts in minor units of its currency."""

    invoice_id: str
    interest: Interest
    #: Money that has met the interest by then, and what of it is beyond what has grown.
    paid: int
    overpaid: int
    #: A sentence for a person on each payment and each waiver that went beyond.
    beyond: list[str]
    #: What waivers have taken away of what would be owed without them.
    waived: int
    #: `contract`, or the creditor's policy that is in force on the day, by its label.
    terms_of: str
    #: Why the contract's own terms could not be read.
    fault: str | None

    @property
    def why(self) -> list[str]:
        """Every step of the arithmetic."""
        return [*([] if self.fault is None else [self.fault]), *self.interest.why]

    @property
    def is_some(self) -> bool:
        """Whether anything has grown or was paid at all."""
        return self.paid > 0 or to_minor(self.interest.accrued, self.interest.currency) > 0


def interest_on(
    invoice: Invoice, clearings: Iterable[Clearing], creditors: tuple[InForce, ...], until: date
) -> InvoiceInterest | None:
    """Return the interest on an invoice to the end of a day.

    None where late payment bears none and never did, unless some was paid or waived all the same.
    `clearings` are the invoice's own, `creditors` the account's terms by the day
    (`terms_in_force`). A contract that nobody can read falls back to those, and says so.
    """
    currency = invoice.currency
    if currency is None:
        return None
    found = ruling(invoice.interest, currency, creditors)
    terms = found.in_force
    own = list(clearings)
    paid = paid_of(own, until)
    if not found.bears_by(until) and not paid and not invoice.waivers:
        return None
    interest = interest_of(invoice, own, terms, until)
    waived = 0
    if invoice.waivers:
        unwaived = interest_of(replace(invoice, waivers={}), own, terms, until)
        waived = to_minor(unwaived.open, currency) - to_minor(interest.open, currency)
    grown = to_minor(interest.accrued, currency)
    return InvoiceInterest(
        invoice_id=invoice.invoice_id,
        interest=interest,
        paid=paid,
        overpaid=max(0, paid - grown),
        beyond=[
            *paid_beyond(invoice, own, grown, until),
            *waived_beyond(invoice, own, terms, until),
        ],
        waived=waived,
        terms_of=found.on(until).terms_of,
        fault=found.fault,
    )


class Reading(Protocol):
    """One snapshot of the stored state."""

    async def policies(self) -> tuple[Policies, int]:
        """Return the policies with their history, and how many versions there are in all."""

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        """Return what is known of accounts besides their items."""

    async def invoices(self, keys: Sequence[InvoiceKey]) -> dict[InvoiceKey, Invoice]:
        """Return invoices with their items."""

    async def clearings(self, keys: Sequence[InvoiceKey]) -> dict[InvoiceKey, list[Clearing]]:
        """Return the clearing records of invoices, in the order of the ledger."""


async def interest_now(
    reading: Reading, keys: Sequence[InvoiceKey], now: datetime, until: date | None = None
) -> list[tuple[InvoiceKey, InvoiceInterest, date]]:
    """Return the interest on invoices to the end of a day, the creditor's today, with that day.

    Those whose late payment bears none are left out.
    """
    if not keys:
        return []
    policies, _versions = await reading.policies()
    known = await reading.known(sorted({key[:2] for key in keys}))
    terms = {key: terms_in_force(key[1], one.debtor, policies) for key, one in known.items()}
    invoices = await reading.invoices(keys)
    clearings = await reading.clearings(keys)
    found: list[tuple[InvoiceKey, InvoiceInterest, date]] = []
    with collector_paused():
        for key in keys:
            day = until or known[key[:2]].policy(key[:2], policies).today(now)
            one = interest_on(invoices[key], clearings.get(key, []), terms[key[:2]], day)
            if one is not None:
                found.append((key, one, day))
    return found


async def beyond_now(
    reading: Reading, keys: Sequence[InvoiceKey], now: datetime
) -> dict[InvoiceKey | None, list[str]]:
    """Return the sentences on interest that was paid or waived beyond what has grown, by invoice.

    They depend on the creditor's day and policy, so that they are made when they are read, unlike
    the anomalies that follow from the facts alone and are stored with them.
    """
    return {key: one.beyond for key, one, _day in await interest_now(reading, keys, now)}
