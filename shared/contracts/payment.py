"""What banks and cashiers say of money received."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from shared.contracts.fields import (
    ALLOCATIONS_MAX,
    INSTALMENTS_MAX,
    Amount,
    CurrencyCode,
    Identifier,
    Inbound,
    Text,
    Version,
    check_day,
    sum_text,
)
from shared.errors import RejectedError
from shared.money import exponent_of, to_positive_minor


class Allocation(Struct, kw_only=True, frozen=True):
    """A part of a payment that names what it pays; without `instalment`, the earliest first.

    `claim` says whether it pays the invoice or the interest on it.
    """

    invoice_id: Identifier
    amount: Amount
    instalment: Version | None = None
    claim: Literal["principal", "interest"] = "principal"


class PaymentReceived(Inbound, kw_only=True, frozen=True):
    """Money came in; what no allocation names is on account."""

    day_member = "received_on"

    payment_id: Identifier
    amount: Amount
    currency: CurrencyCode
    received_on: date
    allocations: list[Allocation] | None = None
    reference: Text | None = None

    @property
    def names_all(self) -> bool:
        """Whether its allocations leave nothing on account."""
        named = sum(Decimal(part.amount) for part in self.allocations or ())
        return named == Decimal(self.amount)

    def check(self) -> None:
        """Refuse allocations that add up to more than the payment."""
        exponent_of(self.currency, "data.currency")
        check_day(self.received_on, "data.received_on")
        amount_minor = to_positive_minor(self.amount, self.currency, "data.amount")
        sum_minor = _check_allocations(self.allocations or (), self.currency)
        if sum_minor > amount_minor:
            message = (
                f"data.allocations: they come to {sum_text(sum_minor, self.currency)}, more than "
                f"the payment of {self.amount}; what no allocation names is on account"
            )
            raise RejectedError(message, code="allocations_sum", field="data.allocations")


class PaymentAllocated(Inbound, kw_only=True, frozen=True):
    """Money on account is moved to invoices; the amounts are in the payment's currency."""

    day_member = "allocated_on"

    payment_id: Identifier
    allocated_on: date
    allocations: list[Allocation]

    def check(self) -> None:
        """Refuse a move of nothing."""
        check_day(self.allocated_on, "data.allocated_on")
        if not self.allocations:
            message = "data.allocations: the list is empty; name what the money is moved to"
            raise RejectedError(message, code="empty_list", field="data.allocations")
        _check_allocations(self.allocations, None)


class PaymentReversed(Inbound, kw_only=True, frozen=True):
    """A payment turned out not to stand, in part (`amount`) or all of it.

    The amount is in the payment's own currency, which the reversal does not repeat.
    """

    day_member = "reversed_on"

    reversal_id: Identifier
    payment_id: Identifier
    reversed_on: date
    reason: Literal["bounced", "chargeback", "refund", "mistake"]
    amount: Amount | None = None

    def check(self) -> None:
        """Refuse an amount that takes nothing back."""
        check_day(self.reversed_on, "data.reversed_on")
        if self.amount is not None:
            to_positive_minor(self.amount, None, "data.amount")


def _check_allocations(allocations: Sequence[Allocation], currency: str | None) -> int:
    """Return what allocations come to, in minor units; refuse too many, and those of nothing."""
    if len(allocations) > ALLOCATIONS_MAX:
        message = (
            f"data.allocations: {len(allocations)} are more than {ALLOCATIONS_MAX}; "
            "send them in several events"
        )
        raise RejectedError(message, code="too_many_allocations", field="data.allocations")
    for number, part in enumerate(allocations):
        if part.instalment is not None:
            _check_instalment(part, part.instalment, f"data.allocations[{number}].instalment")
    return sum(
        to_positive_minor(part.amount, currency, f"data.allocations[{number}].amount")
        for number, part in enumerate(allocations)
    )


def _check_instalment(part: Allocation, instalment: int, field: str) -> None:
    """Refuse an instalment that no invoice has, and one of the interest, which has none."""
    if instalment > INSTALMENTS_MAX:
        message = (
            f"{field}: {instalment} is more than {INSTALMENTS_MAX}, the most instalments that an "
            "invoice has; correct it"
        )
        raise RejectedError(message, code="invalid_value", field=field)
    if part.claim == "interest":
        message = (
            f"{field}: interest is owed on the whole of invoice {part.invoice_id!r}, and on no "
            f"instalment such as {instalment}; leave it out"
        )
        raise RejectedError(message, code="invalid_value", field=field)
