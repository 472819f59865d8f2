"""What an event needs of its account, so that a batch loads neither less nor more."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from services.monitor.domain.ledger.funds import Funds, FundsKey, FundsKind
from shared.contracts.credit_note import CreditNoteCancelled, CreditNoteIssued
from shared.contracts.dunning import DunningBlocked, PromiseMade
from shared.contracts.fields import Inbound
from shared.contracts.group import MemberChanged
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
from shared.contracts.payment import PaymentAllocated, PaymentReceived, PaymentReversed
from shared.money import to_minor

#: What is said of one invoice and can set no money free.
_OF_INVOICE = (
    InvoiceIssued,
    InvoiceDisputed,
    DisputeResolved,
    InterestWaived,
)
#: What is said of one invoice and may leave it with less room for money.
_SHRINKING = (
    InvoiceAmended,
    InvoiceCancelled,
    InvoiceTermsExtended,
    InvoiceWrittenOff,
    InvoiceWriteOffReversed,
)
_PAYMENTS = (PaymentReceived, PaymentAllocated, PaymentReversed)


@dataclass(slots=True)
class Needs:
    """Keys that a batch's events name in one account.

    The store loads these, then what hangs on them: the invoices of loaded funds, the funds of
    loaded invoices, and the open items that the clearing rule can reach where it may have money.
    """

    invoices: set[str] = field(default_factory=set)
    funds: set[FundsKey] = field(default_factory=set)
    #: Those of `invoices` that let go of the payments that name them, which then stand elsewhere.
    cancelled: set[str] = field(default_factory=set)
    #: Those of `invoices` that money names: it is free where one is cancelled.
    paid: set[str] = field(default_factory=set)
    #: Whether an event may set money free for the clearing rule.
    may_free: bool = False
    #: By currency, the minor units that the events bring, which is the most that they set free;
    #: None where room that is lost sets free what was there before.
    brought: Counter[str] | None = field(default_factory=Counter)
    #: The earliest day of an event; the earliest there is for one without a day.
    since: date = date.max
    #: Whether the key is that of a group.
    group: bool = False

    def add(self, data: Inbound) -> None:
        """Add what one event names."""
        self.since = min(self.since, data.happened_on or date.min)
        if isinstance(data, _OF_INVOICE):
            self.invoices.add(data.invoice_id)
        elif isinstance(data, _SHRINKING):
            self.invoices.add(data.invoice_id)
            self.may_free = True
            self.brought = None
            if isinstance(data, InvoiceCancelled):
                self.cancelled.add(data.invoice_id)
        elif isinstance(data, _PAYMENTS):
            self._add_payment(data)
        elif isinstance(data, CreditNoteIssued | CreditNoteCancelled):
            self._add_credit_note(data)
        elif isinstance(data, PromiseMade | DunningBlocked):
            self.invoices.update(_named_by(data))
        elif isinstance(data, MemberChanged):
            self.group = True

    def money(self, funds: Iterable[Funds]) -> Mapping[str, int] | None:
        """Return what the clearing rule may match at most, with what is free of `funds`.

        By currency, in minor units; None where it may be any amount.
        """
        if self.brought is None:
            return None
        money = Counter(self.brought)
        for one in funds:
            if one.currency is not None and one.free > 0:
                money[one.currency] += one.free
        return money

    def _add_payment(self, data: PaymentReceived | PaymentAllocated | PaymentReversed) -> None:
        self.funds.add((FundsKind.PAYMENT, data.payment_id))
        self.paid.update(_named_by(data))
        self.invoices |= self.paid
        if isinstance(data, PaymentReceived):
            self.may_free |= not data.names_all
            self._bring(data)

    def _add_credit_note(self, data: CreditNoteIssued | CreditNoteCancelled) -> None:
        self.funds.add((FundsKind.CREDIT_NOTE, data.credit_note_id))
        if isinstance(data, CreditNoteIssued):
            self.may_free |= data.invoice_id is None
            self._bring(data)
            if data.invoice_id is not None:
                self.invoices.add(data.invoice_id)

    def _bring(self, data: PaymentReceived | CreditNoteIssued) -> None:
        if self.brought is not None:
            self.brought[data.currency] += to_minor(data.amount, data.currency)


def _named_by(data: Inbound) -> Iterable[str]:
    """Return the invoices that money, a promise or a block names: whether they have come counts."""
    match data:
        case PaymentReceived() | PaymentAllocated():
            return (part.invoice_id for part in data.allocations or ())
        case PromiseMade():
            return data.invoice_ids or ()
        case DunningBlocked(invoice_id=str(invoice_id)):
            return (invoice_id,)
        case _:
            return ()
