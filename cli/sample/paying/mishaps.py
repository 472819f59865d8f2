"""Mishaps: money that bounces, is charged back, is too much, is booked twice, or says nothing.

At most one of them befalls a payment.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from cli.sample.paying.payments import Payments
from cli.sample.paying.transfers import Transfer
from cli.sample.teller import Teller

Mishap = Callable[[Teller, Payments, Transfer, Random], None]

BOUNCED_SHARE: Final = 0.025
BOUNCED_DAYS: Final = (2, 6)
#: Chargebacks are known abroad, where customers pay by card or direct debit.
CHARGED_BACK_SHARE: Final = 0.01
CHARGED_BACK_DAYS: Final = (8, 35)
#: What went back is mostly paid again, after so many days.
PAID_AGAIN_SHARE: Final = 0.85
PAID_AGAIN_DAYS: Final = (12, 40)
OVERPAID_SHARE: Final = 0.012
OVERPAID_HUNDREDTHS: Final = (1, 6)
REFUNDED_SHARE: Final = 0.35
REFUNDED_DAYS: Final = (4, 15)
TWICE_SHARE: Final = 0.004
TWICE_DAYS: Final = (1, 4)
#: Whoever pays on account is asked now and then what for; others forget to say it.
ASKED_SHARE: Final = 0.2
FORGOTTEN_SHARE: Final = 0.015
ASKED_DAYS: Final = (1, 6)
HUNDREDTHS: Final = 100


def pay(teller: Teller, payments: Payments, transfer: Transfer, random: Random) -> None:
    """Pay; mostly that is all there is to say."""
    fate = random.random()
    on_account, abroad = teller.customer.pays_on_account, teller.customer.currency != "CNY"
    mishaps: tuple[tuple[float, Mishap], ...] = (
        (BOUNCED_SHARE, _bounce),
        (CHARGED_BACK_SHARE if abroad else 0.0, _charge_back),
        (OVERPAID_SHARE, _overpay),
        (TWICE_SHARE, _book_twice),
        (ASKED_SHARE if on_account else FORGOTTEN_SHARE, _allocate),
    )
    for share, mishap in mishaps:
        if fate < share:
            mishap(teller, payments, transfer, random)
            return
        fate -= share
    payments.receive(transfer)


def _later(teller: Teller, day: int, days: tuple[int, int], random: Random) -> int:
    """Return an office day after a day, which is not that day."""
    return teller.diary.office_day(day + random.randint(*days))


def _bounce(teller: Teller, payments: Payments, transfer: Transfer, random: Random) -> None:
    payment = payments.receive(transfer)
    if not teller.knows("payment.reversed.v1"):
        return
    day = _later(teller, transfer.day, BOUNCED_DAYS, random)
    payments.reverse(payment, day, "bounced", shares=transfer.shares, extra=True)
    _pay_again(teller, payments, transfer, day, random)


def _charge_back(teller: Teller, payments: Payments, transfer: Transfer, random: Random) -> None:
    """Take back all of it, or of a payment run what was for its last invoice."""
    payment = payments.receive(transfer)
    if not teller.knows("payment.reversed.v1"):
        return
    day = _later(teller, transfer.day, CHARGED_BACK_DAYS, random)
    last = transfer.shares[-1].invoice_id
    shares = tuple(share for share in transfer.shares if share.invoice_id == last)
    back = Transfer(day=day, shares=shares)
    payments.reverse(payment, day, "chargeback", shares=back.shares, extra=False)
    _pay_again(teller, payments, back, day, random)


def _pay_again(
    teller: Teller, payments: Payments, transfer: Transfer, day: int, random: Random
) -> None:
    if random.random() < PAID_AGAIN_SHARE:
        payments.receive(transfer.again(_later(teller, day, PAID_AGAIN_DAYS, random)))


def _overpay(teller: Teller, payments: Payments, transfer: Transfer, random: Random) -> None:
    extra_minor = max(1, transfer.minor * random.randint(*OVERPAID_HUNDREDTHS) // HUNDREDTHS)
    payment = payments.receive(transfer, extra_minor=extra_minor)
    if random.random() < REFUNDED_SHARE and teller.knows("payment.reversed.v1"):
        day = _later(teller, transfer.day, REFUNDED_DAYS, random)
        payments.reverse(payment, day, "refund", shares=(), extra=True)


def _book_twice(teller: Teller, payments: Payments, transfer: Transfer, random: Random) -> None:
    """Book a line of the bank's statement twice, and see it a few days later."""
    payment = payments.receive(transfer)
    if not teller.knows("payment.reversed.v1"):
        return
    booked_day = teller.diary.office_day(transfer.day + 1)
    second = payments.receive_twice(payment, booked_day)
    day = _later(teller, booked_day, TWICE_DAYS, random)
    payments.reverse(second, day, "mistake", shares=(), extra=True)


def _allocate(teller: Teller, payments: Payments, transfer: Transfer, random: Random) -> None:
    """Receive money that names nothing, and learn some days later what it was for."""
    if not teller.knows("payment.allocated.v1"):
        payments.receive(transfer)
        return
    payment = payments.receive(transfer, named=False)
    payments.allocate(payment, _later(teller, transfer.day, ASKED_DAYS, random))
