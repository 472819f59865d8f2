"""What accounts were on a past day: each folded again from its journal, a few at a time.

Two questions are told apart: `as_of` leaves out what happened later, by the events' own days, but
for what was said ahead of them by then; `known_by` leaves out what was recorded and said later.
What a day looked like then is both.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Generic, Protocol, TypeVar

from services.monitor.domain.interest.in_force import terms_in_force
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Policy
from services.monitor.handlers.answers.interest import InvoiceInterest, interest_on
from services.monitor.handlers.answers.remembered import Remembered, Word, remembered
from services.monitor.handlers.answers.replay import (
    JournalPart,
    JournalRow,
    Opening,
    Replay,
    counts_from,
    key_and_entry,
)
from services.monitor.handlers.batch import Entry
from services.monitor.handlers.collector import collector_paused
from services.monitor.handlers.ports import AccountKey
from shared.errors import ConflictingStateError

#: Accounts folded before their words are asked for, and in memory at a time.
ACCOUNTS_AT_A_TIME: Final = 100
#: A page ends early when it has folded as many entries: an answer must not take longer.
ENTRIES_A_PAGE_MAX: Final = 50_000

#: How far ahead of UTC the first clocks on earth are.
EASTERNMOST: Final = timedelta(hours=14)

#: What tells an account's rows apart, in their order.
Place = tuple[str | int, ...]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Then:
    """A past day, by value date (`as_of`) and by what was recorded (`known_by`)."""

    #: None: today. A later day than today asks what is to come: interest, ageing.
    as_of: date | None = None
    #: None: all that is known by now.
    known_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Whose past is asked for; None: everybody's."""

    then: Then
    account_id: str | None = None
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class After:
    """Where a page begins: after a row of an account, or (no place) after the whole account."""

    key: AccountKey
    place: Place | None


class Past(Protocol):
    """One snapshot of journal and log."""

    async def policies(self, known_by: datetime | None) -> Policies:
        """Return the policies with their history, or as they were at an instant."""

    async def in_volumes_until(self, question: Question) -> datetime | None:
        """Return until when what was recorded of what is asked for has left for volumes, if any."""

    def journal(self, question: Question, after: After | None) -> AsyncIterator[JournalPart]:
        """Give what was recorded by then of the accounts that are asked for, account by account.

        They come in the order of their keys, each in the order of the ledger, from the account of
        `after` on, or beyond it where the whole of it is done.
        """

    async def words(self, keys: Sequence[AccountKey]) -> Mapping[AccountKey, Sequence[Word]]:
        """Return what was said of accounts and their items, in order."""


@dataclass(frozen=True, slots=True)
class PastAccount:
    """An account as it was on a day, with the policy that applied to it."""

    key: AccountKey
    replay: Replay
    policy: Policy
    policies: Policies
    #: The creditor's day that is asked for.
    today: date
    remembered: Remembered


#: Gives an account's rows with their places, in order: all of them, or those beyond a place.
RowsOf = Callable[[PastAccount, Place | None], Iterable[tuple[Place, Row]]]


@dataclass(frozen=True, slots=True)
class PastPage(Generic[Row]):
    """Rows, and where the next page begins; None: nowhere."""

    rows: list[Row]
    after: After | None


async def past_page(
    past: Past,
    question: Question,
    now: datetime,
    *,
    after: After | None,
    limit: int,
    rows_of: RowsOf[Row],
    entries_max: int = ENTRIES_A_PAGE_MAX,
) -> PastPage[Row]:
    """Return at most `limit` rows of accounts as they were.

    Of an account that the page before has ended in, `rows_of` is asked for what is beyond that
    place alone: what is not shown is not reckoned. A page may have fewer rows, and still be
    followed by another.
    """
    until = await past.in_volumes_until(question)
    if until is not None:
        _refuse_before(question.then, until)
    rows: list[Row] = []
    last: After | None = None
    entries = 0
    with collector_paused():
        async for accounts, read in _chunks(past, question, after, now, entries_max):
            entries += read
            for account in accounts:
                is_begun = after is not None and account.key == after.key
                for place, row in rows_of(account, after.place if after and is_begun else None):
                    if len(rows) == limit:
                        return PastPage(rows, last)
                    rows.append(row)
                    last = After(account.key, place)
            if entries >= entries_max and accounts:
                return PastPage(rows, After(accounts[-1].key, None))
    return PastPage(rows, None)


