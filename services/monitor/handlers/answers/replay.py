"""Fold an account's journal again, entry by entry: for a rebuild, a past day, an item's story."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.balance import Balance
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.funds import Funds
from services.monitor.domain.ledger.group import Group
from services.monitor.handlers.batch import Entry, decode
from services.monitor.handlers.ports import AccountKey, Record
from shared.calendar import local_date


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One journal entry, as far as folding it again needs."""

    record: Record
    clearing_rule: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An account as its rows in volumes left it: what remains of its journal goes on from there."""

    partition: int
    account_id: str
    #: The instant at which the last of those rows was recorded.
    recorded_until: datetime
    events: int
    invoices: list[Invoice]
    funds: list[Funds]
    debtor: Debtor
    group: Group | None
    #: Of the totals by currency what events alone change: without what is open and unapplied.
    balances: dict[str, Balance]
    #: By `offset-number`, in order.
    clearings: dict[str, Clearing]

    @property
    def key(self) -> AccountKey:
        """Name the account."""
        return self.partition, self.account_id


#: What a journal gives of an account: the opening first, where it has one.
JournalPart = JournalRow | Opening


@dataclass(slots=True)
class Replay:
    """An account that comes to be again from its journal; everything of it is in memory."""

    account_id: str
    account: Account = field(init=False)
    #: Clearing records by `offset-number`, in order.
    clearings: dict[str, Clearing] = field(default_factory=dict)
    events: int = 0
    _by_invoice: dict[str, list[Clearing]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.account = Account(self.account_id, has_open_in_reach=True)

    def begin(self, opening: Opening) -> None:
        """Take over what the rows before came to; the opening is used up by it."""
        account = self.account
        account.invoices = {one.invoice_id: one for one in opening.invoices}
        account.funds = {one.key: one for one in opening.funds}
        account.maybe_free = {one.key for one in opening.funds if one.free > 0}
        account.debtor, account.group = opening.debtor, opening.group
        account.balances = opening.balances
        self.clearings = opening.clearings
        for clearing in opening.clearings.values():
            self._by_invoice[clearing.invoice_id].append(clearing)
        self.events = opening.events

    def opening(self, partition: int, recorded_until: datetime) -> Opening:
        """Return what has come so far; it shares the account, which must not be closed yet."""
        account = self.account
        return Opening(
            partition=partition,
            account_id=self.account_id,
            recorded_until=recorded_until,
            events=self.events,
            invoices=list(account.invoices.values()),
            funds=list(account.funds.values()),
            debtor=account.debtor,
            group=account.group,
            balances=account.balances,
            clearings=self.clearings,
        )

    def add(self, row: JournalRow, entry: Entry | None = None) -> list[Clearing]:
        """Fold the next entry; returns its clearing records. What it changed is in the account."""
        entry = entry or decode(row.record)
        event = Event(entry.name.hex, entry.said_at, entry.data)
        fold(self.account, event, row.clearing_rule)
        made = list(self.account.clearings)
        for number, clearing in enumerate(made):
            self.clearings[f"{row.record.offset}-{number}"] = clearing
            self._by_invoice[clearing.invoice_id].append(clearing)
        self.account.clearings.clear()
        self.account.told.clear()
        self.account.messages.clear()
        self.events += 1
        return made

    def clearings_of(self, invoice_id: str) -> Sequence[Clearing]:
        """Return the clearing records of an invoice, in the order of the ledger."""
        return self._by_invoice.get(invoice_id, [])


def key_and_entry(part: JournalPart) -> tuple[AccountKey, Entry | None]:
    """Return whose part it is, and the entry where it is one."""
    if isinstance(part, Opening):
        return part.key, None
    entry = decode(part.record)
    return entry.key, entry


def happened_on(entry: Entry, time_zone: str) -> date:
    """Return the civil day of an event: its own, else that of its time in the creditor's zone."""
    return entry.data.happened_on or local_date(entry.said_at, time_zone)


def counts_from(row: JournalRow, entry: Entry, time_zone: str) -> date:
    """Return the civil day from which an event counts in the past.

    What was said ahead of its day has counted since it was recorded, as the present state had it.
    """
    return min(happened_on(entry, time_zone), local_date(row.recorded_at, time_zone))
