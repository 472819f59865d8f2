"""What has come of the money that promises are for, read off an account in memory as by the SQL."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from services.monitor.domain.escalation.promise_money import Left, Money
from services.monitor.domain.escalation.promises import sharing
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.funds import FundsKind
from services.monitor.handlers.standing import money_question


def money_of(
    account: Account, clearings: Iterable[Clearing], said: Mapping[str, str], today: date
) -> list[Money]:
    """Sum up clearing records by day and item, and payments that have met nothing.

    What the promises that are decided about ask for, and no more: `said` and `today` as in
    `sharing`.
    """
    question = money_question(
        (0, account.account_id), sharing(account.debtor.promises, said, today)
    )
    if question is None:
        return []
    ids, since = question.invoice_ids, question.since
    sums: dict[Money, int] = defaultdict(int)
    records = [
        one
        for one in clearings
        if one.cleared_on >= since and (ids is None or one.invoice_id in ids)
    ]
    for record in records:
        is_payment = record.kind is FundsKind.PAYMENT
        own = account.funds.get((record.kind, record.funds_id))
        on = record.cleared_on if own is None else own.counts_on(record.cleared_on)
        one = Money(on=on, currency=record.currency, amount=0, is_payment=is_payment)
        invoice = account.invoices[record.invoice_id]
        for item in invoice.items:
            if item.instalment == record.instalment:
                one = replace(
                    one,
                    invoice_id=item.invoice_id,
                    issued_on=item.issued_on,
                    due_on=item.due_on,
                    original_due_on=item.original_due_on,
                )
        sums[one] += record.amount
    for one, amount in _moved(account, records):
        sums[one] += amount
    for funds in account.funds.values():
        if ids is None and funds.kind is FundsKind.PAYMENT and funds.currency is not None:
            assert funds.value_on is not None
            if funds.value_on < since:
                continue
            on = funds.value_on
            sums[Money(on=on, currency=funds.currency, amount=0)] += funds.unapplied
    return [replace(one, amount=amount) for one, amount in sums.items() if amount]


def _moved(account: Account, records: Iterable[Clearing]) -> Iterable[tuple[Money, int]]:
    """Give what payments have left of invoices, of the item due first."""
    steps: dict[tuple[str, str], list[int]] = defaultdict(list)
    for record in records:
        if record.kind is FundsKind.PAYMENT and record.instalment:
            steps[record.funds_id, record.invoice_id].append(record.amount)
    for (funds_id, invoice_id), own in steps.items():
        funds = account.funds[FundsKind.PAYMENT, funds_id]
        items = account.invoices[invoice_id].items
        if items:
            first = min(items, key=lambda item: item.due_on)
            one = Money(
                on=funds.value_on or date.max,
                currency=first.currency,
                amount=0,
                left=Left(
                    payment_id=funds_id,
                    returned=funds.reversed,
                    there=funds.amount - funds.reversed - sum(own),
                ),
                invoice_id=invoice_id,
                issued_on=first.issued_on,
                due_on=first.due_on,
                original_due_on=first.original_due_on,
            )
            yield one, -sum(amount for amount in own if amount < 0)
