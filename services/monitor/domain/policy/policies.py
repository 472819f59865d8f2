"""All policies: whose each is, and which was in force when.

Source: § 305b BGB for the policy of one before that of all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final

from services.monitor.domain.policy.policy import Policy, Scope

#: Before every instant.
ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
#: Kinds of accounts whose turns of policies are remembered at a time.
TURNS_MAX: Final = 10_000
#: A policy, the instant and the creditor's day from which it has been in force.
Turn = tuple[datetime, date, Policy]


@dataclass(frozen=True, slots=True)
class Policies:
    """The newest version of each policy, by whom it is for, and what was in force before them."""

    by_scope: dict[Scope, Policy]
    default: Policy
    #: Since when they are in force; None: always.
    since: datetime | None = None
    #: What was in force before, in the order of time; the first stands for the time before as well.
    earlier: tuple["Policies", ...] = ()
    #: What `turns` has found, by whom it is for: accounts are many, and these are few.
    _turns: dict[tuple[str, str | None, str | None], tuple[Turn, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def history(self) -> tuple["Policies", ...]:
        """What was in force one after another, these last."""
        return (*self.earlier, self)

    def of(self, account_id: str, grade: str | None = None, segment: str | None = None) -> Policy:
        """Return the policy for an account: by account, grade, segment, creditor, else default."""
        if len(self.by_scope) == 1:
            return self.default
        creditor_id = account_id.partition(":")[0]
        for scope in (
            Scope(account_id=account_id),
            Scope(grade=grade) if grade else None,
            Scope(segment=segment) if segment else None,
            Scope(creditor_id=creditor_id),
        ):
            found = self.by_scope.get(scope) if scope is not None else None
            if found is not None:
                return found
        return self.default

    def turns(
        self, account_id: str, grade: str | None = None, segment: str | None = None
    ) -> tuple[Turn, ...]:
        """Return which policy an account that is always placed so has had from when on, in order.

        The first has been in force from the beginning.
        """
        has_own = Scope(account_id=account_id) in self.by_scope
        whom = account_id if has_own else f"{account_id.partition(':')[0]}:"
        known = self._turns.get((whom, grade, segment))
        if known is None:
            began, *others = self.history
            turns = [(ALWAYS, began.of(whom, grade, segment))]
            for one in others:
                policy = one.of(whom, grade, segment)
                if policy is not turns[-1][1]:
                    turns.append((one.since or ALWAYS, policy))
            known = tuple((since, _day_of(policy, since), policy) for since, policy in turns)
            if len(self._turns) == TURNS_MAX:
                self._turns.clear()
            self._turns[whom, grade, segment] = known
        return known


def _day_of(policy: Policy, since: datetime) -> date:
    return date.min if since == ALWAYS else policy.today(since)


def select(policies: Iterable[Policy]) -> Policies:
    """Arrange the newest version of each policy by whom it is for."""
    by_scope = {policy.scope: policy for policy in policies}
    return Policies(by_scope, by_scope[Scope()])


def in_turn(versions: Iterable[tuple[datetime | None, Policy]]) -> Policies:
    """Arrange every version by the instant it was set (None: always), in the order of time.

    The default's comes first. Of two versions set by clocks that disagree the higher one counts.
    """
    newest: dict[str, Policy] = {}
    found: list[Policies] = []
    for since, policy in versions:
        known = newest.get(policy.name)
        if known is None or known.version < policy.version:
            newest[policy.name] = policy
        found.append(replace(select(newest.values()), since=since))
    return replace(found[-1], earlier=tuple(found[:-1]))
