"""The figures of a claim on the trade-credit insurance, with every step of the arithmetic.

Rule: claim = min(open insured, limit) x percentage, less the deductible, which the cover takes off
before or after the percentage: trade-credit policies state either.
"""

from collections.abc import Iterable
from fractions import Fraction

from services.monitor.domain.ledger.account import Cover
from services.monitor.domain.ledger.invoice import Item
from shared.contracts.cover import CoverUpdated
from shared.contracts.escalation import Claim
from shared.money import Money, to_minor, to_text


def claim_for(item: Item, covers: Iterable[Cover]) -> Claim:
    """Return the claim for an item's open amount under the cover valid on its issue date.

    Without a cover in the item's currency that was valid then, the claim is for a person to judge.
    """
    valid = [cover.terms for cover in covers if _is_valid(cover.terms, item)]
    if not valid:
        reason = (
            f"no cover in {item.currency} was valid on {item.issued_on}; "
            "a person must decide what to claim"
        )
        return Claim(why=[reason], manual_review=True)
    return _figures(item, max(valid, key=lambda terms: (terms.valid_from, terms.policy_no)))


def _is_valid(terms: CoverUpdated, item: Item) -> bool:
    return (
        terms.currency == item.currency
        and terms.valid_from <= item.issued_on
        and (terms.valid_to is None or item.issued_on <= terms.valid_to)
    )


def _figures(item: Item, terms: CoverUpdated) -> Claim:
    currency = item.currency
    insured = min(item.open, to_minor(terms.limit, currency))
    deductible = to_minor(terms.deductible or "0", currency)
    percentage = Fraction(terms.insured_percentage)
    limited = f"min(open {Money(item.open, currency)}, limit {terms.limit})"
    steps = [f"insured: {limited} = {Money(insured, currency)}"]
    figure = Fraction(insured)
    if deductible and terms.deductible_order == "before":
        figure = max(Fraction(0), figure - deductible)
        steps.append(f"less the deductible of {terms.deductible} = {_shown(figure, currency)}")
    figure *= percentage / 100
    steps.append(f"x {terms.insured_percentage} % = {_shown(figure, currency)}")
    if deductible and terms.deductible_order == "after":
        figure = max(Fraction(0), figure - deductible)
        steps.append(f"less the deductible of {terms.deductible} = {_shown(figure, currency)}")
    return Claim(
        why=steps,
        policy_no=terms.policy_no,
        insurer=terms.insurer,
        amount=to_text(round(figure), currency),
        currency=currency,
    )


def _shown(figure: Fraction, currency: str) -> str:
    """Write an exact figure, rounded half-even to the currency's decimals."""
    return str(Money(round(figure), currency))
