"""What is known of an account besides its invoices and its money: who it is, and what holds it.

Facts alone, in whatever order they came; what was decided about them is in `escalation.standing`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.monitor.domain.insurance.cover import Cover
from shared.contracts.customer import CustomerUpdated


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a customer belongs from an instant on: what an account's policy is chosen by."""

    #: The version of the word on the customer, and its event's `time` (None: from the beginning).
    version: int = 0
    since: datetime | None = None
    grade: str | None = None
    segment: str | None = None


@dataclass(slots=True)
class Promise:
    """A promise to pay, in whatever order its words came."""

    #: None until the promise itself has come.
    made_on: date | None = None
    promised_on: date | None = None
    amount: str | None = None
    currency: str | None = None
    #: None: the whole account.
    invoice_ids: list[str] | None = None
    withdrawn_on: date | None = None

    def covers(self, invoice_id: str) -> bool:
        """Say whether the promise is for an invoice."""
        return self.invoice_ids is None or invoice_id in self.invoice_ids

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back while its day was not over; afterwards nothing can be."""
        if self.withdrawn_on is None:
            return False
        return self.promised_on is None or self.withdrawn_on <= self.promised_on

    @property
    def lacks_currency(self) -> bool:
        """Whether it stands, of an amount whose currency only what it is for can tell."""
        has_come = self.made_on is not None and self.withdrawn_on is None
        return has_come and self.amount is not None and self.currency is None


@dataclass(slots=True)
class Block:
    """A block of dunning, in whatever order its words came."""

    blocked_on: date | None = None
    #: None: the whole account.
    invoice_id: str | None = None
    #: The last day; None: until it is lifted.
    until: date | None = None
    unblocked_on: date | None = None

    @property
    def last_on(self) -> date | None:
        """The last day that is blocked; None while no end is known."""
        lifted = None if self.unblocked_on is None else self.unblocked_on - timedelta(days=1)
        return min((day for day in (self.until, lifted) if day is not None), default=None)

    def holds_on(self, day: date) -> bool:
        """Say whether dunning is blocked on a day; one that is said ahead begins on its own."""
        if self.blocked_on is None or day < self.blocked_on:
            return False
        return self.last_on is None or day <= self.last_on

    @property
    def invoice_ids(self) -> list[str] | None:
        """The invoice it is for; None: the whole account."""
        return None if self.invoice_id is None else [self.invoice_id]


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Whether the account is enforced at all, from a day on."""

    enforced: bool
    set_on: date
    said_at: datetime
    event_name: str

    @property
    def rank(self) -> tuple[date, datetime, str]:
        """What tells the later of two words: its day, the event's `time`, then its name."""
        return self.set_on, self.said_at, self.event_name


@dataclass(frozen=True, slots=True)
class GroupDefault:
    """What the account's group says of its other accounts, by its latest word."""

    group_id: str
    turn: int
    #: None: no other account is in default.
    since: date | None
    causes: list[str]


@dataclass(slots=True)
class Debtor:
    """The debtor behind an account."""

    customer: CustomerUpdated | None = None
    #: The `time` and the name of the event that says so; None for one stored without.
    customer_said: tuple[datetime, str] | None = None
    #: Each word's that counted at any time, in the order of both versions and instants. Rows that
    #: were written before they were kept have none: `places`.
    placements: tuple[Placement, ...] = ()
    #: By policy number.
    covers: dict[str, Cover] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    #: The word with the latest day, which may lie ahead.
    enforcement: Enforcement | None = None
    #: The latest word of each day before it, in order; each counts until the next one's day.
    earlier_enforcement: tuple[Enforcement, ...] = ()
    insolvent_on: date | None = None
    #: By the invoice that promises and blocks name, its currency, None until it has come. One that
    #: was named before this was stored is presumed to be there.
    named: dict[str, str | None] = field(default_factory=dict)
    #: The currencies of all invoices that have come, in order.
    currencies: list[str] = field(default_factory=list)
    group_default: GroupDefault | None = None
    #: Sentences about events that contradicted what was known, for a person to look at.
    contradictions: list[str] = field(default_factory=list)

    def places(self) -> tuple[Placement, ...]:
        """Return where the customer belonged; where only the present is kept, it always did."""
        one = self.customer
        if self.placements or one is None:
            return self.placements
        return (Placement(one.version, None, one.grade, one.segment),)

    def places_with(self, said_at: datetime, word: CustomerUpdated) -> tuple[Placement, ...]:
        """Return where the customer belonged, with a word of an instant put in its place.

        At each instant the highest version counts of what was said by then, of one version the
        last; what a higher one was said before never does.
        """
        known = self.places()
        if any(
            (one.since is None or one.since <= said_at)
            and (one.version > word.version or (one.version == word.version and one.since is None))
            for one in known
        ):
            return known
        own = Placement(word.version, said_at, word.grade, word.segment)
        before = [
            one
            for one in known
            if one.version <= word.version and (one.since is None or one.since < said_at)
        ]
        at_once = [one for one in known if (one.version, one.since) == (own.version, own.since)]
        after = [
            one
            for one in known
            if one.version > word.version
            or (one.version == word.version and one.since is not None and one.since > said_at)
        ]
        own = max([own, *at_once], key=lambda one: (one.grade or "", one.segment or ""))
        return (*before, own, *after)

    @property
    def group_id(self) -> str | None:
        """The group that the customer belongs to."""
        return None if self.customer is None else self.customer.group_id

    def waits_for(self, invoice_id: str) -> bool:
        """Say whether an invoice that a promise or block names has not come."""
        return invoice_id in self.named and self.named[invoice_id] is None

    def has_come(self, promise: Promise) -> bool:
        """Say whether all that a promise is for is there, some of it in the promise's currency."""
        if promise.invoice_ids is None:
            return promise.currency is None or promise.currency in self.currencies
        if any(self.waits_for(one) for one in promise.invoice_ids):
            return False
        known = {self.named.get(one, promise.currency) for one in promise.invoice_ids}
        return promise.currency is None or promise.currency in known

    @property
    def switches(self) -> tuple[Enforcement, ...]:
        """Every word on enforcement that counts, in the order of their days."""
        own = () if self.enforcement is None else (self.enforcement,)
        return (*self.earlier_enforcement, *own)

    def is_enforced_on(self, day: date) -> bool:
        """Say whether enforcement is on, which it is as long as no word has switched it off."""
        past = [one.enforced for one in self.switches if one.set_on <= day]
        return past[-1] if past else True

    def is_insolvent_on(self, day: date) -> bool:
        """Say whether insolvency is filed by a day: it may be told ahead."""
        return self.insolvent_on is not None and self.insolvent_on <= day

    @property
    def cross_defaulted_on(self) -> date | None:
        """Since when others of the account's present group are in default."""
        known = self.group_default
        return None if known is None or known.group_id != self.group_id else known.since
