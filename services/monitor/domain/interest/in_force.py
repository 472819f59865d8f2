"""The creditor's terms of interest for an account, day by day: by its policies and its placements.

Each day goes by the terms in force at its end: by the policies as they were set by then, for the
account as the customer was placed then. What was in force at the end of the ledger's first day
stands for all days before it, of which nobody can have reckoned any interest here.

Source: Arrears' own rule; terms that are changed later take away nothing that is owed already.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from operator import itemgetter

from services.monitor.domain.interest.rates import Rates, with_later_rates
from services.monitor.domain.interest.terms import InForce
from services.monitor.domain.ledger.debtor import Debtor, Placement
from services.monitor.domain.policy.policies import ALWAYS, Policies
from services.monitor.domain.policy.policy import Policy


def terms_in_force(account_id: str, debtor: Debtor, policies: Policies) -> tuple[InForce, ...]:
    """Return an account's terms of interest by the day, the first of them from the beginning.

    A day is the creditor's, by the policy that comes into force. A rate that earlier terms have to
    presume is taken from later ones on the same reference, once those know it.
    """
    began = policies.history[0]
    first_on = date.min if began.since is None else began.of(account_id).today(began.since)
    found: list[InForce] = []
    for on, policy in _turns(account_id, debtor, policies):
        from_on = on if on > first_on else date.min
        while found and found[-1].from_on >= from_on:
            found.pop()
        found.append(InForce(from_on, policy.interest, policy.label))
    return tuple(_with_later_rates(found))


def _turns(account_id: str, debtor: Debtor, policies: Policies) -> Iterator[tuple[date, Policy]]:
    """Yield the account's policy from each day on at which it may be another one."""
    places = (Placement(), *debtor.places())
    begins = [one.since or ALWAYS for one in places]
    for place, began, ends in zip(places, begins, [*begins[1:], None], strict=True):
        turns = policies.turns(account_id, place.grade, place.segment)
        for since, on, policy in turns[bisect_right(turns, began, key=itemgetter(0)) - 1 :]:
            if ends is not None and since >= ends:
                break
            yield on if since >= began else policy.today(began), policy


def _with_later_rates(terms: Iterable[InForce]) -> list[InForce]:
    later: dict[str, Rates] = {}
    found: list[InForce] = []
    for one in reversed(list(terms)):
        own = one.terms
        if own is not None and own.reference is not None:
            reference = own.reference
            own = with_later_rates(own, later.get(reference, ()))
            later[reference] = own.rates
        found.append(one if own is one.terms else replace(one, terms=own))
    return found[::-1]
