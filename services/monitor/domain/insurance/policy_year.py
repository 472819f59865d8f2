"""The policy year, and what its earlier claims have used up of what a cover gives once a year."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class EarlierClaims:
    """What earlier claims of the same policy year have used up, in the cover's minor units."""

    #: Of an annual aggregate deductible: losses that stayed with the insured.
    deductible: int = 0
    #: Of the annual claim limit: what the insurer was asked for.
    claimed: int = 0
    #: Of the deductible of each claim, by other instalments of the same invoice in any year.
    each: int = 0

    def __add__(self, other: "EarlierClaims") -> "EarlierClaims":
        """Return what two lots of claims have used up together."""
        return EarlierClaims(
            self.deductible + other.deductible, self.claimed + other.claimed, self.each + other.each
        )

    def __sub__(self, other: "EarlierClaims") -> "EarlierClaims":
        """Return what these claims have used up without some of them."""
        return EarlierClaims(
            self.deductible - other.deductible, self.claimed - other.claimed, self.each - other.each
        )


#: Before the first claim of a year.
NOTHING_EARLIER: Final = EarlierClaims()


def policy_year(begun_on: date, on: date) -> tuple[date, date]:
    """Return the first and last day of the policy year that a day lies in.

    A year of the policy begins on each anniversary of the first day of its first terms (Allianz
    Trade, policy schedule: a "period of agreement" of 12 months, renewed), so that a limit that is
    cut during the year begins no other; one that began on 29 February begins on 1 March in other
    years. Deductible and claim limit are counted by the year the claim is made in, as ICISA's
    catalogue of terms has it: "approved claims during an insurance period".
    """
    first = _anniversary(begun_on, on.year)
    if first > on:
        first = _anniversary(begun_on, on.year - 1)
    return first, _anniversary(begun_on, first.year + 1) - timedelta(days=1)


def _anniversary(begun_on: date, year: int) -> date:
    try:
        return begun_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