def _refuse_before(then: Then, until: datetime) -> None:
    """Refuse a past that what is left of the journal does not know any more."""
    # The day on which the last row in a volume was recorded, wherever on earth the creditor is: by
    # then all of them count (`counts_from`).
    first_day = (until + EASTERNMOST).astimezone(UTC).date()
    is_known = then.known_by is None or then.known_by >= until
    if is_known and (then.as_of is None or then.as_of >= first_day):
        return
    message = (
        f"the journal up to {until.isoformat()} is in volumes: ask for {first_day} or later, or "
        "restore a backup elsewhere and read them back into it with: arrears journal restore"
    )
    raise ConflictingStateError(message, code="in_volumes")


async def _chunks(
    past: Past,
    question: Question,
    after: After | None,
    now: datetime,
    entries_max: int,
) -> AsyncIterator[tuple[list[PastAccount], int]]:
    """Give accounts, a few at a time, with the number of entries that were read for them."""
    policies = await past.policies(question.then.known_by)
    waiting: list[_Folding] = []
    read = 0
    async for folding in _folded(past, question, after, policies, now):
        waiting.append(folding)
        read += folding.read
        if len(waiting) == ACCOUNTS_AT_A_TIME or read >= entries_max:
            yield await _remember(past, waiting, policies, question.then), read
            waiting, read = [], 0
    if waiting:
        yield await _remember(past, waiting, policies, question.then), read


@dataclass(slots=True)
class _Folding:
    """An account that is being folded."""

    key: AccountKey
    replay: Replay
    today: date
    time_zone: str
    read: int = 0

    def begin(self, opening: Opening) -> None:
        """Begin with what is in volumes: all of it counts, or the day would have been refused."""
        self.read += 1
        self.replay.begin(opening)

    def add(self, row: JournalRow, entry: Entry) -> None:
        """Fold an entry, unless it happened and was recorded later than the day."""
        self.read += 1
        if counts_from(row, entry, self.time_zone) <= self.today:
            self.replay.add(row, entry)


async def _folded(
    past: Past,
    question: Question,
    after: After | None,
    policies: Policies,
    now: datetime,
) -> AsyncIterator[_Folding]:
    """Give every account that is asked for, folded up to the day of its creditor."""
    present: _Folding | None = None
    async for part in past.journal(question, after):
        key, entry = key_and_entry(part)
        if present is None or key != present.key:
            if present is not None:
                yield present
            # The creditor's zone: of which grade the customer was is only known when it is folded.
            policy = policies.of(key[1])
            today = question.then.as_of or policy.today(now)
            present = _Folding(key, Replay(key[1]), today, policy.time_zone)
        if isinstance(part, Opening):
            present.begin(part)
        elif entry is not None:
            present.add(part, entry)
    if present is not None:
        yield present


async def _remember(
    past: Past, waiting: Sequence[_Folding], policies: Policies, then: Then
) -> list[PastAccount]:
    """Close accounts and put beside each what had been said of it; those without event are none."""
    words = await past.words([one.key for one in waiting if one.replay.events])
    found: list[PastAccount] = []
    for one in waiting:
        if not one.replay.events:
            continue
        one.replay.account.close()
        policy = _policy_of(one.replay, policies)
        until = policy.begins(one.today + timedelta(days=1))
        if then.known_by is not None:
            until = min(until, then.known_by + timedelta.resolution)
        said = remembered(words.get(one.key, ()), until)
        found.append(PastAccount(one.key, one.replay, policy, policies, one.today, said))
    return found


def _policy_of(made: Replay, policies: Policies) -> Policy:
    customer = made.account.debtor.customer
    if customer is None:
        return policies.of(made.account_id)
    return policies.of(made.account_id, customer.grade, customer.segment)


def is_beyond(place: Place, after: Place | None) -> bool:
    """Say whether a row comes after the one that a page has ended with."""
    return after is None or place > after


def interest_then(
    account: PastAccount, after: Place | None, invoice_id: str | None
) -> Iterable[InvoiceInterest]:
    """Give the interest on an account's invoices to the end of the day, in the order of their ids.

    Where nothing has grown or was paid there is none, unless the invoice is asked for by its id.
    """
    folded = account.replay.account
    terms = terms_in_force(account.key[1], folded.debtor, account.policies)
    for name, invoice in sorted(folded.invoices.items()):
        if invoice_id in (None, name) and is_beyond((name,), after):
            clearings = account.replay.clearings_of(name)
            found = interest_on(invoice, clearings, terms, account.today)
            if found is not None and (found.is_some or invoice_id is not None):
                yield found
