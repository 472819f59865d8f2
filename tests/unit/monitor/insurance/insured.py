"""Short makers of insured items, covers and what else uses a limit."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.monitor.domain.insurance.claim import reckon
from services.monitor.domain.insurance.cover import (
    Cover,
    Withdrawal,
    with_terms,
    with_withdrawal,
)
from services.monitor.domain.insurance.limit import Exposure, LimitUse, exposure_of
from services.monitor.domain.insurance.policy_year import NOTHING_EARLIER, EarlierClaims
from services.monitor.domain.invoice.item import Item
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.contracts.escalation import Claim
from shared.money import to_minor
from tests.unit.monitor.builders import CUSTOMER, DUE_ON, ISSUED_ON, SAID_AT, cover, day


def item_of(
    open_text: str,
    currency: str = "EUR",
    issued_on: str = ISSUED_ON,
    due_on: str = DUE_ON,
    *,
    invoice_id: str = "A",
    disputed: str = "0",
) -> Item:
    """An item with something open."""
    amount = to_minor(open_text, currency)
    item = Item(invoice_id, 1, currency, amount, day(issued_on), day(due_on), day(due_on))
    item.disputed = to_minor(disputed, currency)
    return item


def exposed(
    invoice_id: str,
    open_text: str,
    due_on: str = DUE_ON,
    issued_on: str = ISSUED_ON,
    disputed: str = "0",
    currency: str = "EUR",
) -> Exposure:
    """Another open item of the customer."""
    return Exposure(
        invoice_id=invoice_id,
        instalment=1,
        currency=currency,
        issued_on=day(issued_on),
        original_due_on=day(due_on),
        open=to_minor(open_text, currency),
        disputed=to_minor(disputed, currency),
    )


def known(*terms: CoverUpdated) -> list[Cover]:
    """Covers of several policies as the account keeps them."""
    return [Cover(SAID_AT, f"e{number}", one) for number, one in enumerate(terms)]


def withdrawn(
    withdrawn_on: str, policy_no: str = "TC-1", reason: str | None = None
) -> CoverWithdrawn:
    """The insurer's word that a cover has ended."""
    word = CoverWithdrawn(
        customer_id=CUSTOMER, policy_no=policy_no, withdrawn_on=day(withdrawn_on), reason=reason
    )
    word.check()
    return word


def ended(withdrawn_on: str, reason: str | None = None, **more: Any) -> Cover:
    """A cover that was withdrawn."""
    word = withdrawn(withdrawn_on, reason=reason)
    later = datetime(2026, 6, 1, tzinfo=UTC)
    return Cover(SAID_AT, "e1", cover(**more), Withdrawal(later, "e2", word))


@dataclass(frozen=True)
class Word:
    """An event on one policy: the hour of 2026-01-01 it was said at, its name, what it says."""

    hour: int
    name: str
    data: CoverUpdated | CoverWithdrawn

    @property
    def said_at(self) -> datetime:
        """The event's `time`."""
        return SAID_AT + timedelta(hours=self.hour)

    @property
    def rank(self) -> tuple[datetime, str]:
        """Which of two words is the newer."""
        return self.said_at, self.name


def heard(known_so_far: Cover | None, word: Word) -> Cover | None:
    """What a word changes a policy's cover to; None when it changes nothing."""
    if isinstance(word.data, CoverUpdated):
        return with_terms(known_so_far, word.said_at, word.name, word.data)
    return with_withdrawal(known_so_far, word.said_at, word.name, word.data)


def told(words: Iterable[Word]) -> Cover | None:
    """What is known of a policy after words have come in an order; None after none."""
    state: Cover | None = None
    for word in words:
        state = heard(state, word) or state
    return state


def said(*data: CoverUpdated | CoverWithdrawn) -> list[Word]:
    """Words on one policy, each said an hour after the one before."""
    return [Word(hour, f"e{hour}", one) for hour, one in enumerate(data, start=1)]


def policy_of(*data: CoverUpdated | CoverWithdrawn) -> Cover:
    """The cover of one policy after words on it, in the order in which they were said."""
    state = told(said(*data))
    assert state is not None
    return state


def reckoned(
    item: Item,
    covers: Collection[Cover],
    others: Iterable[Exposure] = (),
    earlier: EarlierClaims = NOTHING_EARLIER,
    insolvent_on: date | None = None,
    today: date | None = None,
) -> tuple[Claim, EarlierClaims]:
    """The claim on an item beside others, and what it uses up."""
    own = exposure_of(item)
    use = LimitUse([own, *(one for one in others if one.key != own.key)], covers)
    return reckon(item, covers, use, earlier=earlier, insolvent_on=insolvent_on, today=today)
