"""A policy: when an overdue item reaches which level, what holds it, and what is done then.

The rule "a dunning letter at 15 days" stands in `document.DEFAULT_DOCUMENT`, which is read by the
same code as the user's own policies.

Sources: § 193 BGB and the ISDA 2006 Definitions, section 4.12, for days off.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from services.monitor.domain.interest.terms import InterestTerms
from shared.business_calendar import BusinessCalendar
from shared.calendar import local_date, start_of_day

#: Such a level is never skipped, never waits and is moved by no calendar: nor are the insurer's.
INSURANCE_CLAIM: Final = "insurance_claim"
INSURANCE_NOTICE: Final = "insurance_notice"
#: Such a level is kept in mind and sets nothing in motion.
DO_NOTHING: Final = "do_nothing"
HIGHEST: Final = "highest"
STEP: Final = "step"
#: How days are counted.
CALENDAR_DAYS: Final = "calendar"
BUSINESS_DAYS: Final = "business"
#: Where a level goes that falls on a day off.
NONE: Final = "none"
FOLLOWING: Final = "following"
PRECEDING: Final = "preceding"
#: What a resolved dispute does to the clock of the levels it held.
CONTINUE: Final = "continue"
RESTART: Final = "restart"
#: Whose overdue amount the minimums are compared with.
ITEM: Final = "item"
ACCOUNT: Final = "account"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold beside age before a level is raised."""

    #: Minor units by currency under which no new level is raised.
    minimum_open: dict[str, int] = field(default_factory=dict)
    #: Overdue items of the account under which no new level is raised.
    minimum_items: int = 1


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: reached on the local date `due_on + after_days`; below zero it is a reminder."""

    name: str
    after_days: int
    action: str
    held_by: frozenset[str] = frozenset()
    on_holiday: str = NONE
    #: Days since the level before it was raised; None: it does not wait for it.
    min_days_after_previous: int | None = None
    #: Days after the due date from which it makes no sense any more; None: it always does.
    not_after_days: int | None = None
    conditions: Conditions = field(default_factory=Conditions)

    @property
    def is_claim(self) -> bool:
        """Whether it is a claim on the insurance, which has clocks of its own."""
        return self.action == INSURANCE_CLAIM

    @property
    def is_notice(self) -> bool:
        """Whether it tells the insurer that an insured item is overdue; others never reach it."""
        return self.action == INSURANCE_NOTICE

    @property
    def is_insurers(self) -> bool:
        """Whether it goes by the insurer's days, beside the order of the other levels."""
        return self.is_claim or self.is_notice

    @property
    def is_reminder(self) -> bool:
        """Whether it is for before the due date, and makes no sense on it or later."""
        return self.after_days < 0 and not self.is_insurers


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose items a policy is for: one of these, or everybody (all None)."""

    account_id: str | None = None
    grade: str | None = None
    segment: str | None = None
    creditor_id: str | None = None


@dataclass(frozen=True, slots=True)
class CrossDefault:
    """When an account is in default, and what that means for the others of its group."""

    #: The level at which an item, standing there or higher, puts its account in default.
    at_level: str
    #: Minor units by currency that must be overdue in all; none named: any amount.
    threshold: dict[str, int]
    #: The level that overdue items of the group's other accounts reach at once; None: none.
    raise_level: str | None


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
    days: str = CALENDAR_DAYS
    calendar: BusinessCalendar = field(default_factory=lambda: BusinessCalendar(()))
    on_resolution: str = CONTINUE
    minimum_scope: str = ITEM
    interest: InterestTerms | None = None
    cross_default: CrossDefault | None = None

    @property
    def label(self) -> str:
        """Name and version, as in `default@1`."""
        return f"{self.name}@{self.version}"

    @property
    def needs_account(self) -> bool:
        """Whether an item can only be decided with the account's other overdue items in view."""
        return any(level.conditions.minimum_items > 1 for level in self.levels) or (
            self.minimum_scope == ACCOUNT
            and any(level.conditions.minimum_open for level in self.levels)
        )

    def today(self, now: datetime) -> date:
        """Return the creditor's civil date at an instant."""
        return local_date(now, self.time_zone)

    def begins(self, day: date) -> datetime:
        """Return the instant at which a civil day of the creditor begins, in UTC."""
        return start_of_day(day, self.time_zone)

    def level(self, name: str) -> Level | None:
        """Return a level by its name."""
        return next((level for level in self.levels if level.name == name), None)

    def index(self, name: str) -> int:
        """Return a level's place; -1 for one that the policy does not have (any more)."""
        return next((at for at, level in enumerate(self.levels) if level.name == name), -1)

    def passes_over(self, name: str, other: str) -> bool:
        """Say whether one level, once raised, leaves another behind: a notice leaves none."""
        level = self.level(name)
        is_notice = level is not None and level.is_notice
        return self.index(name) > self.index(other) and not is_notice

    def level_on(self, level: Level, due_on: date, days_back: int = 0) -> date:
        """Return the local date on which an item that is due on `due_on` reaches a level.

        Business days count from the due date, which need not be one; a day off that a level falls
        on moves it to the next or the last business day, as the policy says; what is for overdue
        items is never moved to the due date or before it, and a reminder before it goes back to the
        last business day rather than on to the due date. `days_back` more days are given before
        that; what is for the insurer gets none.
        """
        if level.is_insurers:
            return due_on + timedelta(days=level.after_days)
        days = level.after_days + days_back
        if self.days == CALENDAR_DAYS and level.on_holiday == NONE:
            return due_on + timedelta(days=days)
        on = _shifted(self.calendar, self.days, days, level.on_holiday, due_on)
        return max(on, due_on + timedelta(days=1)) if level.after_days > 0 else on

    def last_on(self, level: Level, due_on: date) -> date | None:
        """Return the last day on which a level is raised; None: on any day."""
        if level.not_after_days is not None:
            return self.later(due_on, level.not_after_days)
        return due_on - timedelta(days=1) if level.is_reminder else None

    def waited_on(self, level: Level, since: date) -> date:
        """Return the first date on which a level need not wait any more for the one before it.

        A wait is never cut short: where it ends on a day off, and the level keeps to business days,
        it ends on the next of them.
        """
        day = self.later(since, level.min_days_after_previous or 0)
        return day if level.on_holiday == NONE else self.calendar.following(day)

    def later(self, day: date, days: int) -> date:
        """Return the date so many of the policy's days later."""
        if self.days == CALENDAR_DAYS:
            return day + timedelta(days=days)
        return self.calendar.shifted(day, days)

    def days_in(self, first: date, end: date) -> int:
        """Return how many of the policy's days a period has, its end not among them."""
        if self.days == CALENDAR_DAYS:
            return max(0, (end - first).days)
        day = timedelta(days=1)
        return self.calendar.business_days_between(first - day, end - day)


@lru_cache(maxsize=65536)
def _shifted(
    calendar: BusinessCalendar, days: str, after_days: int, on_holiday: str, due_on: date
) -> date:
    if days == BUSINESS_DAYS:
        day = calendar.shifted(due_on, after_days)
    else:
        day = due_on + timedelta(days=after_days)
    following = calendar.following(day) if on_holiday == FOLLOWING else day
    if on_holiday == PRECEDING or (after_days < 0 and following >= due_on):
        return calendar.preceding(day)
    return following
