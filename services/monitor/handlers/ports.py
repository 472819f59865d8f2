"""What the monitor's use cases need of the world; `main` joins these to Kafka and PostgreSQL."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.monitor.domain.ledger.account import Account, Cover
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.invoice import Item
from services.monitor.domain.ledger.needs import Needs
from services.monitor.domain.policy.policy import Policies
from shared.contracts.customer import CustomerUpdated
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


@dataclass(frozen=True, slots=True)
class Record:
    """One message of the ledger topic."""

    partition: int
    offset: int
    value: bytes


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An accepted event as it goes into the journal."""

    partition: int
    offset: int
    account_id: str
    name: uuid.UUID
    clearing_rule: str
    event: bytes
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlacedClearing:
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


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An item after a decision, and the instant its timer stands at (None: no timer)."""

    partition: int
    account_id: str
    item: Item
    attention_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A fact on its way to Kafka."""

    partition: int
    seq: int
    topic: str
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of an account besides its items."""

    customer: CustomerUpdated | None
    covers: Sequence[Cover]


class Unit(Protocol):
    """One transaction on the monitor's state; nothing is kept unless its block ends well."""

    async def advance(self, owned: Sequence[Ownership], next_offsets: Sequence[int]) -> None:
        """Move partitions forward from their expected offsets; `FencedError` when not the owner."""

    async def hold(self, owned: Ownership) -> None:
        """Lock a partition without moving it; `FencedError` when not the owner."""

    async def policies(self) -> tuple[Policies, int]:
        """Return the newest policies, and how many versions there are in all."""

    async def known_names(self, names: Sequence[tuple[int, uuid.UUID]]) -> set[uuid.UUID]:
        """Return which (partition, name) the journal has already."""

    async def load(
        self, needs: Mapping[AccountKey, Needs], ruled: Iterable[AccountKey]
    ) -> dict[AccountKey, Account]:
        """Load what the events need; `ruled` accounts have a clearing rule that may run."""

    async def contacts(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Contact]:
        """Return customers and covers of accounts."""

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

    async def tell(self, events: Sequence[tuple[int, EscalationEvent]], now: datetime) -> None:
        """Write escalation events, by partition, to the log and to the outbox."""

    async def due_items(self, partition: int, now: datetime, limit: int) -> list[DueItem]:
        """Return items whose timer has fired, by account."""

    async def retime(self, partition: int, now: datetime, policies_seen: int) -> None:
        """Make every open item of a partition due for a look under the newest policies."""


class Store(Protocol):
    """The monitor's PostgreSQL."""

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Begin a transaction."""

    async def acquire(self, partitions: Sequence[int], owner: str) -> list[Ownership]:
        """Take partitions over from whoever had them: bumps their epochs."""

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


class Source(Protocol):
    """The ledger topic, as far as this process is assigned to it."""

    def newly_assigned(self) -> list[int]:
        """Return partitions assigned since the last call and not taken away again."""

    def still_assigned(self, partition: int) -> bool:
        """Say whether a partition has not been taken away."""

    async def seek(self, owned: Ownership) -> None:
        """Read a partition from its owner's offset on."""

    async def ends(self, partitions: Sequence[int]) -> dict[int, int]:
        """Ask where partitions of the topic end now."""

    async def first_offset(self, partition: int) -> int:
        """Return the oldest offset that the topic still has."""

    async def fetch(self, partitions: Sequence[int]) -> dict[int, list[Record]]:
        """Return the next records of partitions, after a short wait when there are none."""

    def behind(self, partition: int, next_offset: int) -> int:
        """Return how many known records of a partition lie beyond an offset."""
