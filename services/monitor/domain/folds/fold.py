"""One fold for each type on the ledger: how an event changes what is known of an account.

A fold adds facts and lets the account settle what they touch. An event that contradicts what is
known (a second invoice with the same number, say) changes nothing, is kept among the account's
anomalies and says so in the journal's `changes`. Each fold returns the day on which what it takes
away leaves, or None when no money or claim can have moved.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from services.monitor.domain.folds import debtors, funds, groups, invoices
from services.monitor.domain.folds.event import Event
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.funds import NEVER_THERE, FundsKind
from services.monitor.domain.ledger.never_there import take_back_days
from services.monitor.domain.ledger.settling import apply_clearing_rule
from shared.calendar import latest_date
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.contracts.credit_note import CreditNoteCancelled, CreditNoteIssued
from shared.contracts.customer import CustomerInsolvent, CustomerUpdated
from shared.contracts.dunning import (
    DunningBlocked,
    DunningUnblocked,
    EnforcementSet,
    PromiseMade,
    PromiseWithdrawn,
)
from shared.contracts.fields import Inbound
from shared.contracts.group import AccountCured, AccountDefaulted, MemberChanged
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


def fold(account: Account, event: Event, rule: str) -> dict[str, Any]:
    """Change the account by one event under the creditor's clearing rule.

    Returns what changed: `items` (open before and after, minor units) and `remark`.
    """
    account.changes = {}
    account.event_on = event.data.happened_on or date.min
    account.today = max(account.event_on, latest_date(event.said_at))
    on = FOLDS[type(event.data)](account, event.data, event)
    if on is not None:
        apply_clearing_rule(account, on, rule)
    if isinstance(event.data, PaymentReversed) and event.data.reason in NEVER_THERE:
        payment = account.funds_of(FundsKind.PAYMENT, event.data.payment_id)
        take_back_days(account, payment)
    return account.changes


#: The fold of each struct that can stand on the ledger.
FOLDS: Final[dict[type[Inbound], Callable[[Account, Any, Event], date | None]]] = {
    InvoiceIssued: invoices.issued,
    InvoiceAmended: invoices.amended,
    InvoiceCancelled: invoices.cancelled,
    InvoiceTermsExtended: invoices.terms_extended,
    InvoiceWrittenOff: invoices.written_off,
    InvoiceWriteOffReversed: invoices.write_off_reversed,
    InvoiceDisputed: invoices.disputed,
    DisputeResolved: invoices.dispute_resolved,
    InterestWaived: invoices.interest_waived,
    PaymentReceived: funds.payment_received,
    PaymentAllocated: funds.payment_allocated,
    PaymentReversed: funds.payment_reversed,
    CreditNoteIssued: funds.credit_note_issued,
    CreditNoteCancelled: funds.credit_note_cancelled,
    CustomerUpdated: debtors.customer_updated,
    CustomerInsolvent: debtors.customer_insolvent,
    CoverUpdated: debtors.cover_updated,
    CoverWithdrawn: debtors.cover_withdrawn,
    PromiseMade: debtors.promise_made,
    PromiseWithdrawn: debtors.promise_withdrawn,
    DunningBlocked: debtors.blocked,
    DunningUnblocked: debtors.unblocked,
    EnforcementSet: debtors.enforcement_set,
    MemberChanged: groups.member_changed,
    AccountDefaulted: groups.account_defaulted,
    AccountCured: groups.account_cured,
}
