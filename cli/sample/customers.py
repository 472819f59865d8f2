"""Customers: who they are, how they pay, what they buy, and what covers them."""

import math
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final

from cli.sample.events import Diary, Event
from cli.sample.names import Party, make_party
from shared.money import EXPONENTS, to_text

CREDITOR: Final = "default"


@dataclass(frozen=True, kw_only=True)
class Character:
    """A way of paying. Days are counted from the due date."""

    name: str
    #: How many of a hundred customers pay like this.
    share: int
    #: Earliest and latest day of a payment.
    days: tuple[int, int]
    #: What of an instalment comes first, in hundredths; 100 is all of it.
    first_hundredths: tuple[int, int] = (100, 100)
    #: Days from the first part to the rest.
    rest_days: tuple[int, int] = (0, 0)
    #: How many invoices are paid before no more money comes at all.
    pays_invoices: tuple[int, int] | None = None


CHARACTERS: Final = (
    Character(name="prompt", share=52, days=(-8, 2)),
    Character(name="a bit late", share=22, days=(3, 13)),
    Character(name="habitually late", share=11, days=(20, 45)),
    Character(
        name="part payer", share=9, days=(0, 12), first_hundredths=(40, 75), rest_days=(10, 30)
    ),
    Character(name="defaulter", share=6, days=(5, 25), pays_invoices=(0, 3)),
)

TERMS_DAYS: Final = (14, 30, 30, 45, 60)
INVOICES_A_MONTH: Final = (1.0, 3.5)
#: The median invoice in CNY, and the spread of the logarithm between and within customers.
AMOUNT_MEDIAN_CNY: Final = 38_000
SPREAD_BETWEEN: Final = 0.7
SPREAD_WITHIN: Final = 0.55
#: Units of the currency that one CNY is worth here; made up, and never used to convert money.
UNITS_A_CNY: Final = {"CNY": 1.0, "EUR": 0.13, "USD": 0.14, "JPY": 20.0}

COVERED_SHARE: Final = 2 / 3
INSURERS: Final = ("Donghai Credit Insurance", "Nordstern Kredit", "Harbour Trade Indemnity")
DEDUCTIBLE_SHARE: Final = 0.3
#: Customers that come later than on the first day, and until which part of the trade.
NEWCOMER_SHARE: Final = 0.2
ON_ACCOUNT_SHARE: Final = 0.1
RUN_SHARE: Final = 0.2
RUN_EVERY_DAYS: Final = (7, 10, 14)
MOVED_SHARE: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A debtor and its habits."""

    number: int
    party: Party
    character: Character
    terms_days: int
    invoices_a_month: float
    #: The median of its invoices, in units of its currency.
    amount_median: float
    joined_day: int
    #: Pays without saying what for.
    pays_on_account: bool
    #: Pays all that has come due in one go, every so many days; None: invoice by invoice.
    run_every_days: int | None

    @property
    def customer_id(self) -> str:
        """As in `C-0017`."""
        return f"C-{self.number:04d}"

    @property
    def currency(self) -> str:
        """The currency it buys in."""
        return self.party.currency

    def ids(self) -> dict[str, Any]:
        """Return what every event's data begins with."""
        return {"creditor_id": CREDITOR, "customer_id": self.customer_id}

    @property
    def minor_a_unit(self) -> int:
        """Minor units in one unit of its currency: 100 for CNY, 1 for JPY."""
        return int(10 ** EXPONENTS[self.currency])

    def draw_total_minor(self, random: Random) -> int:
        """Draw an invoice's total, log-normal, in minor units.

        The draw is a float and the total an integer from then on: here money begins.
        """
        units = self.amount_median * math.exp(random.gauss(0.0, SPREAD_WITHIN))
        return max(1, round(units * self.minor_a_unit))


def make_customer(number: int, days: int, random: Random) -> Customer:
    """Make up one customer of a trade that lasts `days`."""
    party = make_party(number, random)
    character = random.choices(CHARACTERS, weights=[kind.share for kind in CHARACTERS])[0]
    median = AMOUNT_MEDIAN_CNY * UNITS_A_CNY[party.currency]
    newcomer = random.random() < NEWCOMER_SHARE
    return Customer(
        number=number,
        party=party,
        character=character,
        terms_days=random.choice(TERMS_DAYS),
        invoices_a_month=random.uniform(*INVOICES_A_MONTH),
        amount_median=median * math.exp(random.gauss(0.0, SPREAD_BETWEEN)),
        joined_day=random.randint(1, max(1, days // 3)) if newcomer else 0,
        pays_on_account=random.random() < ON_ACCOUNT_SHARE,
        run_every_days=random.choice(RUN_EVERY_DAYS) if random.random() < RUN_SHARE else None,
    )


def introduce(customer: Customer, days: int, diary: Diary, random: Random) -> list[Event]:
    """Tell who the customer is and what covers it, and later a new address for some."""
    events = [_described(customer, 1, customer.joined_day, diary)]
    if random.random() < MOVED_SHARE:
        events.append(_described(customer, 2, random.randint(customer.joined_day, days), diary))
    if random.random() < COVERED_SHARE:
        events.append(_covered(customer, diary, random))
    return events


def _described(customer: Customer, version: int, day: int, diary: Diary) -> Event:
    party = customer.party
    data = {
        **customer.ids(),
        "version": version,
        "name": party.name,
        "email": party.email if version == 1 else f"finance.{party.email.partition('.')[2]}",
        "locale": party.locale,
        "country": party.country,
    }
    key = f"{customer.customer_id}/{version}"
    return Event(at=diary.moment(day, hour=8), type="customer.updated.v1", key=key, data=data)


def _covered(customer: Customer, diary: Diary, random: Random) -> Event:
    step = max(1, round(customer.amount_median / 10))
    limit_minor = step * random.randint(15, 60) * customer.minor_a_unit
    valid_from = diary.date(customer.joined_day) - timedelta(days=random.randint(0, 200))
    data: dict[str, Any] = {
        **customer.ids(),
        "policy_no": f"P{valid_from.year}-{customer.number:05d}",
        "insurer": random.choice(INSURERS),
        "currency": customer.currency,
        "insured_percentage": random.choice(("80", "85", "90", "95")),
        "limit": to_text(limit_minor, customer.currency),
        "waiting_days": random.choice((60, 90, 180)),
        "notice_days": random.choice((30, 60)),
        "mep_days": random.choice((60, 90)),
        "mep_from": "due",
        "valid_from": valid_from.isoformat(),
    }
    if random.random() < DEDUCTIBLE_SHARE:
        data["deductible"] = to_text(limit_minor // 50, customer.currency)
        data["deductible_order"] = random.choice(("before", "after"))
    at = diary.moment(customer.joined_day, hour=8)
    return Event(at=at, type="cover.updated.v1", key=data["policy_no"], data=data)
