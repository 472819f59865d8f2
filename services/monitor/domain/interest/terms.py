"""The terms of interest on late payment: an invoice's contract before the creditor's rule.

How they are written down is `shared.contracts.interest`, since the door reads them as well.
"""

from typing import Any

from shared.contracts.interest import InterestTerms, parse_interest, read_contract_terms

__all__ = ["InterestTerms", "applicable_terms", "read_contract_terms", "read_terms"]


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
