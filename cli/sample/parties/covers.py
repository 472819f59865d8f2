"""Covers: what insurers promise for a customer, and how they take it back when it pays badly."""

from random import Random
from typing import Any, Final

from cli.sample.parties.characters import is_troubling
from cli.sample.teller import Teller
from shared.money import to_minor, to_text

COVERED_SHARE: Final = 2 / 3
INSURERS: Final = ("Donghai Credit Insurance", "Nordstern Kredit", "Harbour Trade Indemnity")
DEDUCTIBLE_SHARE: Final = 0.3
#: How long a cover has run when the customer comes; most run for a year, some until further word.
RUNNING_DAYS: Final = (0, 340)
YEAR_DAYS: Final = 365
OPEN_ENDED_SHARE: Final = 0.25
RENEWED_SHARE: Final = 0.8
RENEWED_DAYS_BEFORE: Final = 12
#: Small customers, for whom the insurer names no limit and the seller judges for itself.
DISCRETIONARY_SHARE: Final = 0.1
CAPPED_SHARE: Final = 0.2
#: What insurers do about customers that pay badly: lower the limit, or withdraw.
WORSENED_DAYS: Final = (60, 130)
CUT_SHARE: Final = 0.4
WITHDRAWN_SHARE: Final = 0.2
REASONS: Final = ("adverse information", "overdue debts notified by other insured parties")


def cover(teller: Teller, random: Random) -> None:
    """Tell what covers the customer, if anything does, and how the cover changes or ends."""
    customer, diary = teller.customer, teller.diary
    if random.random() >= COVERED_SHARE or not teller.knows("cover.updated.v1"):
        return
    terms = _terms(teller, random)
    begins_day = customer.joined_day - random.randint(*RUNNING_DAYS)
    ends = random.random() >= OPEN_ENDED_SHARE
    renewed = random.random() < RENEWED_SHARE
    renewal_day = diary.office_day(begins_day + YEAR_DAYS - RENEWED_DAYS_BEFORE)
    first = _named(teller, begins_day, ends=ends)
    policy_no = first["policy_no"]
    teller.tell("cover.updated.v1", policy_no, customer.joined_day, hour=8, **first, **terms)
    day = diary.office_day(customer.joined_day + random.randint(*WORSENED_DAYS))
    worse = random.random()
    if is_troubling(customer.character) and not (ends and day >= renewal_day):
        if worse < WITHDRAWN_SHARE and teller.knows("cover.withdrawn.v1"):
            said = {"policy_no": policy_no, "insurer": terms["insurer"]}
            reason = random.choice(REASONS)
            teller.tell("cover.withdrawn.v1", policy_no, day, **said, reason=reason)
            return
        if worse < WITHDRAWN_SHARE + CUT_SHARE:
            terms |= _halved(terms, customer.currency)
            teller.tell("cover.updated.v1", f"{policy_no}/2", day, **first, **terms)
    if ends and renewed:
        following = _named(teller, begins_day + YEAR_DAYS, ends=True)
        key = following["policy_no"]
        teller.tell("cover.updated.v1", key, renewal_day, **following, **terms)


def _named(teller: Teller, begins_day: int, *, ends: bool) -> dict[str, Any]:
    """Return the number and the validity of a policy that begins on a day."""
    year = teller.diary.date(begins_day).year
    return {
        "policy_no": f"P{year}-{teller.customer.number:05d}",
        "valid_from": teller.on(begins_day),
        "valid_to": teller.on(begins_day + YEAR_DAYS - 1) if ends else None,
    }


def _terms(teller: Teller, random: Random) -> dict[str, Any]:
    customer = teller.customer
    step = max(1, round(customer.amount_median / 10))
    limit_minor = step * random.randint(15, 60) * customer.minor_a_unit
    terms: dict[str, Any] = {
        "insurer": random.choice(INSURERS),
        "currency": customer.currency,
        "insured_percentage": random.choice(("80", "85", "90", "95")),
        "limit": teller.text(limit_minor),
        "waiting_days": random.choice((60, 90, 180)),
        "notice_days": random.choice((30, 60)),
        "mep_days": random.choice((60, 90)),
        "mep_from": random.choice(("due", "due", "invoice")),
    }
    if random.random() < DEDUCTIBLE_SHARE:
        terms["deductible"] = teller.text(limit_minor // 50)
        terms["deductible_order"] = random.choice(("before", "after"))
        terms["deductible_kind"] = random.choice(("each_claim", "annual_aggregate"))
    if random.random() < CAPPED_SHARE:
        terms["claim_limit_annual"] = teller.text(limit_minor * 2)
    if random.random() < DISCRETIONARY_SHARE and customer.segment == "small-business":
        terms |= {"limit": teller.text(0), "discretionary_limit": teller.text(limit_minor // 2)}
    return terms


def _halved(terms: dict[str, Any], currency: str) -> dict[str, Any]:
    """Halve the limit, whichever it is."""
    name = "discretionary_limit" if "discretionary_limit" in terms else "limit"
    return {name: to_text(max(1, to_minor(terms[name], currency) // 2), currency)}
