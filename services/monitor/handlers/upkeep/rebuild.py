"""Fold the journal from nothing and compare with what is stored, account by account."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.ledger.balance import Balance
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.group import Group
from services.monitor.handlers.answers.replay import JournalPart, Opening, Replay, key_and_entry
from services.monitor.handlers.ports import AccountKey
from shared.contracts.escalation import escalation_id

#: Accounts compared at a time.
ACCOUNTS_AT_A_TIME = 200
#: Differences reported; where there are more, the last line says so.
DIFFERENCES_MAX = 100


@dataclass(slots=True)
class Ledger:
    """All that is stored of one account, or all that its events come to."""

    invoices: dict[str, Invoice] = field(default_factory=dict)
    funds: dict[str, Any] = field(default_factory=dict)
    balances: dict[str, Balance] = field(default_factory=dict)
    debtor: Debtor = field(default_factory=Debtor)
    group: Group | None = None
    #: Clearing records by `offset-number`.
    clearings: dict[str, Any] = field(default_factory=dict)
    #: Ids of the escalations that the log says stand; only of stored ledgers.
    standing: set[str] = field(default_factory=set)


class Archive(Protocol):
    """A snapshot of what the monitor has stored."""

    async def events(self) -> int:
        """Return how many events the journal holds, those in volumes with them."""

    def journal(self) -> AsyncIterator[JournalPart]:
        """Give openings and entries, account by account, in the order of the ledger."""

    async def stored(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Ledger]:
        """Return what is stored of accounts."""

    async def unknown_accounts(self) -> list[str]:
        """Return accounts with state but without any event."""


async def compare(
    open_archive: Callable[[], AbstractAsyncContextManager[Archive]],
    report: Callable[[int, int], None],
) -> list[str]:
    """Open a snapshot and compare in it; see `compare_in`."""
    async with open_archive() as archive:
        return await compare_in(archive, report)


async def compare_in(archive: Archive, report: Callable[[int, int], None]) -> list[str]:
    """Return the differences between the folded journal and the stored state; none is right.

    `report` is called with (events done, events in all) as the work goes on.
    """
    differences: list[str] = []
    total = await archive.events()
    waiting: dict[AccountKey, Ledger] = {}
    done = 0
    async for key, ledger, events in _folded(archive):
        waiting[key] = ledger
        done += events
        if len(waiting) >= ACCOUNTS_AT_A_TIME:
            differences += await _differences(archive, waiting)
            waiting.clear()
            report(done, total)
    differences += await _differences(archive, waiting)
    differences += [
        f"{account_id}: has state, but the journal has no event of it"
        for account_id in await archive.unknown_accounts()
    ]
    report(total, total)
    if len(differences) > DIFFERENCES_MAX:
        more = len(differences) - DIFFERENCES_MAX
        return [*differences[:DIFFERENCES_MAX], f"and {more} more"]
    return differences


async def _folded(archive: Archive) -> AsyncIterator[tuple[AccountKey, Ledger, int]]:
    """Fold each account whole; nothing needs to be loaded, for everything is there."""
    key: AccountKey | None = None
    replay = Replay("")
    async for part in archive.journal():
        its_key, entry = key_and_entry(part)
        if its_key != key:
            if key is not None:
                yield key, _ledger(replay), replay.events
            key = its_key
            replay = Replay(key[1])
        if isinstance(part, Opening):
            replay.begin(part)
        else:
            replay.add(part, entry)
    if key is not None:
        yield key, _ledger(replay), replay.events


def _ledger(replay: Replay) -> Ledger:
    account = replay.account
    account.close()
    return Ledger(
        invoices=account.invoices,
        funds={f"{kind} {funds_id}": funds for (kind, funds_id), funds in account.funds.items()},
        balances=account.balances,
        debtor=account.debtor,
        group=account.group,
        clearings=replay.clearings,
    )


async def _differences(archive: Archive, folded: Mapping[AccountKey, Ledger]) -> list[str]:
    found: list[str] = []
    stored = await archive.stored(list(folded)) if folded else {}
    for key, expected in folded.items():
        lines = _compare(key[1], expected, stored[key])
        found += [f"{key[1]}: {line}" for line in lines]
    return found


def _compare(account_id: str, expected: Ledger, stored: Ledger) -> list[str]:
    found: list[str] = []
    for what in ("funds", "balances", "clearings"):
        found += _entries(what, getattr(expected, what), getattr(stored, what))
    for what in ("debtor", "group"):
        if getattr(expected, what) != getattr(stored, what):
            found.append(
                f"{what}: the journal gives {getattr(expected, what)}, "
                f"stored is {getattr(stored, what)}"
            )
    plain = {name: _plain(invoice) for name, invoice in stored.invoices.items()}
    found += _entries("invoice", expected.invoices, plain)
    standing = {
        str(escalation_id(account_id, item.item_id, raised.level, raised.cycle))
        for invoice in stored.invoices.values()
        for item in invoice.items
        for raised in item.raised
    }
    for one in sorted(stored.standing ^ standing):
        where = "the log, not the items" if one in stored.standing else "the items, not the log"
        found.append(f"escalation {one}: stands by {where}")
    return found


def _plain(invoice: Invoice) -> Invoice:
    """Return an invoice as events alone make it: without what decisions have added to it."""
    items = [
        replace(item, raised=[], next_attention_on=None, turns=0, cycle=item.cycle - item.turns)
        for item in invoice.items
    ]
    return replace(invoice, items=items, first_turns=0)


def _entries(what: str, expected: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    return [
        f"{what} {name}: the journal gives {expected.get(name)}, stored is {stored.get(name)}"
        for name in sorted(expected.keys() | stored.keys())
        if expected.get(name) != stored.get(name)
    ]
