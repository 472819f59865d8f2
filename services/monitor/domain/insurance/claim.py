"""A claim on the trade-credit insurance: the figure with every step, or why a person must judge.

Claim = min(undisputed open, what older items leave of the limit) x percentage, less the deductible,
at most what the policy year has left. Covers, clocks, the limit's use and the arithmetic have
modules of their own; when the level is raised is the policy's business.

Sources: Coface glossary, "indemnification"; each step names its own.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from services.monitor.domain.insurance.clocks import Clocks, insurance_of
from services.monitor.domain.insurance.cover import JUDGE, Cover, begun_on, why_uncovered
from services.monitor.domain.insurance.figures import Figures, figures_of, left_of_annual
from services.monitor.domain.insurance.limit import Exposure, LimitUse, exposure_of, limit_of
from services.monitor.domain.insurance.policy_year import (
    NOTHING_EARLIER,
    EarlierClaims,
    policy_year,
)
from services.monitor.domain.invoice.item import Item
from shared.contracts.cover import CoverUpdated
from shared.contracts.escalation import Claim
from shared.money import Money, to_text


@dataclass(frozen=True, slots=True)
class _Case:
    """What the claim on one item is reckoned from."""

    exposure: Exposure
    terms: CoverUpdated
    clocks: Clocks
    #: The first day of the policy's first terms.
    begun_on: date
    use: LimitUse
    earlier: EarlierClaims
    insolvent_on: date | None
    today: date | None

    def money(self, minor: int) -> Money:
        """Return minor units of the cover's currency."""
        return Money(minor, self.terms.currency)


def claim_for(
    item: Item,
    covers: Collection[Cover],
    *,
    others: Iterable[Exposure] = (),
    earlier: EarlierClaims = NOTHING_EARLIER,
    insolvent_on: date | None = None,
    today: date | None = None,
) -> Claim:
    """Return one claim as `reckon`, for a single question: each costs a look at all `others`.

    `others` are the account's other open items (it does not matter if the item is among them).
    """
    exposure = exposure_of(item)
    exposures = {one.key: one for one in others} | {exposure.key: exposure}
    use = LimitUse(exposures.values(), covers)
    claim, _used = reckon(
        item, covers, use, earlier=earlier, insolvent_on=insolvent_on, today=today
    )
    return claim


def reckon(
    item: Item,
    covers: Collection[Cover],
    use: LimitUse,
    *,
    earlier: EarlierClaims = NOTHING_EARLIER,
    insolvent_on: date | None = None,
    today: date | None = None,
) -> tuple[Claim, EarlierClaims]:
    """Return the claim for an item's open amount under the terms in force on its issue date.

    `use` is made of all of the account's open items, the item among them, and the same covers;
    `earlier` is what claims of the policy year that `today` lies in have used up. `manual_review`
    is set, with the reason and no amount, where no cover holds or nothing is left of it. Beside the
    claim stands what it uses up for later ones of the policy year.
    """
    insurance = insurance_of(item, covers)
    if insurance is None:
        reason = why_uncovered(item.currency, item.issued_on, covers)
        return Claim(why=[reason], manual_review=True), NOTHING_EARLIER
    terms = insurance.terms
    case = _Case(
        exposure=exposure_of(item),
        terms=terms,
        clocks=insurance.clocks,
        begun_on=begun_on(terms.policy_no, covers),
        use=use,
        earlier=earlier,
        insolvent_on=insolvent_on,
        today=today,
    )
    obstacle = _stopped(case) or _disputed(case)
    if obstacle is not None:
        return _for_a_person(case, [obstacle]), NOTHING_EARLIER
    return _reckoned(case)


def _stopped(case: _Case) -> str | None:
    """Say what had stopped cover before the item was delivered (Atradius, "stoppage of cover")."""
    issued_on = case.exposure.issued_on
    if case.insolvent_on is not None and case.insolvent_on < issued_on:
        return (
            f"issued on {issued_on}, after the customer's insolvency of {case.insolvent_on} had "
            "stopped cover for new deliveries"
        )
    if not case.use.has_stopped(case.exposure, case.terms):
        return None
    stop = case.use.stop_of(case.terms.policy_no)
    if stop is None or not stop.hits(case.exposure):
        return f"issued on {issued_on}, while cover for new deliveries was stopped"
    invoice_id, instalment = stop.exposure.key
    return (
        f"issued on {issued_on}, after cover for new deliveries had stopped: {invoice_id}/"
        f"{instalment} is open beyond its maximum extension period, which ended on {stop.mep_on}"
    )


def _disputed(case: _Case) -> str | None:
    """Say that nothing of the item is insured while all of it is in dispute."""
    if not case.exposure.open or case.exposure.undisputed:
        return None
    return (
        f"all of the open {case.money(case.exposure.open)} is in dispute, and not insured until "
        "that is resolved"
    )


