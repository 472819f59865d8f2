"""Money is conserved, after every event of every history."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST, RULES
from shared.money import to_text
from tests.unit.monitor.book import difference, owed
from tests.unit.monitor.builders import ACCOUNT_ID
from tests.unit.monitor.facts import owed_by_facts
from tests.unit.monitor.histories import histories

rules = st.sampled_from(RULES)


@given(histories(), rules)
def test_money_is_kept_after_every_event(events: list[Event], rule: str) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
        assert difference(account) == {}
    account.close()


@given(histories(), rules)
def test_no_item_is_paid_below_zero_and_no_funds_twice(events: list[Event], rule: str) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
        for invoice in account.invoices.values():
            for item in invoice.items:
                assert item.open >= 0
                assert item.cleared >= 0
                assert item.credited >= 0
        for funds in account.funds.values():
            assert funds.unapplied >= 0
            assert funds.matched_named >= 0
            assert funds.matched_on_account >= 0
            assert funds.free >= 0


@given(histories(), rules)
def test_both_sides_of_every_match_agree(events: list[Event], rule: str) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
        matches = [
            (match, invoice) for invoice in account.invoices.values() for match in invoice.matches
        ]
        for funds in account.funds.values():
            own = [match for match, _ in matches if (match.kind, match.funds_id) == funds.key]
            assert sum(one.amount for one in own if one.named) == funds.matched_named
            assert sum(one.amount for one in own if not one.named) == funds.matched_on_account
        for match, invoice in matches:
            assert account.funds[match.kind, match.funds_id].currency == invoice.currency
        recorded = sum(record.amount for record in account.clearings)
        assert recorded == sum(match.amount for match, _ in matches)


@given(histories())
def test_free_money_and_open_items_never_stand_side_by_side(events: list[Event]) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, OLDEST_DUE_FIRST)
        owed = {
            item.currency
            for invoice in account.invoices.values()
            for item in invoice.items
            if item.open
        }
        free = {funds.currency for funds in account.funds.values() if funds.free}
        assert not owed & free


@given(histories(), rules)
def test_the_balance_is_what_the_facts_alone_add_up_to(events: list[Event], rule: str) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
    found = {
        currency: Decimal(to_text(minor, currency)) for currency, minor in owed(account).items()
    }
    assert found == owed_by_facts(event.data for event in events)
