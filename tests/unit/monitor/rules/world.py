"""One account through the days: what is said of it when it is looked at, as in batch and sweep.

It looks at what events have touched and at what is due, or (a scan) at everything every day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import pytest

from services.monitor.domain.escalation.applied import Applied, apply
from services.monitor.domain.escalation.conditions import overdue_of
from services.monitor.domain.escalation.decision import Circumstances, decide
from services.monitor.domain.escalation.promises import KEPT
from services.monitor.domain.escalation.standing import (
    Said,
    StandingDecision,
    apply_standing,
    decide_standing,
    is_kept_early,
    wants_standing,
)
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.policy.policy import Policy
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import day
from tests.unit.monitor.promise_money import money_of

#: Looks at one day's account until nothing is left to say; more would be a decision that repeats.
PASSES_MAX: Final = 12


@dataclass
class World:
    """An account under a policy; `words` is all that was said, as (day, sentence)."""

    policy: Policy
    #: Whether every item is looked at every day, whatever the timers say.
    scans: bool = False
    book: Book = field(default_factory=Book)
    said: Said = field(default_factory=Said)
    words: list[tuple[date, str]] = field(default_factory=list)
    #: (item, level, cycle) of every raise.
    raised: list[tuple[str, str, int]] = field(default_factory=list)
    looks: int = 0
    _account_due_on: date | None = None
    _retimed: bool = False

    def adopt(self, policy: Policy) -> None:
        """Put a new policy in force: every open item is looked at again."""
        self.policy = policy
        self._retimed = True

    def on(self, text: str, *events: Inbound) -> list[str]:
        """Fold a day's events one by one; returns what is said on that day."""
        today = day(text)
        before = len(self.words)
        for event in events or (None,):
            self.live(today, event)
        return [sentence for _day, sentence in self.words[before:]]

    def until(self, first: str, last: str) -> dict[str, list[str]]:
        """Live from one day to another; returns what is said by day, where there is anything."""
        start, end = day(first).toordinal(), day(last).toordinal()
        days = [date.fromordinal(number).isoformat() for number in range(start, end + 1)]
        found = {text: self.on(text) for text in days}
        return {text: words for text, words in found.items() if words}

    def live(self, today: date, event: Inbound | None = None) -> None:
        """Take an event in, and look until there is nothing more to say today."""
        if event is None and self._sleeps(today):
            return
        account = self.book.account
        if event is not None:
            self.book.fold(event)
        for told in account.told:
            if told.lifted_because is not None:
                self._say(today, told.item, f"lifted {told.raised.level}: {told.lifted_because}")
        account.told.clear()
        standing = account.touched_debtor or wants_standing(account.debtor, self.said, today)
        standing = standing or (self._retimed and account.debtor.group_id is not None)
        pending = self._pending(today)
        if event is not None and is_kept_early(account.debtor, self.said, today):
            # The sweep decides about items, after the batch has decided about the account.
            self._stand(today)
            settled = [item for item in pending if not item.open]
            pending, standing = [*settled, *self._open()], False
        for _ in range(PASSES_MAX):
            wants = self._look(today, pending)
            due = self._account_due_on is not None and self._account_due_on <= today
            if not (standing or wants or due or self.scans):
                return
            decision = self._stand(today)
            freed = any(KEPT in (one.status, one.was) for one in decision.outcomes)
            if not freed and not (self.scans and self._said_now(decision)):
                return
            pending, standing = self._open(), False
        raise AssertionError(f"{today}: there is always something more to say: {self.words[-4:]}")

    def _sleeps(self, today: date) -> bool:
        """Say whether nothing is due on a day without an event."""
        if self.scans or self._retimed:
            return False
        timers = [self._account_due_on, *(one.next_attention_on for one in self.book.items())]
        return all(due is None or due > today for due in timers)

    def _pending(self, today: date) -> list[Item]:
        account = self.book.account
        everything = self.scans or account.retimed or self._retimed
        names = account.touched_invoices | account.retimed_invoices
        found = [
            item
            for item in self.book.items()
            if everything
            or item.invoice_id in names
            or (item.next_attention_on is not None and item.next_attention_on <= today)
        ]
        account.retimed = self._retimed = account.touched_debtor = False
        account.touched_invoices.clear()
        account.retimed_invoices.clear()
        if not found or not self.policy.needs_account:
            return found
        return [item for item in found if item.open == 0] + self._open()

    def _look(self, today: date, items: Iterable[Item]) -> bool:
        """Decide about items; returns whether the account must be looked at as a whole."""
        debtor = self.book.account.debtor
        overdue = overdue_of(self._open(), today) if self.policy.needs_account else None
        wants = False
        for item in items:
            self.looks += 1
            around = Circumstances(debtor, self.said.kept, overdue)
            decision = decide(item, self.policy, today, around)
            applied = apply(item, decision, self.policy, today, around)
            self._tell(today, item, applied)
            stopped = decision.past_mep is not None
            wants = wants or (stopped and decision.past_mep not in self.said.covers_stopped)
            wants = wants or (debtor.group_id is not None and self.policy.cross_default is not None)
        return wants

    def _stand(self, today: date) -> StandingDecision:
        account, said = self.book.account, self.said
        debtor, money = account.debtor, money_of(account, account.clearings, said.promises, today)
        decision = decide_standing(debtor, self.said, self._open(), money, self.policy, today)
        apply_standing(self.said, decision)
        self._account_due_on = decision.next_attention_on
        for outcome in decision.outcomes:
            self.words.append((today, f"promise {outcome.promise_id} {outcome.status}"))
        for cover in decision.covers:
            stop = f"stopped after {cover.stopped_on}" if cover.stopped_on else "back"
            self.words.append((today, f"cover {cover.policy_no} {stop}"))
        for group in decision.groups:
            word = group.because or ("no default" if group.member else "left")
            self.words.append((today, f"to {group.group_id}: {word}"))
        return decision

    def _open(self) -> list[Item]:
        return [item for item in self.book.items() if item.open > 0]

    def _tell(self, today: date, item: Item, applied: Applied) -> None:
        for raised, because in applied.lifted:
            self._say(today, item, f"lifted {raised.level}: {because}")
        for raised in applied.resumed:
            self._say(today, item, f"resumed {raised.level}")
        for raised, hold in applied.held:
            until = f" to {hold.until}" if hold.until else ""
            self._say(today, item, f"held {raised.level} by {hold.label}{until}")
        for raised in applied.raised:
            over = f" over {', '.join(raised.skipped)}" if raised.skipped else ""
            self._say(today, item, f"raised {raised.level}{over}")
            self.raised.append((item.item_id, raised.level, item.cycle))

    def _say(self, today: date, item: Item, sentence: str) -> None:
        self.words.append((today, f"{item.item_id} {sentence}"))

    @staticmethod
    def _said_now(decision: StandingDecision) -> bool:
        return bool(decision.outcomes or decision.covers or decision.groups)


@dataclass(frozen=True)
class Story:
    """What happens on which days under a policy, and what is said on which."""

    name: str
    policy: Policy
    events: Mapping[str, Sequence[Inbound]]
    #: The last day that is lived.
    until: str
    said: dict[str, list[str]]


def live(story: Story, *, scans: bool = False) -> World:
    """Live through a story's days, from its first event."""
    world = World(story.policy, scans=scans)
    days = [date.fromisoformat(text) for text in (*story.events, story.until)]
    for number in range(min(days).toordinal(), max(days).toordinal() + 1):
        text = date.fromordinal(number).isoformat()
        world.on(text, *story.events.get(text, ()))
    return world


def check(story: Story) -> World:
    """Live through a story by its timers, and compare what was said on each day."""
    world = live(story)
    found: dict[str, list[str]] = {}
    for today, sentence in world.words:
        found.setdefault(today.isoformat(), []).append(sentence)
    assert found == story.said
    return world


def stories(*found: Story) -> pytest.MarkDecorator:
    """Run a test once for each story, under its name."""
    return pytest.mark.parametrize("story", [pytest.param(one, id=one.name) for one in found])