def _reckoned(case: _Case) -> tuple[Claim, EarlierClaims]:
    """Return the claim's figures and what they use up, or what is used up already."""
    insured, steps = _insured(case)
    if insured is None:
        return _for_a_person(case, steps), NOTHING_EARLIER
    if left_of_annual(case.terms, case.earlier) == 0:
        reason = (
            f"{_policy_year(case)} has used up the annual claim limit of "
            f"{case.terms.claim_limit_annual}"
        )
        return _for_a_person(case, [reason]), NOTHING_EARLIER
    figures = figures_of(case.terms, insured, case.earlier)
    steps += [*_year_so_far(case), *figures.steps, *_waiting(case)]
    return _claim(case, steps, figures), figures.used


def _insured(case: _Case) -> tuple[int | None, list[str]]:
    """Return the insured part in minor units with its steps; None when the limit is used up."""
    steps: list[str] = []
    exposure, terms = case.exposure, case.terms
    limit, is_discretionary = limit_of(terms)
    limit_text = terms.limit
    if is_discretionary:
        limit_text = str(terms.discretionary_limit)
        steps.append(f"no named limit was granted: the discretionary limit of {limit_text} counts")
    open_text = f"open {case.money(exposure.open)}"
    if exposure.disputed:
        undisputed = case.money(exposure.undisputed)
        steps.append(f"{open_text} less {case.money(exposure.disputed)} in dispute = {undisputed}")
        open_text = f"undisputed {undisputed}"
    older, used = case.use.older_than(exposure, terms)
    left = max(0, limit - used)
    if not left:
        reason = f"the limit of {limit_text} is used up by {_items(older)}"
        return None, [reason if older else "the insurer has granted no limit"]
    if older:
        steps.append(
            f"limit {limit_text} less {case.money(used)} used by {_items(older)} = "
            f"{case.money(left)}"
        )
        limit_text = f"left {case.money(left)}"
    insured = min(exposure.undisputed, left)
    steps.append(f"insured: min({open_text}, limit {limit_text}) = {case.money(insured)}")
    return insured, steps


def _year_so_far(case: _Case) -> list[str]:
    """Show what earlier claims have used of what the cover gives once a year."""
    shown = []
    if case.earlier.deductible and case.terms.deductible_kind == "annual_aggregate":
        shown.append(f"{case.money(case.earlier.deductible)} of the annual deductible")
    if case.earlier.claimed and case.terms.claim_limit_annual is not None:
        shown.append(f"{case.money(case.earlier.claimed)} of the annual claim limit")
    return [f"{_policy_year(case)} has used {' and '.join(shown)}"] if shown else []


def _waiting(case: _Case) -> list[str]:
    """Say when the claim may be made, unless that is now."""
    eligible_on = _eligible_on(case)
    if eligible_on < case.clocks.eligible_on:
        if case.today is not None and case.today < eligible_on:
            return [f"it may be made from {eligible_on} on, when the customer is insolvent"]
        return [f"the customer is insolvent since {eligible_on}: the waiting period is over"]
    if case.today is not None and case.today < eligible_on:
        days = case.terms.waiting_days
        return [f"it may be made from {eligible_on} on, after the waiting period of {days} days"]
    return []


def _for_a_person(case: _Case, reasons: list[str]) -> Claim:
    *before, last = reasons
    return _claim(case, [*before, f"{last}; {JUDGE}"], None)


def _claim(case: _Case, why: list[str], figures: Figures | None) -> Claim:
    currency = case.terms.currency
    used = NOTHING_EARLIER if figures is None else figures.used
    return Claim(
        why=why,
        policy_no=case.terms.policy_no,
        insurer=case.terms.insurer,
        amount=None if figures is None else to_text(figures.amount, currency),
        currency=None if figures is None else currency,
        insured=None if figures is None else to_text(figures.insured, currency),
        manual_review=figures is None,
        notify_by=case.clocks.notify_by,
        eligible_on=_eligible_on(case),
        mep_on=case.clocks.mep_on,
        discretionary=limit_of(case.terms)[1],
        deductible=to_text(used.deductible, currency) if used.deductible else None,
        deductible_each=to_text(used.each, currency) if used.each else None,
    )


def _eligible_on(case: _Case) -> date:
    """Return the first day to claim: insolvency is a loss at once, default only after waiting.

    (Atradius glossary, "insolvency": established, or protracted default after the waiting period.)
    """
    if case.insolvent_on is None:
        return case.clocks.eligible_on
    return min(case.clocks.eligible_on, case.insolvent_on)


def _policy_year(case: _Case) -> str:
    if case.today is None:
        return "the policy year"
    first, last = policy_year(case.begun_on, case.today)
    return f"the policy year {first} to {last}"


def _items(count: int) -> str:
    return f"{count} older open item{'' if count == 1 else 's'}"
