"""Payments: transfers as the creditor's bank sees them arrive, named or on account."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cli.sample.paying.courses import Course
from cli.sample.paying.shares import Share
from cli.sample.paying.transfers import Transfer
from cli.sample.teller import Teller


@dataclass(frozen=True, kw_only=True)
class Payment:
    """A payment that was received; `extra_minor` is what was paid beyond the shares."""

    payment_id: str
    transfer: Transfer
    extra_minor: int

    @property
    def minor(self) -> int:
        """All that came, in minor units."""
        return self.transfer.minor + self.extra_minor


class Payments:
    """Receives one customer's money, numbers it, and keeps its invoices' courses in step."""

    def __init__(self, teller: Teller, courses: Iterable[Course]) -> None:
        self._teller = teller
        self._courses = {course.invoice.invoice_id: course for course in courses}
        self._received = 0

    def receive(self, transfer: Transfer, *, extra_minor: int = 0, named: bool = True) -> Payment:
        """Tell of a payment; who pays on account never names what for, others unless told so."""
        self._received += 1
        customer = self._teller.customer
        payment = Payment(
            payment_id=f"PAY-{customer.number:04d}-{self._received:03d}",
            transfer=transfer,
            extra_minor=extra_minor,
        )
        named = named and not customer.pays_on_account
        self._teller.tell(
            "payment.received.v1",
            payment.payment_id,
            transfer.day,
            payment_id=payment.payment_id,
            amount=self._teller.text(payment.minor),
            currency=customer.currency,
            allocations=self.allocations(transfer) if named else None,
            reference=None if named else f"{customer.party.name}, as agreed",
        )
        self._move(transfer.shares, transfer.day, 1)
        return payment

    def receive_twice(self, payment: Payment, day: int) -> Payment:
        """Tell of a payment that the creditor books a second time though it came once."""
        self._received += 1
        customer = self._teller.customer
        number = f"PAY-{customer.number:04d}-{self._received:03d}"
        self._teller.tell(
            "payment.received.v1",
            number,
            day,
            payment_id=number,
            amount=self._teller.text(payment.minor),
            currency=customer.currency,
            reference=f"{customer.party.name}, line of the statement read twice",
        )
        nothing = Transfer(day=day, shares=())
        return Payment(payment_id=number, transfer=nothing, extra_minor=payment.minor)

    def reverse(
        self, payment: Payment, day: int, reason: str, *, shares: Iterable[Share], extra: bool
    ) -> None:
        """Tell that money went back: that of some shares, and what was paid beyond them."""
        shares = tuple(shares)
        minor = sum(share.minor for share in shares) + (payment.extra_minor if extra else 0)
        reversal_id = f"REV-{payment.payment_id.removeprefix('PAY-')}"
        self._teller.tell(
            "payment.reversed.v1",
            reversal_id,
            day,
            reversal_id=reversal_id,
            payment_id=payment.payment_id,
            reason=reason,
            amount=None if minor == payment.minor else self._teller.text(minor),
        )
        self._move(shares, day, -1)

    def allocate(self, payment: Payment, day: int) -> None:
        """Tell what on-account money was for, once someone has asked the customer."""
        self._teller.tell(
            "payment.allocated.v1",
            payment.payment_id,
            day,
            payment_id=payment.payment_id,
            allocations=self.allocations(payment.transfer),
        )

    def allocations(self, transfer: Transfer) -> list[dict[str, Any]]:
        """Write what each share is for."""
        return [self._allocation(share) for share in transfer.shares]

    def _allocation(self, share: Share) -> dict[str, Any]:
        allocation: dict[str, Any] = {
            "invoice_id": share.invoice_id,
            "amount": self._teller.text(share.minor),
        }
        if share.instalment:
            allocation["instalment"] = share.instalment
        if share.claim == "interest":
            allocation["claim"] = share.claim
        return allocation

    def _move(self, shares: Iterable[Share], day: int, sign: int) -> None:
        for share in shares:
            if share.claim == "principal":
                self._courses[share.invoice_id].move(day, sign * share.minor)
