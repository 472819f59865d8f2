"""Order does not matter: what arrives late, twice or out of order ends in the same state."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.terms import read_parts
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import NONE, OLDEST_DUE_FIRST
from services.monitor.domain.ledger.funds import Funds, FundsKind, readable
from shared.contracts.invoice import InvoiceCancelled
from tests.unit.monitor.book import owed
from tests.unit.monitor.builders import ACCOUNT_ID
from tests.unit.monitor.histories import consistent, shuffled

#: Sentences say what arrived again, under a name of its own: they belong to the way it went.
NO_SENTENCES: list[str] = []


def folded(events: list[Event], rule: str = OLDEST_DUE_FIRST) -> Account:
    """Fold events into an empty account."""
    account = Account(ACCOUNT_ID, has_open_in_reach=True)
    for event in events:
        fold(account, event, rule)
    return account


def facts_of(invoice: Invoice) -> Invoice:
    """Return an invoice without what depends on the way it went: cycles, levels, arrival.

    So does what the clearing rule has matched for a while.
    """
    items = [replace(item, cycle=1, raised=[]) for item in invoice.items]
    named = sorted(invoice.named, key=lambda one: (one.kind, one.funds_id, one.position))
    steps = invoice.rule_steps if any(not one.named for one in invoice.matches) else []
    return replace(
        invoice,
        items=items,
        named=named,
        rule_steps=steps,
        first_cycle=1,
        contradictions=NO_SENTENCES,
    )


def funds_of(funds: Funds) -> Funds:
    """Return funds without the invoices that the clearing rule has matched for a while."""
    left = funds.rule_invoices if funds.matched_on_account else []
    return replace(funds, rule_invoices=left, contradictions=NO_SENTENCES)


def state_of(account: Account) -> dict[str, Any]:
    """Return everything that every order of arrival must end in."""
    return {
        # An invoice that only a voided reversal or allocation made known tells nothing.
        "invoices": {
            key: facts_of(one)
            for key, one in account.invoices.items()
            if facts_of(one) != Invoice(key)
        },
        "funds": {key: funds_of(one) for key, one in account.funds.items()},
        "debtor": replace(account.debtor, contradictions=NO_SENTENCES),
        "net clearing": net_clearing(account),
    }


def net_clearing(account: Account) -> Counter[tuple[Any, ...]]:
    """Return minor units that met each item, by funds, as the clearing records add up.

    What was given up adds up by its days too.
    """
    sums: Counter[tuple[Any, ...]] = Counter()
    for one in account.clearings:
        on = one.cleared_on if one.kind is FundsKind.WRITE_OFF else None
        sums[one.kind, one.funds_id, one.invoice_id, one.instalment, on] += one.amount
    return Counter({key: amount for key, amount in sums.items() if amount})


@given(st.data())
def test_money_that_names_its_invoices_ends_in_one_state_in_any_order(data: st.DataObject) -> None:
    """Money for a cancelled invoice is on account: here the creditor then matches it by hand."""
    events = data.draw(consistent(only_named=True))
    is_cancelled = any(isinstance(one.data, InvoiceCancelled) for one in events)
    rule = NONE if is_cancelled else OLDEST_DUE_FIRST
    other = data.draw(shuffled(events))
    assert state_of(folded(other, rule)) == state_of(folded(events, rule))


def claimed(account: Account) -> dict[str, int]:
    """Return what is owed in all by currency, as if nothing had been given up, in minor units."""
    sums = Counter(owed(account))
    for invoice in account.invoices.values():
        for item in invoice.items:
            sums[item.currency] += item.written_off
    return {currency: minor for currency, minor in sums.items() if minor}


@given(st.data())
def test_any_money_ends_in_one_balance_in_any_order(data: st.DataObject) -> None:
    """Only what write-offs find open beside money on account depends on the order.

    In a currency that has both, what was given up is put back here, unless it always finds room.
    """
    events = data.draw(consistent())
    account, other = folded(events), folded(data.draw(shuffled(events)))
    assert claimed(other) == claimed(account)
    unsure = unsure_currencies(account)
    assert without(owed(other), unsure) == without(owed(account), unsure)


def without(sums: Mapping[str, int], currencies: set[str]) -> dict[str, int]:
    """Leave currencies out."""
    return {name: minor for name, minor in sums.items() if name not in currencies}


def unsure_currencies(account: Account) -> set[str]:
    """Return the currencies in which what is given up may depend on what came first."""
    on_account = {
        str(one.currency) for one in account.funds.values() if one.on_account_by(date.min) > 0
    }
    return {
        invoice.currency
        for invoice in account.invoices.values()
        if invoice.currency in on_account and not finds_room(account, invoice, invoice.currency)
    }


def finds_room(account: Account, invoice: Invoice, currency: str) -> bool:
    """Say whether write-offs name amounts that fit beside all money there ever was."""
    words = [one.amount for one in invoice.write_offs.values() if not one.is_reversal]
    if None in words or invoice.cancelled_on is not None:
        return not words
    versions = [read_parts(one.parts, currency) or invoice.parts for one in invoice.versions()]
    least = min(sum(part.amount for part in parts) for parts in [invoice.parts, *versions])
    money = sum(one.amount for one in account.funds.values() if one.currency == currency)
    return sum(readable(str(one), currency) for one in words) + money <= least


@given(st.data())
def test_what_arrives_again_changes_nothing(data: st.DataObject) -> None:
    events = data.draw(consistent())
    account = folded(events)
    before, words = state_of(folded(events)), len(account.told)
    for event in data.draw(st.lists(st.sampled_from(events), min_size=1)):
        changes = fold(account, event, OLDEST_DUE_FIRST)
        assert "items" not in changes
    assert state_of(account) == before
    assert len(account.told) == words
