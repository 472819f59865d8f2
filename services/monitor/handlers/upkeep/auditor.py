"""Audits and seals in production: one partition at a time, off the hot path, with consequences."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from services.monitor.domain.audit.chain import SEAL_ROWS_MAX, Head
from services.monitor.domain.audit.findings import Findings
from services.monitor.handlers.upkeep.audit import Open, audit
from services.monitor.handlers.upkeep.stops import Evidence, Stop, Stopping, stop_partition
from shared.errors import ConflictingStateError, NotFoundError

log = structlog.get_logger(__name__)

#: Seals of one partition in one round: a journal that has none yet is sealed over many rounds.
SEALS_AT_A_TIME: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionState:
    """A ledger partition as it is stored."""

    partition: int
    owner: str
    next_offset: int
    #: What offsets of the journal are ahead of the topic's by.
    offset_shift: int
    #: Why and since when it is stopped; None when it is not.
    stopped_reason: str | None
    stopped_at: datetime | None
    audited_at: datetime | None
    #: Seals of its chain, the last offset under them, and the digest of the newest.
    seals: int
    sealed_offset: int | None
    digest: bytes | None

    @property
    def position(self) -> int:
        """The topic's own offset to be read next."""
        return self.next_offset - self.offset_shift

    @property
    def head(self) -> Head | None:
        """Name the newest seal."""
        return None if self.digest is None else Head(self.partition, self.seals, self.digest)


class Audits(Protocol):
    """What is stored of audits."""

    async def partitions(self, partition: int | None = None) -> list[PartitionState]:
        """Return one partition, where it is known, or all of them."""

    async def due(self, partitions: Sequence[int], before: datetime) -> int | None:
        """Return that one of some partitions that waits longest, audited before an instant."""

    async def audited(self, partition: int, at: datetime) -> None:
        """Keep when a partition was audited."""

    async def resume(self, partition: int, from_offset: int | None) -> bool:
        """Let a partition go on, from an offset of the topic on; says whether it was stopped."""

    async def seal_next(self, partition: int, now: datetime) -> int:
        """Seal the next rows of a partition's journal; returns how many."""


class AuditObserver(Protocol):
    """Who counts."""

    def audited(self, findings: Findings, now: datetime) -> None:
        """Take note of an audit."""


class Auditor:
    """Looks at one partition at a time; what it finds stops that partition."""

    def __init__(
        self,
        audits: Audits,
        stopping: Stopping,
        open_books: Open,
        evidence: Evidence,
        observer: AuditObserver,
        now: Callable[[], datetime],
        *,
        owned: Callable[[], Sequence[int]],
    ) -> None:
        self._audits = audits
        self._stopping = stopping
        self._open_books = open_books
        self._evidence = evidence
        self._observer = observer
        self._now = now
        self._owned = owned
        # Two at once would only make each other slow, and the database with them.
        self._turn = asyncio.Lock()

    async def audit_due(self, every: timedelta) -> bool:
        """Audit the partition of this process that waits longest for it; says whether one did."""
        due = await self._audits.due(self._owned(), self._now() - every)
        if due is None:
            return False
        async for _findings in self.audit(due):
            pass
        return True

    async def audit(
        self, partition: int, *, chain_only: bool = False, expected: Sequence[Head] = ()
    ) -> AsyncGenerator[Findings]:
        """Audit a partition, giving the findings so far; a violation stops it at the end."""
        await self._known(partition)
        async with self._turn:
            now = self._now()
            findings = Findings(partition)
            async for findings in audit(
                self._open_books, partition, now, chain_only=chain_only, expected=expected
            ):
                yield findings
            if findings.violations:
                stop = Stop(partition, findings.reason(), now, findings.violations)
                await stop_partition(self._stopping, self._evidence, stop)
            if not chain_only:
                await self._audits.audited(partition, now)
                self._observer.audited(findings, now)
            yield findings

    async def resume(self, partition: int, by: str, from_offset: int | None) -> PartitionState:
        """Let a partition go on after its repair, and say in the log who did.

        With an offset it is read from there on: its topic has lost what came before.
        Raises `ConflictingStateError` when it is not stopped.
        """
        before = await self._known(partition)
        if not await self._audits.resume(partition, from_offset):
            message = f"partition {partition} is not stopped"
            raise ConflictingStateError(message, code="partition_not_stopped")
        log.warning(
            "A stopped partition goes on.",
            action="partition_resumed",
            partition=partition,
            by=by,
            from_offset=from_offset,
            stopped_at=None if before.stopped_at is None else before.stopped_at.isoformat(),
            reason=before.stopped_reason,
        )
        return await self._known(partition)

    async def seal(self) -> None:
        """Seal what the journals of this process's partitions have beyond their seals."""
        for partition in self._owned():
            for _ in range(SEALS_AT_A_TIME):
                if await self._audits.seal_next(partition, self._now()) < SEAL_ROWS_MAX:
                    break

    async def _known(self, partition: int) -> PartitionState:
        found = await self._audits.partitions(partition)
        if not found:
            message = f"there is no partition {partition}; see: arrears partition list"
            raise NotFoundError(message)
        return found[0]
