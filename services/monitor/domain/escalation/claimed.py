"""Which claims on the insurance are told anew: those whose figures have become others.

A part payment, a dispute, an older item's clearing, another claim's end, a cover or an insolvency
that is known later: whatever it was, what stands is reckoned anew and compared with what was told.
That the insurer is to be asked for no more than was lost is the principle of indemnity.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec
from msgspec.structs import replace

from services.monitor.domain.insurance.book import ClaimBook
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from shared.contracts.escalation import Claim

_STOPPED: Final = "stopped"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was told last of a claim that stands."""

    #: In units of its currency; None while a person must judge.
    amount: str | None
    #: Tells figures from others; another way to the same figures is none.
    mark: str

    @property
    def is_stopped(self) -> bool:
        """Whether there are none, for it was delivered while cover was stopped."""
        return self.mark == _STOPPED


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim that stands raised, with figures that were not told yet."""

    item: Item
    raised: Raised
    claim: Claim
    #: What was told before; None where that is not known.
    before: Claimed | None

    def told_on(self, today: date) -> Claim:
        """Return the claim as it is told on a day."""
        was = None if self.before is None else self.before.amount
        return replace(self.claim, changed_on=today, was=was)

    @property
    def sentence(self) -> str:
        """What has become of the claim, for people."""
        now = _shown(self.claim.amount, self.item)
        if self.before is None:
            return f"the claim is now {now}"
        was = _shown(self.before.amount, self.item)
        if was == now:
            return f"the claim is still {now}, and what it goes by has changed"
        return f"the claim is now {now} and was {was}"


def claims_of(
    debtor: Debtor,
    told: Mapping[str, Claimed],
    open_items: Sequence[Item],
    fresh: Collection[str] = (),
) -> tuple[dict[str, Claimed], tuple[ClaimChange, ...]]:
    """Return what is told by now of the claims that stand, by item id, and what is to be told anew.

    `told` is the same as it was; `fresh` names items whose claim is being told by its raise. A
    customer without any cover has no figures that could change.
    """
    if not debtor.covers or not any(map(is_claimed, open_items)):
        return {}, ()
    book = ClaimBook(debtor.covers.values(), open_items, debtor.insolvent_on, stopped_of(told))
    by_now = {
        item.item_id: _told(book.standing[item.item_id], is_stopped=book.has_stopped(item))
        for item in open_items
        if item.item_id in book.standing
    }
    return by_now, tuple(_changes(book, by_now, told, open_items, fresh))


def _changes(
    book: ClaimBook,
    by_now: Mapping[str, Claimed],
    told: Mapping[str, Claimed],
    open_items: Sequence[Item],
    fresh: Collection[str],
) -> Iterator[ClaimChange]:
    for item in open_items:
        item_id = item.item_id
        if item_id not in by_now or item_id in fresh or told.get(item_id) == by_now[item_id]:
            continue
        for raised in item.raised:
            if raised.is_claim:
                yield ClaimChange(item, raised, book.standing[item_id], told.get(item_id))


def is_claimed(item: Item) -> bool:
    """Say whether a claim on the insurance stands raised for an item."""
    return any(one.is_claim for one in item.raised)


def stopped_of(told: Mapping[str, Claimed]) -> frozenset[str]:
    """Return the items of which was told that cover was stopped when they were delivered."""
    return frozenset(item_id for item_id, one in told.items() if one.is_stopped)


def _told(claim: Claim, *, is_stopped: bool) -> Claimed:
    """Return what is kept of a claim: how its figures come about is told with them and no figure.

    The members are named one by one, so that a new one makes no claim another than it was.
    """
    if is_stopped:
        return Claimed(None, _STOPPED)
    figures = (
        *(claim.policy_no, claim.insurer, claim.amount, claim.currency, claim.insured),
        *(claim.notify_by, claim.eligible_on, claim.mep_on, claim.discretionary),
        *(claim.deductible, claim.deductible_each, claim.why if claim.manual_review else ()),
    )
    mark = hashlib.blake2b(msgspec.json.encode(figures), digest_size=8).hexdigest()
    return Claimed(claim.amount, mark)


def _shown(amount: str | None, item: Item) -> str:
    return "for a person to judge" if amount is None else f"{amount} {item.currency}"
