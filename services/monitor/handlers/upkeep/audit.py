"""Audit one partition: look at everything that must hold of it, in one snapshot, range by range."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final, Protocol

from services.monitor.domain.audit.chain import Fault, Head, Seal, SealedRow, fault_of
from services.monitor.domain.audit.findings import Findings, Violation

CHAIN: Final = "chain"
CHAIN_CLAIM: Final = "the journal must be what was sealed, row by row"


class Books(Protocol):
    """A snapshot of one partition."""

    async def rows(self, *, chain_only: bool) -> int:
        """Return how many rows there are to look at: items, and journal rows under a seal."""

    def by_account(self, now: datetime) -> AsyncIterator[tuple[int, list[Violation]]]:
        """Look at range after range of accounts: gives its items and what contradicts in it."""

    async def as_whole(self, now: datetime) -> list[Violation]:
        """Look at what is no account's: the outbox, the partition's position."""

    async def in_volumes(self) -> Sequence[Head]:
        """Return the heads of the volumes that rows have left for, in order."""

    def seals(self) -> AsyncIterator[tuple[Seal, list[SealedRow]]]:
        """Give each seal with the rows of the journal beyond the one before, up to its last."""


#: Opens the snapshot of a partition.
Open = Callable[[int], AbstractAsyncContextManager[Books]]


async def audit(
    open_books: Open,
    partition: int,
    now: datetime,
    *,
    chain_only: bool = False,
    expected: Sequence[Head] = (),
) -> AsyncGenerator[Findings]:
    """Give the findings so far, again and again; they are complete when there are no more.

    Of the chain the first fault is found, for what follows on it cannot be told right from wrong.
    `expected` heads, kept elsewhere, must be those of the seals of their numbers; so must those of
    the volumes that rows have left for.
    """
    findings = Findings(partition)
    async with open_books(partition) as books:
        findings.rows = await books.rows(chain_only=chain_only)
        yield findings
        if not chain_only:
            findings.add(await books.as_whole(now))
            async for items, found in books.by_account(now):
                findings.looked_at += items
                findings.add(found)
                yield findings
        previous: Seal | None = None
        heads = await books.in_volumes()
        last_left = heads[-1].number if heads else 0
        expected = [*expected, *heads]
        async for seal, rows in books.seals():
            fault = fault_of(seal, previous, rows, in_volume=seal.number <= last_left)
            fault = fault or _not_expected(seal, expected)
            if fault is not None:
                findings.add([_violation(partition, fault)])
                return
            findings.head = seal.head
            findings.looked_at += seal.rows
            previous = seal
            yield findings
    findings.add(_violation(partition, fault) for fault in _cut_off(previous, partition, expected))
    yield findings


def _not_expected(seal: Seal, expected: Sequence[Head]) -> Fault | None:
    for head in expected:
        if (head.partition, head.number) == (seal.partition, seal.number) and head != seal.head:
            what = f"seal {seal.number} is not the expected one: it, or one before, was made anew"
            return Fault(seal.number, None, what)
    return None


def _cut_off(last: Seal | None, partition: int, expected: Sequence[Head]) -> list[Fault]:
    """Return the expected heads that the chain does not reach."""
    end = 0 if last is None else last.number
    return [
        Fault(head.number, None, f"the chain ends at seal {end}: what followed was deleted")
        for head in expected
        if head.partition == partition and head.number > end
    ]


def _violation(partition: int, fault: Fault) -> Violation:
    row = {"partition": partition, "seal": fault.seal, "offset": fault.offset, "fault": fault.what}
    return Violation(CHAIN, CHAIN_CLAIM, row)
