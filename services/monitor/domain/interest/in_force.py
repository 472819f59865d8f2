"""The creditor's terms of interest for an account, day by day: by its policies and its placements.

Each day goes by the terms in force at its end: by the policies as they were set by then, for the
account as the customer was placed then. What was in force at the end of the ledger's first day
stands for all days before it, of which nobody can have reckoned any interest here.

Source: Arrears' own rule; terms that are changed later take away nothing that is owed already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Final

from services.monitor.domain.interest.rates import Rates, with_later_rates
from services.monitor.domain.interest.terms import InForce
from services.monitor.domain.ledger.debtor import Debtor, Placement
from services.monitor.domain.policy.policy import Policies, Policy

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)


def terms_in_force(account_id: str, debtor: Debtor, policies: Policies) -> tuple[InForce, ...]:
    """Return an account's terms of interest by the day, the first of them from the beginning.

    A day is the creditor's, by the policy that comes into force. A rate that earlier terms have to
    presume is taken from later ones on the same reference, once those know it.
    """
    began = policies.history[0]
    policy = began.of(account_id)
    first_on = date.min if began.since is None else policy.today(began.since)
    found = [_in_force(date.min, policy)]
    for since, policy in _turns(account_id, debtor, policies):
        on = date.min if since == _ALWAYS else policy.today(since)
        from_on = on if on > first_on else date.min
        while found and found[-1].from_on >= from_on:
            found.pop()
        found.append(_in_force(from_on, policy))
    return tuple(_with_later_rates(found))


def _in_force(from_on: date, policy: Policy) -> InForce:
    return InForce(from_on, policy.interest, policy.label)


def _turns(
    account_id: str, debtor: Debtor, policies: Policies
) -> Iterator[tuple[datetime, Policy]]:
    """Yield the account's policy from each instant on at which it may be another one."""
    changes: list[tuple[datetime, Policies | Placement]] = [
        (one.since or _ALWAYS, one) for one in policies.history[1:]
    ]
    changes += [(one.since or _ALWAYS, one) for one in debtor.places()]
    present, place = policies.history[0], Placement()
    for since, one in sorted(changes, key=itemgetter(0)):
        if isinstance(one, Placement):
            place = one
        else:
            present = one
        yield since, present.of(account_id, place.grade, place.segment)


def _with_later_rates(terms: Iterable[InForce]) -> list[InForce]:
    later: dict[str, Rates] = {}
    found: list[InForce] = []
    for one in reversed(list(terms)):
        own = one.terms
        if own is not None and own.reference is not None:
            reference = own.reference
            own = with_later_rates(own, later.get(reference, ()))
            later[reference] = own.rates
        found.append(replace(one, terms=own))
    return found[::-1]
