"""Customers: who they are, how they pay and what they buy."""

import math
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from cli.sample.parties.characters import CHARACTERS, DEFAULTER, Character
from cli.sample.parties.groups import Group
from cli.sample.parties.names import Party, make_party
from shared.money import EXPONENTS

CREDITOR: Final = "default"

TERMS_DAYS: Final = (14, 30, 30, 45, 60)
INVOICES_A_MONTH: Final = (1.0, 3.5)
#: The median invoice in CNY, and the spread of the logarithm between and within customers.
AMOUNT_MEDIAN_CNY: Final = 38_000
SPREAD_BETWEEN: Final = 0.7
SPREAD_WITHIN: Final = 0.55
#: Units of the currency that one CNY is worth here; made up, and never used to convert money.
UNITS_A_CNY: Final = {"CNY": 1.0, "EUR": 0.13, "USD": 0.14, "JPY": 20.0}
#: A customer's segment, by the size of its median invoice against the median of all.
SEGMENTS: Final = ((2.0, "key-account"), (0.6, "mid-market"), (0.0, "small-business"))

#: Customers that come later than on the first day, and until which part of the trade.
NEWCOMER_SHARE: Final = 0.2
ON_ACCOUNT_SHARE: Final = 0.1
RUN_SHARE: Final = 0.2
RUN_EVERY_DAYS: Final = (7, 10, 14)

#: Which of those that stop paying file for insolvency, and how long after they came.
FILING_SHARE: Final = 0.2
FILING_DAYS: Final = (80, 150)


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A debtor and its habits."""

    number: int
    party: Party
    character: Character
    #: The group it belongs to, if any.
    group_id: str | None
    terms_days: int
    invoices_a_month: float
    #: The median of its invoices, in units of its currency.
    amount_median: float
    joined_day: int
    #: The day on which insolvency is filed over its estate.
    filing_day: int | None
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

    @property
    def segment(self) -> str:
        """What the sales office takes it for, by the size of its orders."""
        usual = AMOUNT_MEDIAN_CNY * UNITS_A_CNY[self.currency]
        return next(name for times, name in SEGMENTS if self.amount_median >= times * usual)

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


def make_customer(number: int, days: int, group: Group, random: Random) -> Customer:
    """Make up one customer of a trade that lasts `days`, beside the group in its neighbourhood."""
    party = make_party(number, random)
    character = random.choices(CHARACTERS, weights=[kind.share for kind in CHARACTERS])[0]
    if number == group.failing:
        character = DEFAULTER
    median = AMOUNT_MEDIAN_CNY * UNITS_A_CNY[party.currency]
    newcomer = random.random() < NEWCOMER_SHARE
    joined_day = random.randint(1, max(1, days // 3)) if newcomer else 0
    files = random.random() < FILING_SHARE and character is DEFAULTER
    return Customer(
        number=number,
        party=party,
        character=character,
        group_id=group.group_id if number in group.members else None,
        terms_days=random.choice(TERMS_DAYS),
        invoices_a_month=random.uniform(*INVOICES_A_MONTH),
        amount_median=median * math.exp(random.gauss(0.0, SPREAD_BETWEEN)),
        joined_day=joined_day,
        filing_day=joined_day + random.randint(*FILING_DAYS) if files else None,
        pays_on_account=random.random() < ON_ACCOUNT_SHARE,
        run_every_days=random.choice(RUN_EVERY_DAYS) if random.random() < RUN_SHARE else None,
    )
