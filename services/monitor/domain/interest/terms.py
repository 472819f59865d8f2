"""The terms of interest on late payment: an invoice's contract before the creditor's rule.

How they are written down is `shared.contracts.interest`, since the door reads them as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shared.contracts.interest import InterestTerms, parse_interest, read_contract_terms
from shared.errors import RejectedError

__all__ = [
    "CONTRACT",
    "InForce",
    "InterestTerms",
    "Ruling",
    "always",
    "joined",
    "read_contract_terms",
    "read_terms",
    "ruling",
]

#: The terms of an invoice that has its own.
CONTRACT: Final = "contract"


def read_terms(value: Any, path: str) -> InterestTerms:
    """Read the `interest` of a policy; a `RejectedError` (`bad_policy`) names the faulty path."""
    return parse_interest(value, path, "bad_policy")


@dataclass(frozen=True, slots=True)
class InForce:
    """Terms that are in force from a day on, until the day of those after them."""

    #: The first day; `date.min`: from the beginning.
    from_on: date
    #: None: late payment bears no interest.
    terms: InterestTerms | None
    #: `contract`, or the creditor's policy by its label.
    terms_of: str


def always(terms: InterestTerms | None, terms_of: str) -> tuple[InForce, ...]:
    """Return terms that are in force on every day."""
    return (InForce(date.min, terms, terms_of),)


def joined(terms: Sequence[InForce], from_on: date, until: date) -> list[InForce]:
    """Return what is in force in a period, in order; equal terms that follow one another are one.

    Those bear the label of the first of them in the period.
    """
    found: list[InForce] = []
    for number, one in enumerate(terms):
        is_over = number + 1 < len(terms) and terms[number + 1].from_on <= from_on
        is_same = bool(found) and found[-1].terms == one.terms
        if one.from_on <= until and not is_over and not is_same:
            found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class Ruling:
    """The terms that apply to an invoice on each day, and whose they are."""

    #: In the order of their days, the first of them from the beginning.
    in_force: tuple[InForce, ...]
    #: Why the contract's own terms could not be read.
    fault: str | None = None

    def on(self, day: date) -> InForce:
        """Return what is in force on a day."""
        return next(one for one in reversed(self.in_force) if one.from_on <= day)

    def bears_by(self, day: date) -> bool:
        """Say whether late payment bears interest on a day or did on one before it."""
        return any(one.terms is not None and one.from_on <= day for one in self.in_force)


def ruling(
    contract: dict[str, Any] | None, currency: str, otherwise: tuple[InForce, ...]
) -> Ruling:
    """Return an invoice's own terms for every day, else the creditor's, `otherwise`.

    The contract's terms stand for themselves: nothing of the creditor's rule, not even its fixed
    sum, is added to them (by Directive 2011/7/EU, article 2(5), interest for late payment is the
    statutory one or the one that undertakings agreed upon). A contract that nobody can read, since
    the door never checked it, stops nothing, and is named.
    """
    if contract is None:
        return Ruling(otherwise)
    try:
        return Ruling(always(read_contract_terms(contract, currency), CONTRACT))
    except RejectedError as error:
        fault = f"the contract's terms cannot be read ({error.message}); the creditor's apply"
        return Ruling(otherwise, fault)
