"""What accounts were on a past day, and the interest on their invoices: from the journal alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from services.monitor.domain.interest.claim import interest_of
from services.monitor.domain.interest.terms import applicable_terms
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.policy.policy import Policies, Policy
from services.monitor.handlers.ports import AccountKey
from services.monitor.handlers.replay import JournalRow, Replay, replay
from shared.contracts.escalation import Interest
from shared.contracts.interest import InterestTerms
from shared.errors import RejectedError
from shared.money import to_text


class Past(Protocol):
    """The journal, by account."""

    async def journals(
        self, keys: Sequence[AccountKey], known_by: datetime | None
    ) -> Mapping[AccountKey, Sequence[JournalRow]]:
        """Return the entries of accounts that were recorded by an instant; None: all of them."""


@dataclass(frozen=True, slots=True)
class Then:
    """A past day, by value date (`as_of`) and by what was recorded (`known_by`)."""

    as_of: date | None = None
    known_by: datetime | None = None

    def day(self, policy: Policy, now: datetime) -> date:
        """Return the day that is asked for, today unless another one is named."""
        if self.as_of is not None:
            return self.as_of
        return policy.today(now if self.known_by is None else min(now, self.known_by))


@dataclass(frozen=True, slots=True)
class PastAccount:
    """An account as its journal has it for a day, with the policy that applies to it."""

    key: AccountKey
    replay: Replay
    policy: Policy
    #: The creditor's day that is asked for.
    today: date


async def accounts_then(
    past: Past, keys: Sequence[AccountKey], policies: Policies, then: Then, now: datetime
) -> list[PastAccount]:
    """Return accounts as they were; those that had no event by then are left out.

    The day is that of the creditor of the policy in force today, which knows its time zone.
    """
    journals = await past.journals(keys, then.known_by)
    found: list[PastAccount] = []
    for key in keys:
        policy = policies.of(key[1])
        day = then.day(policy, now)
        made = replay(key[1], journals[key], as_of=then.as_of, time_zone=policy.time_zone)
        if made.events:
            found.append(PastAccount(key, made, _policy_of(made, policies), day))
    return found


def _policy_of(made: Replay, policies: Policies) -> Policy:
    customer = made.account.debtor.customer
    if customer is None:
        return policies.of(made.account_id)
    return policies.of(made.account_id, customer.grade, customer.segment)


@dataclass(frozen=True, slots=True)
class InvoiceInterest:
    """The interest on one invoice, and whose terms it grows by."""

    invoice: Invoice
    interest: Interest
    #: `contract`, or the creditor's policy by its label.
    terms_of: str


def interest_then(account: PastAccount, invoice_id: str | None) -> list[InvoiceInterest]:
    """Return the interest on an account's invoices to the end of the day; none where none grows."""
    found: list[InvoiceInterest] = []
    for name, invoice in sorted(account.replay.account.invoices.items()):
        if invoice_id not in (None, name) or invoice.currency is None:
            continue
        terms, owner, fault = _terms(invoice, invoice.currency, account.policy)
        if terms is None:
            continue
        clearings = account.replay.clearings_of(name)
        interest = interest_of(invoice, clearings, terms, account.today)
        if fault is not None:
            interest.why.insert(0, fault)
        if interest.accrued != to_text(0, invoice.currency) or invoice_id is not None:
            found.append(InvoiceInterest(invoice, interest, owner))
    return found


def _terms(
    invoice: Invoice, currency: str, policy: Policy
) -> tuple[InterestTerms | None, str, str | None]:
    """Return terms, whose they are, and why the contract's own could not be read."""
    try:
        terms = applicable_terms(invoice.interest, currency, policy.interest)
    except RejectedError as error:
        fault = f"the contract's terms cannot be read ({error.message}); the creditor's apply"
        return policy.interest, policy.label, fault
    return terms, policy.label if invoice.interest is None else "contract", None
