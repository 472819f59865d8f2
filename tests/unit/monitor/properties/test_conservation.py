"""Money is conserved, after every event of every history."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.invoice.invoice import INTEREST
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.ageing import age
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST, RULES
from services.monitor.domain.ledger.funds import FundsKind
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
        for item in items_of(account):
            assert min(item.open, item.cleared, item.credited, item.written_off) >= 0
        for funds in account.funds.values():
            assert funds.unapplied >= 0
            assert funds.matched_named >= 0
            assert funds.matched_on_account >= 0
            assert funds.free >= 0


@given(histories(), rules)
def test_no_more_is_in_dispute_than_is_open(events: list[Event], rule: str) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
        for item in items_of(account):
            assert 0 <= item.disputed <= item.open
            days = [day for span in item.disputed_days for day in span if day is not None]
            assert days == sorted(set(days))  # apart and in order


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
            assert match.amount > 0


@given(histories(), rules)
def test_the_clearing_records_add_up_to_what_each_item_shows(
    events: list[Event], rule: str
) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
    sums: Counter[tuple[FundsKind, str]] = Counter()
    for record in account.clearings:
        if record.instalment != INTEREST:
            sums[record.kind, f"{record.invoice_id}/{record.instalment}"] += record.amount
    shown: Counter[tuple[FundsKind, str]] = Counter()
    for item in items_of(account):
        shown[FundsKind.PAYMENT, item.item_id] = item.cleared
        shown[FundsKind.CREDIT_NOTE, item.item_id] = item.credited
        shown[FundsKind.WRITE_OFF, item.item_id] = item.written_off
    assert +sums == +shown
    assert not -sums


@given(histories(), rules)
def test_nothing_leaves_an_item_before_it_came(events: list[Event], rule: str) -> None:
    """Else more than the whole item would be open for some days, and bear interest."""
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
    for item in items_of(account):
        records = [
            one
            for one in account.clearings
            if (one.invoice_id, one.instalment) == (item.invoice_id, item.instalment)
            and one.rule != OLDEST_DUE_FIRST
        ]
        for kind, funds_id in {(one.kind, one.funds_id) for one in records}:
            own = [one for one in records if (one.kind, one.funds_id) == (kind, funds_id)]
            for day in {one.cleared_on for one in own}:
                assert sum(one.amount for one in own if one.cleared_on <= day) >= 0


@given(histories())
def test_free_money_and_open_items_never_stand_side_by_side(events: list[Event]) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, OLDEST_DUE_FIRST)
        owing = {item.currency for item in items_of(account) if item.open}
        free = {funds.currency for funds in account.funds.values() if funds.free}
        assert not owing & free


@given(histories(), rules)
def test_the_balance_is_what_the_facts_alone_add_up_to(events: list[Event], rule: str) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
    given_up: dict[str, Decimal] = defaultdict(Decimal)
    for item in items_of(account):
        given_up[item.invoice_id] += Decimal(to_text(item.written_off, item.currency))
    found = {
        currency: Decimal(to_text(minor, currency)) for currency, minor in owed(account).items()
    }
    assert found == owed_by_facts(events, given_up)


@given(histories(), rules, st.dates(date(2025, 12, 1), date(2026, 12, 31)))
def test_the_buckets_add_up_to_what_is_open(events: list[Event], rule: str, today: date) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for event in events:
        fold(account, event, rule)
    buckets = age(((item.due_on, item.open) for item in items_of(account)), today)
    assert sum(buckets.values()) == sum(item.open for item in items_of(account))
    current = sum(item.open for item in items_of(account) if item.due_on >= today)
    assert buckets["current"] == current


def items_of(account: Account) -> list[Item]:
    """Return every item of an account."""
    return [item for invoice in account.invoices.values() for item in invoice.items]
