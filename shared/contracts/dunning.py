"""What staff and debtors say that holds dunning: promises, blocks, enforcement."""

from collections.abc import Sequence
from datetime import date

from shared.contracts.fields import (
    ALLOCATIONS_MAX,
    PROMISE_DAYS_MAX,
    Amount,
    CurrencyCode,
    Identifier,
    Inbound,
    Text,
    check_day,
    check_order,
    check_reach,
)
from shared.errors import RejectedError
from shared.money import exponent_of, to_positive_minor


class PromiseMade(Inbound, kw_only=True, frozen=True):
    """The debtor promises to pay by the end of `promised_on`.

    Without `invoice_ids` the promise is for the whole account; without `amount`, for all that is
    due by then. An amount without `currency` is in that of the invoices, or the account's only one.
    """

    day_member = "made_on"

    promise_id: Identifier
    made_on: date
    promised_on: date
    amount: Amount | None = None
    currency: CurrencyCode | None = None
    invoice_ids: list[Identifier] | None = None

    def check(self) -> None:
        """Refuse a promise for a day that was over when it was made, or is years away."""
        check_day(self.made_on, "data.made_on")
        check_order(
            self.made_on,
            self.promised_on,
            "data.promised_on",
            code="promise_in_the_past",
            why="a promise is for the day it is made on, or a later one",
        )
        check_reach(
            self.made_on,
            self.promised_on,
            "data.promised_on",
            days_max=PROMISE_DAYS_MAX,
            code="promise_too_far",
            why="correct the day; what is agreed for longer is invoice.terms_extended.v1",
        )
        if self.currency is not None:
            exponent_of(self.currency, "data.currency")
        if self.amount is not None:
            to_positive_minor(self.amount, self.currency, "data.amount")
        if self.invoice_ids is not None:
            _check_invoice_ids(self.invoice_ids)


class PromiseWithdrawn(Inbound, kw_only=True, frozen=True):
    """A promise does not stand any more, whoever took it back; it was neither kept nor broken."""

    day_member = "withdrawn_on"

    promise_id: Identifier
    withdrawn_on: date
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.withdrawn_on, "data.withdrawn_on")


class DunningBlocked(Inbound, kw_only=True, frozen=True):
    """Dunning is blocked for an invoice or the whole account, from `blocked_on` on.

    It is to the end of `until`, or for good.
    """

    day_member = "blocked_on"
    days_ahead_max = None

    block_id: Identifier
    blocked_on: date
    invoice_id: Identifier | None = None
    until: date | None = None
    reason: Text | None = None

    def check(self) -> None:
        """Refuse a block that is over before it begins."""
        check_day(self.blocked_on, "data.blocked_on")
        check_order(
            self.blocked_on,
            self.until,
            "data.until",
            code="block_ends_before_it_begins",
            why="give the last day of the block, or leave it out",
        )


class DunningUnblocked(Inbound, kw_only=True, frozen=True):
    """A block is lifted from `unblocked_on` on; `block_id` names it."""

    day_member = "unblocked_on"
    days_ahead_max = None

    block_id: Identifier
    unblocked_on: date
    invoice_id: Identifier | None = None
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.unblocked_on, "data.unblocked_on")


class EnforcementSet(Inbound, kw_only=True, frozen=True):
    """Enforcement is switched off for an account, or on again, from `set_on` to the next switch.

    While it is off every level is held, whatever its policy says can hold it.
    """

    day_member = "set_on"

    enforced: bool
    set_on: date
    reason: Text | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.set_on, "data.set_on")


def _check_invoice_ids(invoice_ids: Sequence[str]) -> None:
    """Refuse no names, too many, and one twice.

    An empty list is not taken for the whole account: whoever has filtered all invoices out of it
    would hold the dunning of everything.
    """
    field = "data.invoice_ids"
    if not invoice_ids:
        message = f"{field}: the list is empty; name invoices, or leave it out for the account"
        raise RejectedError(message, code="empty_list", field=field)
    if len(invoice_ids) > ALLOCATIONS_MAX:
        message = (
            f"{field}: {len(invoice_ids)} invoices are more than {ALLOCATIONS_MAX}; "
            "leave the list out for the whole account"
        )
        raise RejectedError(message, code="too_many_invoices", field=field)
    seen: set[str] = set()
    for number, invoice_id in enumerate(invoice_ids):
        if invoice_id in seen:
            message = f"{field}[{number}]: {invoice_id!r} is named twice; name each invoice once"
            raise RejectedError(message, code="duplicate_invoice", field=f"{field}[{number}]")
        seen.add(invoice_id)
