"""One account of a scenario, or one group: folded, decided about, and what was said of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.monitor.domain.escalation.announcing import (
    announcements,
    default_announcement,
    messages,
)
from services.monitor.domain.escalation.applied import Applied, apply
from services.monitor.domain.escalation.claimed import stopped_of
from services.monitor.domain.escalation.clock import reached_on
from services.monitor.domain.escalation.conditions import overdue_of
from services.monitor.domain.escalation.decision import Circumstances, Decision, decide
from services.monitor.domain.escalation.promises import KEPT
from services.monitor.domain.escalation.standing import (
    Said,
    apply_standing,
    decide_standing,
    is_kept_early,
)
from services.monitor.domain.escalation.telling import (
    address_of,
    held_event,
    lifted_event,
    raised_event,
    readdressed_event,
    reclaimed,
    resumed_event,
    told_event,
)
from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.interest.in_force import terms_in_force
from services.monitor.domain.interest.terms import InForce
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.account import Account, Message
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import INSURANCE_NOTICE, Policy
from services.monitor.domain.story.forecast import Expected, forecast
from services.monitor.handlers.figures import Figures
from shared.contracts.announcement import Announcement
from shared.contracts.escalation import UPDATED, Claim, EscalationEvent
from tests.unit.monitor.promise_money import money_of

Word = EscalationEvent | Announcement


@dataclass
class Book:
    """An account with everything known of it, as the ledger and its store would have it."""

    account_id: str
    account: Account = field(init=False)
    said: Said = field(default_factory=Said)
    clearings: list[Clearing] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    #: What was told last of the claims that stand raised, by item id.
    claims: dict[str, Claim] = field(default_factory=dict)
    #: What the insurer was told last by an overdue notice, by item id.
    notices: dict[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account = Account(self.account_id, has_open_in_reach=True)

    def policy(self, policies: Policies) -> Policy:
        """Return the account's policy."""
        customer = self.account.debtor.customer
        if customer is None:
            return policies.of(self.account_id)
        return policies.of(self.account_id, customer.grade, customer.segment)

    def terms(self, policies: Policies) -> tuple[InForce, ...]:
        """Return the account's terms of interest by the day."""
        return terms_in_force(self.account_id, self.account.debtor, policies)

    def items(self) -> list[Item]:
        """Return every item."""
        return [item for invoice in self.account.invoices.values() for item in invoice.items]

    def open_items(self) -> list[Item]:
        """Return the items of which something is open."""
        return [item for item in self.items() if item.open]

    def fold(self, event: Event, rule: str) -> list[Message]:
        """Change what is known by one event; returns what must be told to others."""
        fold(self.account, event, rule)
        self.clearings += self.account.clearings
        self.account.clearings.clear()
        outgoing = list(self.account.messages)
        self.account.messages.clear()
        return outgoing

    def tell(self, policies: Policies, now: datetime, cause: str) -> None:
        """Say what the event just folded has lifted and changed."""
        policy = self.policy(policies)
        customer = self.account.debtor.customer
        last: dict[object, EscalationEvent] = {}
        for one in self.account.told:
            word = told_event(self.account_id, one, policy, now, cause, customer)
            last.pop(word.escalation_id, None)
            last[word.escalation_id] = word
        self.account.told.clear()
        self._say(list(last.values()))
        heard = self.account.debtor.group_default
        if self.account.heard_of_group and heard is not None:
            self._say([default_announcement(self.account_id, heard, policy, now)])
        self.account.heard_of_group = False

    def look(self, policies: Policies, now: datetime, *, swept: bool = False) -> list[Message]:
        """Decide about every item and the account; returns what its groups must be told.

        A sweep looks at accounts before items, what follows an event at items before accounts,
        unless a promise was kept early.
        """
        outgoing: list[Message] = []
        policy = self.policy(policies)
        if swept or is_kept_early(self.account.debtor, self.said, policy.today(now)):
            self._look_at_whole(policy, now, outgoing, ())
        while True:
            claimed = self._look_at_items(policies, now)
            freed = self._look_at_whole(policy, now, outgoing, claimed)
            if not freed:
                return outgoing

    def _look_at_items(self, policies: Policies, now: datetime) -> list[str]:
        """Decide about every item; returns those whose claim on the insurance is raised."""
        policy = self.policy(policies)
        today = policy.today(now)
        applied: list[tuple[Item, Applied]] = []
        for item in self.items():
            around = self._circumstances(policy, today)
            one = apply(item, decide(item, policy, today, around), policy, today, around)
            applied.append((item, one))
        for item, one in applied:
            self._say(self._words(item, one, policies, now))
        return [
            item.item_id for item, one in applied if any(level.is_claim for level in one.raised)
        ]

    def decision(self, item: Item, policy: Policy, today: date) -> Decision:
        """Decide about one item."""
        return decide(item, policy, today, self._circumstances(policy, today))

    def forecast(self, item: Item, policy: Policy, today: date) -> tuple[Expected, ...]:
        """Say what becomes of an item's levels by itself."""
        return forecast(item, policy, today, self._circumstances(policy, today), self.open_items())

    def figures(self, policies: Policies) -> Figures:
        """Return what claims and interest are reckoned from."""
        key = (0, self.account_id)
        invoices = {(*key, name): one for name, one in self.account.invoices.items()}
        clearings: dict[tuple[int, str, str], list[Clearing]] = {}
        for one in self.clearings:
            clearings.setdefault((*key, one.invoice_id), []).append(one)
        terms = {key: self.terms(policies)}
        stopped = {key: stopped_of(self.said.claims)}
        return Figures({key: self.open_items()}, invoices, clearings, terms, stopped)

    def _circumstances(self, policy: Policy, today: date) -> Circumstances:
        overdue = overdue_of(self.open_items(), today) if policy.needs_account else None
        debtor = self.account.debtor
        return Circumstances(debtor, self.said.kept, overdue, address_of(debtor.customer))

    def _words(self, item: Item, one: Applied, policies: Policies, now: datetime) -> list[Word]:
        """Return what is said of one item, in the order in which the monitor says it."""
        account_id, customer = self.account_id, self.account.debtor.customer
        policy = self.policy(policies)
        words: list[Word] = [
            lifted_event(account_id, item, raised, why, policy, now) for raised, why in one.lifted
        ]
        words += [
            resumed_event(account_id, item, raised, policy, now, customer) for raised in one.resumed
        ]
        words += [
            held_event(account_id, item, raised, hold, policy, now, customer)
            for raised, hold in one.held
        ]
        if customer is not None:
            words += [
                readdressed_event(account_id, item, raised, policy, now, customer)
                for raised in one.readdressed
            ]
        key, figures, today = (0, account_id), self.figures(policies), policy.today(now)
        for raised in one.raised:
            level = policy.level(raised.level)
            assert level is not None
            debtor = self.account.debtor
            words.append(
                raised_event(
                    account_id,
                    item,
                    raised,
                    policy,
                    now,
                    reached_on=reached_on(level, item, debtor, policy, today)[0],
                    customer=customer,
                    claim=figures.claim(level, key, item, debtor, today),
                    interest=figures.interest(key, item, today),
                )
            )
        return words

    def _look_at_whole(
        self, policy: Policy, now: datetime, outgoing: list[Message], claimed: Collection[str]
    ) -> bool:
        """Decide about the account; returns whether a promise has set items free, or no longer."""
        today = policy.today(now)
        debtor = self.account.debtor
        money = money_of(self.account, self.clearings, self.said.promises, today)
        decision = decide_standing(
            debtor, self.said, self.open_items(), money, policy, today, claimed
        )
        apply_standing(self.said, decision)
        counted = self.said.claims_anew
        self._say(
            reclaimed(self.account_id, decision.claims, counted, policy, now, debtor.customer)
        )
        self._say(announcements(self.account_id, decision, self.said, policy, now))
        outgoing += messages(self.account_id, decision.groups, self.said, today)
        return any(KEPT in (one.status, one.was) for one in decision.outcomes)

    def _say(self, words: Sequence[Word]) -> None:
        for word in words:
            self.words = [one for one in self.words if not _has_all_of(word, one)]
            self.words.append(word)
            if not isinstance(word, EscalationEvent):
                continue
            if word.claim is not None and word.action == INSURANCE_NOTICE:
                self.notices[word.item_id] = word.claim
            elif word.claim is not None:
                self.claims[word.item_id] = word.claim
            elif word.type.endswith("lifted.v1") and word.action == "insurance_claim":
                self.claims.pop(word.item_id, None)


def _has_all_of(word: Word, before: Word) -> bool:
    """Say whether a word is a later update of one batch, said in the other's place."""
    return (
        isinstance(word, EscalationEvent)
        and isinstance(before, EscalationEvent)
        and word.type == before.type == UPDATED
        and (word.escalation_id, word.time) == (before.escalation_id, before.time)
    )
