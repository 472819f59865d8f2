"""Promises with what was paid towards each: as they are stored, and as they were on a past day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from services.monitor.domain.escalation.promise_money import Left, Money
from services.monitor.domain.escalation.promises import Towards, sharing, towards
from services.monitor.domain.escalation.unread import unread_amounts
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.funds import FundsKind
from services.monitor.handlers.answers.past import PastAccount
from services.monitor.handlers.answers.replay import Replay
from services.monitor.handlers.ports import AccountKey, Known, MoneyQuestion
from services.monitor.handlers.standing import money_question

#: No outcome is too old for its figures to be shown.
_ANY_DAY: Final = date.min


class Sources(Protocol):
    """One snapshot of what promises are told from."""

    async def known(self, keys: Sequence[AccountKey]) -> dict[AccountKey, Known]:
        """Return what is known of accounts besides their items."""

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        """Return all open items of accounts."""

    async def money(self, questions: Sequence[MoneyQuestion]) -> dict[AccountKey, list[Money]]:
        """Return what has come of the money that promises are for."""


async def promises_now(
    sources: Sources, keys: Sequence[AccountKey]
) -> dict[AccountKey, tuple[Known, Mapping[str, Towards]]]:
    """Return what is known of accounts, with how far their promises have come by id."""
    known = await sources.known(keys)
    shared = {key: sharing(known[key].debtor.promises, {}, _ANY_DAY) for key in keys}
    questions = [money_question(key, shared[key]) for key in keys]
    money = await sources.money([one for one in questions if one is not None])
    items = await sources.open_items(keys)
    return {
        key: (
            known[key],
            towards(shared[key], known[key].said.promises, items[key], money.get(key, [])),
        )
        for key in keys
    }


async def unread_now(
    sources: Sources, keys: Sequence[AccountKey]
) -> dict[AccountKey | None, list[str]]:
    """Return the sentences on promises whose amounts nobody can read, by account."""
    if not keys:
        return {}
    known = await sources.known(keys)
    asking = [
        key
        for key in keys
        if any(one.lacks_currency for one in known[key].debtor.promises.values())
    ]
    promises = {key: known[key].debtor.promises for key in asking}
    questions = [money_question(key, sharing(promises[key], {}, _ANY_DAY)) for key in asking]
    money = await sources.money([one for one in questions if one is not None])
    items = await sources.open_items(asking)
    return {
        key: unread_amounts(promises[key], items.get(key, []), money.get(key, [])) for key in asking
    }


def promises_then(account: PastAccount) -> tuple[Known, Mapping[str, Towards]]:
    """Return what was known of an account, with how far its promises had come by id."""
    replay, said = account.replay, account.remembered.said
    debtor = replay.account.debtor
    shared = sharing(debtor.promises, {}, _ANY_DAY)
    question = money_question(account.key, shared)
    money = [] if question is None else money_of(replay, question)
    items = [
        one for invoice in replay.account.invoices.values() for one in invoice.items if one.open
    ]
    return Known(debtor, said), towards(shared, said.promises, items, money)


def money_of(replay: Replay, question: MoneyQuestion) -> list[Money]:
    """Return what has come of the money that promises are for; as the stored rows would say it."""
    sums = Counter[Money]()
    for money in (*_met(replay, question), *_moved(replay, question), *_unmet(replay, question)):
        sums[replace(money, amount=0)] += money.amount
    return [replace(money, amount=amount) for money, amount in sums.items() if amount]


def _met(replay: Replay, question: MoneyQuestion) -> Iterable[Money]:
    account, named = replay.account, question.invoice_ids
    items = {
        (name, one.instalment): one
        for name, invoice in account.invoices.items()
        for one in invoice.items
    }
    for made in replay.clearings.values():
        item = items.get((made.invoice_id, made.instalment))
        if made.cleared_on < question.since:
            continue
        if named is not None and (item is None or made.invoice_id not in named):
            continue
        funds = account.funds.get((made.kind, made.funds_id))  # a write-off has none
        money = Money(
            on=made.cleared_on if funds is None else funds.counts_on(made.cleared_on),
            currency=made.currency,
            amount=made.amount,
            is_payment=made.kind is FundsKind.PAYMENT,
        )
        if item is None:
            yield money
            continue
        yield replace(
            money,
            invoice_id=item.invoice_id,
            issued_on=item.issued_on,
            due_on=item.due_on,
            original_due_on=item.original_due_on,
        )


def _moved(replay: Replay, question: MoneyQuestion) -> Iterable[Money]:
    """Give what payments have left of invoices, of the item due first."""
    account, named = replay.account, question.invoice_ids
    steps: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for made in replay.clearings.values():
        if made.kind is not FundsKind.PAYMENT or made.cleared_on < question.since:
            continue
        count = len(account.invoices[made.invoice_id].items)
        if 1 <= made.instalment <= count and (named is None or made.invoice_id in named):
            steps[made.funds_id, made.invoice_id].append(made.amount)
    for (funds_id, invoice_id), own in steps.items():
        funds = account.funds[FundsKind.PAYMENT, funds_id]
        items = account.invoices[invoice_id].items
        assert funds.value_on is not None
        yield Money(
            on=funds.value_on,
            currency=items[0].currency,
            amount=-sum(one for one in own if one < 0),
            left=Left(
                payment_id=funds_id,
                returned=funds.reversed,
                there=funds.amount - funds.reversed - sum(own),
            ),
            invoice_id=invoice_id,
            issued_on=items[0].issued_on,
            due_on=min(one.due_on for one in items),
            original_due_on=min(one.original_due_on for one in items),
        )


def _unmet(replay: Replay, question: MoneyQuestion) -> Iterable[Money]:
    if question.invoice_ids is not None:
        return
    for one in replay.account.funds.values():
        if one.kind is not FundsKind.PAYMENT or one.currency is None or one.unapplied <= 0:
            continue
        if one.value_on is not None and one.value_on >= question.since:
            yield Money(on=one.value_on, currency=one.currency, amount=one.unapplied)
