"""The arithmetic of a claim: exact fractions, every step a line, one rounding at the end.

It knows amounts and terms; what is open, insured and used already is worked out before it.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from services.monitor.domain.insurance.policy_year import EarlierClaims
from shared.contracts.cover import CoverUpdated
from shared.money import Money, exponent_of, to_minor


@dataclass(slots=True)
class Figures:
    """A claim as it is reckoned, in minor units of the cover's currency."""

    #: What it is the claim on.
    insured: int
    exact: Fraction
    #: What the claim uses up of an annual aggregate deductible.
    deductible: Fraction = Fraction(0)
    #: What it uses up of the deductible of each claim.
    each: Fraction = Fraction(0)
    steps: list[str] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """The claim, rounded half-even."""
        return round(self.exact)

    @property
    def used(self) -> EarlierClaims:
        """What later claims of the policy year find used up by this one."""
        return EarlierClaims(
            deductible=round(self.deductible), claimed=self.amount, each=round(self.each)
        )


def figures_of(terms: CoverUpdated, insured: int, earlier: EarlierClaims) -> Figures:
    """Return the claim on an insured amount: x percentage, less deductible, at most the year's.

    "Co-insurance ... after deductibles are reached" takes the deductible before the percentage (GGL
    Trade Credit, "credit insurance structure"); "the product of the indemnifiable loss and the
    percentage of cover ... less any deductible" takes it after (Coface glossary,
    "indemnification"). An annual aggregate comes first out of the year's losses (ICISA,
    "aggregate first loss"); one of each claim is taken once for an invoice, whose instalments are
    one debt (Arrears' own). The year's limit: Atradius glossary, "maximum indemnity".
    """
    figures = Figures(insured, Fraction(insured))
    if terms.deductible_order == "before":
        _less_deductible(figures, terms, earlier)
    figures.exact *= Fraction(terms.insured_percentage) / 100
    figures.steps.append(
        f"x {terms.insured_percentage} % = {_shown(figures.exact, terms.currency)}"
    )
    if terms.deductible_order == "after":
        _less_deductible(figures, terms, earlier)
    _at_most_annual(figures, terms, earlier)
    if figures.exact != figures.amount:
        figures.steps.append(f"rounded half-even = {Money(figures.amount, terms.currency)}")
    return figures


def left_of_annual(terms: CoverUpdated, earlier: EarlierClaims) -> int | None:
    """Return what is left of the policy year's claim limit in minor units; None without one."""
    if terms.claim_limit_annual is None:
        return None
    return max(0, to_minor(terms.claim_limit_annual, terms.currency) - earlier.claimed)


def _less_deductible(figures: Figures, terms: CoverUpdated, earlier: EarlierClaims) -> None:
    """Take the deductible off, as far as the figure and, of an aggregate, the year's rest go."""
    deductible = to_minor(terms.deductible or "0", terms.currency)
    if not deductible:
        return
    is_annual = terms.deductible_kind == "annual_aggregate"
    text = f"the {'annual ' if is_annual else ''}deductible of {terms.deductible}"
    if used := earlier.deductible if is_annual else earlier.each:
        deductible = max(0, deductible - used)
        text = f"{Money(deductible, terms.currency)}, the rest of {text}"
    taken = min(figures.exact, Fraction(deductible))
    figures.exact -= taken
    if is_annual:
        figures.deductible = taken
    else:
        figures.each = taken
    figures.steps.append(f"less {text} = {_shown(figures.exact, terms.currency)}")


def _at_most_annual(figures: Figures, terms: CoverUpdated, earlier: EarlierClaims) -> None:
    """Cut the claim to what the insurer still pays in the policy year."""
    left = left_of_annual(terms, earlier)
    if left is None or figures.exact <= left:
        return
    figures.exact = Fraction(left)
    text = f"the annual claim limit of {terms.claim_limit_annual}"
    if earlier.claimed:
        text = f"the rest of {text}"
    figures.steps.append(f"at most {text} = {_shown(figures.exact, terms.currency)}")


def _shown(figure: Fraction, currency: str) -> str:
    """Write an exact figure: a percentage of two decimals leaves it a finite decimal."""
    if figure.denominator == 1:
        return str(Money(figure.numerator, currency))
    exact = Decimal(figure.numerator) / Decimal(figure.denominator)
    return f"{exact.scaleb(-exponent_of(currency)).normalize():f} {currency}"
