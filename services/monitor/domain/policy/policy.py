"""A policy: when an overdue item reaches which level, and what is done then.

The rule "a dunning letter at 15 days" stands in `policy_document.DEFAULT_DOCUMENT`, which is read
by the same code as the user's own policies.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from shared.calendar import local_date, start_of_day

#: Such a level is never skipped and never waits: the insurer's deadlines do not either.
INSURANCE_CLAIM: Final = "insurance_claim"
HIGHEST: Final = "highest"
STEP: Final = "step"


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: reached on the local date `due_on + after_days`; below zero it is a reminder."""

    name: str
    after_days: int
    action: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose items a policy is for: one account, one creditor, or everybody (both None)."""

    account_id: str | None = None
    creditor_id: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy."""

    name: str
    version: int
    scope: Scope
    time_zone: str
    clearing_rule: str
    levels: tuple[Level, ...]
    backlog: str
    #: Minor units by currency under which no new level is raised.
    minimum_open: dict[str, int]

    @property
    def label(self) -> str:
        """Name and version, as in `default@1`."""
        return f"{self.name}@{self.version}"

    def today(self, now: datetime) -> date:
        """Return the creditor's civil date at an instant."""
        return local_date(now, self.time_zone)

    def begins(self, day: date) -> datetime:
        """Return the instant at which a civil day of the creditor begins, in UTC."""
        return start_of_day(day, self.time_zone)

    def level_on(self, level: Level, due_on: date) -> date:
        """Return the local date on which an item that is due on `due_on` reaches a level."""
        return due_on + timedelta(days=level.after_days)


@dataclass(frozen=True, slots=True)
class Policies:
    """The newest version of each policy, found by account, then creditor, then the default."""

    by_account: dict[str, Policy]
    by_creditor: dict[str, Policy]
    default: Policy

    def of(self, account_id: str) -> Policy:
        """Return the policy for an account."""
        creditor_id = account_id.partition(":")[0]
        found = self.by_account.get(account_id) or self.by_creditor.get(creditor_id)
        return found or self.default


def select(policies: list[Policy]) -> Policies:
    """Arrange the newest version of each policy by whom it is for."""
    default = next(policy for policy in policies if policy.scope == Scope())
    return Policies(
        {policy.scope.account_id: policy for policy in policies if policy.scope.account_id},
        {policy.scope.creditor_id: policy for policy in policies if policy.scope.creditor_id},
        default,
    )
