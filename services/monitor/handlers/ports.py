"""What the monitor's use cases need of the world; `main` joins these to Kafka and PostgreSQL."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from msgspec import Struct

from services.monitor.domain.escalation.promise_money import Money
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.account import Account, Message
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.needs import Needs
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Policy
from shared.contracts.announcement import Announcement
from shared.contracts.escalation import EscalationEvent

#: An account with the ledger partition it lives in.
AccountKey = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Ownership:
    """A claim on a partition: it holds while the stored epoch is this one."""

    partition: int
    epoch: int
    #: The ledger offset to be folded next.
    next_offset: int
    #: Offsets of the journal are those of the topic and this; see `resume --from`.
    offset_shift: int = 0

    @property
    def position(self) -> int:
        """The topic's own offset to be read next."""
        return self.next_offset - self.offset_shift

    def placed(self, record: "Record") -> "Record":
        """Return a record of the topic with its offset in the journal."""
        if not self.offset_shift:
            return record
        return Record(record.partition, record.offset + self.offset_shift, record.value)


class Record(Struct, frozen=True):
    """One message of the ledger topic."""

    partition: int
    offset: int
    value: bytes


class JournalEntry(Struct, frozen=True):
    """An accepted event as it goes into the journal."""

    partition: int
    offset: int
    account_id: str
    name: uuid.UUID
    clearing_rule: str
    event: bytes
    changes: Mapping[str, Any]


class PlacedClearing(Struct, frozen=True):
    """A clearing record with its place in the ledger."""

    partition: int
    offset: int
    number: int
    account_id: str
    clearing: Clearing


@dataclass(frozen=True, slots=True)
class DueItem:
    """An item whose timer has fired."""

    account_id: str
    item: Item


class PlacedItem(Struct, frozen=True):
    """An item after a decision, and the instant its timer stands at (None: no timer)."""

    partition: int
    account_id: str
    item: Item
    attention_at: datetime | None
    #: Whether the item itself is to be written, and not its timer alone.
    changed: bool = True


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A fact on its way to Kafka."""

    partition: int
    seq: int
    topic: str
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an account besides its items, and what was said about it."""

    debtor: Debtor
    said: Said

    def policy(self, key: AccountKey, policies: Policies) -> Policy:
        """Return the account's policy."""
        customer = self.debtor.customer
        if customer is None:
            return policies.of(key[1])
        return policies.of(key[1], customer.grade, customer.segment)


@dataclass(frozen=True, slots=True)
class MoneyQuestion:
    """What has come of the money that promises of an account are for, from a day on."""

    account: AccountKey
    since: date
    #: None: of the whole account.
    invoice_ids: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Retiming:
    """How far a partition has been timed anew by the policies of a number of versions."""

    versions: int
    #: The last item looked at: (account id, invoice id, instalment).
    after: tuple[str, str, int]


#: Something the monitor says to others, with the partition of its account.
Word = tuple[int, EscalationEvent | Announcement]


class Unit(Protocol):
    """One transaction on the monitor's state; nothing is kept unless its block ends well."""

    async def advance(self, owned: Sequence[Ownership], next_offsets: Sequence[int]) -> None:
        """Move partitions forward from their expected offsets; `FencedError` when not the owner."""

    async def hold(self, owned: Ownership) -> None:
        """Lock a partition without moving it; `FencedError` when not the owner."""

    async def policies(self) -> tuple[Policies, int]:
        """Return the policies with their history, and how many versions there are in all."""

    async def known_names(self, names: Sequence[tuple[int, uuid.UUID]]) -> set[uuid.UUID]:
        """Return which (partition, name) the journal has already."""

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        """Return what is known of accounts besides their items."""

    async def load(
        self,
        needs: Mapping[AccountKey, Needs],
        known: Mapping[AccountKey, Known],
        ruled: Iterable[AccountKey],
    ) -> dict[AccountKey, Account]:
        """Load what the events need; `ruled` accounts have a clearing rule that may run."""

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        """Return all open items of accounts, as far as they are written."""

    async def invoices(
        self, keys: Sequence[tuple[int, str, str]]
    ) -> dict[tuple[int, str, str], Invoice]:
        """Return invoices by (partition, account id, invoice id), with their items."""

    async def clearings(
        self, keys: Sequence[tuple[int, str, str]]
    ) -> dict[tuple[int, str, str], list[Clearing]]:
        """Return the clearing records of invoices, in the order of the ledger."""

    async def money(self, questions: Sequence[MoneyQuestion]) -> dict[AccountKey, list[Money]]:
        """Return what has come by day and item, one question an account at most."""

    async def save(
        self,
        accounts: Mapping[AccountKey, Account],
        journal: Sequence[JournalEntry],
        clearings: Sequence[PlacedClearing],
        now: datetime,
    ) -> None:
        """Write the journal, and every row that the batch touched, items aside."""

    async def save_items(self, items: Sequence[PlacedItem]) -> None:
        """Write items and their timers."""

    async def save_said(self, said: Mapping[AccountKey, Said]) -> None:
        """Write what was said about accounts."""

    async def save_account_timers(
        self, timers: Sequence[tuple[AccountKey, datetime | None]]
    ) -> None:
        """Set or clear the timers of accounts."""

    async def retime_accounts(self, keys: Sequence[AccountKey], now: datetime) -> None:
        """Make every open item of accounts due for a look."""

    async def retime_invoices(self, keys: Sequence[tuple[int, str, str]], now: datetime) -> None:
        """Make every open item of invoices due for a look."""

    async def tell(self, words: Sequence[Word], now: datetime) -> None:
        """Write words to the log and to the outbox."""

    async def send(self, messages: Sequence[tuple[int, Message]], now: datetime) -> None:
        """Put messages to other accounts, each with its sender's partition, into the outbox."""

    async def due_items(self, partition: int, now: datetime, limit: int) -> list[DueItem]:
        """Return items whose timer has fired, by account."""

    async def due_accounts(self, partition: int, now: datetime, limit: int) -> list[str]:
        """Return accounts whose own timer has fired."""

    async def retiming(self, partition: int) -> Retiming | None:
        """Return how far a partition was timed anew; None when that is not under way."""

    async def items_after(
        self, partition: int, after: tuple[str, str, int], limit: int
    ) -> list[DueItem]:
        """Return open items in the order of their keys, beyond one of them."""

    async def save_retiming(self, partition: int, retiming: Retiming, *, done: bool) -> None:
        """Keep how far a partition has been timed anew."""


class Store(Protocol):
    """The monitor's PostgreSQL."""

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Begin a transaction."""

    async def acquire(self, partitions: Sequence[int], owner: str) -> list[Ownership]:
        """Take partitions over from whoever had them: bumps their epochs."""

    async def stop(self, partition: int, reason: str, at: datetime, *, epoch: int | None) -> None:
        """Stop a partition, see the port `Stopping`."""

    async def stops(self, partitions: Sequence[int]) -> list[tuple[Ownership, str | None]]:
        """Return partitions as they are stored, each with why it is stopped (None: it is not)."""

    async def partitions_due(
        self, partitions: Sequence[int], now: datetime
    ) -> list[tuple[int, bool]]:
        """Return (partition, whether it must be re-timed first) of those with work due."""

    async def outbox(self, partitions: Sequence[int], limit: int) -> list[OutboxRow]:
        """Return facts waiting to be sent, in order."""

    async def sent(self, rows: Sequence[OutboxRow]) -> None:
        """Delete facts that were acknowledged."""


class Publisher(Protocol):
    """Sends records in order per key; returns when all are acknowledged."""

    async def send(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Send `(key, value)` records."""
