"""The world of a scenario: a clock, policies, accounts and groups, and a loop over the days."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import yaml

from services.monitor.domain.folds.event import Event
from services.monitor.domain.ledger.account import Message
from services.monitor.domain.policy.document import DEFAULT_DOCUMENT, read_policy
from services.monitor.domain.policy.policies import Policies, in_turn
from services.monitor.domain.policy.policy import Policy
from shared.contracts.fields import Inbound
from tests.unit.docs.scenarios.blocks import ScenarioError
from tests.unit.docs.scenarios.book import Book

#: Who is meant where a line names nobody.
CUSTOMER: Final = "ACME"
#: A scenario that is longer than this has a wrong year in it.
DAYS_MAX: Final = 2000
#: Words between accounts and groups that follow from one event; more would be going in circles.
MESSAGES_MAX: Final = 100


@dataclass(frozen=True)
class Entry:
    """An event as the journal keeps it."""

    key: str
    recorded_at: datetime
    event: Event
    rule: str


@dataclass
class World:
    """All that a scenario has said so far, and what has come of it."""

    #: Every version of every policy, by the instant from which it is in force.
    versions: list[tuple[datetime | None, Policy]] = field(default_factory=list)
    books: dict[str, Book] = field(default_factory=dict)
    journal: list[Entry] = field(default_factory=list)
    #: None before the first line with a day.
    now: datetime | None = None
    _count: int = 0

    def __post_init__(self) -> None:
        if not self.versions:
            self.put_policy("{}")

    @property
    def policies(self) -> Policies:
        """The policies in force, with those before them."""
        return in_turn(self.versions)

    def put_policy(self, text: str) -> None:
        """Put the next version of a policy in force: the default's keys, changed where given."""
        document: dict[str, Any] = yaml.safe_load(DEFAULT_DOCUMENT) | (yaml.safe_load(text) or {})
        name = str(document["policy"])
        version = 1 + sum(policy.name == name for _since, policy in self.versions)
        self.versions.append((self.now, read_policy(document, version)))
        self._look()

    def book(self, who: str | None) -> Book:
        """Return the account of a customer, or, as in `other:ACME`, of another creditor's."""
        name = who or CUSTOMER
        key = name if ":" in name else f"default:{name}"
        return self.books.setdefault(key, Book(key))

    def today(self, book: Book) -> date:
        """Return the day in an account's creditor's zone."""
        return book.policy(self.policies).today(self.instant)

    @property
    def instant(self) -> datetime:
        """The present, which the scenario's first day has set."""
        if self.now is None:
            message = "no line before has given a day"
            raise ScenarioError(message)
        return self.now

    def advance(self, to: date | datetime) -> None:
        """Let time pass to an instant, or to the beginning of a day, looking at all of each day."""
        policies = self.policies.by_scope.values()
        until = to if isinstance(to, datetime) else self.policies.default.begins(to)
        if self.now is None:
            self.now = until
        if until < self.now:
            message = f"{to} is before {self.now:%Y-%m-%d %H:%M} UTC: time does not go back"
            raise ScenarioError(message)
        day = self.now.date() - timedelta(days=1)
        if (until.date() - day).days > DAYS_MAX:
            message = f"{to} is more than {DAYS_MAX} days away"
            raise ScenarioError(message)
        begins = {until}
        while day <= until.date() + timedelta(days=1):
            begins |= {policy.begins(day) for policy in policies}
            day += timedelta(days=1)
        for instant in sorted(one for one in begins if self.now < one <= until):
            self.now = instant
            self._look()

    def say(self, who: str | None, data: Inbound) -> None:
        """Let an event come, with all that follows from it at once."""
        self._deliver(self.book(who).account_id, data)

    def next_number(self) -> int:
        """Count what is said."""
        self._count += 1
        return self._count

    def past(self, as_of: date, known_by: date | None) -> "World":
        """Return what the journal gives of what had happened by a day, as far as it was known."""
        default = self.policies.default
        versions = [
            (since, policy)
            for since, policy in self.versions
            if since is None or known_by is None or default.today(since) <= known_by
        ]
        past = World(versions=versions, now=default.begins(as_of))
        for entry in self.journal:
            recorded_on = default.today(entry.recorded_at)
            happened_on = entry.event.data.happened_on or default.today(entry.event.said_at)
            if min(happened_on, recorded_on) > as_of:
                continue
            if known_by is None or recorded_on <= known_by:
                past.books.setdefault(entry.key, Book(entry.key)).fold(entry.event, entry.rule)
        return past

    def close(self) -> None:
        """Check that no money was lost or made."""
        for book in self.books.values():
            book.account.close()

    def _deliver(self, key: str, data: Inbound) -> None:
        waiting = deque([(key, data)])
        for _ in range(MESSAGES_MAX):
            if not waiting:
                return
            waiting += self._folded(*waiting.popleft())
        message = "accounts and groups tell each other without an end"
        raise ScenarioError(message)

    def _folded(self, key: str, data: Inbound) -> Iterable[tuple[str, Inbound]]:
        book = self.books.setdefault(key, Book(key))
        number = self.next_number()
        said_at = self.instant + timedelta(seconds=number)
        event = Event(f"e{number:05}", said_at.astimezone(UTC), data)
        rule = book.policy(self.policies).clearing_rule
        self.journal.append(Entry(key, said_at, event, rule))
        outgoing = book.fold(event, rule)
        book.tell(self.policies, self.instant, str(number))
        outgoing += book.look(self.policies, self.instant)
        return _addressed(outgoing)

    def _look(self) -> None:
        if self.now is None:
            return
        for book in list(self.books.values()):
            for key, data in _addressed(book.look(self.policies, self.now, swept=True)):
                self._deliver(key, data)


def _addressed(messages: Iterable[Message]) -> list[tuple[str, Inbound]]:
    return [(one.key, one.data) for one in messages]
