"""One customer's history: everything about it that is told, from its first day to the last."""

from collections.abc import Collection
from datetime import date
from random import Random

from cli.sample.billing.bonuses import grant
from cli.sample.billing.contracts import sign
from cli.sample.billing.corrections import correct
from cli.sample.billing.disputes import dispute
from cli.sample.billing.invoices import bill
from cli.sample.billing.write_offs import write_off
from cli.sample.dunning.blocks import block, suspend
from cli.sample.dunning.promises import promise
from cli.sample.dunning.waivers import waive
from cli.sample.events import Diary, Event
from cli.sample.parties.covers import cover
from cli.sample.parties.customers import make_customer
from cli.sample.parties.groups import group_near
from cli.sample.parties.insolvencies import end_in_court, is_cut_short
from cli.sample.parties.introductions import introduce
from cli.sample.paying.courses import Course
from cli.sample.paying.mishaps import pay
from cli.sample.paying.payments import Payments
from cli.sample.paying.shares import plan
from cli.sample.paying.transfers import gather
from cli.sample.teller import Teller


class Chances:
    """One customer's streams of chance: more customers change no other, nor one part another."""

    def __init__(self, seed: int, number: int) -> None:
        self._prefix = f"{seed}/{number}"

    def of(self, part: str) -> Random:
        """Return the stream of one part of the story, from its beginning."""
        return Random(f"{self._prefix}/{part}")  # noqa: S311  (a story, no secret)


def tell_history(
    number: int, *, start: date, days: int, seed: int, types: Collection[str]
) -> list[Event]:
    """Tell one customer's history of so many days, in no order of time."""
    chances = Chances(seed, number)
    customer = make_customer(number, days, group_near(number, seed), chances.of("customer"))
    teller = Teller(customer, Diary(start, chances.of("hours")), types)
    introduce(teller, days, chances.of("introduction"))
    cover(teller, chances.of("cover"))
    grant(teller, chances.of("bonus"))
    until_day = days
    if is_cut_short(teller) and customer.filing_day is not None:
        until_day = min(days, customer.filing_day)
    courses = _trade(teller, until_day, chances)
    if until_day < days:
        for course in courses:
            course.cut(until_day)
    promise(teller, courses, chances.of("promises"))
    block(teller, courses, chances.of("blocks"))
    suspend(teller, chances.of("enforcement"))
    waive(teller, courses, chances.of("waivers"))
    if until_day < days:
        end_in_court(teller, courses, chances.of("insolvency"))
    teller.forget_from(days)
    return teller.events


def _trade(teller: Teller, until_day: int, chances: Chances) -> list[Course]:
    """Tell what is billed and paid; returns the course of every invoice that stands."""
    contract = sign(teller.customer, chances.of("contract"))
    corrections = chances.of("corrections")
    invoices = [
        correct(teller, invoice, corrections)
        for invoice in bill(teller, until_day, contract, chances.of("invoices"))
    ]
    courses = [Course(invoice) for invoice in invoices if invoice.parts]
    withheld = dispute(teller, courses, chances.of("disputes"))
    shares = plan(teller.customer, courses, withheld, chances.of("payments"))
    payments = Payments(teller, courses)
    mishaps = chances.of("mishaps")
    for transfer in gather(teller.customer, shares, teller.diary):
        pay(teller, payments, transfer, mishaps)
    write_off(teller, payments, courses, chances.of("write-offs"))
    return courses
