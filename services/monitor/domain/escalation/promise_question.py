"""A promise as the question what was paid of it: in which currency, towards what, by when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.monitor.domain.escalation.promise_money import Money
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Promise
from services.monitor.domain.ledger.funds import readable


@dataclass(frozen=True, slots=True)
class Question:
    """A promise as the question what was paid of it; `promised` in minor units, if an amount."""

    promise: Promise
    made_on: date
    promised_on: date
    currency: str | None
    promised: int | None
    #: Whether it was said to be broken: more time that was given afterwards does not mend it.
    was_broken: bool

    @classmethod
    def of(
        cls,
        promise: Promise,
        open_items: Sequence[Item],
        money: Sequence[Money],
        *,
        was_broken: bool,
    ) -> "Question":
        """Ask of a promise, in the only currency of what it is for where it names none."""
        assert promise.made_on is not None
        assert promise.promised_on is not None
        asked = cls(
            promise, promise.made_on, promise.promised_on, promise.currency, None, was_broken
        )
        currency = asked.currency
        if currency is None:
            known = asked.currencies(open_items, money)
            currency = known[0] if len(known) == 1 else None
        promised = None
        if promise.amount is not None and currency is not None:
            # What does not fit the currency is no amount at all.
            promised = readable(promise.amount, currency) or None
        return cls(promise, asked.made_on, asked.promised_on, currency, promised, asked.was_broken)

    def currencies(self, open_items: Sequence[Item], money: Sequence[Money]) -> list[str]:
        """Return the currencies of what the promise can be for, in order.

        That is what is open, and what was when it was made. What was paid before was no part of it,
        whether or not another promise has asked for that money.
        """
        since = [one for one in money if one.on >= self.made_on]
        owed: list[Item | Money] = [*open_items, *since]
        known = {
            one.currency
            for one in owed
            if one.issued_on <= self.promised_on
            and one.invoice_id is not None
            and self.promise.covers(one.invoice_id)
        }
        return sorted(known | {one.currency for one in since if self.counts(one)})

    def counts(self, one: Money) -> bool:
        """Say whether money is paid towards the promise: within its time, of what it is for."""
        if not one.is_payment or one.amount <= 0 or not self.made_on <= one.on <= self.promised_on:
            return False
        if self.currency not in (None, one.currency):
            return False
        if one.invoice_id is None:
            return self.promise.invoice_ids is None
        if not self.promise.covers(one.invoice_id):
            return False
        is_any = self.promise.amount is not None or self.promise.invoice_ids is not None
        return is_any or self._is_due(one)

    def unpaid(self, open_items: Sequence[Item], money: Sequence[Money]) -> dict[str, int]:
        """Return what was open, at the end of its day, of all that it is for, by invoice."""
        found = Counter[str]()
        for item in open_items:
            if self._asks(item):
                found[item.invoice_id] += item.open
        for one in money:
            if one.invoice_id is not None and one.on > self.promised_on and self._asks(one):
                found[one.invoice_id] += one.amount
        return found

    def away(self, moved: Sequence[Money], unpaid: Mapping[str, int]) -> int:
        """Return what was paid towards it and moved elsewhere, where its invoices lack it."""
        found = Counter[str]()
        for one in moved:
            if one.invoice_id is not None and self.counts(one):
                found[one.invoice_id] += one.amount
        return sum(min(amount, max(0, unpaid.get(name, 0))) for name, amount in found.items())

    def _asks(self, one: Item | Money) -> bool:
        if one.invoice_id is None or not self.promise.covers(one.invoice_id):
            return False
        if self.currency not in (None, one.currency):
            return False
        if not self.promised or self._is_due(one):
            return self._is_due(one)
        # A new invoice that is not due by then is no part of what was promised for the account.
        by = self.made_on if self.promise.invoice_ids is None else self.promised_on
        return one.issued_on <= by

    def _is_due(self, one: Item | Money) -> bool:
        due_on = min(one.due_on, one.original_due_on) if self.was_broken else one.due_on
        return due_on <= self.promised_on
