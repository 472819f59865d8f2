"""The laws of the ledger, after every event of every history."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.invoice.invoice import INTEREST
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.ageing import age
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST, RULES, Clearing
from services.monitor.domain.ledger.funds import NEVER_THERE, FundsKind
from shared.contracts.fields import Inbound
from shared.money import to_text
from tests.unit.monitor.book import difference, owed
from tests.unit.monitor.builders import (
    ACCOUNT_ID,
    SAID_AT,
    allocated,
    amended,
    issued,
    paid,
    reversed_,
)
from tests.unit.monitor.facts import owed_by_facts
from tests.unit.monitor.histories import histories
from tests.unit.monitor.invoice_builders import write_off_reversed, written_off
from tests.unit.monitor.profiles import whole_histories

rules = st.sampled_from(RULES)
days = st.dates(date(2025, 12, 1), date(2026, 12, 31))


def money_is_kept(account: Account) -> None:
    assert difference(account) == {}


def no_item_is_paid_below_zero_and_no_funds_twice(account: Account) -> None:
    for item in items_of(account):
        assert min(item.open, item.cleared, item.credited, item.written_off) >= 0
    for funds in account.funds.values():
        assert funds.unapplied >= 0
        assert funds.matched_named >= 0
        assert funds.matched_on_account >= 0
        assert funds.free >= 0


def no_more_is_in_dispute_than_is_open(account: Account) -> None:
    for item in items_of(account):
        assert 0 <= item.disputed <= item.open
        edges = [day for span in item.disputed_days for day in span if day is not None]
        assert edges == sorted(set(edges))  # apart and in order


def both_sides_of_every_match_agree(account: Account) -> None:
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


def the_clearing_records_add_up_to_what_each_item_shows(account: Account) -> None:
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


def nothing_leaves_an_item_before_it_came(account: Account) -> None:
    """Else more than the whole item would be open for some days, and bear interest."""
    records: dict[tuple[FundsKind, str, str, int], list[Clearing]] = defaultdict(list)
    for one in account.clearings:
        if one.rule != OLDEST_DUE_FIRST:
            records[one.kind, one.funds_id, one.invoice_id, one.instalment].append(one)
    for own in records.values():
        for day in {one.cleared_on for one in own}:
            assert sum(one.amount for one in own if one.cleared_on <= day) >= 0


def the_rule_has_met_nothing_on_any_day_with_what_was_never_there(account: Account) -> None:
    """Else an invoice would bear no interest while money that never came stood on it."""
    for funds in account.funds.values():
        reasons = set(funds.reversed_because.values())
        if not reasons or reasons - NEVER_THERE or funds.reversed < funds.amount:
            continue
        own = [one for one in account.clearings if (one.kind, one.funds_id) == funds.key]
        ruled = [one for one in own if one.rule == OLDEST_DUE_FIRST]
        for place in {(one.invoice_id, one.instalment) for one in ruled}:
            here = [one for one in ruled if (one.invoice_id, one.instalment) == place]
            for day in {one.cleared_on for one in here}:
                assert sum(one.amount for one in here if one.cleared_on <= day) <= 0


#: They hold after every event, whatever the clearing rule.
LAWS: Final[Sequence[Callable[[Account], None]]] = (
    money_is_kept,
    no_item_is_paid_below_zero_and_no_funds_twice,
    no_more_is_in_dispute_than_is_open,
    both_sides_of_every_match_agree,
    the_clearing_records_add_up_to_what_each_item_shows,
    nothing_leaves_an_item_before_it_came,
    the_rule_has_met_nothing_on_any_day_with_what_was_never_there,
)


def history(*facts: Inbound) -> list[Event]:
    """Name events that chance seldom draws together."""
    return [Event(f"e{number}", SAID_AT, data) for number, data in enumerate(facts)]


#: A version whose amounts nobody can read, after one that was read: that one stands.
UNREADABLE: Final = history(
    issued("A", ("2026-02-01", "100"), currency="JPY"),
    amended("A", 1, ("2026-02-01", "60")),
    amended("A", 2, ("2026-02-01", "60.50")),
)
#: Money that bounces after it was moved from where the rule had put it.
MOVED_AND_BOUNCED: Final = history(
    issued("A", "100.00"),
    issued("B", "100.00"),
    paid("P", "100.00", on="2026-01-15"),
    allocated("P", ("B", "60.00"), on="2026-01-20"),
    reversed_("R", "P", "50.00", on="2026-02-05"),
    reversed_("S", "P", on="2026-02-06"),
)
#: Money told ahead that the rule matches with what a write-off has left.
TOLD_AHEAD: Final = history(
    issued("A", "20.00"),
    issued("B", "10.00"),
    written_off("A", on="2026-01-01"),
    write_off_reversed("A", "10.00", on="2026-01-01"),
    paid("P", "50.00", on="2026-01-02"),
)


@whole_histories
@given(histories(), rules, days)
@example(UNREADABLE, OLDEST_DUE_FIRST, date(2026, 3, 1))
@example(MOVED_AND_BOUNCED, OLDEST_DUE_FIRST, date(2026, 3, 1))
@example(TOLD_AHEAD, OLDEST_DUE_FIRST, date(2026, 3, 1))
def test_every_law_holds_after_every_event(events: list[Event], rule: str, today: date) -> None:
    account = Account(ACCOUNT_ID, has_open_in_reach=True)
    for event in events:
        fold(account, event, rule)
        for law in LAWS:
            law(account)
        if rule == OLDEST_DUE_FIRST:
            free_money_and_open_items_never_stand_side_by_side(account)
    account.close()
    the_balance_is_what_the_facts_alone_add_up_to(account, events)
    the_buckets_add_up_to_what_is_open(account, today)


def free_money_and_open_items_never_stand_side_by_side(account: Account) -> None:
    owing = {item.currency for item in items_of(account) if item.open}
    free = {funds.currency for funds in account.funds.values() if funds.free}
    assert not owing & free


def the_balance_is_what_the_facts_alone_add_up_to(account: Account, events: list[Event]) -> None:
    given_up: dict[str, Decimal] = defaultdict(Decimal)
    for item in items_of(account):
        given_up[item.invoice_id] += Decimal(to_text(item.written_off, item.currency))
    found = {
        currency: Decimal(to_text(minor, currency)) for currency, minor in owed(account).items()
    }
    assert found == owed_by_facts(events, given_up)


def the_buckets_add_up_to_what_is_open(account: Account, today: date) -> None:
    buckets = age(((item.due_on, item.open) for item in items_of(account)), today)
    assert sum(buckets.values()) == sum(item.open for item in items_of(account))
    current = sum(item.open for item in items_of(account) if item.due_on >= today)
    assert buckets["current"] == current


def items_of(account: Account) -> list[Item]:
    """Return every item of an account."""
    return [item for invoice in account.invoices.values() for item in invoice.items]
