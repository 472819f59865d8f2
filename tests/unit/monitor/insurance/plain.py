"""The rules of insurance once more, as plainly and slowly as they can be said.

Every question looks at every word, item and claim anew: what the code puts together once is
compared with it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from services.monitor.domain.insurance.clocks import clocks_of
from services.monitor.domain.insurance.cover import Cover, terms_for
from services.monitor.domain.insurance.limit import Exposure, Stop
from services.monitor.domain.insurance.policy_year import EarlierClaims, policy_year
from services.monitor.domain.invoice.item import Item
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.contracts.escalation import Claim
from shared.money import to_minor
from tests.unit.monitor.insurance.insured import Word


def terms_on(words: Collection[Word], on: date) -> CoverUpdated | None:
    """The terms in force on a day after words on one policy."""
    found = [
        word.data
        for word in words
        if isinstance(word.data, CoverUpdated)
        and not _is_replaced(word.data, word, words)
        and word.data.valid_from <= on
        and (word.data.valid_to is None or on <= word.data.valid_to)
        and not any(
            isinstance(one.data, CoverWithdrawn)
            and one.rank > word.rank
            and one.data.withdrawn_on < on
            for one in words
        )
    ]
    return max(found, key=lambda terms: terms.valid_from, default=None)


def _is_replaced(terms: CoverUpdated, word: Word, words: Iterable[Word]) -> bool:
    return any(
        isinstance(one.data, CoverUpdated)
        and one.data.valid_from == terms.valid_from
        and one.rank > word.rank
        for one in words
    )


def older_insured(
    exposure: Exposure, terms: CoverUpdated, everything: Collection[Exposure], covers: list[Cover]
) -> list[Exposure]:
    """The items that use a limit before an item does, the oldest first."""
    stop = stop_of(terms.policy_no, everything, covers)
    older = [
        one
        for one in everything
        if one.currency == terms.currency
        and _policy_of(one, covers) == terms.policy_no
        and one.undisputed
        and one.order < exposure.order
        and not (stop and stop.hits(one))
    ]
    return sorted(older, key=lambda one: one.order)


def stop_of(policy_no: str, exposures: Iterable[Exposure], covers: list[Cover]) -> Stop | None:
    """What stops a policy's cover for new deliveries first."""
    stops = []
    for one in exposures:
        terms = terms_for(one.currency, one.issued_on, covers)
        if one.open > 0 and terms is not None and terms.policy_no == policy_no:
            clocks = clocks_of(terms, original_due_on=one.original_due_on, issued_on=one.issued_on)
            stops.append(Stop(one, clocks.mep_on))
    return min(stops, key=lambda stop: (stop.mep_on, stop.exposure.order), default=None)


def _policy_of(one: Exposure, covers: list[Cover]) -> str | None:
    terms = terms_for(one.currency, one.issued_on, covers)
    return None if terms is None else terms.policy_no


def used_up(
    claims: Mapping[str, tuple[date, Claim]],
    item: Item,
    terms: CoverUpdated,
    begun_on: date,
    today: date,
) -> EarlierClaims:
    """What other claims of the policy year, or on the same invoice, have used up, by item id."""
    first, last = policy_year(begun_on, today)
    total = EarlierClaims()
    for item_id, (raised_on, claim) in claims.items():
        if item_id == item.item_id or claim.policy_no != terms.policy_no:
            continue
        if item_id.startswith(f"{item.invoice_id}/") and claim.currency == terms.currency:
            each = to_minor(claim.deductible_each or "0", terms.currency)
            total += EarlierClaims(each=each)
        if first <= raised_on <= last and claim.currency == terms.currency:
            total += EarlierClaims(
                deductible=to_minor(claim.deductible or "0", terms.currency),
                claimed=to_minor(claim.amount or "0", terms.currency),
            )
    return total
