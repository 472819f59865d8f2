"""The terms of interest on late payment: an invoice's contract before the creditor's rule.

How they are written down is `shared.contracts.interest`, since the door reads them as well.
"""

from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.interest import InterestTerms, parse_interest, read_contract_terms
from shared.errors import RejectedError

__all__ = [
    "CONTRACT",
    "InterestTerms",
    "Ruling",
    "applicable_terms",
    "read_contract_terms",
    "read_terms",
    "ruling",
]

#: The terms of an invoice that has its own.
CONTRACT: Final = "contract"


def read_terms(value: Any, path: str) -> InterestTerms:
    """Read the `interest` of a policy; a `RejectedError` (`bad_policy`) names the faulty path."""
    return parse_interest(value, path, "bad_policy")


def applicable_terms(
    contract: dict[str, Any] | None, currency: str, otherwise: InterestTerms | None
) -> InterestTerms | None:
    """Return an invoice's own terms, else the creditor's; None: late payment bears no interest.

    The contract's terms stand for themselves: nothing of the creditor's rule, not even its fixed
    sum, is added to them (by Directive 2011/7/EU, article 2(5), interest for late payment is the
    statutory one or the one that undertakings agreed upon). Raises `RejectedError`
    (`bad_interest`) for a contract that the door never checked.
    """
    return otherwise if contract is None else read_contract_terms(contract, currency)


@dataclass(frozen=True, slots=True)
class Ruling:
    """The terms that apply to an invoice, and whose they are."""

    #: None: late payment bears no interest.
    terms: InterestTerms | None
    #: `contract`, or the creditor's policy by its label.
    terms_of: str
    #: Why the contract's own terms could not be read.
    fault: str | None = None


def ruling(
    contract: dict[str, Any] | None, currency: str, otherwise: InterestTerms | None, label: str
) -> Ruling:
    """Return the terms that apply; a contract that nobody can read stops nothing, and is named.

    `otherwise` are the terms of the creditor's policy `label`.
    """
    try:
        terms = applicable_terms(contract, currency, otherwise)
    except RejectedError as error:
        fault = f"the contract's terms cannot be read ({error.message}); the creditor's apply"
        return Ruling(otherwise, label, fault)
    return Ruling(terms, label if contract is None else CONTRACT)
