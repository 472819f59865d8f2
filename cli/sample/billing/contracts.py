"""Contracts: terms of interest on late payment that a customer has agreed to.

The rates are those of the trade: 0.05 % a day is usual in Chinese contracts, LPR times 1.5 is the
most that Chinese courts grant where a contract names no rate (Supreme People's Court, sales
contracts interpretation of 2020, art. 18), 8 points above the reference rate with 40 EUR are
Directive 2011/7/EU, 14.6 % a year is Japan's rule for subcontractors (Subcontract Act, art. 4-2),
and 18 % a year is the 1.5 % a month of American invoices.
"""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from cli.sample.parties.customers import Customer

CONTRACT_SHARE: Final = 0.3

INTEREST: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "CNY": (
        {"daily_percent": "0.05"},
        {"reference": "CN_LPR_1Y", "factor": "1.5"},
        {"annual_percent": "12", "day_count": "actual/360"},
    ),
    "EUR": (
        {"reference": "ECB", "margin_percent": "8", "fixed_sum": {"EUR": "40.00"}},
        {"annual_percent": "9", "fixed_sum": {"EUR": "40.00"}, "disputed": "excluded"},
    ),
    "USD": ({"annual_percent": "18", "day_count": "30/360"},),
    "JPY": ({"annual_percent": "14.6", "day_count": "actual/365"},),
}


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a customer has signed: its number, and what late payment costs."""

    contract_id: str
    interest: dict[str, Any]

    @property
    def fixed_sum(self) -> str | None:
        """The sum owed for each invoice that is paid late, as a decimal string."""
        sums: dict[str, str] = self.interest.get("fixed_sum", {})
        return next(iter(sums.values()), None)


def sign(customer: Customer, random: Random) -> Contract | None:
    """Make up a contract for some customers; the others buy by the creditor's own terms."""
    if random.random() >= CONTRACT_SHARE:
        return None
    interest = random.choice(INTEREST[customer.currency])
    return Contract(contract_id=f"K-{customer.number:04d}", interest=interest)
